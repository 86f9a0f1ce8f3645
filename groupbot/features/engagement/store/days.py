"""Sums by day on the chat's wall clock: a row a member, and a row a chat made of its members'.

`chat_day` counts members who are not staff. How many took part is no sum of events: each row that goes
into `member_day` is held against what stands there of that member's day, and the difference is what the
chat's day gains.
"""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.sql import Bulk
from groupbot.engine.storage import Fold, Upsert, metadata

_MEMBER = ("messages", "replies", "reactions", "taps")
_CHAT = (*_MEMBER, "active", "organic")

member_day = sa.Table(
    "member_day",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("staff", sa.Boolean, nullable=False),
    *(sa.Column(n, sa.Integer, nullable=False) for n in _MEMBER),
    sqlite_with_rowid=False,
    info={"merging": "add"},
)

chat_day = sa.Table(
    "chat_day",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),
    *(sa.Column(n, sa.Integer, nullable=False) for n in _CHAT),
    sqlite_with_rowid=False,
    info={"merging": "add"},
)


def _gained() -> dict[str, str]:
    """What a chat's day has more with a row given: what counts of the member's day now less what counted."""
    took = {"active": ("messages", "reactions", "taps"), "organic": ("messages", "reactions")}
    made = {}
    for name in _CHAT:
        of = took.get(name, (name,))
        now = " + ".join(f"COALESCE(was.{n}, 0) + given.{n}" for n in of)
        before = " + ".join(f"was.{n}" for n in of)
        if name in took:
            now, before = (f"CASE WHEN {sum_} > 0 THEN 1 ELSE 0 END" for sum_ in (now, before))
        made[name] = (
            f"CASE WHEN given.staff THEN 0 ELSE {now} END"
            f" - CASE WHEN COALESCE(was.staff, TRUE) THEN 0 ELSE {before} END"
        )
    return made


_DAY = ("chat_id", "day", "person_id", "staff", *_MEMBER)
DAYS = Bulk(
    "member_day",
    Upsert(member_day, _DAY, _DAY[:3], dict.fromkeys(_MEMBER, "sum") | {"staff": "new"}),
    _DAY,
    key=3,
    fold=Fold("chat_day", ("chat_id", "day"), _gained(), "member_day", _DAY[:3]),
)
