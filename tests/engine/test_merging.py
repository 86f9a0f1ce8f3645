"""A group that was upgraded unheard was two chats here: when that is learnt, nothing of either is lost."""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.events import Chat
from groupbot.core.numbering import SHIFT
from groupbot.engine.addresses import resolve, upgrade
from groupbot.engine.merging import merge_rows
from groupbot.engine.sql import Sql
from groupbot.engine.storage import metadata, open_engine
from groupbot.engine.work import Me, Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.approvals.store import clean_count
from groupbot.features.engagement.store import DAYS, chat_day, member_day, member_week
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, ZONE
from groupbot.features.members.store import membership, profile, staff
from groupbot.features.members.store import setting as setting_table
from groupbot.features.reports.store import report, report_vote
from groupbot.features.rules.store import verdict

OLD, NEW = Chat(-7, "group", "Store"), Chat(-1_000_000_000_007, "supergroup", "Store")
AT = datetime(2027, 1, 1, tzinfo=UTC)
GONE, STAYS = 902, 901
OWN = ("chat_address", "outbox", "posted")


def some(column: sa.Column[Any], n: int) -> Any:
    """A value of the column's type, another for another number."""
    kinds: dict[type, Any] = {
        sa.Boolean: False,
        sa.Date: date(2027, 1, n),
        sa.LargeBinary: b"x",
        sa.Float: 1.0,
        sa.Integer: n,
        sa.String: str(n),
    }
    for kind, value in kinds.items():
        if isinstance(column.type, kind):
            return value
    return AT.replace(day=n) if "UTC" in type(column.type).__name__ else {}


def of_a_chat(column: sa.Column[Any]) -> bool:
    refers = "chat.id" in {f.target_fullname for f in column.foreign_keys}
    return column.name in ("chat_id", "log_id") or refers


def test_no_table_keeps_a_row_of_the_chat_that_was_another() -> None:
    """In each table a row of each chat under one key, and a third of its own."""
    tables()
    engine = open_engine("sqlite://")
    with engine.connect() as connection:
        raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        raw.execute("PRAGMA foreign_keys=OFF")
        metadata.create_all(connection)
        sql = Sql(raw, engine.dialect)
        homes = {t: [c.name for c in t.columns if of_a_chat(c)] for t in metadata.sorted_tables}
        homes = {t: names for t, names in homes.items() if names and t.name not in OWN}
        for table, names in homes.items():
            for serial, (chat, n) in enumerate(((STAYS, 1), (GONE, 1), (GONE, 2)), 1):
                row = {c.name: some(c, n) for c in table.columns} | dict.fromkeys(names, chat)
                if "id" in row:
                    row["id"] = serial
                sql.run(sa.insert(table).prefix_with("OR IGNORE").values(row))
        work = Work(
            sql, now=AT, rng=random.Random(1), me=Me(), caches=defaultdict(dict),
            render=lambda work, effect: effect,
        )  # fmt: skip
        merge_rows(work, GONE, STAYS)
        left = {t.name: {v for n in names for v in sql.all(sa.select(t.c[n]))} for t, names in homes.items()}
    engine.dispose()
    assert len(left) > 70
    assert {name: found for name, found in left.items() if found != {(STAYS,)}} == {}


@pytest.fixture
def two(writer: Writer) -> tuple[int, int]:
    """The group as it was known before, and what was made of it under its new id."""
    return writer.write(lambda w: (resolve(w, OLD).id, resolve(w, NEW).id))


def learn(writer: Writer) -> None:
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))


def rows(writer: Writer, statement: Any) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in writer.write(lambda w: w.sql.all(statement))]


def test_points_of_both_are_the_groups_and_go_on_being_spent(writer: Writer, two: tuple[int, int]) -> None:
    before, since = two

    def give(work: Work, chat: int, person: int, points: int, key: str) -> bool:
        return ledger.transfer(work, key, "gift", (issuer(chat), -points), (member(chat, person), points))

    for chat, person, points in ((before, 5, 30), (before, 6, 1), (since, 5, 12)):
        writer.write(give, chat, person, points, f"gift:{chat}:{person}")

    def batch(work: Work) -> None:  # what is said in the batch that learns of it is buffered still
        give(work, since, 7, 4, f"gift:{since}:7")
        upgrade(work, OLD.id, NEW.id)

    writer.write(batch)
    have = {p: writer.write(lambda w, p=p: ledger.points_of(w, before, p)) for p in (5, 6, 7)}
    assert have == {5: 42, 6: 1, 7: 4}
    assert writer.write(ledger.recount).faults == ()
    assert not writer.write(give, before, 5, 30, f"gift:{before}:5")
    assert writer.write(give, before, 5, 1, "gift:more")
    assert len(writer.write(lambda w: ledger.statement(w, member(before, 5)))) == 3


