"""Plans and their slots.

A waiting slot is the next time of a plan in a chat; said or skipped it is the record. Each exists once.
"""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata, only
from groupbot.features.promos.store.approvals import ALL_APPROVALS as ALL_APPROVALS
from groupbot.features.promos.store.approvals import APPROVALS as APPROVALS
from groupbot.features.promos.store.approvals import APPROVALS_KEPT
from groupbot.features.promos.store.approvals import APPROVE as APPROVE
from groupbot.features.promos.store.approvals import KEEP_VERSION as KEEP_VERSION
from groupbot.features.promos.store.approvals import STARTER as STARTER
from groupbot.features.promos.store.approvals import STOPS as STOPS
from groupbot.features.promos.store.approvals import VERSION as VERSION
from groupbot.features.promos.store.approvals import VERSIONS as VERSIONS
from groupbot.features.promos.store.items import content_item, content_use
from groupbot.features.promos.store.questions import QUESTIONS_KEPT, post_question
from groupbot.features.promos.store.recall import RECALL_KEPT, core_recall
from groupbot.features.promos.store.room import (
    GATES,
    NOT_POSTED,
    OLD_OTHERS,
    OTHERS,
    SET_GATE,
    campaign_gate,
    other_post,
)
from groupbot.features.promos.store.waiting import (
    DIGEST,
    DIGEST_CHATS,
    KEEP_DIGEST,
    KEEP_PUSH,
    LAST_PUSH,
    NEW_PUSHES,
    OLD_DIGEST,
    OLD_PUSHES,
    PLACED,
    PUSH,
    PUSHED,
    PUSHES_KEPT,
    SAID_DIGEST,
    content_push,
    post_digest,
)

_also_here = (
    content_item,
    content_use,
    post_question,
    core_recall,
    GATES,
    NOT_POSTED,
    OLD_OTHERS,
    OTHERS,
    SET_GATE,
    campaign_gate,
    DIGEST,
    DIGEST_CHATS,
    KEEP_DIGEST,
    KEEP_PUSH,
    LAST_PUSH,
    NEW_PUSHES,
    OLD_DIGEST,
    OLD_PUSHES,
    PLACED,
    PUSH,
    PUSHED,
    SAID_DIGEST,
    content_push,
    post_digest,
)

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
    sa.Column("asked", sa.String(64)),  # what of it was put before the operators last
    sqlite_autoincrement=True,
)

