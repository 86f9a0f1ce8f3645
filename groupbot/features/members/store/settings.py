"""Settings of chats, topics and segments: the statements."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import Hot, Upsert
from groupbot.features.members.store.tables import setting

b = sa.bindparam
SETTING = Hot(
    lambda: sa.select(setting.c.value).where(
        setting.c.scope == b("s"), setting.c.scope_id == b("i"), setting.c.key == b("k")
    )
)
SETTINGS = Hot(
    lambda: sa.select(setting.c.key, setting.c.value).where(
        setting.c.scope == b("s"), setting.c.scope_id == b("i")
    )
)
UNSET = Hot(
    lambda: sa.delete(setting).where(
        setting.c.scope == b("s"), setting.c.scope_id == b("i"), setting.c.key == b("k")
    )
)
TOPICS = Hot(
    lambda: (
        sa.select(setting.c.scope_id)
        .distinct()
        .where(setting.c.scope == "topic", setting.c.scope_id.like(b("of_chat")))
    )
)
SET = Hot(
    lambda: Upsert(
        setting,
        ("scope", "scope_id", "key", "value", "version", "at", "by_id"),
        ("scope", "scope_id", "key"),
        {"value": "new", "version": "sum", "at": "new", "by_id": "new"},
    )
)
