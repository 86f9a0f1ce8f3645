"""Roles by the week in which they changed."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import Hot, Json, Upsert, metadata
from groupbot.engine.views import view

role = sa.Table(
    "member_role",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("week", sa.Date, primary_key=True),  # its Monday, on the group's clock
    sa.Column("role", sa.String(8), nullable=False),  # creator | follower | onlooker
    sa.Column("score", sa.Integer, nullable=False),
    # days opened, answered, acted; friends; from how many days on opened makes a creator, acted a follower
    sa.Column("reasons", Json, nullable=False),
    sqlite_with_rowid=False,
)
b = sa.bindparam
r = role.c
_ROW = ("chat_id", "person_id", "week", "role", "score", "reasons")
KEEP = Hot(
    lambda: Upsert(
        role, _ROW, ("chat_id", "person_id", "week"), dict.fromkeys(("role", "score", "reasons"), "new")
    )
)
OF_CHAT = Hot(lambda: sa.select(r.person_id, r.role).where(r.chat_id == b("chat")).order_by(r.week))
OF = Hot(
    lambda: (
        sa.select(role)
        .where(r.chat_id == b("chat"), r.person_id == b("who"))
        .order_by(r.week.desc())
        .limit(6)
    )
)
OLD = Hot(lambda: sa.delete(role).where(r.week < b("before")))
FORGET = Hot(lambda: sa.delete(role).where(r.person_id == b("who")))

KEPT = (Kept(role, "person_id", "gone", by="chat_id"),)

_KNOWN = """SELECT chat_id, person_id, week, role, score, {reason_0} AS opened, {reason_1} AS answered,
      {reason_2} AS acted, {reason_3} AS friends, COALESCE({reason_4}, 4) AS opened_least,
      COALESCE({reason_5}, 2) AS acted_least FROM member_role"""  # before 0070 rows name no thresholds
view(
    "v_role",
    "one row a change of a member's role in a group, by the week it was seen: role, score and why: days of"
    " 28 on which they opened talk, answered, did anything, friends brought, and the least for each role",
    f"""SELECT r.*, CASE role
      WHEN 'creator' THEN 'opened talk on ' || opened || ' of 28 days, ' || opened_least || ' at least'
      WHEN 'follower' THEN 'did something on ' || acted || ' of 28 days, ' || acted_least
        || ' at least, opened talk on ' || opened || ', fewer than ' || opened_least
      ELSE 'did something on ' || acted || ' of 28 days, fewer than ' || acted_least END AS reasons
    FROM ({_KNOWN}) r""",
)
