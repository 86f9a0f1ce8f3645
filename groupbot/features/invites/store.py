"""Named invite links, who came to the bot by a member's own, and whom members brought."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, metadata
from groupbot.engine.views import view

invite = sa.Table(
    "invite",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("owner_id", sa.BigInteger, nullable=False),  # whose own link; 0: a counter's
    sa.Column("name", sa.String(32), nullable=False),  # '' of a member's own, which Telegram shows as ref-ID
    sa.Column("counter", sa.String(32), nullable=False),
    sa.Column("shift", sa.String(32), nullable=False),
    sa.Column("url", sa.Text, nullable=False),  # '' until Telegram made it
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("reply_to", sa.BigInteger, info={"message": True}),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("off_at", UTC_),
    sa.UniqueConstraint("chat_id", "owner_id", "name"),
    sa.Index("ix_invite_url", "url"),
    sqlite_autoincrement=True,
)
referral = sa.Table(
    "referral",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("grade", sa.String(8), nullable=False, server_default="exact"),  # exact | adder | token
    sa.Column("at", UTC_, nullable=False),  # joined
    sa.Column("due", UTC_, nullable=False),
    sa.Column(
        "state", sa.String(8), nullable=False
    ),  # held | paid | left | back | quiet | capped | hired | poor
    sa.Column("points", sa.Integer, nullable=False),  # given, less what went back
    sa.Column("paid_at", UTC_),
    sa.Column("left_at", UTC_),
    sa.UniqueConstraint("chat_id", "person_id"),
    sa.Index("ix_referral_due", "state", "due"),
    sa.Index("ix_referral_by", "chat_id", "by_id", "paid_at"),
    sqlite_autoincrement=True,
)
start = sa.Table(
    "invite_start",
    metadata,
    sa.Column("invite_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UTC_, nullable=False),  # the last time somebody not here came by a member's own link
    sa.Index("ix_invite_start_person", "person_id", "at"),
)

b = sa.bindparam
i, r, s = invite.c, referral.c, start.c
_NEW = ("chat_id", "owner_id", "name", "counter", "shift", "url", "by_id", "reply_to", "at")
NEW = Hot(lambda: Upsert(invite, _NEW, ("chat_id", "owner_id", "name")))
FIND = Hot(
    lambda: sa.select(invite).where(
        i.chat_id == b("chat"), i.owner_id == b("the_owner"), i.name == b("the_name"), i.off_at.is_(None)
    )
)
ANY = Hot(
    lambda: sa.select(invite).where(
        i.chat_id == b("chat"), i.owner_id == b("the_owner"), i.name == b("the_name")
    )
)
ONE = Hot(lambda: sa.select(invite).where(i.id == b("the_id")))
BY_URL = Hot(lambda: sa.select(i.id, i.owner_id, i.chat_id).where(i.url == b("the_url")).limit(1))
MADE = Hot(lambda: sa.update(invite).where(i.id == b("the_id")).values(url=b("the_url")))
NONE_MADE = Hot(lambda: sa.update(invite).where(i.id == b("the_id")).values(off_at=b("now")))
AGAIN = Hot(
    lambda: (
        sa.update(invite)
        .where(i.id == b("the_id"))
        .values(off_at=None, by_id=b("by"), reply_to=b("to_message"), at=b("now"))
    )
)
OFF = Hot(
    lambda: (
        sa.update(invite)
        .where(i.chat_id == b("chat"), i.owner_id == b("the_owner"), i.name == b("the_name"))
        .values(off_at=b("now"), url="")
    )
)
ISSUED = Hot(
    lambda: (
        sa.select(i.owner_id, i.name, i.url)
        .where(i.chat_id == b("chat"), i.off_at.is_(None), i.url != "")
        .order_by(i.id)
    )
)
ALL_OFF = Hot(
    lambda: (
        sa.update(invite).where(i.chat_id == b("chat"), i.off_at.is_(None)).values(off_at=b("now"), url="")
    )
)
OF_COUNTERS = Hot(
    lambda: (
        sa.select(i.id, i.name, i.counter, i.shift, i.url, i.at)
        .where(i.chat_id == b("chat"), i.owner_id == b("nobody"), i.off_at.is_(None))
        .order_by(i.counter, i.shift, i.id)
    )
)
JOIN = Hot(
    lambda: Upsert(
        referral,
        ("chat_id", "person_id", "by_id", "grade", "at", "due", "state", "points"),
        ("chat_id", "person_id"),
    )
)
BETTER = Hot(  # evidence of the same join that came later
    lambda: sa.update(referral).where(r.id == b("the_id")).values(by_id=b("by"), grade=b("now_is"))
)
WRONG = Hot(lambda: sa.delete(referral).where(r.id == b("the_id")))
START = Hot(
    lambda: Upsert(start, ("invite_id", "person_id", "at"), ("invite_id", "person_id"), {"at": "new"})
)
STARTS = Hot(  # whose links to the bot somebody followed lately
    lambda: (
        sa.select(i.owner_id)
        .join(start, s.invite_id == i.id)
        .where(i.chat_id == b("chat"), s.person_id == b("who"), s.at >= b("since"), s.at <= b("until"))
        .distinct()
    )
)
OLD_STARTS = Hot(lambda: sa.delete(start).where(s.at < b("before")))
OF_PERSON = Hot(lambda: sa.select(referral).where(r.chat_id == b("chat"), r.person_id == b("who")))
DUE = Hot(
    lambda: (
        sa.select(referral)
        .where(r.state == b("the_state"), r.due <= b("now"))
        .order_by(r.id)
        .limit(b("most"))
    )
)
BECOMES = Hot(
    lambda: (
        sa.update(referral)
        .where(r.id == b("the_id"), r.state == b("was"))
        .values(
            state=b("now_is"), points=b("the_points"), paid_at=b("paid"), left_at=b("gone"), due=b("the_due")
        )
    )
)
LATER = Hot(lambda: sa.update(referral).where(r.id == b("the_id")).values(due=b("the_due")))
PAID_SINCE = Hot(
    lambda: sa.select(sa.func.count()).where(
        r.chat_id == b("chat"), r.by_id == b("who"), r.paid_at >= b("since")
    )
)
OF_INVITER = Hot(
    lambda: (
        sa.select(r.state, sa.func.count().label("n"), sa.func.sum(r.points).label("points"))
        .where(r.chat_id == b("chat"), r.by_id == b("who"))
        .group_by(r.state)
    )
)

KEPT = (
    Kept(invite, "owner_id", "former", by="id", words=("url",), unset=("reply_to",)),
    Kept(invite, "by_id", "former", by="id"),
    Kept(referral, "person_id", "former", by="id"),
    Kept(referral, "by_id", "former", by="id"),
    Kept(start, "person_id", "gone"),
)

view(
    "v_invite",
    "one row a named invite link of a counter and shift; no members' own",
    """SELECT chat_id, id AS invite_id, name, counter, shift, at, off_at
    FROM invite WHERE owner_id = 0""",
)
view(
    "v_referral",
    "one row a person whom a member brought: by whom, on what evidence (exact, adder, token), and what became"
    " of it",
    """SELECT chat_id, person_id, by_id, grade, at, state, points, paid_at, left_at FROM referral""",
)
