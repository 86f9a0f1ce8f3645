"""Plans and their slots.

A waiting slot is the next time of a plan in a chat; said or skipped it stays as the record. One
(plan, chat, due) exists once, so that nothing is posted twice.
"""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata

plan = sa.Table(
    "plan",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("spec", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # live | draft | removed
    sa.Column("loaded_at", UTC_, nullable=False),
    sqlite_autoincrement=True,
)

plan_slot = sa.Table(
    "plan_slot",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id"), primary_key=True, autoincrement=False),
    sa.Column("due", UTC_, primary_key=True),
    sa.Column("state", sa.String(8), nullable=False),  # waiting | said | skipped
    sa.Column("reason", sa.String(16)),
    sa.Column("detail", sa.Text),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("template", sa.Text),
    sa.Column("zone", sa.String(60), nullable=False),
    sa.Column("at", UTC_),  # when it was said or skipped
    sa.Index(
        "ix_plan_slot_waiting",
        "due",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index(
        "ix_plan_slot_said",
        "at",
        sqlite_where=sa.text("state = 'said'"),
        postgresql_where=sa.text("state = 'said'"),
    ),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_s = plan_slot.c
_waiting = among(_s.state, "waiting")
_SLOT = ("chat_id", "plan_id", "due", "state", "reason", "detail", "kind", "template", "zone", "at")
SLOTS = Bulk("plan_slot", Upsert(plan_slot, _SLOT, ("chat_id", "plan_id", "due")), _SLOT, key=3)

PLANS = Hot(sa.select(plan).order_by(plan.c.id))
PLAN = Hot(sa.select(plan.c.spec, plan.c.state).where(plan.c.id == b("the_id")))
KEEP_PLAN = Hot(
    Upsert(
        plan,
        ("name", "source", "spec", "hash", "state", "loaded_at"),
        ("name",),
        dict.fromkeys(("source", "spec", "hash", "state", "loaded_at"), "new"),
    )
)
REMOVE_PLAN = Hot(sa.update(plan).where(plan.c.id == b("the_id")).values(state="removed", hash=""))
FIRST_DUE = Hot(sa.select(sa.func.min(_s.due)).where(_waiting))
_chosen = (
    sa.select(_s.chat_id, _s.plan_id, _s.due)
    .where(_waiting, _s.due <= b("now"))
    .order_by(_s.due, _s.plan_id, _s.chat_id)
    .limit(b("most"))
    .with_for_update(skip_locked=True)
    .cte("chosen")  # else PostgreSQL may choose anew for each row, and take more than it was asked for
)
TAKE = Hot(
    sa.delete(plan_slot)
    .where(sa.tuple_(_s.chat_id, _s.plan_id, _s.due).in_(sa.select(_chosen)), _waiting)
    .returning(_s.plan_id, _s.chat_id, _s.due)
)
RECENT = Hot(
    sa.select(_s.chat_id, _s.at, _s.kind).where(_s.at >= b("since"), among(_s.state, "said")).order_by(_s.at)
)
USED = Hot(
    sa.select(_s.at, _s.template).where(
        _s.plan_id == b("plan"), _s.chat_id == b("chat"), among(_s.state, "said")
    )
)
LAST_REASON = Hot(
    sa.select(_s.reason)
    .where(_s.plan_id == b("plan"), _s.chat_id == b("chat"), _s.state != "waiting")
    .order_by(_s.due.desc())
    .limit(1)
)
WAITING = Hot(sa.select(_s.plan_id, _s.chat_id, _s.due, _s.zone).where(_waiting))
DROP_WAITING = Hot(sa.delete(plan_slot).where(_s.plan_id == b("plan"), _s.chat_id == b("chat"), _waiting))
DROP_LATER = Hot(sa.delete(plan_slot).where(_s.plan_id == b("plan"), _s.due > b("now"), _waiting))
DROP_PLAN_WAITING = Hot(sa.delete(plan_slot).where(_s.plan_id == b("plan"), _waiting))
NEXT_HERE = Hot(
    sa.select(_s.due, _s.kind, _s.zone, plan.c.name)
    .join(plan, plan.c.id == _s.plan_id)
    .where(_s.chat_id == b("chat"), _waiting)
    .order_by(_s.due)
    .limit(5)
)
SKIPPED_HERE = Hot(
    sa.select(_s.due, _s.reason, _s.detail, _s.zone, plan.c.name)
    .join(plan, plan.c.id == _s.plan_id)
    .where(_s.chat_id == b("chat"), among(_s.state, "skipped"))
    .order_by(_s.at.desc(), _s.due.desc())
    .limit(5)
)
TAKE_BACK = Hot(
    sa.update(plan_slot)
    .where(_s.plan_id == b("plan"), _s.chat_id == b("chat"), _s.due == b("the_due"))
    .values(state="skipped", reason="stopped", at=b("now"))
)
