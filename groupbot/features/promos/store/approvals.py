"""Who approved which print of a plan, and the texts its templates had then."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, among, metadata

plan_approval = sa.Table(
    "plan_approval",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id"), nullable=False),
    sa.Column("print", sa.String(64), nullable=False),  # the plan and its templates' versions
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("verdict", sa.String(8), nullable=False),  # yes | old | stop
    sa.Column("chats", Json, nullable=False),  # one twice: it was free before, and needs no second word
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
_a = plan_approval.c
ALL_APPROVALS = Hot(lambda: sa.select(plan_approval).where(_a.plan_id == b("plan")).order_by(_a.at, _a.id))
APPROVALS = Hot(
    lambda: (
        sa.select(plan_approval)
        .where(_a.plan_id == b("plan"), _a.print == b("the_print"))
        .order_by(_a.at, _a.id)
    )
)
STOPS = Hot(lambda: sa.select(_a.plan_id).where(among(_a.verdict, "stop")).distinct())
STARTER = Hot(  # who gave the last word that let it go
    lambda: (
        sa.select(_a.person_id)
        .where(_a.plan_id == b("plan"), _a.verdict != "stop")
        .order_by(_a.at.desc(), _a.id.desc())
        .limit(1)
    )
)
_APPROVAL = ("plan_id", "print", "person_id", "verdict", "chats", "pins", "at")
APPROVE = Hot(
    lambda: Upsert(
        plan_approval,
        _APPROVAL,
        ("plan_id", "print", "person_id"),
        dict.fromkeys(("verdict", "chats", "pins", "at"), "new"),
    )
)
_v = template_version.c
_VERSION = ("name", "lang", "digest", "text", "at")
KEEP_VERSION = Hot(lambda: Upsert(template_version, _VERSION, ("name", "lang", "digest")))
VERSION = Hot(lambda: sa.select(_v.text).where(_v.digest == b("the_digest")).limit(1))
VERSIONS = Hot(
    lambda: (
        sa.select(_v.id, _v.name, _v.lang, _v.digest, _v.at, _v.text)
        .where(_v.name == b("the_name"), _v.lang == b("the_lang"))
        .order_by(_v.id)
    )
)
APPROVALS_KEPT = (Kept(plan_approval, "person_id", "former", by="id"),)
