"""Tables of what waits for a yes, what another bot's export held beyond us, and text kept to rehearse on."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, metadata
from groupbot.features.engagement.store import event
from groupbot.features.rules.store import verdict

proposal = sa.Table(
    "proposal",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),  # file | import | reset
    sa.Column("at", UTC_, nullable=False),
    sa.Column("done_at", UTC_),
    sa.Column("payload", Json),  # what would be set; emptied when it is decided
    sa.Column("against", sa.String(64), nullable=False),  # the chat's settings it was compared with
    sa.Index("ix_proposal_chat_at", "chat_id", "at"),
    sqlite_autoincrement=True,
)

foreign_part = sa.Table(
    "foreign_part",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("source", sa.String(16), primary_key=True),  # rose
    sa.Column("payload", Json, nullable=False),  # the whole export, as it came
    sa.Column("at", UTC_, nullable=False),
)

kept_text = sa.Table(
    "kept_text",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False, info={"message": True}),
    sa.Column("at", UTC_, nullable=False, index=True),
    sa.Column("topic", sa.BigInteger),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),  # kind, carriers, addresses, source of a forward: JSON
)

rehearsal = sa.Table(  # one that is still going on, in slices
    "rehearsal",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),  # who is told
    sa.Column("rule", sa.String(16), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("since", UTC_, nullable=False),
    sa.Column("after", sa.BigInteger, nullable=False),  # judged up to this message, or this second
    sa.Column("state", Json, nullable=False),  # what was found so far
    sqlite_autoincrement=True,
)

b = sa.bindparam
_p = proposal.c
PROPOSE = Hot(
    lambda: (
        sa.insert(proposal)
        .values({n: b(n) for n in ("chat_id", "person_id", "kind", "at", "payload", "against")})
        .returning(_p.id)
    )
)
PROPOSAL = Hot(lambda: sa.select(proposal).where(_p.id == b("the_id")))
FILL = Hot(
    lambda: (
        sa.update(proposal)
        .where(_p.id == b("the_id"))
        .values(payload=b("the_payload"), against=b("now_against"))
    )
)
DECIDED = Hot(lambda: sa.update(proposal).where(_p.id == b("the_id")).values(payload=None, done_at=b("now")))
LATELY = Hot(
    lambda: (
        sa.select(sa.func.count()).select_from(proposal).where(_p.chat_id == b("chat"), _p.at > b("since"))
    )
)
OLD_PROPOSALS = Hot(lambda: sa.delete(proposal).where(_p.at < b("before")))

FOREIGN = Hot(
    lambda: sa.select(foreign_part.c.payload).where(
        foreign_part.c.chat_id == b("chat"), foreign_part.c.source == b("from_bot")
    )
)
KEEP_FOREIGN = Hot(
    lambda: Upsert(
        foreign_part,
        ("chat_id", "source", "payload", "at"),
        ("chat_id", "source"),
        {"payload": "new", "at": "new"},
    )
)
DROP_FOREIGN = Hot(lambda: sa.delete(foreign_part).where(foreign_part.c.chat_id == b("chat")))

_KEPT = ("chat_id", "message_id", "at", "topic", "person_id", "body")
KEPT = Bulk(
    "kept_text",
    Upsert(kept_text, _KEPT, ("chat_id", "message_id"), {"body": "new"}),
    _KEPT,
    key=2,
)
_k = kept_text.c
KEPT_AFTER = Hot(
    lambda: (
        sa.select(_k.message_id, _k.at, _k.person_id, _k.body)
        .where(_k.chat_id == b("chat"), _k.message_id > b("after"), _k.at >= b("since"))
        .order_by(_k.message_id)
        .limit(b("most"))
    )
)
_h = rehearsal.c
_BEGUN = ("chat_id", "person_id", "rule", "at", "since", "after", "state")
BEGIN = Hot(lambda: sa.insert(rehearsal).values({n: b(n) for n in _BEGUN}).returning(_h.id))
GOING_ON = Hot(lambda: sa.select(rehearsal).order_by(_h.id).limit(1))
ONE = Hot(lambda: sa.select(rehearsal).where(_h.id == b("the_id")))
GO_ON = Hot(
    lambda: sa.update(rehearsal).where(_h.id == b("the_id")).values(after=b("now_after"), state=b("made"))
)
STOPPED = Hot(lambda: sa.delete(rehearsal).where(_h.id == b("the_id")))
OTHERS = Hot(lambda: sa.delete(rehearsal).where(_h.chat_id == b("chat"), _h.person_id == b("who")))
KEPT_FIRST = Hot(lambda: sa.select(_k.at).where(_k.chat_id == b("chat")).order_by(_k.message_id).limit(1))
KEPT_CHATS = Hot(lambda: sa.select(_k.chat_id).distinct())
FORGET_KEPT_OF = Hot(lambda: sa.delete(kept_text).where(_k.person_id == b("person")))
FORGET_KEPT = Hot(lambda: sa.delete(kept_text).where(_k.chat_id == b("chat"), _k.at < b("before")))

_e = event.c
_MEMBERS = _e.staff.is_(False)
_TALK = (
    _e.chat_id == b("chat"),
    _e.at >= b("since"),
    _MEMBERS,
    _e.kind.in_([sa.literal_column("'message'"), sa.literal_column("'reply'")]),
)
SPOKEN = Hot(
    lambda: (
        sa.select(_e.person_id, _e.at, _e.units, _e.staff)
        .where(*(t for t in _TALK if t is not _MEMBERS))
        .order_by(_e.at, _e.id)
        .limit(b("most"))
    )
)
SAID = Hot(lambda: sa.select(sa.func.count()).select_from(event).where(*_TALK))
_v = verdict.c
CASES = Hot(
    lambda: (
        sa.select(_v.shadow, sa.func.count().label("n"), sa.func.count(_v.undone_at).label("undone"))
        .where(_v.chat_id == b("chat"), _v.rule == b("the_rule"), _v.at >= b("since"))
        .group_by(_v.shadow)
    )
)

OF_PEOPLE = (
    Kept(proposal, "person_id", "gone", by="id", hide=("payload",)),
    Kept(kept_text, "person_id", "gone", by="chat_id"),
    Kept(rehearsal, "person_id", "gone", hide=("state",)),
)
