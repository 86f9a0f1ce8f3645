"""The tables of groups, people, memberships and settings."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, BigInt, Json, metadata

profile = sa.Table(
    "chat_profile",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("tier", sa.String(16)),
    sa.Column("region", sa.Text),
    sa.Column("parent_id", sa.BigInteger),
    sa.Column("type", sa.String(16)),
    sa.Column("aim", sa.String(16)),
    sa.Column("owner_id", sa.BigInteger),
    sa.Column("tags", Json),
    sa.Column("attributes", Json),
    sa.Column("added_by", sa.BigInteger),
    sa.Column("added_at", UTC_, nullable=False),
    sa.Column("standing_at", UTC_),  # the date of the newest word of Telegram's on the bot's standing here
    sa.Column("set_up_at", UTC_),
    sa.Column("rights", Json),
    sa.Column("status", sa.String(16)),
    sa.Column("told", Json),
    sa.Column("members", sa.Integer),  # by Telegram's own count
    sa.Column("counted_at", UTC_),  # when it was asked for
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("first_name", sa.Text, nullable=False),
    sa.Column("last_name", sa.Text),
    sa.Column("username", sa.Text),
    sa.Column("language", sa.String(16)),
    sa.Column("is_bot", sa.Boolean, nullable=False),
    sa.Column("seen_at", UTC_, nullable=False),
    sa.Column("started_at", UTC_),
)
sa.Index("ix_person_handle", sa.func.lower(person.c.username))  # a username is one in any case of letters

membership = sa.Table(
    "membership",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("joined_at", UTC_),  # NULL: was here before the bot
    sa.Column("left_at", UTC_),
    sa.Column("evidence", sa.String(16), nullable=False),  # link | request | added | own | before
    sa.Column("link", sa.Text),
    sa.Column("link_name", sa.Text),
    sa.Column("added_by", sa.BigInteger),
    sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_membership_chat_person", "chat_id", "person_id"),
    sa.Index("ix_membership_joined", "chat_id", "joined_at"),
    sqlite_autoincrement=True,
)

member_segment = sa.Table(  # how administrators describe a member of their group
    "member_segment",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("attributes", Json, nullable=False),
    sa.Column("by_id", sa.BigInteger),
    sa.Column("at", UTC_, nullable=False),
)

staff = sa.Table(
    "staff",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("rights", Json, nullable=False),
    sa.Column("checked_at", UTC_, nullable=False),
    info={"merging": "theirs"},
)

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("scope", sa.String(8), primary_key=True),  # default | segment | chat | topic
    sa.Column("scope_id", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(60), primary_key=True),
    sa.Column("value", Json, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("by_id", sa.BigInteger),
)

connection = sa.Table(
    "connection",
    metadata,
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("live", sa.Boolean, nullable=False),
)

consent = sa.Table(  # what somebody agreed to or asked for, and took back: only ever added to
    "consent",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),  # quiet | optout | bridge | scenes | blocked
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_consent_person", "person_id"),
    sqlite_autoincrement=True,
)
