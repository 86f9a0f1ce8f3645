"""Tables of draws."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, BigInt, Json, metadata, only

lottery = sa.Table(
    "lottery",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("by_id", sa.BigInteger, nullable=False),  # 0: an admin speaking as the group
    sa.Column("prize", sa.Text, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("rules_hash", sa.String(64), nullable=False),
    sa.Column("commitment", sa.String(64), nullable=False),
    sa.Column("server_seed", sa.String(64), nullable=False),
    sa.Column("salt", sa.String(64), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # open | frozen | drawn | empty | void (cancelled)
    sa.Column("tenure_hours", sa.Integer, nullable=False),
    sa.Column("claim_hours", sa.Integer, nullable=False),
    sa.Column("opened_at", UTC_, nullable=False),
    sa.Column("closes_at", UTC_, nullable=False),
    sa.Column("ended_at", UTC_),
    sa.Column("root", sa.String(64)),
    sa.Column("seed", sa.String(64)),
    sa.Column("drawn", sa.Integer, nullable=False, server_default="0"),  # entries the card shows
    sa.Column("full", sa.Integer, nullable=False, server_default="0"),  # entries that end it; 0: none
    sa.Column("tickets", sa.String(8), nullable=False, server_default="equal"),
    sa.Column("conditions", Json),
    sa.Column("edition", sa.Integer, nullable=False, server_default="1"),
    sa.Column("frozen_at", UTC_),
    sa.Column("round", sa.BigInteger),  # of drand, announced at the freeze
    sa.Column("beacon", Json),  # the round as it came
    sa.Index("ix_lottery_chat", "chat_id", "state"),
    sa.Index(
        "ix_lottery_open",
        "closes_at",
        **only("state = 'open'"),
    ),
    sa.Index(
        "ix_lottery_frozen",
        "round",
        **only("state = 'frozen'"),
    ),
    sqlite_autoincrement=True,
)

prize = sa.Table(
    "lottery_prize",
    metadata,
    sa.Column(
        "lottery_id", sa.BigInteger, sa.ForeignKey("lottery.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(8), nullable=False),  # item | points | code | text | coupon | gift
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("amount", sa.Integer, nullable=False),
    sa.Column("gift", sa.String(64), nullable=False, server_default=""),  # Telegram's id of it
    sa.Column("stars", sa.Integer, nullable=False, server_default="0"),  # what one costs
)

gift = sa.Table(  # gifts that winners came for; one a seat
    "lottery_gift",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("lottery_id", sa.BigInteger, sa.ForeignKey("lottery.id"), nullable=False),
    sa.Column("seat", sa.Integer, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("stars", sa.Integer, nullable=False),
    # sending | given | unknown (people decide in the outbox) | closed (they let it be) | owed | hand
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("ref", sa.String(40), nullable=False),  # of the outbox's row
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("at", UTC_, nullable=False),
    sa.UniqueConstraint("lottery_id", "seat", name="uq_lottery_gift_seat"),
    sa.Index("ix_lottery_gift_open", "state", **only("state IN ('sending', 'unknown', 'owed')")),
    sqlite_autoincrement=True,
)

code = sa.Table(  # what winners alone may read, sealed
    "lottery_code",
    metadata,
    sa.Column(
        "lottery_id", sa.BigInteger, sa.ForeignKey("lottery.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("seat", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sealed", sa.LargeBinary),  # NULL: shown
    sa.Column("shown_to", sa.BigInteger),
    sa.Column("shown_at", UTC_),
)

entry = sa.Table(
    "lottery_entry",
    metadata,
    sa.Column(
        "lottery_id", sa.BigInteger, sa.ForeignKey("lottery.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.String(64), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("out", sa.String(16)),  # why it did not take part in the end
    sa.Column("place", sa.Integer),  # in the ranking, from 1
    sa.Column("tickets", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("lottery_id", "place", name="uq_lottery_entry_place"),
    sqlite_with_rowid=False,
)

award = sa.Table(
    "lottery_award",
    metadata,
    sa.Column(
        "lottery_id", sa.BigInteger, sa.ForeignKey("lottery.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("seat", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),  # 0: the draw, then redraws
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("deadline", UTC_, nullable=False),
    sa.Column("claimed_at", UTC_),
    sa.Column("lapsed_at", UTC_),
    sa.Column("reminded_at", UTC_),
    sa.UniqueConstraint("lottery_id", "person_id", name="uq_lottery_award_winner"),
    sa.Index(
        "ix_lottery_award_due",
        "deadline",
        **only("claimed_at IS NULL AND lapsed_at IS NULL"),
    ),
    sqlite_with_rowid=False,
)

boost = sa.Table(  # who boosts which chat, as Telegram told when it was asked
    "lottery_boost",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("until", UTC_),  # NULL: not at all
    sa.Column("checked_at", UTC_, nullable=False),
    sqlite_with_rowid=False,
)

redraw = sa.Table(
    "lottery_redraw",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("lottery_id", sa.BigInteger, sa.ForeignKey("lottery.id"), nullable=False),
    sa.Column("seat", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("frozen_at", UTC_, nullable=False),
    sa.Column("out", Json, nullable=False),  # entry: reason
    sa.Column("root", sa.String(64), nullable=False),
    sa.Column("round", sa.BigInteger),
    sa.Column("beacon", Json),
    sa.Column("seed", sa.String(64)),  # NULL: waits for its round
    sa.Column("winner", sa.String(64)),
    sa.UniqueConstraint("lottery_id", "seat", "attempt", name="uq_lottery_redraw"),
    sa.Index(
        "ix_lottery_redraw_waits",
        "round",
        **only("seed IS NULL"),
    ),
    sqlite_autoincrement=True,
)