def test_settings_of_before_hold_and_those_of_since_fill_up(writer: Writer, two: tuple[int, int]) -> None:
    before, since = two
    writer.write(lambda w: members.put(w, LANGUAGE, "zh", chat=before))
    for setting, value in ((LANGUAGE, "en"), (ZONE, "Europe/Berlin")):
        writer.write(lambda w, s=setting, v=value: members.put(w, s, v, chat=since))
    writer.write(lambda w: members.put(w, LANGUAGE, "en", chat=since, topic=12))
    elsewhere = since * 10 + 1  # its number begins with the same digits
    for topic in (None, 12):
        writer.write(lambda w, t=topic: members.put(w, LANGUAGE, "en", chat=elsewhere, topic=t))
    learn(writer)
    keys = sa.select(setting_table.c.scope, setting_table.c.scope_id, setting_table.c.key)
    assert sorted(rows(writer, keys)) == [
        ("chat", str(before), LANGUAGE.key), ("chat", str(before), ZONE.key),
        ("chat", str(elsewhere), LANGUAGE.key),
        ("topic", f"{before}:12", LANGUAGE.key), ("topic", f"{elsewhere}:12", LANGUAGE.key),
    ]  # fmt: skip
    found = writer.write(lambda w: (members.get(w, before, LANGUAGE), members.get(w, before, ZONE)))
    assert found == ("zh", "Europe/Berlin")


@pytest.mark.parametrize("known", [False, True])
def test_the_profile_of_before_holds_with_what_the_bot_is_and_may_now(
    writer: Writer, two: tuple[int, int], known: bool
) -> None:
    other = writer.write(lambda w: resolve(w, Chat(-9, "group", "Other")).id)
    for chat, tier, status in (
        (two[0], "store", "kicked"),
        (two[1], None, "member"),
        (other, "store", "left"),
    ):
        if known or chat != two[0]:
            row = {"chat_id": chat, "tier": tier, "status": status, "rights": [status], "added_at": AT}
            writer.write(lambda w, row=row: w.sql.run(sa.insert(profile).values(row)))
    learn(writer)
    columns = (profile.c.chat_id, profile.c.tier, profile.c.status, profile.c.rights)
    found = rows(writer, sa.select(*columns).order_by(profile.c.chat_id))
    assert found == [
        (two[0], "store" if known else None, "member", ["member"]),
        (other, "store", "left", ["left"]),
    ]


@pytest.mark.parametrize("known", [False, True])
def test_what_stood_below_the_other_stands_below_the_group_if_its_tier_allows(
    writer: Writer, two: tuple[int, int], known: bool
) -> None:
    shop, same, new = (
        writer.write(lambda w, n=n: resolve(w, Chat(n, "group", "G")).id) for n in (-9, -10, -11)
    )
    standing = [(shop, "store", two[1]), (same, "dealer", two[1]), (new, None, two[1])]
    for chat, tier, parent in [(two[1 - known], "dealer", None), *standing]:
        row = {"chat_id": chat, "tier": tier, "parent_id": parent, "added_at": AT}
        writer.write(lambda w, row=row: w.sql.run(sa.insert(profile).values(row)))
    learn(writer)
    found = rows(writer, sa.select(profile.c.chat_id, profile.c.parent_id))
    assert dict(found) == {two[0]: None, shop: two[0], same: None, new: None}


def case(work: Work, chat: int, number: int, message: int) -> None:
    row = {c.name: some(c, 1) for c in verdict.columns if not c.nullable and c.name != "id"}
    work.sql.run(sa.insert(verdict).values(row | {"chat_id": chat, "number": number, "message_id": message}))


