"""Every column that can name a person says what becomes of it when that person is forgotten."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.keeping import FORMER, Kept, PrivacyDesk, ask_erasure
from groupbot.engine.keeping.declared import left
from groupbot.engine.keeping.store import ENGINE
from groupbot.engine.outbox_table import outbox
from groupbot.engine.plugins import load
from groupbot.engine.storage import UTC_, Json
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from tests.conftest import START

# Whole numbers that name no person, by column name: chats, messages, rows, amounts.
NOT_PEOPLE = frozenset({
    "account_id", "after", "after_id", "amount", "balance", "block", "bot_id", "case_id", "chat_id",
    "claim_seconds", "contest_id", "dead_seconds", "entry_id", "fed_id", "first_id", "gathering_id",
    "hidden", "id", "inside_id", "invite_id", "outside_id", "store_id", "ids",
    "item_id", "last_id", "link_id", "log_id", "lottery_id", "merged_into",
    "message_id", "n", "notice_id", "order_id", "packet_id", "paid", "parent_id", "plan_id", "points",
    "pool_id",
    "price", "question_id", "raid_id", "reply_to", "report_id", "round", "round_id", "run_id",
    "session_id", "show_id", "stock", "thread", "to_id", "topic", "total", "txn_id", "update_id",
    "use_seconds", "words",
})  # fmt: skip
# Columns with such a name that do name one: `person.id`, and Telegram's id of a private chat, which
# `keeping.store.forget_private` replaces.
ENGINE_DOES = frozenset({"chat.telegram_id", "chat_address.telegram_id"})


def columns() -> list[sa.Column[object]]:
    return [
        c
        for t in tables().tables.values()
        for c in t.columns
        if isinstance(c.type, sa.BigInteger | sa.Integer)
    ]


def stated() -> set[str]:
    return {k.name for r in load().routers for k in r.kept} | {k.name for k in ENGINE}


def test_every_column_that_names_a_person_says_what_becomes_of_it() -> None:
    said = stated() | ENGINE_DOES
    big = [c for c in columns() if type(c.type) is sa.BigInteger]
    open_ = [
        f"{c.table.name}.{c.name}"
        for c in big
        if f"{c.table.name}.{c.name}" not in said and c.name not in NOT_PEOPLE
    ]
    assert len(big) >= 100
    assert open_ == []


def test_every_statement_is_of_a_column_that_is_there() -> None:
    there = {f"{c.table.name}.{c.name}" for c in columns()}
    assert sorted((stated() | ENGINE_DOES) - there) == []
    assert len(stated()) >= 45


def test_what_waits_says_when_it_came_to_be_for_those_who_come_back() -> None:
    assert [k.name for r in load().routers for k in r.kept if k.waits and k.since is None] == []


def test_every_reason_has_words_and_every_table_with_people_has_a_feature_that_says_so() -> None:
    routers = load().routers
    assert [r.name for r in routers if r.kept and not r.keeps] == []
    whys = {k.why for r in routers for k in r.kept if k.why}
    wrong = [k.name for r in routers for k in r.kept if (k.stays or k.waits) and not k.why]
    assert whys == {"ban", "books", "counts", "entry", "fed", "live", "raid", "standing"}
    assert wrong == []


# --- a row for each of those columns, and what becomes of it
MEI, LI = 4711, 4712
LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)
EVERY = [k for r in load().routers for k in r.kept] + [k for k in ENGINE if k.table.name != "erasure"]


def row_of(kept: Kept, n: int) -> dict[str, Any]:
    """The nth row: it names Mei in this column, and Li wherever else it may name somebody."""
    people = {k.who for k in EVERY if k.table is kept.table}
    made = {c.name: _some(c, n) for c in kept.table.columns if not c.nullable or c.name in kept.words}
    return (
        made
        | dict.fromkeys(people, LI)
        | {kept.who: MEI}
        | ({"kind": "member"} if kept.only is not None else {})
    )


def _some(column: sa.Column[Any], n: int) -> Any:
    kind = column.type
    if isinstance(kind, UTC_):
        return LONG_AGO
    if isinstance(kind, Json):
        return []
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.LargeBinary):
        return b"x"
    if isinstance(kind, sa.Date):
        return LONG_AGO.date()
    return n if isinstance(kind, sa.Integer) else f"w{n}"


def counted(work: Work, kept: Kept, *where: Any) -> int:
    return int(work.sql.value(sa.select(sa.func.count()).select_from(kept.table).where(*where)))


def left_as_it_is(work: Work, kept: Kept) -> int:
    """How many of Mei's rows may not go now, by what is stated."""
    return sum(left(work, kept, MEI, 0, 1 << 62, waiting=w) for w in (True, False))


async def test_every_row_is_told_and_becomes_what_is_stated_of_its_column(
    lite_tables: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.db"
    shutil.copyfile(lite_tables, path)
    engine = sa.create_engine(f"sqlite:///{path}")  # rows refer to nothing: no foreign keys here
    with engine.begin() as connection:
        for n, kept in enumerate(EVERY, 1000):
            connection.execute(sa.insert(kept.table).values(row_of(kept, n)))
    engine.dispose()
    clock = FixedClock(START)
    writer = Writer(f"sqlite:///{path}", clock=clock, rng=chance(7), bot_id=1)
    try:
        desk = PrivacyDesk(writer, load().routers, tmp_path)
        told = {t for r in desk.routers for t in await desk._part(r, MEI)}
        before = {k.table: writer.write(counted, k) for k in EVERY}
        stay = {k: writer.write(left_as_it_is, k) for k in EVERY}
        writer.write(ask_erasure, MEI)
        clock.at += timedelta(minutes=2)  # nobody waits for a receipt here
        await desk.run()
        wrong = [k.name for k in EVERY if writer.write(counted, k, k.table.c[k.who] == MEI) != stay[k]]
        assert wrong == []
        told_of_it = outbox.c.kind.in_(["tag", "edit"])  # a tag taken away, an answer that stands in a group
        assert writer.write(lambda w: w.sql.run(sa.delete(outbox).where(told_of_it))) == 2
        gone = Counter(k.table for k in EVERY if k.becomes == "gone" and not stay[k])
        assert {k.table: writer.write(counted, k) for k in EVERY} == {
            t: n - gone[t] for t, n in before.items()
        }
        renamed = [k for k in EVERY if k.becomes == "former" and not stay[k]]
        numbered = (writer.write(counted, k, k.table.c[k.who] <= FORMER) for k in renamed)
        assert [k.name for k, n in zip(renamed, numbered, strict=True) if n != 1] == []
        for kept in renamed:
            empty = [kept.table.c[w] == "" for w in kept.words] + [
                kept.table.c[u].is_(None) for u in kept.unset
            ]
            assert writer.write(counted, kept, kept.table.c[kept.who] <= FORMER, *empty) == 1
    finally:
        writer.close()
    assert {k.table.name for r in desk.routers for k in r.kept} - told == set()
    assert len(renamed) >= 25
    assert sum(gone.values()) >= 15
