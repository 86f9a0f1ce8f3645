"""What the topics of a forum are called, as Telegram told last."""

from __future__ import annotations

from groupbot.core.events import Service
from groupbot.engine.work import Work
from groupbot.features.engagement import store

_NAMED = frozenset(("forum_topic_created", "forum_topic_edited"))


def topic_named(event: Service, work: Work) -> None:
    """A topic was made or renamed. What comes late renames nothing back."""
    if event.kind not in _NAMED or not event.topic or not event.text:
        return
    known = work.sql.value(store.NAMED_AT, chat=work.chat, number=event.topic)
    if known is None or known <= event.at:
        title = event.text[: store.TITLE]
        work.sql.run(store.NAME_TOPIC, chat_id=work.chat, topic=event.topic, title=title, at=event.at)
