"""A group of the members' tests: chats, standings and people written as intake would."""

from __future__ import annotations

from groupbot.core.events import Chat, Message, Person, Standing
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.features.members import service, store


def group(work: Work, telegram_id: int = -1001, title: str = "West Lake", added_by: int | None = None) -> int:
    """Our id of a new group."""
    place = resolve(work, Chat(telegram_id, "supergroup", title))
    work.sql.run(
        store.NEW_PROFILE,
        chat_id=place.id,
        added_by=added_by,
        added_at=work.now,
        status="administrator",
        rights=[],
    )
    work.drop("members.groups", 0)
    return place.id


def stands(work: Work, chat: int, person: int, status: str, *, bot: bool = False) -> None:
    """Telegram said what somebody is here, now."""
    work.chat = chat
    work.event = Standing(
        at=work.now,
        chat=Chat(-1001, "supergroup"),
        person=Person(person, f"P{person}", is_bot=bot),
        status=status,
    )
    service.note_people(work.event, work)
    work.flush()


def starts(work: Work, person: int) -> None:
    """Somebody pressed Start in private."""
    work.chat = 0
    work.event = Message(
        at=work.now,
        chat=Chat(person, "private"),
        sender=Person(person, f"P{person}"),
        message_id=1,
        text="/start",
    )
    service.note_people(work.event, work)
    work.flush()
