"""G13, short: the full raid is `python -m tests.reliability.raid`."""

from __future__ import annotations

from pathlib import Path

from tests.reliability.raid import OWN, raid


async def test_a_raid_of_2000_joins_a_minute_is_gone_in_seconds_and_comes_back_in_one_act(
    tmp_path: Path,
) -> None:
    made = await raid(tmp_path, joins=200, messages=100, seconds=6.0)
    assert made.longest_stay <= 90  # the command holds it to the goal's ten seconds
    assert (made.left_over, made.adverts_left) == (0, 0)
    assert made.notices_a_minute <= 1
    assert made.own_touched <= 0.005 * OWN
    assert made.let_back == 200
