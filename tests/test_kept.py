"""Every column that can name a person says what becomes of it when that person is forgotten."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.store import ENGINE
from groupbot.engine.plugins import load
from groupbot.features import tables

# Whole numbers that name no person, by column name: chats, messages, rows, amounts.
NOT_PEOPLE = frozenset({
    "account_id", "amount", "balance", "bot_id", "case_id", "chat_id", "hidden", "id", "lottery_id",
    "merged_into", "message_id", "n", "packet_id", "parent_id", "plan_id", "raid_id", "report_id", "to_id",
    "topic", "total", "txn_id", "update_id",
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


def test_every_reason_has_words_and_every_table_with_people_has_a_feature_that_says_so() -> None:
    routers = load().routers
    assert [r.name for r in routers if r.kept and not r.keeps] == []
    whys = {k.why for r in routers for k in r.kept if k.why}
    wrong = [k.name for r in routers for k in r.kept if (k.stays or k.waits) and not k.why]
    assert whys == {"ban", "books", "counts", "entry", "live", "raid", "standing"}
    assert wrong == []
