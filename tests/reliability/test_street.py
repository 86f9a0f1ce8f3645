"""G28 in short: nothing of one group is shown or changed from another. The long form is a command."""

from __future__ import annotations

import pytest

from groupbot.engine.writer import Writer
from tests.reliability.tenants import CANARY, Street, run


@pytest.fixture
def db_url(lite_url: str) -> str:
    """One database is enough: the queries are the same on both."""
    return lite_url


async def test_no_command_or_button_reaches_into_another_group(writer: Writer) -> None:
    made, leaks, changed = await run(writer, 2600)
    assert (made, leaks, changed) == (2600, [], [])


async def test_the_street_is_full_of_what_must_not_be_seen(writer: Writer) -> None:
    """The check can fail: her own people see the canaries, and her tables have rows."""
    street = Street(writer)
    await street.opens()
    full = {name for name, rows in (await street.belongings()).items() if rows}
    assert len(full) >= 10
    street.ours, street.start = street.hers, 0
    assert len(await street.leaks()) >= 5
    assert all(CANARY in leak for leak in await street.leaks())
