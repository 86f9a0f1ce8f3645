"""Plans and their slots.

A waiting slot is the next time of a plan in a chat; said or skipped it is the record. Each exists once.
"""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, among, metadata, only
from groupbot.features.promos.store.items import content_item, content_use
from groupbot.features.promos.store.questions import QUESTIONS_KEPT, post_question
from groupbot.features.promos.store.recall import RECALL_KEPT, core_recall
from groupbot.features.promos.store.room import GATES, OLD_OTHERS, OTHERS, SET_GATE, campaign_gate, other_post
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

plan_approval = sa.Table(
    "plan_approval",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id"), nullable=False),
    sa.Column("print", sa.String(64), nullable=False),  # the plan and its templates' versions
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("verdict", sa.String(8), nullable=False),  # yes | old | stop
    sa.Column("chats", Json, nullable=False),
    sa.Column("pins", Json, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.UniqueConstraint("plan_id", "print", "person_id"),
    sqlite_autoincrement=True,
)

template_version = sa.Table(
    "template_version",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("lang", sa.String(8), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.UniqueConstraint("name", "lang", "digest"),
    sa.Index("ix_template_version_digest", "digest"),
    sqlite_autoincrement=True,
)

b = sa.bindparam
_s = plan_slot.c
_o = other_post.c
_waiting = among(_s.state, "waiting")
_SLOT = ("chat_id", "plan_id", "due", "state", "reason", "detail", "kind", "template", "zone", "at")
SLOTS = Bulk("plan_slot", Upsert(plan_slot, _SLOT, ("chat_id", "plan_id", "due")), _SLOT, key=3)

PLANS = Hot(sa.select(plan).order_by(plan.c.id))
PLAN = Hot(sa.select(plan.c.spec, plan.c.state).where(plan.c.id == b("the_id")))
SOME = 64  # plans that are read at once
SOME_PLANS = Hot(
    sa.select(plan.c.id, plan.c.spec, plan.c.state).where(
        plan.c.id.in_([b(f"p{i}", type_=sa.Integer) for i in range(SOME)])
    )
)
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
    sa.union_all(
        sa.select(_s.chat_id, _s.at, _s.kind).where(_s.at >= b("since"), among(_s.state, "said")),
        sa.select(_o.chat_id, _o.at, _o.kind).where(_o.at >= b("since")),
    ).order_by("at")
)
WEEK_HERE = Hot(
    sa.union_all(
        sa.select(_s.kind).where(_s.chat_id == b("chat"), _s.at >= b("since"), among(_s.state, "said")),
        sa.select(_o.kind).where(_o.chat_id == b("chat"), _o.at >= b("since")),
    )
)
DRESSES_SAID = Hot(  # the templates said in a chat, with how often
    sa.select(_s.template, sa.func.count().label("n"))
    .where(_s.chat_id == b("chat"), _s.at >= b("since"), among(_s.state, "said"), _s.template.is_not(None))
    .group_by(_s.template)
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
DROP_COME = Hot(
    sa.delete(plan_slot).where(_s.plan_id == b("plan"), _s.chat_id == b("chat"), _s.due <= b("now"), _waiting)
)
BOOKED = Hot(  # what is said or skipped already, of the slots after one
    sa.select(_s.due).where(
        _s.plan_id == b("plan"),
        _s.chat_id == b("chat"),
        _s.due > b("since"),
        among(_s.state, "said", "skipped"),
    )
)
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

_held = among(_s.state, "held")
HELD_OVER = Hot(sa.select(_s.plan_id, _s.chat_id, _s.due, _s.kind).where(_held, _s.due <= b("now")))
UNHOLD = Hot(
    sa.update(plan_slot)
    .where(_s.plan_id == b("plan"), _held)
    .values(state=b("state"), reason=b("reason"), at=b("at"))
)
LET_GO = Hot(
    sa.update(plan_slot)
    .where(_s.plan_id == b("plan"), _s.chat_id == b("chat"), _s.due == b("the_due"), _held)
    .values(state="skipped", reason=b("reason"), at=b("now"))
)
_a = plan_approval.c
ALL_APPROVALS = Hot(sa.select(plan_approval).where(_a.plan_id == b("plan")).order_by(_a.at, _a.id))
APPROVALS = Hot(
    sa.select(plan_approval).where(_a.plan_id == b("plan"), _a.print == b("the_print")).order_by(_a.at, _a.id)
)
STOPS = Hot(sa.select(_a.plan_id).where(among(_a.verdict, "stop")).distinct())
STARTER = Hot(  # who gave the last word that let it go
    sa.select(_a.person_id)
    .where(_a.plan_id == b("plan"), _a.verdict != "stop")
    .order_by(_a.at.desc(), _a.id.desc())
    .limit(1)
)
_APPROVAL = ("plan_id", "print", "person_id", "verdict", "chats", "pins", "at")
APPROVE = Hot(
    Upsert(
        plan_approval,
        _APPROVAL,
        ("plan_id", "print", "person_id"),
        dict.fromkeys(("verdict", "chats", "pins", "at"), "new"),
    )
)
ASKED = Hot(sa.update(plan).where(plan.c.id == b("the_id")).values(asked=b("the_print")))
_v = template_version.c
_VERSION = ("name", "lang", "digest", "text", "at")
KEEP_VERSION = Hot(Upsert(template_version, _VERSION, ("name", "lang", "digest")))
VERSION = Hot(sa.select(_v.text).where(_v.digest == b("the_digest")).limit(1))
VERSIONS = Hot(
    sa.select(_v.id, _v.name, _v.lang, _v.digest, _v.at, _v.text)
    .where(_v.name == b("the_name"), _v.lang == b("the_lang"))
    .order_by(_v.id)
)
COUNTS = Hot(
    sa.select(_s.state, sa.func.count().label("n"))
    .where(_s.plan_id == b("plan"), _s.due == b("the_due"))
    .group_by(_s.state)
)
PLANS_SAID = Hot(sa.select(_s.plan_id).where(among(_s.state, "said")).distinct())
BY_NAME = Hot(sa.select(plan.c.id).where(plan.c.name == b("the_name")))
NAME = Hot(sa.select(plan.c.name).where(plan.c.id == b("the_id")))
NEXT_ALL = Hot(
    sa.select(_s.due, _s.zone, plan.c.name)
    .join(plan, plan.c.id == _s.plan_id)
    .where(_waiting)
    .order_by(_s.due, _s.plan_id, _s.chat_id)
    .limit(b("most"))
)
BROADCASTS = Hot(
    sa.select(_s.plan_id, _s.due)
    .where(_s.at >= b("since"), among(_s.state, "said"))
    .group_by(_s.plan_id, _s.due)
    .having(sa.func.count() > b("more_than"))
)

REACHED = Hot(  # chats a plan was said in
    sa.select(_s.chat_id, sa.func.count().label("n"), sa.func.max(_s.template).label("template"))
    .where(_s.plan_id == b("plan"), among(_s.state, "said"))
    .group_by(_s.chat_id)
)

_SAID = (_s.chat_id == b("chat"), among(_s.state, "said"))
SAID_SINCE = Hot(sa.select(_s.at).where(*_SAID, _s.at >= b("since")).order_by(_s.at))
SAID_LAST = Hot(sa.select(sa.func.max(_s.at)).where(*_SAID))
LAST_SAID = Hot(sa.select(sa.func.max(_s.due)).where(_s.plan_id == b("plan"), *_SAID))
SAID_BY = Hot(sa.select(_s.template).where(_s.plan_id == b("plan"), _s.due == b("the_due"), *_SAID))
KEPT = (Kept(plan_approval, "person_id", "former", by="id"), *PUSHES_KEPT, *QUESTIONS_KEPT, *RECALL_KEPT)
