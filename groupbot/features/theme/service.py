"""Use cases of the theme: count a message, say the gentle line, tell how it stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Send
from groupbot.core.events import Message
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.notes.domain.triggers import Triggers
from groupbot.features.promos.domain import QUIET_POSTS, is_quiet
from groupbot.features.theme import store
from groupbot.features.theme.domain import (
    EVERY,
    GUARD,
    REMIND,
    THEME,
    TOPICS,
    WORDS,
    Minute,
    counted,
    says_something,
    strays,
    trigger_of,
)

STAYS = 600  # seconds the line stands
_FRESH = timedelta(minutes=5)
_GROUPS = ("group", "supergroup")
_GENERAL = "1"  # the topic of messages that carry none
_WEEK = 7


class Theme(Struct, frozen=True):
    """The theme of a chat, all its words in one pass."""

    triggers: Triggers
    topics: frozenset[str]

    def holds(self, m: Message) -> bool:
        """Is this message on it, by its place or its words?"""
        return (m.chat.is_forum and str(m.topic or _GENERAL) in self.topics) or bool(
            self.triggers.find(m.visible)
        )


def here(work: Work, chat: int) -> Theme | None:
    """A chat's theme, None where it is not watched or has neither words nor topics. Kept until the chat's
    settings change."""
    layers = members.layers(work, chat)
    kept = work.cached("theme.here").get(chat)
    if kept is not None and kept[0] is layers:
        return kept[1]  # type: ignore[no-any-return]
    made = None
    if members.get(work, chat, GUARD):
        words, topics = members.get(work, chat, WORDS), members.get(work, chat, TOPICS)
        if words or topics:
            made = Theme(Triggers((n, trigger_of(w)) for n, w in enumerate(words)), frozenset(topics))
    work.put("theme.here", chat, (layers, made))
    return made


def heard(work: Work, m: Message) -> None:
    """A member's message is counted. Neither on nor off: what is short, edited, a command, an answer to a
    bot, without words, a bot's, staff's, of who opted out, or came by another way than a member's hand."""
    theme = here(work, work.chat)
    who = m.sender
    if theme is None or m.edited or not m.carriers or m.chat.type not in _GROUPS or m.text[:1] in ("/", "!"):
        return
    if who is None or who.is_bot or m.sender_chat is not None or m.automatic_forward or m.via_bot:
        return
    if (m.reply_person is not None and m.reply_person.is_bot) or members.opted_out(work, who.id):
        return
    if not says_something(m.visible) or members.is_staff(work, work.chat, who.id):
        return
    on = theme.holds(m)
    work.add(store.COUNT, work.chat, _local(work, m.at).date(), int(on), int(not on))
    if work.late:
        return
    lately: tuple[Minute, ...] = work.cached("theme.lately").get(work.chat, ())
    lately = counted(lately, work.now, on=on)
    work.put("theme.lately", work.chat, lately)
    if not on and strays(lately) and members.get(work, work.chat, GUARD) == REMIND:
        _remind(work, m.topic)


def _remind(work: Work, topic: int | None) -> None:
    """The gentle line, if it is time for one: two hours after the last, not in quiet hours, and not beside
    another public line."""
    chat, local = work.chat, _local(work, work.now)
    last = _last(work, local.date())
    if (last is not None and work.now - last < EVERY) or members.noticed(work, chat):
        return
    if is_quiet(members.get(work, chat, QUIET_POSTS), local.time()):
        return
    members.notice(work, chat)
    work.sql.run(
        store.REMINDED,
        chat_id=chat,
        day=local.date(),
        on_topic=0,
        off_topic=0,
        reminders=1,
        reminded=work.now,
    )
    work.put("theme.last", chat, work.now)
    work.say(
        Send(
            chat=chat,
            topic=topic,
            template="theme/remind",
            data={"theme": members.get(work, chat, THEME)},
            lifetime=STAYS,
            not_after=work.now + _FRESH,
            why="most of the talk is off the theme",
        )
    )


def _last(work: Work, today: date) -> datetime | None:
    known = work.cached("theme.last")
    if work.chat not in known:
        since = today - timedelta(days=1)
        work.put("theme.last", work.chat, work.sql.value(store.LAST, chat=work.chat, since=since))
    return known.get(work.chat)


def _local(work: Work, at: datetime) -> datetime:
    return at.astimezone(zone_of(members.voice(work, work.chat, None)[1]))


def state(work: Work) -> dict[str, Any]:
    """What /theme shows: the mode, the theme, what shows it, and the last seven days."""
    chat = work.chat
    since = _local(work, work.now).date() - timedelta(days=_WEEK - 1)
    row = work.sql.first(store.SINCE, chat=chat, since=since)
    on, off, said = (int(n or 0) for n in row) if row is not None else (0, 0, 0)
    return {
        "mode": members.get(work, chat, GUARD),
        "theme": members.get(work, chat, THEME),
        "words": list(members.get(work, chat, WORDS)),
        "topics": list(members.get(work, chat, TOPICS)),
        "n": on + off,
        "share": on / (on + off) if on + off else None,
        "reminders": said,
    }


def place(work: Work, topic: int | None, by: int | None) -> None:
    """Talk in this topic is on the theme, or no longer."""
    number, now = str(topic or _GENERAL), members.get(work, work.chat, TOPICS)
    made = [n for n in now if n != number] if number in now else [*now, number]
    members.put(work, TOPICS, made, chat=work.chat, by=by)
