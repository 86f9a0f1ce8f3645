"""Other bots of this database: it belongs to one at a time, and what another one left is nobody's to do."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.core.presence import THERE
from groupbot.engine.addresses import chat
from groupbot.engine.storage import Hot, among
from groupbot.engine.work import Work
from groupbot.errors import Misfit

_OTHERS = Hot(
    lambda: (
        sa.select(chat.c.bot_id, sa.func.count().label("groups"))
        .where(
            chat.c.bot_id != sa.bindparam("bot"),
            among(chat.c.type, "group", "supergroup"),
            among(chat.c.state, *THERE),
        )
        .group_by(chat.c.bot_id)
        .order_by(chat.c.bot_id)
    )
)


def amiss(work: Work) -> list[Misfit]:
    """What is to be said of the database: each other bot that has groups in it which count as active."""
    return [
        Misfit(
            f"it holds {r.groups} active group{'s' * (r.groups > 1)} of another bot ({r.bot_id})",
            where="database",
            next="give this bot a database of its own (database_url), unless it replaces that one for good",
        )
        for r in work.sql.all(_OTHERS, bot=work.bot_id)
    ]
