"""Messages on and off the theme, a sum a chat and local day; nobody's words, nobody's name."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, Hot, Upsert, metadata
from groupbot.engine.views import view

theme_day = sa.Table(
    "theme_day",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),  # the chat's own
    sa.Column("on_topic", sa.Integer, nullable=False),
    sa.Column("off_topic", sa.Integer, nullable=False),
    sa.Column("reminders", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reminded", UTC_),  # the last of them
    sqlite_with_rowid=False,
    info={"merging": "add"},
)

b = sa.bindparam
t = theme_day.c
_COUNT = ("chat_id", "day", "on_topic", "off_topic")
_KEY = ("chat_id", "day")
COUNT = Bulk(
    "theme_day",
    Upsert(theme_day, _COUNT, _KEY, {"on_topic": "sum", "off_topic": "sum"}),
    _COUNT,
    key=2,
    sums=2,
)
REMINDED = Hot(
    lambda: Upsert(
        theme_day, (*_COUNT, "reminders", "reminded"), _KEY, {"reminders": "sum", "reminded": "new"}
    )
)
LAST = Hot(lambda: sa.select(sa.func.max(t.reminded)).where(t.chat_id == b("chat"), t.day >= b("since")))
SINCE = Hot(
    lambda: sa.select(
        sa.func.sum(t.on_topic).label("on_topic"),
        sa.func.sum(t.off_topic).label("off_topic"),
        sa.func.sum(t.reminders).label("reminders"),
    ).where(t.chat_id == b("chat"), t.day >= b("since"))
)

view(
    "v_theme",
    "one row a chat and local day: members' messages on and off its theme, and gentle lines said",
    "SELECT chat_id, day, on_topic, off_topic, reminders FROM theme_day",
)
