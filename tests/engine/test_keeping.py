"""Exports and erasures on either database: slices, the journal, what waits, and what is left in the files."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.engine.clock import chance
from groupbot.engine.keeping import FORMER, PrivacyDesk, ask_erasure, former, journal
from groupbot.engine.keeping.declared import ends, erase, rows
from groupbot.engine.keeping.store import erasure
from groupbot.engine.plugins import load
from groupbot.engine.seen import duplicates, keep
from groupbot.engine.storage import sqlite_path
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import store as engagement
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger import store as books
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.members import store as members
from groupbot.features.moving.store import kept_text

MEI, LI = 4711, 4712
CANARY = "Kanarienvogel"


def fill(work: Work) -> None:
    """Two people in three chats, with words, acts and points."""
    for person in (MEI, LI):
        work.add(members.PEOPLE, person, CANARY if person == MEI else "Li", None, None, "en", False, work.now)
        for chat in (1, 2, 3):
            for i in range(200):
                row = (chat, work.now, person, "message", 5, i, None, False, None, None)
                work.add(engagement.EVENTS, *row, work.now, date(2027, 1, 30), (1, 0, 0, 0, 0, 0))
            for i in range(4):
                key = f"claim:{i}:{chat}:{person}"
                ledger.transfer(
                    work, key, "packet", (issuer(chat), -5), (member(chat, person), 5), actor=person
                )
            work.sql.run(
                sa.insert(kept_text).values(
                    chat_id=chat, message_id=person, at=work.now, person_id=person, body=CANARY
                )
            )


def sums(work: Work) -> list[Any]:
    """What a review counts, and the books."""
    day = engagement.member_day.c
    days = sa.select(day.chat_id, sa.func.sum(day.messages)).group_by(day.chat_id).order_by(day.chat_id)
    hours = sa.select(engagement.chat_hour).order_by(engagement.chat_hour.c.chat_id)
    total = sa.select(sa.func.sum(sa.func.abs(books.account.c.balance)))
    return [ledger.recount(work), work.sql.all(hours), work.sql.all(days), work.sql.value(total)]


def named(work: Work, person: int) -> set[str]:
    """Tables in which a person is named."""
    found = set()
    for kept in (k for r in load().routers for k in r.kept):
        low, high = ends(work, kept)
        if rows(work, kept, person, low, high):
            found.add(kept.table.name)
    return found


async def forget(writer: Writer, desk: PrivacyDesk, person: int) -> None:
    await writer.submit(ask_erasure, person)
    await desk.run()


async def test_one_of_two_is_erased_and_every_sum_stays(writer: Writer, tmp_path: Path) -> None:
    writer.write(fill)
    desk = PrivacyDesk(writer, load().routers, tmp_path)
    before = writer.write(sums)
    everywhere = {"person", "event", "member_day", "member_week", "account", "txn", "kept_text"}
    assert writer.write(named, MEI) == writer.write(named, LI) == everywhere
    await forget(writer, desk, MEI)
    assert writer.write(named, MEI) == set()
    assert writer.write(named, LI) == everywhere
    after = writer.write(sums)
    assert after == before
    assert after[0].faults == ()
    keys = [r.key for r in writer.write(lambda w: w.sql.all(sa.select(books.txn.c.key)))]
    assert [k for k in keys if str(MEI) in k.split(":")] == []
    assert sum(int(k.split(":")[3]) <= FORMER for k in keys) == 12
    assert writer.write(lambda w: ledger.points_of(w, 1, MEI)) == 0


async def test_twice_is_once_and_a_crash_in_the_middle_is_finished(writer: Writer, tmp_path: Path) -> None:
    writer.write(fill)
    desk = PrivacyDesk(writer, load().routers, tmp_path)
    assert [await writer.submit(ask_erasure, MEI) for _ in range(2)] == [1, 1]
    half = next(k for k in engagement.KEPT if k.table is engagement.event)
    writer.write(lambda w: erase(w, half, MEI, former(w.rng), 1, 300))  # and then the process died
    again = PrivacyDesk(writer, load().routers, tmp_path)
    await again.start()
    await again.run()
    await desk.run()
    assert writer.write(named, MEI) == set()
    assert len(journal.read(tmp_path / journal.NAME)) == 1


async def test_a_database_of_before_is_told_again_and_one_of_after_is_not(
    writer: Writer, tmp_path: Path
) -> None:
    writer.write(fill)
    desk = PrivacyDesk(writer, load().routers, tmp_path)
    await forget(writer, desk, MEI)
    lines = (tmp_path / journal.NAME).read_bytes()
    assert str(MEI).encode() not in lines
    assert await desk.start() == 0  # nothing to replay
    with (tmp_path / journal.NAME).open("ab") as file:
        file.write(b'{"code":"torn')

    writer.write(lambda w: w.sql.run(sa.delete(erasure)))  # as in a backup of before
    writer.write(_back)
    assert await desk.start() == 1
    assert writer.write(named, MEI) == set()
    assert "person" in writer.write(named, LI)
    await forget(writer, desk, LI)
    assert len(journal.read(tmp_path / journal.NAME)) == 2
    assert writer.write(named, LI) == set()


def _back(work: Work) -> None:
    work.add(members.PEOPLE, MEI, CANARY, None, None, "en", False, work.now)
    row = (1, work.now, MEI, "message", 5, 1, None, False, None, None)
    work.add(engagement.EVENTS, *row, work.now, date(2027, 1, 30), (1, 0, 0, 0, 0, 0))


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # PostgreSQL's files: docs/privacy.md
async def test_words_are_in_no_byte_of_the_files_afterwards(writer: Writer, tmp_path: Path) -> None:
    path = sqlite_path(writer.url)
    assert path is not None
    writer.write(fill)
    for i in range(300):  # the name changes, rows move, pages split and merge
        writer.write(
            lambda w, i: w.add(members.PEOPLE, MEI, CANARY * (1 + i % 40), None, None, "en", False, w.now), i
        )
    assert CANARY.encode() in path.with_name(path.name + "-wal").read_bytes()
    await forget(writer, PrivacyDesk(writer, load().routers, tmp_path), MEI)
    # Li's text is theirs: it stays
    words = [r.body for r in writer.write(lambda w: w.sql.all(sa.select(kept_text.c.body)))]
    assert words == [CANARY] * 3
    await forget(writer, PrivacyDesk(writer, load().routers, tmp_path), LI)
    found = [p.name for p in tmp_path.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]
    assert found == []


async def test_nobody_waits_while_somebody_is_erased(writer: Writer, tmp_path: Path) -> None:
    writer.write(fill)
    desk = PrivacyDesk(writer, load().routers, tmp_path)
    await writer.submit(ask_erasure, MEI)
    commits = writer.commits
    erasing = asyncio.create_task(desk.run())
    done = 0
    while not erasing.done():
        await writer.submit(lambda w: w.add(members.PEOPLE, 99, "Wu", None, None, "en", False, w.now))
        done += 1
    await erasing
    assert done > 20
    assert writer.commits - commits - done > 50


async def test_slices_stay_long_where_their_turn_is_late(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.write(fill)
    await writer.submit(ask_erasure, MEI)
    submit, turns = writer.submit, 0

    async def late(fn: Any, *args: Any) -> Any:
        nonlocal turns
        turns += 1
        await asyncio.sleep(0.05)
        return await submit(fn, *args)

    monkeypatch.setattr(writer, "submit", late)
    await PrivacyDesk(writer, [r for r in load().routers if r.name == "engagement"], tmp_path).run()
    assert turns < 100  # of 1,200 events


def test_ids_of_the_forgotten_are_nobodys() -> None:
    ids = [former(chance(n)) for n in range(1000)]
    assert len(set(ids)) == 1000
    assert all(-(1 << 63) < n <= FORMER < -(1 << 52) for n in ids)


def test_a_seal_names_nobody_without_its_key() -> None:
    assert journal.seal(b"k" * 32, MEI) == journal.seal(b"k" * 32, MEI)
    assert len({journal.seal(k * 32, p) for k in (b"a", b"b") for p in (MEI, LI)}) == 4


async def test_no_toast_names_who_is_erased_and_a_press_that_comes_again_is_still_known(
    writer: Writer, tmp_path: Path
) -> None:
    writer.write(fill)
    writer.write(lambda w: keep(w, {1: f'{{"text": "{CANARY} took 5"}}', 2: None}))
    await forget(writer, PrivacyDesk(writer, load().routers, tmp_path), MEI)
    assert writer.write(lambda w: duplicates(w, [1, 2])) == {1: None, 2: None}
