"""Who knows what in a chat, and who can hold a session there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groupbot.core.text import alike
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.experts import store
from groupbot.features.experts.domain import HOUR, parts
from groupbot.features.members import service as members


def register(work: Work, person: int, text: str) -> dict[str, Any]:
    """Name somebody an expert here, for a topic and at some hours.

    Raises:
        Refusal: no topic.
    """
    topic, hours = parts(text)
    if not topic:
        raise Refusal("common/usage")
    work.sql.run(store.KEEP, chat_id=work.chat, person_id=person, topic=topic, hours=hours, at=work.now)
    return {"name": members.name(work, person), "topic": topic, "hours": hours}


def strike(work: Work, person: int) -> dict[str, Any]:
    """Somebody is no expert here any more.

    Raises:
        Refusal: they were none.
    """
    if not work.sql.run(store.DROP, chat=work.chat, who=person):
        raise Refusal("experts/no_expert")
    return {"name": members.name(work, person), "topic": "", "hours": ""}


def experts(work: Work, chat: int) -> list[dict[str, Any]]:
    """Who knows what here, and when they have time."""
    return [
        {"name": members.name(work, r.person_id), "topic": r.topic, "hours": r.hours}
        for r in work.sql.all(store.EXPERTS, chat=chat)
    ]


def find(work: Work, chat: int, topic: str, name: str, now: datetime) -> Any:
    """Who can hold a session that begins `now` in a chat: (person, name, topic) of the first expert there of
    that topic, name or both; else why nobody can: 'expert' (none is known there), 'session' (one is on)."""
    for row in work.sql.all(store.EXPERTS, chat=chat):
        called = members.name(work, row.person_id)
        if (not topic or alike(topic, row.topic)) and (not name or name.casefold() == called.casefold()):
            if work.sql.first(store.MEANWHILE, chat=chat, since=now, until=now + HOUR) is not None:
                return "session"
            return row.person_id, called, topic or row.topic
    return "expert"
