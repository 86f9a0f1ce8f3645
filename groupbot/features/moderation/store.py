"""What acts look up of people: who was seen with a username, the latest first."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import Hot
from groupbot.features.members.store import person

BY_USERNAME = Hot(
    lambda: (
        sa.select(person.c.id)
        .where(sa.func.lower(person.c.username) == sa.bindparam("name"))
        .order_by(person.c.seen_at.desc(), person.c.id)
    )
)
