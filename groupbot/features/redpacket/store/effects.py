"""What followed packets of the house: the counts, and the record they are counted from."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, Hot, among, metadata, only
from groupbot.features.redpacket.store.tables import claim, packet

# of an effect; `known`: percent of the stretch before that is on record, `others`: packets of the house in
# it, `takers`: who took a share, and what they said; `woken`: of them silent for 28 days, who spoke;
# `cost`: points taken; `control`: groups like it without a packet, and what was said there
FOUND = (
    "said_before", "said_after", "people_before", "people_after", "known", "others",
    "takers", "takers_before", "takers_after", "woken", "cost",
    "control", "control_before", "control_after", "control_people",
)  # fmt: skip

effect = sa.Table(  # what a packet of the house was followed by, against the stretch before; who is nowhere
    "packet_effect",
    metadata,
    sa.Column("packet_id", sa.BigInteger, sa.ForeignKey("packet.id"), primary_key=True, autoincrement=False),
    sa.Column("span", sa.String(3), primary_key=True),  # 24h | 7d
    sa.Column("due", UTC_, nullable=False),
    sa.Column("at", UTC_),  # when it was measured; the rest is NULL until then
    *(sa.Column(n, sa.Integer) for n in FOUND),
    sa.Index("ix_packet_effect_due", "due", **only("at IS NULL")),
    sqlite_with_rowid=False,
)

b = sa.bindparam
AWAIT = Hot(lambda: sa.insert(effect).values({n: b(n) for n in ("packet_id", "span", "due")}))
EFFECT_DUE = Hot(
    lambda: (
        sa.select(effect.c.packet_id, effect.c.span, packet.c.chat_id, packet.c.opened_at)
        .join(packet, packet.c.id == effect.c.packet_id)
        .where(effect.c.at.is_(None), effect.c.due <= b("now"))
        .order_by(effect.c.due, effect.c.packet_id)
        .limit(1)
    )
)
MEASURED = Hot(
    lambda: (
        sa.update(effect)
        .where(effect.c.packet_id == b("number"), effect.c.span == b("the_span"), effect.c.at.is_(None))
        .values({"at": b("now"), **{n: b(n) for n in FOUND}})
    )
)
EFFECTS = Hot(
    lambda: (
        sa.select(effect, packet.c.opened_at, packet.c.total, packet.c.n)
        .join(packet, packet.c.id == effect.c.packet_id)
        .where(packet.c.chat_id == b("chat"), effect.c.at.is_not(None))
        .order_by(packet.c.id.desc(), effect.c.span)
        .limit(b("most"))
    )
)
OTHERS = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(packet)
        .where(
            packet.c.chat_id == b("chat"),
            packet.c.payer == "house",
            among(packet.c.state, "live", "drained", "expired"),
            packet.c.opened_at >= b("since"),
            packet.c.opened_at < b("until"),
            packet.c.id != b("own"),
        )
    )
)
TAKERS = Hot(lambda: sa.select(claim.c.person_id, claim.c.amount).where(claim.c.packet_id == b("number")))
BY_PHRASE = Hot(  # who took packets by saying a passphrase, how often
    lambda: (
        sa.select(claim.c.person_id, sa.func.count().label("n"))
        .join(packet, packet.c.id == claim.c.packet_id)
        .where(packet.c.chat_id == b("chat"), packet.c.phrase != "")
        .where(claim.c.at >= b("since"), claim.c.at < b("until"))
        .group_by(claim.c.person_id)
    )
)
# another feature's record, named here and never imported: features do not know each other
_act = sa.table("v_act", *(sa.column(n) for n in ("chat_id", "person_id", "kind")), sa.column("at", UTC_))
BY_ACTS = Hot(
    lambda: (
        sa.select(
            _act.c.person_id,
            sa.func.sum(sa.case((_act.c.kind == "reaction", 0), else_=1)).label("said"),
            sa.func.sum(sa.case((_act.c.kind == "reaction", 1), else_=0)).label("reacted"),
        )
        .where(
            _act.c.chat_id == b("chat"), _act.c.at >= b("since"), _act.c.at < b("until"), _act.c.kind != "tap"
        )
        .group_by(_act.c.person_id)
    )
)
_day = sa.table(
    "v_member_day",
    *(sa.column(n) for n in ("chat_id", "person_id", "messages", "reactions")),
    sa.column("day", sa.Date),
    sa.column("staff", sa.Boolean),
)
BY_DAYS = Hot(
    lambda: (
        sa.select(
            _day.c.person_id,
            sa.func.sum(_day.c.messages).label("said"),
            sa.func.sum(_day.c.reactions).label("reacted"),
        )
        .where(_day.c.chat_id == b("chat"), _day.c.day >= b("first"), _day.c.day < b("until"))
        .where(_day.c.staff.is_(False))
        .group_by(_day.c.person_id)
    )
)
_event = sa.table("v_event", sa.column("chat_id"), sa.column("at", UTC_))
RECORD_BEGINS = Hot(lambda: sa.select(sa.func.min(_event.c.at)).where(_event.c.chat_id == b("chat")))
