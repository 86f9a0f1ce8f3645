"""Runs of recipes, what each step did, tasks for people, and what members allowed.

One (recipe, chat, person, anchor) runs once and one (run, step) is done once, so that no restart and no
second look says anything twice.
"""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata, only
from groupbot.engine.views import view

run = sa.Table(
    "care_run",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("recipe", sa.String(60), nullable=False),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),  # 0: the group itself
    sa.Column("anchor", sa.String(60), nullable=False),  # what it began with: once each
    sa.Column("number", sa.Integer, nullable=False),  # of a milestone, of years, of days of silence
    sa.Column("began", UTC_, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),  # the next one
    sa.Column("planned", UTC_, nullable=False),  # when that was to come
    sa.Column("due", UTC_, nullable=False),  # when to look at it next
    sa.Column("state", sa.String(8), nullable=False),  # waiting | done | stopped
    sa.Column("reason", sa.String(16)),
    sa.UniqueConstraint("recipe", "chat_id", "person_id", "anchor"),
    sa.Index("ix_care_run_person", "chat_id", "person_id"),
    sa.Index(
        "ix_care_run_due",
        "due",
        **only("state = 'waiting'"),
    ),
    sqlite_autoincrement=True,
)
done = sa.Table(
    "care_step",
    metadata,
    sa.Column("run_id", sa.BigInteger, sa.ForeignKey("care_run.id"), primary_key=True, autoincrement=False),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("recipe", sa.String(60), nullable=False),
    sa.Column("way", sa.String(8), nullable=False),  # private | group | task | left (left out)
    sa.Column("reason", sa.String(16)),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_care_step_person", "person_id", "at"),
    sa.Index("ix_care_step_chat", "chat_id", "recipe"),
)
task = sa.Table(
    "care_task",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("run_id", sa.BigInteger, sa.ForeignKey("care_run.id"), nullable=False),
    sa.Column("step", sa.Integer, nullable=False),  # -1: they answered
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("human_id", sa.BigInteger, nullable=False),
    sa.Column("why", sa.String(60), nullable=False),
    sa.Column("draft", sa.Text, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # open | done | dropped
    sa.Column("at", UTC_, nullable=False),
    sa.Column("done_at", UTC_),
    sa.Column("done_by", sa.BigInteger),
    sa.UniqueConstraint("run_id", "step"),
    sa.Index("ix_care_task_open", "chat_id", "state"),
    sqlite_autoincrement=True,
)
key_person = sa.Table(
    "care_key",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("human_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
)
wish = sa.Table(
    "care_wish",
    metadata,
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("birthday", sa.String(5)),  # month and day
    sa.Column("anniversary", sa.Boolean, nullable=False),
    sa.Column("at", UTC_, nullable=False),
)

b = sa.bindparam
r, d, t = run.c, done.c, task.c
_ONCE = ("recipe", "chat_id", "person_id", "anchor")
_RUN = (*_ONCE, "number", "began", "step", "planned", "due", "state", "reason")
SAID_TO = Hot(
    lambda: (
        sa.select(d.recipe, d.chat_id, d.way, d.at)
        .where(d.person_id == b("person"), d.at >= b("since"), among(d.way, "private", "group"))
        .order_by(d.at.desc(), d.run_id.desc())
        .limit(b("most"))
    )
)
BEGIN = Hot(lambda: Upsert(run, _RUN, _ONCE))
LAST_BEGAN = Hot(
    lambda: (
        sa.select(sa.func.max(r.began))
        .where(r.recipe == b("the_recipe"), r.chat_id == b("chat"), r.person_id == b("person"))
        .where(sa.or_(r.reason.is_(None), ~among(r.reason, "before")))
    )
)
EVER = Hot(
    lambda: (
        sa.select(r.id)
        .where(r.recipe == b("the_recipe"), r.chat_id == b("chat"), r.person_id == b("person"))
        .where(r.anchor == b("the_anchor"))
    )
)
_waiting = among(r.state, "waiting")
DUE = Hot(
    lambda: (
        sa.select(run)
        .where(_waiting, r.due <= b("now"))
        .order_by(r.due, r.id)
        .limit(b("most"))
        .with_for_update(skip_locked=True)
    )
)
RUN = Hot(lambda: sa.select(r.recipe, r.number).where(r.id == b("the_run")))
FIRST_DUE = Hot(lambda: sa.select(sa.func.min(r.due)).where(_waiting))
_one = (r.id == b("the_run"), r.step == b("the_step"), _waiting)
NEXT = Hot(
    lambda: (
        sa.update(run).where(*_one).values(step=b("to_step"), planned=b("to_planned"), due=b("to_planned"))
    )
)
LATER = Hot(lambda: sa.update(run).where(*_one).values(due=b("to_due")))
END = Hot(lambda: sa.update(run).where(*_one).values(state=b("to_state"), reason=b("the_reason")))
STOP = Hot(
    lambda: (
        sa.update(run)
        .where(r.chat_id == b("chat"), r.person_id == b("person"), _waiting)
        .values(state="stopped", reason=b("the_reason"))
    )
)
STOP_ALL = Hot(
    lambda: (
        sa.update(run)
        .where(r.person_id == b("person"), _waiting)
        .values(state="stopped", reason=b("the_reason"))
    )
)
WAITING_FOR = Hot(
    lambda: sa.select(r.person_id).where(r.chat_id == b("chat"), r.person_id != 0, _waiting).distinct()
)
CHATS_OF = Hot(lambda: sa.select(r.chat_id).where(r.person_id == b("person"), _waiting).distinct())
_STEP = ("run_id", "step", "chat_id", "person_id", "recipe", "way", "reason", "at")
DONE = Bulk("care_step", Upsert(done, _STEP, ("run_id", "step")), _STEP, key=2)
WRITTEN = Hot(  # the last word said to somebody in private
    lambda: (
        sa.select(d.run_id, d.chat_id, d.recipe, d.at)
        .where(d.person_id == b("person"), d.at >= b("since"), among(d.way, "private"))
        .order_by(d.at.desc())
        .limit(1)
    )
)
COUNTS = Hot(
    lambda: (
        sa.select(d.step, d.way, d.reason, sa.func.count().label("n"))
        .where(d.chat_id == b("chat"), d.recipe == b("the_recipe"))
        .group_by(d.step, d.way, d.reason)
        .order_by(d.step)
    )
)
STATES = Hot(
    lambda: (
        sa.select(r.state, r.reason, r.step, sa.func.count().label("n"))
        .where(r.chat_id == b("chat"), r.recipe == b("the_recipe"))
        .group_by(r.state, r.reason, r.step)
    )
)
_TASK = ("chat_id", "run_id", "step", "person_id", "human_id", "why", "draft", "state", "at")
NEW_TASK = Hot(lambda: sa.insert(task).values({n: b(n) for n in _TASK}).returning(t.id))
HAS_TASK = Hot(lambda: sa.select(t.id).where(t.run_id == b("the_run"), t.step == b("the_step")))
TASK = Hot(lambda: sa.select(task).where(t.id == b("the_id")))
END_TASK = Hot(
    lambda: (
        sa.update(task)
        .where(t.id == b("the_id"), among(t.state, "open"))
        .values(state=b("to_state"), done_at=b("now"), done_by=b("who"))
    )
)
OPEN_TASKS = Hot(
    lambda: sa.select(task).where(t.chat_id == b("chat"), among(t.state, "open")).order_by(t.id).limit(20)
)
k = key_person.c
KEYS = Hot(lambda: sa.select(k.person_id, k.human_id).where(k.chat_id == b("chat")))
KEEP_KEY = Hot(
    lambda: Upsert(
        key_person,
        ("chat_id", "person_id", "human_id", "at"),
        ("chat_id", "person_id"),
        {"human_id": "new", "at": "new"},
    )
)
DROP_KEY = Hot(lambda: sa.delete(key_person).where(k.chat_id == b("chat"), k.person_id == b("person")))
WISH = Hot(lambda: sa.select(wish).where(wish.c.person_id == b("person")))
KEEP_WISH = Hot(
    lambda: Upsert(
        wish,
        ("person_id", "birthday", "anniversary", "at"),
        ("person_id",),
        dict.fromkeys(("birthday", "anniversary", "at"), "new"),
    )
)
DROP_WISH = Hot(lambda: sa.delete(wish).where(wish.c.person_id == b("person")))
WISHES = Hot(lambda: sa.select(wish).order_by(wish.c.person_id))
_old = sa.select(r.id).where(~_waiting, r.began < b("before")).order_by(r.id).limit(500)
OLD_TASKS = Hot(lambda: sa.delete(task).where(t.run_id.in_(_old)))
OLD_STEPS = Hot(lambda: sa.delete(done).where(d.run_id.in_(_old)))
OLD_RUNS = Hot(lambda: sa.delete(run).where(r.id.in_(_old)))

KEPT = (
    Kept(task, "person_id", "gone", by="id"),
    Kept(task, "human_id", "former", by="id", hide=("draft",)),
    Kept(task, "done_by", "former", by="id", hide=("draft",)),
    Kept(done, "person_id", "former", by="run_id"),
    Kept(run, "person_id", "former", by="id"),
    Kept(key_person, "person_id", "gone", by="chat_id"),
    Kept(key_person, "human_id", "gone", by="chat_id"),
    Kept(wish, "person_id", "gone"),
)
view(
    "v_care",
    "one row a step of a recipe: for whom (0: the group); in private, in the group, or as a task for people",
    """SELECT chat_id, person_id, recipe, way, at FROM care_step WHERE way <> 'left'""",
)
