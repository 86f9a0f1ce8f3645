"""The steps of members, and through which day each chat's are known. Made of what other tables hold."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import Hot, Upsert, metadata
from groupbot.engine.views import view
from groupbot.engine.work import Work

step = sa.Table(
    "journey_step",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("nth", sa.Integer, primary_key=True, autoincrement=False),  # of this member here, from 1
    sa.Column("state", sa.String(9), nullable=False),
    sa.Column("day", sa.Date, nullable=False),  # on the chat's clock
    sa.Column("grade", sa.String(8), nullable=False),  # of the evidence of the first join; before | visit
    sa.Column("source", sa.Text, nullable=False),  # the link's name; referral: a member's own
    sqlite_with_rowid=False,
)
through = sa.Table(
    "journey_through",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, nullable=False),
    sqlite_with_rowid=False,
)

b = sa.bindparam
s = step.c
ROW = ("chat_id", "person_id", "nth", "state", "day", "grade", "source")
KEEP = Hot(lambda: Upsert(step, ROW, ROW[:3], dict.fromkeys(ROW[3:], "new")))
DROP = Hot(
    lambda: sa.delete(step).where(s.chat_id == b("chat"), s.person_id == b("person"), s.nth == b("the_nth"))
)
OF_CHAT = Hot(lambda: sa.select(step).where(s.chat_id == b("chat")).order_by(s.person_id, s.nth))
FORGET = Hot(lambda: sa.delete(step).where(s.person_id == b("who")))
DROP_CHAT = Hot(lambda: sa.delete(step).where(s.chat_id == b("chat")))
THROUGH = Hot(lambda: sa.select(through))
MADE = Hot(lambda: Upsert(through, ("chat_id", "day"), ("chat_id",), {"day": "new"}))
_t = through.c
BACK = Hot(
    lambda: sa.update(through).where(_t.chat_id == b("chat"), _t.day > b("before")).values(day=b("before"))
)

KEPT = (Kept(step, "person_id", "gone", by="chat_id"),)


def again(work: Work, chat: int) -> None:
    """What a chat's steps are made of has changed, days ago too: it is as if two nights had not been, and the
    next look makes them anew."""
    work.sql.run(BACK, chat=chat, before=work.now.date() - timedelta(days=2))


def _join(work: Work, gone: int, stays: int) -> None:
    """Steps of a chat that turns out to be another one are made anew of the days and stays of both."""
    work.sql.run(DROP_CHAT, chat=gone)
    for chat in (gone, stays):
        again(work, chat)


step.info["merging"] = _join

view(
    "v_journey",
    "one row a step of a member's way, on the group's clock: visitor, joined, activated, regular, advocate,"
    " lapsed; grade and source of their first join",
    """SELECT chat_id, person_id, nth, state, day, grade, source FROM journey_step""",
)
view(
    "v_journey_made",
    "one row a group whose members' steps are known, and through which day",
    """SELECT chat_id, day FROM journey_through""",
)
