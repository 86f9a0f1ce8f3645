"""Sums by day on the chat's wall clock: a row a member, and a row a chat made of its members'.

`chat_day` counts members who are not staff. How many took part is no sum of events: each row that goes
into `member_day` is held against what stands there of that member's day, and the difference is what the
chat's day gains. So it is written before `member_day` is.
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
)

chat_day = sa.Table(
    "chat_day",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),
    *(sa.Column(n, sa.Integer, nullable=False) for n in _CHAT),
    sqlite_with_rowid=False,
)

_DAY = ("chat_id", "day", "person_id", "staff", *_MEMBER)
_KEY = _DAY[:3]
DAYS = Bulk(
    "member_day",
    Upsert(member_day, _DAY, _KEY, dict.fromkeys(_MEMBER, "sum") | {"staff": "new"}),
    _DAY,
    key=3,
)


def _gained() -> str:
    """For each row given what the chat's day has more with it: what counts now less what counted before."""
    took = {"active": _MEMBER[:1] + _MEMBER[2:], "organic": ("messages", "reactions")}
    sums = {n: (n,) for n in _MEMBER} | took
    made = []
    for name, of in sums.items():
        now = " + ".join(f"COALESCE(was.{n}, 0) + given.{n}" for n in of)
        before = " + ".join(f"was.{n}" for n in of)
        if name in took:
            now, before = (f"CASE WHEN {w} > 0 THEN 1 ELSE 0 END" for w in (now, before))
        made.append(
            f"CASE WHEN given.staff THEN 0 ELSE {now} END"
            f" - CASE WHEN COALESCE(was.staff, TRUE) THEN 0 ELSE {before} END AS {name}"
        )
    on = " AND ".join(f"was.{k} = given.{k}" for k in _KEY)
    return (
        f"SELECT given.chat_id, given.day, {', '.join(made)}"
        f" FROM {{given}} LEFT JOIN member_day AS was ON {on}"
    )


CHAT_DAYS = Bulk("chat_day", Fold(chat_day, member_day, _DAY, _gained(), ("chat_id", "day")), _DAY, key=3)
