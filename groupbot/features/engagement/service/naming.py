"""What the topics of a forum are called, as Telegram told last."""

from __future__ import annotations

from datetime import datetime

from groupbot.core.events import Service
from groupbot.engine.work import Work
from groupbot.features.engagement import store

_NAMED = frozenset(("forum_topic_created", "forum_topic_edited"))


def topic_named(event: Service, work: Work) -> None:
    """A topic was made or renamed."""
    if event.kind in _NAMED and event.topic and event.text:
        called(work, work.chat, event.at, event.topic, event.text)


def called(work: Work, chat: int, at: datetime, number: int, title: str) -> None:
    """A topic is called so since then. What comes late renames nothing back."""
    known = work.sql.value(store.NAMED_AT, chat=chat, number=number)
    if known is None or known <= at:
        work.sql.run(store.NAME_TOPIC, chat_id=chat, topic=number, title=title[: store.TITLE], at=at)
