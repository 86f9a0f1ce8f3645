"""G27 in short: no forged, mutated, replayed or foreign press is accepted. The long form is a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.engine.storage import open_engine
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.members import service as members
from groupbot.testing import Talk
from tests.reliability.forged import KINDS, run


@pytest.fixture
def db_url(tmp_path: Path) -> str:
    """One database is enough: seals are checked before any row is read."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()
    return url


async def test_no_forged_press_or_link_is_accepted(writer: Writer) -> None:
    made, accepted, control = await run(writer, 3600)
    assert accepted == 0
    assert control >= 15
    assert made == dict.fromkeys(KINDS, 400)


async def test_a_set_up_link_opens_nothing_for_who_is_no_administrator(chat: Talk) -> None:
    li = chat.person("Li", starts=True)
    numbers = [p.chat for p in await chat.app.writer.submit(members.profiles)]
    before = len(chat.bot_texts(li))
    for payload in (*(f"setup_{n}" for n in (*numbers, 0, 9999)), "setup_-1", "setup_1e3", "t_store"):
        await chat.says(li, f"/start {payload}", private=True)
        await chat.settle()
    said = chat.bot_texts(li)[before:]
    assert [t for t in said if "Which" in t or "tier" in t.lower()] == []
    assert chat.rows("SELECT tier FROM chat_profile") == [(None,)]
