"""How many members a group has by Telegram's own count: asked for once a day."""

from __future__ import annotations

from datetime import timedelta

from groupbot.core.effects import Ask
from groupbot.core.events import Counted
from groupbot.engine.work import Work
from groupbot.features.members import store

DAILY = timedelta(hours=24)
MOST = 100  # groups asked about at one look, of which there are six an hour


def ask_due(work: Work, most: int = MOST) -> None:
    """Ask for the count of groups that were not counted within a day. One whose answer never came is asked
    about again a day later."""
    for row in work.sql.all(store.UNCOUNTED, bot=work.bot_id, before=work.now - DAILY, most=most):
        work.sql.run(store.ASKED_COUNT, chat=row.chat_id, now=work.now)
        work.say(Ask(chat=row.chat_id, count=True))


def counted(work: Work, event: Counted) -> None:
    """Telegram's answer."""
    work.sql.run(store.COUNTED, chat=work.chat, n=event.members)
    work.drop("members.profile", work.chat)
