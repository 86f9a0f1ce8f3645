"""Coming in: once each, never staff, newcomers later."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import Any

from groupbot.core.effects import Answer, Send
from groupbot.core.events import Message, Person, Tap
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery import store
from groupbot.features.lottery.domain import NUMBER, entry_of
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


def enter(work: Work, number: int, tap: Tap) -> None:
    """Whoever pressed is in, once; the toast tells their number in this draw.

    Raises:
        Refusal: over, entered by its keyword, or a condition that is not met.
    """
    lottery, person = load(work, number), tap.sender
    if lottery is None or person is None or lottery.chat != work.chat:
        raise Refusal("common/old_button")
    if lottery.conditions.keyword:
        raise Refusal("lottery/say_word", word=lottery.conditions.keyword)
    if _asks_first(work, lottery, person.id):
        work.say(Answer(query_id=tap.query_id, template="lottery/boost_look"))
        return
    data = _take(work, lottery, person)
    work.say(Answer(query_id=tap.query_id, template="lottery/entered", data=data))


def heard(work: Work, message: Message) -> None:
    """A message that is the keyword of an open draw enters who said it. Chats without one pay a look-up."""
    words: dict[str, int] | None = work.cached(WORDS).get(work.chat)
    if words is None:
        words = _words(work)
        work.put(WORDS, work.chat, words)
    if not words or len(message.text) > 64:
        return
    number = words.get(folded(message.text))
    if (
        number is None
        or message.sender is None
        or message.sender_chat is not None
        or message.edited
        or message.forwarded
    ):
        return
    lottery = load(work, number)
    if lottery is None:
        return
    asks = _asks_first(work, lottery, message.sender.id)
    data = {} if asks else _take(work, lottery, message.sender)
    work.say(
        Send(
            chat=work.chat,
            template="lottery/boost_look" if asks else "lottery/entered",
            data=data,
            reply_to=message.message_id,
            topic=message.topic,
            lifetime=60,
        )
    )


def _asks_first(work: Work, lottery: Lottery, person: int) -> bool:
    """Telegram must say first whether they boost the group; they press once more in a moment."""
    if not lottery.conditions.boost or (lottery.id, person) in work.cached(OPEN):
        return False
    return lottery.state == "open" and not looked(work, lottery.chat, person)


def folded(text: str) -> str:
    """A keyword as it is compared: NFKC, no case, no outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _words(work: Work) -> dict[str, int]:
    rows = work.sql.all(store.KEYWORDS, chat=work.chat)
    found = {folded((r.conditions or {}).get("keyword", "")): int(r.id) for r in rows}
    found.pop("", None)
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
    last = work.sql.value(store.LAST_IN, chat=work.chat)
    found: dict[str, Any] = {"open": False, "last": last}
    if row is not None and (lottery := load(work, row.id)) is not None:
        found |= {
            "open": True,
            "prize": lottery.prize,
            "seats": lottery.seats,
            "closes": lottery.closes,
            "word": lottery.conditions.keyword,
            "entered": int(work.cached(OPEN)[lottery.id, "in"]),
        }
    return found
