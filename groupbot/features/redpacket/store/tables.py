"""Tables of packets and their statements. Shares never change; a claim is one new row."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, among, metadata, only

packet = sa.Table(
    "packet",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("sender_id", sa.BigInteger, nullable=False),  # 0: an admin speaking as the group
    sa.Column("payer", sa.String(8), nullable=False),  # house | member
    sa.Column("kind", sa.String(8), nullable=False),  # lucky | equal
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("wish", sa.Text, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # draft | planned | live | drained | expired | dropped
    sa.Column("day", sa.String(10), nullable=False),  # on the chat's wall clock
    sa.Column("salt", sa.String(64), nullable=False),
    sa.Column("commitment", sa.String(64), nullable=False),
    sa.Column("opened_at", UTC_, nullable=False),
    sa.Column("expires_at", UTC_, nullable=False),
    sa.Column("ended_at", UTC_),
    sa.Column("occasion", sa.String(24), nullable=False, server_default=""),
    sa.Column("whom", sa.BigInteger, nullable=False, server_default="0"),  # only this member; 0: anybody
    sa.Column("who", sa.String(8), nullable=False, server_default=""),  # new | old | staff; '': all
    sa.Column("phrase", sa.String(40), nullable=False, server_default=""),  # folded; '': by button
    sa.Column(
        "segment", sa.Text, nullable=False, server_default=""
    ),  # described so: scale:large closeness:loyal
    sa.Column("say", sa.String(8), nullable=False, server_default=""),  # '' | clean | secret, of a phrase
    sa.Column("drawn", sa.Integer, nullable=False, server_default="0"),  # claims the card shows
    sa.Index("ix_packet_chat_day", "chat_id", "day"),
    sa.Index(
        "ix_packet_open",
        "expires_at",
        **only("state IN ('live', 'draft', 'planned')"),
    ),
    sqlite_autoincrement=True,
)

share = sa.Table(
    "packet_share",
    metadata,
    sa.Column("packet_id", sa.BigInteger, sa.ForeignKey("packet.id"), primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.CheckConstraint("amount >= 1", name="at_least_one"),
    sqlite_with_rowid=False,
)

claim = sa.Table(
    "packet_claim",
    metadata,
    sa.Column("packet_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.ForeignKeyConstraint(["packet_id", "seq"], ["packet_share.packet_id", "packet_share.seq"]),
    sa.UniqueConstraint("packet_id", "seq", name="uq_packet_claim_share"),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_CLAIM = ("packet_id", "person_id", "seq", "amount", "at")
CLAIMS = Bulk("packet_claim", sa.insert(claim).values({n: b(n) for n in _CLAIM}), _CLAIM, key=2)
_SHARE = ("packet_id", "seq", "amount")
SHARES = Hot(lambda: sa.insert(share).values({n: b(n) for n in _SHARE}))
_NEW = (
    "chat_id",
    "topic",
    "sender_id",
    "payer",
    "kind",
    "total",
    "n",
    "wish",
    "day",
    "state",
    "salt",
    "commitment",
    "opened_at",
    "expires_at",
    "occasion",
    "whom",
    "who",
    "segment",
    "phrase",
    "say",
)
NEW = Hot(lambda: sa.insert(packet).values({n: b(n) for n in _NEW}).returning(packet.c.id))
OPEN = Hot(
    lambda: (
        sa.update(packet)
        .where(packet.c.id == b("the_id"), among(packet.c.state, "draft", "planned"))
        .values({n: b(n) for n in ("kind", "day", "salt", "commitment", "opened_at", "expires_at")})
        .values(state="live")
    )
)
END = Hot(
    lambda: (
        sa.update(packet)
        .where(packet.c.id == b("the_id"), packet.c.state == b("was"))
        .values(state=b("becomes"), ended_at=b("at"))
    )
)
DRAWN = Hot(lambda: sa.update(packet).where(packet.c.id == b("the_id")).values(drawn=b("claims")))
PACKET = Hot(lambda: sa.select(packet).where(packet.c.id == b("the_id")))
SHARES_OF = Hot(
    lambda: sa.select(share.c.amount).where(share.c.packet_id == b("the_id")).order_by(share.c.seq)
)
CLAIMS_OF = Hot(
    lambda: (
        sa.select(claim.c.person_id, claim.c.amount, claim.c.at)
        .where(claim.c.packet_id == b("the_id"))
        .order_by(claim.c.seq)
    )
)
TODAY = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(packet)
        .where(
            packet.c.chat_id == b("chat"),
            packet.c.day == b("the_day"),
            packet.c.payer == b("the_payer"),
            sa.or_(packet.c.payer == "house", packet.c.sender_id == b("sender")),
            among(packet.c.state, "live", "drained", "expired", "planned"),
            packet.c.id != b("own"),
        )
    )
)
NEAR = Hot(  # another packet of the house within the gap around a time
    lambda: (
        sa.select(packet.c.opened_at)
        .where(
            packet.c.chat_id == b("chat"),
            packet.c.payer == "house",
            among(packet.c.state, "live", "drained", "expired", "planned"),
            packet.c.opened_at > b("after"),
            packet.c.opened_at < b("before"),
            packet.c.id != b("own"),
        )
        .order_by(packet.c.opened_at.desc())
        .limit(1)
    )
)
_got = (
    sa.select(sa.func.coalesce(sa.func.sum(claim.c.amount), 0))
    .where(claim.c.packet_id == packet.c.id)
    .scalar_subquery()
)
_spent = sa.func.sum(sa.case((among(packet.c.state, "live", "planned"), packet.c.total), else_=_got))
MONTH = Hot(  # what the house's packets of a time cost, by occasion; open ones count whole
    lambda: (
        sa.select(packet.c.occasion, sa.func.count().label("packets"), _spent.label("spent"))
        .where(
            packet.c.chat_id == b("chat"),
            packet.c.payer == "house",
            packet.c.opened_at >= b("since"),
            packet.c.opened_at < b("until"),
            among(packet.c.state, "live", "drained", "expired", "planned"),
            packet.c.id != b("own"),
        )
        .group_by(packet.c.occasion)
        .order_by(packet.c.occasion)
    )
)
GOT_TODAY = Hot(  # what a member took from the house's packets of a day
    lambda: (
        sa.select(sa.func.coalesce(sa.func.sum(claim.c.amount), 0))
        .select_from(claim.join(packet, packet.c.id == claim.c.packet_id))
        .where(
            packet.c.chat_id == b("chat"),
            packet.c.day == b("the_day"),
            packet.c.payer == "house",
            claim.c.person_id == b("person"),
        )
    )
)
PHRASES = Hot(
    lambda: (
        sa.select(packet.c.id, packet.c.phrase)
        .where(packet.c.chat_id == b("chat"), packet.c.state == "live", packet.c.phrase != "")
        .order_by(packet.c.id)
    )
)
PLANNED = Hot(
    lambda: (
        sa.select(packet.c.id, packet.c.chat_id)
        .where(packet.c.state == "planned", packet.c.opened_at <= b("now"))
        .order_by(packet.c.opened_at, packet.c.id)
        .limit(20)
    )
)
PLANNED_IN = Hot(
    lambda: (
        sa.select(packet.c.id, packet.c.opened_at, packet.c.total, packet.c.n)
        .where(packet.c.chat_id == b("chat"), packet.c.state == "planned")
        .order_by(packet.c.opened_at)
    )
)
LIVE_IN = Hot(
    lambda: (
        sa.select(packet.c.id)
        .where(packet.c.chat_id == b("chat"), packet.c.state == "live", packet.c.expires_at > b("now"))
        .order_by(packet.c.id)
    )
)
OVERDUE = Hot(
    lambda: (
        sa.select(packet.c.id, packet.c.state)
        .where(among(packet.c.state, "live", "draft"), packet.c.expires_at <= b("now"))
        .order_by(packet.c.id)
        .limit(100)
    )
)
_claims = (
    sa.select(sa.func.count()).select_from(claim).where(claim.c.packet_id == packet.c.id).scalar_subquery()
)
STALE = Hot(
    lambda: (
        sa.select(packet.c.id)
        .where(packet.c.state == "live", among(packet.c.state, "live", "draft"), packet.c.drawn < _claims)
        .order_by(packet.c.id)
    )
)

_pending = ("live", "draft", "planned")
_open = sa.select(packet.c.id).where(among(packet.c.state, *_pending))
SHOWING = Hot(  # packets of the last days on whose card somebody stands
    lambda: (
        sa.select(packet.c.id, packet.c.chat_id)
        .where(
            packet.c.opened_at >= b("since"),
            sa.or_(
                packet.c.sender_id == b("who"),
                packet.c.whom == b("who"),
                sa.exists().where(claim.c.packet_id == packet.c.id, claim.c.person_id == b("who")),
            ),
            sa.not_(among(packet.c.state, "draft", "planned", "dropped")),
        )
        .order_by(packet.c.id)
    )
)
KEPT = (
    Kept(
        packet,
        "sender_id",
        "former",
        by="id",
        words=("wish", "phrase"),
        waits=lambda now: among(packet.c.state, *_pending),
        since=packet.c.opened_at,
        why="live",
        hide=("salt", "commitment"),
    ),
    Kept(
        packet,
        "whom",
        "former",
        by="id",
        waits=lambda now: among(packet.c.state, *_pending),
        since=packet.c.opened_at,
        why="live",
        hide=("salt", "commitment", "phrase"),
    ),
    Kept(
        claim,
        "person_id",
        "former",
        by="packet_id",
        waits=lambda now: claim.c.packet_id.in_(_open),
        since=claim.c.at,
        why="live",
    ),
)