def test_cases_are_numbered_on_and_reports_keep_their_messages_apart(
    writer: Writer, two: tuple[int, int]
) -> None:
    before, since = two
    for chat, number in ((before, 1), (before, 2), (since, 1), (since, 2), (since, 3)):
        writer.write(case, chat, number, chat * 10 + number)
    filled = {c.name: some(c, 1) for c in report.columns if not c.nullable and c.name != "id"}
    for chat, text in ((before, "old"), (since, "new")):
        row = filled | {"chat_id": chat, "message_id": 5, "text": text}
        writer.write(lambda w, row=row: w.sql.run(sa.insert(report).values(row)))
    votes = sa.insert(report_vote).from_select(
        ["report_id", "reporter", "chat_id", "reason", "at"],
        sa.select(report.c.id, sa.literal(9), report.c.chat_id, sa.literal(""), report.c.at),
    )
    writer.write(lambda w: w.sql.run(votes))
    learn(writer)
    assert rows(writer, sa.select(report_vote.c.chat_id)) == [(before,), (before,)]
    found = rows(writer, sa.select(verdict.c.number, verdict.c.message_id).order_by(verdict.c.number))
    messages = [before * 10 + n - SHIFT for n in (1, 2)] + [since * 10 + n for n in (1, 2, 3)]
    assert found == list(enumerate(messages, 1))
    assert rows(
        writer, sa.select(report.c.chat_id, report.c.message_id, report.c.text).order_by(report.c.id)
    ) == [
        (before, 5 - SHIFT, "old"),
        (before, 5, "new"),
    ]


def test_counts_are_added_and_who_is_here_is_here_once(writer: Writer, two: tuple[int, int]) -> None:
    before, since = two
    other = writer.write(lambda w: resolve(w, Chat(-9, "group", "Other")).id)

    def fill(work: Work) -> None:
        for chat, person, n in ((before, 5, 3), (since, 5, 4), (since, 6, 1)):
            work.sql.run(sa.insert(clean_count).values(chat_id=chat, person_id=person, n=n))
        for chat, person, joined, left in (
            (before, 5, AT, None), (since, 5, None, None),  # here all the time
            (before, 6, AT, None), (since, 6, None, AT),  # left since
            (before, 7, AT, None), (since, 7, None, AT), (since, 7, AT, None),  # left, and is back
            (since, 8, AT, None),  # came since
            (other, 5, AT, None), (other, 6, AT, None),  # not of this group
        ):  # fmt: skip
            values = {"chat_id": chat, "person_id": person, "joined_at": joined, "left_at": left}
            work.sql.run(sa.insert(membership).values(**values, evidence="own", removed=False))
        for chat, status in ((before, "administrator"), (since, "member")):
            row = {"chat_id": chat, "person_id": 5, "status": status, "rights": [], "checked_at": AT}
            work.sql.run(sa.insert(staff).values(row))

    writer.write(fill)
    learn(writer)
    counted = sa.select(clean_count.c.chat_id, clean_count.c.person_id, clean_count.c.n).order_by(
        clean_count.c.person_id
    )
    assert rows(writer, counted) == [(before, 5, 7), (before, 6, 1)]
    here = sa.select(membership.c.chat_id, membership.c.person_id).where(membership.c.left_at.is_(None))
    assert sorted(rows(writer, here)) == [(before, 5), (before, 7), (before, 8), (other, 5), (other, 6)]
    assert rows(writer, sa.select(staff.c.chat_id, staff.c.status)) == [(before, "member")]


def test_a_day_in_both_is_one_day_of_a_member(writer: Writer, two: tuple[int, int]) -> None:
    before, since = two
    days = ((before, 5, 2), (since, 5, 3), (since, 6, 1))
    for chat, person, said in days:
        row = (chat, date(2027, 1, 6), person, False, said, 0, 0, 0)
        writer.write(lambda w, row=row: w.add(DAYS, *row))
    learn(writer)
    d, c, w = member_day.c, chat_day.c, member_week.c
    assert rows(writer, sa.select(d.chat_id, d.person_id, d.messages).order_by(d.person_id)) == [
        (before, 5, 5), (before, 6, 1)
    ]  # fmt: skip
    assert rows(writer, sa.select(c.chat_id, c.messages, c.active)) == [(before, 6, 2)]
    assert rows(writer, sa.select(w.chat_id, w.person_id, w.active).order_by(w.person_id)) == [
        (before, 5, 1), (before, 6, 1)
    ]  # fmt: skip


def test_cases_of_since_keep_their_numbers_where_there_were_none(
    writer: Writer, two: tuple[int, int]
) -> None:
    writer.write(case, two[1], 1, 11)
    learn(writer)
    assert rows(writer, sa.select(verdict.c.chat_id, verdict.c.number)) == [(two[0], 1)]