plan_slot = sa.Table(
    "plan_slot",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id"), primary_key=True, autoincrement=False),
    sa.Column("due", UTC_, primary_key=True),
    sa.Column("state", sa.String(8), nullable=False),  # waiting | held | said | skipped
    sa.Column("reason", sa.String(16)),
    sa.Column("detail", sa.Text),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("template", sa.Text),
    sa.Column("zone", sa.String(60), nullable=False),
    sa.Column("at", UTC_),  # when it was said or skipped
    sa.Index("ix_plan_slot_waiting", "due", **only("state = 'waiting'")),
    sa.Index("ix_plan_slot_said", "at", **only("state = 'said'")),
    sa.Index("ix_plan_slot_held", "due", **only("state = 'held'")),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_s = plan_slot.c
_o = other_post.c
_waiting = among(_s.state, "waiting")
SLOT_FIELDS = ("chat_id", "plan_id", "due", "state", "reason", "detail", "kind", "template", "zone", "at")
_KEEP_SLOT = Upsert(plan_slot, SLOT_FIELDS, ("chat_id", "plan_id", "due"))
SLOTS = Bulk("plan_slot", _KEEP_SLOT, SLOT_FIELDS, key=3)
SLOT = Hot(lambda: _KEEP_SLOT)  # one of them, written at once

PLANS = Hot(lambda: sa.select(plan).order_by(plan.c.id))
PLAN = Hot(lambda: sa.select(plan.c.spec, plan.c.state).where(plan.c.id == b("the_id")))
SOME = 64  # plans that are read at once
SOME_PLANS = Hot(
    lambda: sa.select(plan.c.id, plan.c.spec, plan.c.state).where(
        plan.c.id.in_([b(f"p{i}", type_=sa.Integer) for i in range(SOME)])
    )
)
KEEP_PLAN = Hot(
    lambda: Upsert(
        plan,
        ("name", "source", "spec", "hash", "state", "loaded_at"),
        ("name",),
        dict.fromkeys(("source", "spec", "hash", "state", "loaded_at"), "new"),
    )
)
REMOVE_PLAN = Hot(lambda: sa.update(plan).where(plan.c.id == b("the_id")).values(state="removed", hash=""))
FIRST_DUE = Hot(lambda: sa.select(sa.func.min(_s.due)).where(_waiting))
_chosen = (
    sa.select(_s.chat_id, _s.plan_id, _s.due)
    .where(_waiting, _s.due <= b("now"))
    .order_by(_s.due, _s.plan_id, _s.chat_id)
    .limit(b("most"))
    .with_for_update(skip_locked=True)
    .cte("chosen")  # else PostgreSQL may choose anew for each row, and take more than it was asked for
)
TAKE = Hot(
    lambda: (
        sa.delete(plan_slot)
        .where(sa.tuple_(_s.chat_id, _s.plan_id, _s.due).in_(sa.select(_chosen)), _waiting)
        .returning(_s.plan_id, _s.chat_id, _s.due)
    )
)
RECENT = Hot(
    lambda: sa.union_all(
        sa.select(_s.chat_id, _s.at, _s.kind).where(_s.at >= b("since"), among(_s.state, "said")),
        sa.select(_o.chat_id, _o.at, _o.kind).where(_o.at >= b("since")),
    ).order_by("at")
)
WEEK_HERE = Hot(
    lambda: sa.union_all(
        sa.select(_s.kind).where(_s.chat_id == b("chat"), _s.at >= b("since"), among(_s.state, "said")),
        sa.select(_o.kind).where(_o.chat_id == b("chat"), _o.at >= b("since")),
    )
)
DRESSES_SAID = Hot(  # the templates said in a chat, with how often
    lambda: (
        sa.select(_s.template, sa.func.count().label("n"))
        .where(
            _s.chat_id == b("chat"), _s.at >= b("since"), among(_s.state, "said"), _s.template.is_not(None)
        )
        .group_by(_s.template)
    )
)
USED = Hot(
    lambda: sa.select(_s.at, _s.template).where(
        _s.plan_id == b("plan"), _s.chat_id == b("chat"), among(_s.state, "said")
    )
)
LAST_REASON = Hot(
    lambda: (
        sa.select(_s.reason)
        .where(_s.plan_id == b("plan"), _s.chat_id == b("chat"), _s.state != "waiting")
        .order_by(_s.due.desc())
        .limit(1)
    )
)
WAITING = Hot(lambda: sa.select(_s.plan_id, _s.chat_id, _s.due, _s.zone).where(_waiting))
DROP_WAITING = Hot(
    lambda: sa.delete(plan_slot).where(_s.plan_id == b("plan"), _s.chat_id == b("chat"), _waiting)
)
DROP_LATER = Hot(lambda: sa.delete(plan_slot).where(_s.plan_id == b("plan"), _s.due > b("now"), _waiting))
DROP_COME = Hot(
    lambda: sa.delete(plan_slot).where(
        _s.plan_id == b("plan"), _s.chat_id == b("chat"), _s.due <= b("now"), _waiting
    )
)
BOOKED = Hot(  # what is said or skipped already, of the slots after one
    lambda: sa.select(_s.due).where(
        _s.plan_id == b("plan"),
        _s.chat_id == b("chat"),
        _s.due > b("since"),
        among(_s.state, "said", "skipped"),
    )
)
DROP_PLAN_WAITING = Hot(lambda: sa.delete(plan_slot).where(_s.plan_id == b("plan"), _waiting))
NEXT_HERE = Hot(
    lambda: (
        sa.select(_s.due, _s.kind, _s.zone, plan.c.name)
        .join(plan, plan.c.id == _s.plan_id)
        .where(_s.chat_id == b("chat"), _waiting)
        .order_by(_s.due)
        .limit(5)
    )
)
SKIPPED_HERE = Hot(
    lambda: (
        sa.select(_s.due, _s.reason, _s.detail, _s.zone, plan.c.name)
        .join(plan, plan.c.id == _s.plan_id)
        .where(_s.chat_id == b("chat"), among(_s.state, "skipped"))
        .order_by(_s.at.desc(), _s.due.desc())
        .limit(5)
    )
)
TAKE_BACK = Hot(
    lambda: (
        sa.update(plan_slot)
        .where(_s.plan_id == b("plan"), _s.chat_id == b("chat"), _s.due == b("the_due"))
        .values(state="skipped", reason="stopped", at=b("now"))
    )
)

_held = among(_s.state, "held")
HELD_OVER = Hot(lambda: sa.select(_s.plan_id, _s.chat_id, _s.due, _s.kind).where(_held, _s.due <= b("now")))
UNHOLD = Hot(
    lambda: (
        sa.update(plan_slot)
        .where(_s.plan_id == b("plan"), _held)
        .values(state=b("state"), reason=b("reason"), at=b("at"))
    )
)
LET_GO = Hot(
    lambda: (
        sa.update(plan_slot)
        .where(_s.plan_id == b("plan"), _s.chat_id == b("chat"), _s.due == b("the_due"), _held)
        .values(state="skipped", reason=b("reason"), at=b("now"))
    )
)
ASKED = Hot(lambda: sa.update(plan).where(plan.c.id == b("the_id")).values(asked=b("the_print")))
COUNTS = Hot(
    lambda: (
        sa.select(_s.state, sa.func.count().label("n"))
        .where(_s.plan_id == b("plan"), _s.due == b("the_due"))
        .group_by(_s.state)
    )
)
PLANS_SAID = Hot(lambda: sa.select(_s.plan_id).where(among(_s.state, "said")).distinct())
BY_NAME = Hot(lambda: sa.select(plan.c.id).where(plan.c.name == b("the_name")))
NAME = Hot(lambda: sa.select(plan.c.name).where(plan.c.id == b("the_id")))
NEXT_ALL = Hot(
    lambda: (
        sa.select(_s.due, _s.zone, plan.c.name)
        .join(plan, plan.c.id == _s.plan_id)
        .where(_waiting)
        .order_by(_s.due, _s.plan_id, _s.chat_id)
        .limit(b("most"))
    )
)
BROADCASTS = Hot(
    lambda: (
        sa.select(_s.plan_id, _s.due)
        .where(_s.at >= b("since"), among(_s.state, "said"))
        .group_by(_s.plan_id, _s.due)
        .having(sa.func.count() > b("more_than"))
    )
)

REACHED = Hot(  # chats a plan was said in
    lambda: (
        sa.select(_s.chat_id, sa.func.count().label("n"), sa.func.max(_s.template).label("template"))
        .where(_s.plan_id == b("plan"), among(_s.state, "said"))
        .group_by(_s.chat_id)
    )
)

_SAID = (_s.chat_id == b("chat"), among(_s.state, "said"))
SAID_SINCE = Hot(lambda: sa.select(_s.at).where(*_SAID, _s.at >= b("since")).order_by(_s.at))
SAID_LAST = Hot(lambda: sa.select(sa.func.max(_s.at)).where(*_SAID))
LAST_SAID = Hot(lambda: sa.select(sa.func.max(_s.due)).where(_s.plan_id == b("plan"), *_SAID))
SAID_LATELY = Hot(  # by which clock; the last of a chat stands last
    lambda: (
        sa.select(_s.plan_id, _s.chat_id, _s.due, _s.zone)
        .where(among(_s.state, "said"), _s.at >= b("since"))
        .order_by(_s.due)
    )
)
SAID_BY = Hot(lambda: sa.select(_s.template).where(_s.plan_id == b("plan"), _s.due == b("the_due"), *_SAID))
KEPT = (*APPROVALS_KEPT, *PUSHES_KEPT, *QUESTIONS_KEPT, *RECALL_KEPT)
