"""Coming in: by the button, a keyword or a hashtag; once each, never staff, newcomers later."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from msgspec import structs

from groupbot.core.commands import Asked
from groupbot.core.effects import Answer, React, Send
from groupbot.core.events import Message, Person, Tap
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery import store
from groupbot.features.lottery.domain import NUMBER, entry_of, folded, tags_in
from groupbot.features.lottery.service.boosts import looked
from groupbot.features.lottery.service.conditions import unmet
from groupbot.features.lottery.service.ending import end
from groupbot.features.lottery.service.resident import (
    OPEN,
    WORDS,
    Lottery,
    load,
    may_redraw,
    redraw,
)
from groupbot.features.members import service as members

LONGEST_WORD = 64  # letters of a message that may be a keyword
SOON = timedelta(minutes=5)  # then a thumb is too late
TOLD = "lottery.told"
_TAG = "#"


def enter(work: Work, number: int, tap: Tap) -> None:
    """Whoever pressed is in, once; the toast tells their number in this draw. Where a word or a hashtag
    enters, the button tells who is in that they are.

    Raises:
        Refusal: over, entered by its word, or a condition that is not met.
    """
    lottery, person = load(work, number), tap.sender
    if lottery is None or person is None or lottery.chat != work.chat:
        raise Refusal("common/old_button")
    if lottery.conditions.word and (number, person.id) not in work.cached(OPEN):
        raise Refusal("lottery/say_word" if lottery.state == "open" else "lottery/over", **_word(lottery))
    if _asks_first(work, lottery, person.id):
        work.say(Answer(query_id=tap.query_id, template="lottery/boost_look", data=_word(lottery)))
        return
    data = _take(work, lottery, person)
    work.say(Answer(query_id=tap.query_id, template="lottery/entered", data=data))


def heard(work: Work, message: Message) -> None:
    """A message that is the keyword of an open draw, or has its hashtag, enters who said it. Chats where no
    draw listens pay a look-up."""
    words: dict[object, int] | None = work.cached(WORDS).get(work.chat)
    if words is None:
        words = _words(work)
        work.put(WORDS, work.chat, words)
    if not words:
        return
    who, text = message.sender, message.text
    if who is None or message.sender_chat is not None or message.edited or message.forwarded:
        return
    number = words.get(folded(text)) if len(text) <= LONGEST_WORD else None
    lottery = None if number is None else load(work, number)
    if lottery is not None:
        work.emit(Asked(message))
        asks = _asks_first(work, lottery, who.id)
        data = _word(lottery) if asks else _take(work, lottery, who)
        work.say(_answer(work, message, "lottery/boost_look" if asks else "lottery/entered", data))
    elif "#" in text or "\uff03" in text:
        tagged = next((words[_TAG, t] for t in tags_in(text) if (_TAG, t) in words), None)
        lottery = None if tagged is None else load(work, tagged)
        if lottery is not None:
            _by_tag(work, lottery, message, who)


def _by_tag(work: Work, lottery: Lottery, message: Message, person: Person) -> None:
    """Quietly: a thumb under the first message that counts, nothing under the next; a no is said once,
    and to nobody else where that can be."""
    if (lottery.id, person.id) in work.cached(OPEN):
        return
    try:
        if _asks_first(work, lottery, person.id):
            raise Refusal("lottery/boost_look", **_word(lottery))
        _take(work, lottery, person)
    except Refusal as no:  # before any write
        told = (lottery.id, person.id, no.template)
        if told in work.cached(TOLD):
            return
        work.put(TOLD, told, True)
        public = _answer(work, message, no.template, no.data)
        private = Send(user=person.id, template=no.template, data=no.data)
        alone = structs.replace(public, reply_to=None, lifetime=None, only_for=person.id)
        fallback = private if members.reachable(work, person.id) else public
        work.say(structs.replace(alone, fallback=fallback))
        return
    late = work.now + SOON
    work.say(React(chat=work.chat, message=message.message_id, sign="👍", not_after=late))


def _answer(work: Work, message: Message, template: str, data: dict[str, Any]) -> Send:
    return Send(
        chat=work.chat,
        template=template,
        data=data,
        reply_to=message.message_id,
        topic=message.topic,
        lifetime=60,
    )


def _word(lottery: Lottery) -> dict[str, Any]:
    return {"word": lottery.conditions.word}


def _asks_first(work: Work, lottery: Lottery, person: int) -> bool:
    """Telegram must say first whether they boost the group; they press once more in a moment."""
    if not lottery.conditions.boost or (lottery.id, person) in work.cached(OPEN):
        return False
    return lottery.state == "open" and not looked(work, lottery.chat, person)


def _words(work: Work) -> dict[object, int]:
    """What open draws of this chat listen for: keywords, and hashtags behind a mark."""
    found: dict[object, int] = {}
    for row in work.sql.all(store.KEYWORDS, chat=work.chat):
        asked = row.conditions or {}
        if asked.get("keyword"):
            found[folded(asked["keyword"])] = int(row.id)
        if asked.get("tag"):
            found[_TAG, folded(asked["tag"])] = int(row.id)
    return found


def _take(work: Work, lottery: Lottery, person: Person) -> dict[str, Any]:
    """Have somebody in; what they are told."""
    cache, number = work.cached(OPEN), lottery.id
    mine = cache.get((number, person.id))
    again = mine is not None
    if mine is None:
        if lottery.state != "open" or lottery.closes <= work.now or _full(work, lottery):
            raise Refusal("lottery/over")
        if lottery.conditions.active or lottery.tickets == "active":
            work.flush()  # what they said in this very batch counts
        why = "staff" if person.is_bot else unmet(work, lottery, person.id)
        if why:
            raise Refusal(f"lottery/{why}", **needed(lottery))
        mine = entry_of(lottery.salt, person.id)
        work.add(store.ENTRIES, number, person.id, mine, work.now)
        work.put(OPEN, (number, person.id), mine)
        work.put(OPEN, (number, "in"), cache[number, "in"] + 1)
        if _full(work, lottery):
            work.finally_(f"lottery.end:{number}", partial(end, number=number))
        elif may_redraw(work, number):
            work.finally_(lottery.ref, partial(redraw, number=number))
    return {"number": mine[:NUMBER], "entered": cache[number, "in"], "again": again}


def _full(work: Work, lottery: Lottery) -> bool:
    return 0 < lottery.full <= int(work.cached(OPEN)[lottery.id, "in"])


def needed(lottery: Lottery) -> dict[str, Any]:
    """The numbers that a refusal may name."""
    asked = lottery.conditions
    return {
        "hours": lottery.tenure_hours,
        "active": asked.active,
        "invites": asked.invites,
        "points": asked.points,
    }


def redraw_stale(work: Work) -> None:
    """Cards that show fewer entries than there are."""
    work.flush()
    for row in work.sql.all(store.STALE):
        if may_redraw(work, row.id):
            work.finally_(f"lottery:{row.id}", partial(redraw, number=row.id))


def status(work: Work) -> dict[str, Any]:
    """The open draw of this chat and the last one, for whoever asks."""
    row = work.sql.first(store.OPEN_IN, chat=work.chat)
    last = work.sql.value(store.LAST_CLOSED, chat=work.chat)
    found: dict[str, Any] = {"open": False, "last": last}
    if row is not None and (lottery := load(work, row.id)) is not None:
        found |= {
            "open": True,
            "prize": lottery.prize,
            "seats": lottery.seats,
            "closes": lottery.closes,
            "word": lottery.conditions.word,
            "entered": int(work.cached(OPEN)[lottery.id, "in"]),
        }
    return found
