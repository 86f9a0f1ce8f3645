"""Notices, and who acknowledged which version."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, among, metadata, only
from groupbot.engine.views import view
from groupbot.features.members.store import membership, person, profile

notice = sa.Table(
    "notice",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", UTC_, nullable=False),  # of the version
    sa.Column("due", UTC_, nullable=False),
    sa.Column("remind_at", UTC_),  # None: reminded
    sa.Column("state", sa.String(8), nullable=False),  # open | closed
    sa.Column("expected", sa.Integer),  # people who should have read it, counted at its end
    sa.Column("within_day", sa.Integer),
    sa.Column("within_three", sa.Integer),
    sa.Column("round_id", sa.BigInteger),  # of a notice over several groups
    sa.Index("ix_notice_round", "round_id"),
    sa.Index(
        "ix_notice_open",
        "due",
        **only("state = 'open'"),
    ),
    sa.Index("ix_notice_chat", "chat_id", "id"),
    sqlite_autoincrement=True,
)

notice_ack = sa.Table(
    "notice_ack",
    metadata,
    sa.Column("notice_id", sa.BigInteger, sa.ForeignKey("notice.id"), primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UTC_, nullable=False),
    sqlite_with_rowid=False,
)

notice_round = sa.Table(
    "notice_round",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("chats", Json, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("needed", sa.Integer, nullable=False),  # operators who must agree
    sa.Column("first_id", sa.BigInteger),  # who agreed first, where two must
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # waits | out | over | stopped
    sa.Column("at", UTC_, nullable=False),
    sqlite_autoincrement=True,
)

b = sa.bindparam
_n, _a = notice.c, notice_ack.c
_NEW = ("chat_id", "topic", "by_id", "text", "version", "at", "due", "remind_at", "state", "round_id")
ADD = Hot(lambda: sa.insert(notice).values({n: b(n) for n in _NEW}))
LAST = Hot(lambda: sa.select(sa.func.max(_n.id)).where(_n.chat_id == b("chat")))
ONE = Hot(lambda: sa.select(notice).where(_n.id == b("the_id")))
REVISE = Hot(
    lambda: (
        sa.update(notice)
        .where(_n.id == b("the_id"))
        .values(text=b("text"), version=_n.version + 1, at=b("at"), due=b("due"), remind_at=b("remind_at"))
    )
)
ACK = Hot(
    lambda: Upsert(
        notice_ack, ("notice_id", "version", "person_id", "at"), ("notice_id", "version", "person_id")
    )
)
ACKED = Hot(
    lambda: sa.select(_a.at).where(
        _a.notice_id == b("the_id"), _a.version == b("the_version"), _a.person_id == b("who")
    )
)
COUNT = Hot(
    lambda: sa.select(sa.func.count()).where(
        _a.notice_id == b("the_id"), _a.version == b("the_version"), _a.at <= b("until")
    )
)
_read = (
    sa.select(_a.person_id)
    .where(
        _a.notice_id == b("the_id"), _a.version == b("the_version"), _a.person_id == membership.c.person_id
    )
    .exists()
)
_here = sa.and_(
    membership.c.chat_id == b("chat"),
    membership.c.left_at.is_(None),
    membership.c.person_id != b("author"),
    person.c.id == membership.c.person_id,
    person.c.is_bot.is_(False),
)
EXPECTED = Hot(lambda: sa.select(sa.func.count(membership.c.person_id.distinct())).where(_here))
MISSING = Hot(
    lambda: (
        sa.select(person.c.id, person.c.first_name, person.c.last_name)
        .where(_here, ~_read)
        .distinct()
        .order_by(person.c.first_name, person.c.id)
        .limit(b("most"))
    )
)
MISSING_COUNT = Hot(lambda: sa.select(sa.func.count(membership.c.person_id.distinct())).where(_here, ~_read))
IN_CHAT = Hot(
    lambda: sa.select(notice).where(_n.chat_id == b("chat")).order_by(_n.id.desc()).limit(b("most"))
)
_open = among(_n.state, "open")
DUE = Hot(lambda: sa.select(notice).where(_open, _n.due <= b("now")).order_by(_n.due).limit(20))
REMIND = Hot(
    lambda: (
        sa.select(notice)
        .where(_open, _n.remind_at <= b("now"), _n.due > b("now"), _n.id > b("behind"))
        .order_by(_n.id)
        .limit(b("most"))
    )
)
REMINDED = Hot(lambda: sa.update(notice).where(_n.id == b("the_id")).values(remind_at=None))
CLOSE = Hot(
    lambda: (
        sa.update(notice)
        .where(_n.id == b("the_id"))
        .values(
            state="closed",
            expected=b("expected"),
            within_day=b("within_day"),
            within_three=b("within_three"),
        )
    )
)
BY_TIER = Hot(
    lambda: (
        sa.select(
            profile.c.tier,
            sa.func.count().label("n"),
            sa.func.sum(_n.expected).label("expected"),
            sa.func.sum(_n.within_day).label("within_day"),
            sa.func.sum(_n.within_three).label("within_three"),
        )
        .join(profile, profile.c.chat_id == _n.chat_id)
        .where(among(_n.state, "closed"), _n.at >= b("since"))
        .group_by(profile.c.tier)
        .order_by(profile.c.tier)
    )
)
_old = sa.select(_n.id).where(_n.due < b("before"))
UNSAID = Hot(lambda: sa.delete(notice).where(_n.id == b("the_id"), among(_n.state, "open")))
FORGET_ACKS = Hot(lambda: sa.delete(notice_ack).where(_a.notice_id.in_(_old)))
FORGET = Hot(lambda: sa.delete(notice).where(_n.due < b("before")))

_r = notice_round.c
_ROUND = ("audience", "chats", "text", "seconds", "by_id", "needed", "version", "state", "at")
NEW_ROUND = Hot(lambda: sa.insert(notice_round).values({n: b(n) for n in _ROUND}))
LAST_ROUND = Hot(lambda: sa.select(sa.func.max(_r.id)))
ROUND = Hot(lambda: sa.select(notice_round).where(_r.id == b("the_id")))
ROUNDS = Hot(lambda: sa.select(notice_round).order_by(_r.id.desc()).limit(b("most")))
ROUND_AGAIN = Hot(
    lambda: (
        sa.update(notice_round)
        .where(_r.id == b("the_id"))
        .values(
            text=b("text"),
            seconds=b("seconds"),
            at=b("at"),
            version=_r.version + 1,
            state=sa.literal_column("'waits'"),
            first_id=sa.null(),
        )
    )
)
FIRST_WORD = Hot(lambda: sa.update(notice_round).where(_r.id == b("the_id")).values(first_id=b("who")))
ROUND_STATE = Hot(lambda: sa.update(notice_round).where(_r.id == b("the_id")).values(state=b("state")))
OF_ROUND = Hot(lambda: sa.select(notice).where(_n.round_id == b("the_round")).order_by(_n.id))
ROUNDS_DONE = Hot(
    lambda: (
        sa.select(_r.id, _r.by_id)
        .where(
            among(_r.state, "out"),
            ~sa.select(_n.id).where(_n.round_id == _r.id, _n.state == sa.literal_column("'open'")).exists(),
        )
        .order_by(_r.id)
        .limit(5)
    )
)
FORGET_ROUNDS = Hot(
    lambda: sa.delete(notice_round).where(
        _r.at < b("before"), ~sa.select(_n.id).where(_n.round_id == _r.id).exists()
    )
)

KEPT = (
    Kept(notice_round, "by_id", "former", by="id", hide=("text", "chats")),
    Kept(notice_round, "first_id", "former", by="id", hide=("text", "chats")),
    Kept(notice, "by_id", "former", by="id", hide=("text",)),
    Kept(notice_ack, "person_id", "former", by="notice_id"),
)

view(
    "v_notice",
    "one row a notice: the version that stands, from when until when; expected readers at its end; its round",
    """SELECT chat_id, id AS notice_id, version, at, due, state, expected, within_day,
      within_three, round_id
    FROM notice""",
)
view(
    "v_ack",
    "one row a member who acknowledged a version of a notice",
    """SELECT n.chat_id, a.notice_id, a.version, a.person_id, a.at
    FROM notice_ack a JOIN notice n ON n.id = a.notice_id""",
)
