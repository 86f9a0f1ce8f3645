"""An import that is killed in the middle ends as if it had run once; its sums are the events', and a report
has them at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from groupbot.cli._numbers import chosen_of
from groupbot.cli._reporting import work_of
from groupbot.cli.import_ import taken_in
from groupbot.cli.rebuild import made_anew
from groupbot.engine.migrate import upgrade
from groupbot.engine.storage import open_engine
from groupbot.settings import Settings
from tests.cli import test_import
from tests.features.engagement import exports

settings = test_import.settings
TABLES = ("event", "mention", "chat_hour", "member_day", "chat_day", "member_week", "membership", "person")


class Killed(Exception):
    """The machine went away."""


def rows(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    engine = open_engine(settings.database)
    with engine.connect() as c:
        found = {t: sorted(tuple(r) for r in c.exec_driver_sql(f"SELECT * FROM {t}")) for t in TABLES}
    engine.dispose()
    return found


def busy(n: int) -> list[dict[str, Any]]:
    """With a topic, doors, mentions by name, reactions, and a question of a channel."""
    every = list(exports.many(n, people=60, days=50))
    every[4] = exports.service(5, 1002, -71000, "topic_created", title="茶")
    for i in range(9, n, 9):
        every[i] |= {"reply_to_message_id": 5}
    for i in range(7, n, 40):
        named = {"type": "mention_name", "text": "you", "user_id": 1000 + i % 60}
        every[i] |= {"text": ["hi ", named]}
    for i in range(11, n, 100):
        every[i] |= {"type": "service", "action": "join_group_by_link", "actor": every[i]["from"],
                     "actor_id": every[i]["from_id"]}  # fmt: skip
    return every


@pytest.mark.parametrize("slices", [1, 2])
def test_an_import_killed_in_the_middle_goes_on_where_it_stopped(
    settings: Settings, tmp_path: Path, slices: int
) -> None:
    file = exports.write(tmp_path / "result.json", busy(2600))
    left = [slices]

    def progress(at: int, size: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    with pytest.raises(Killed):
        asyncio.run(taken_in(settings, file, progress))
    half = len(rows(settings)["event"])
    again = asyncio.run(taken_in(settings, file))
    assert (again.read, again.passed) == (2600, 1000 * slices)
    resumed = rows(settings)
    assert 900 * slices < half < len(resumed["event"])
    for gone in tmp_path.glob("groupbot.db*"):
        gone.unlink()
    upgrade(settings.database)
    asyncio.run(taken_in(settings, file))
    whole = rows(settings)
    assert [t for t in TABLES if whole[t] != resumed[t]] == []
    assert min(len(whole[t]) for t in TABLES) > 20
    with work_of(settings) as work:
        assert [p.title for p in chosen_of(work, "")] == ["山楂粉丝群"]
    days, changed, _ = asyncio.run(made_anew(settings))
    assert (days > 40, changed, rows(settings) == whole) == (True, 0, True)
