"""People: standing, names, who is here since when, how to speak to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot.engine.addresses import in_ops
from groupbot.engine.keeping.declared import FORMER
from groupbot.engine.words import language_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal, Unsure
from groupbot.features.members import store
from groupbot.features.members.domain import ADMIN_STATUS, LANGUAGE, ZONE, is_fresh, name_of, zone_for
from groupbot.features.members.service import chats, wishes
from groupbot.features.members.service.settings import layers, value

UNKNOWN = "…"
FORMER_NAME = {"zh": "已注销成员", "en": "a former member"}
NOBODY = timedelta(minutes=10)
Fact = tuple[str, datetime, tuple[str, ...]]


def standing(work: Work, chat: int, person: int) -> Fact | None:
    """(status, checked at, rights) as last known, or None."""
    facts: dict[int, Fact] | None = work.cached("members.staff").get(chat)
    if facts is None:
        rows = work.sql.all(store.STAFF, chat=chat)
        facts = {r.person_id: (r.status, r.checked_at, tuple(r.rights)) for r in rows}
        work.put("members.staff", chat, facts)
    return facts.get(person)


def is_staff(work: Work, chat: int, person: int) -> bool:
    """An administrator of the chat as last known (no age limit: for exemptions, not for authority)."""
    fact = standing(work, chat, person)
    return fact is not None and fact[0] in ADMIN_STATUS


def heads(work: Work, chat: int, person: int) -> bool:
    """Is this an operator, or an administrator of the chat now? For authority that no route asks for; only
    from a handler.

    Raises:
        Unsure: they were one when it was last told, more than sixty seconds ago.
    """
    if person in work.me.operators:
        return True
    fact = standing(work, chat, person)
    if fact is None or fact[0] not in ADMIN_STATUS:
        return False
    if not is_fresh(fact[1], work.now):
        raise Unsure(person, chat, Refusal("common/unchecked"))
    return True


def may(work: Work, chat: int, person: int, right: str) -> bool:
    """Has an operator, the owner or an administrator this right of Telegram, as last known? For what a
    handler finds out only by itself: dispatch has asked anew for the rest a moment ago."""
    fact = standing(work, chat, person)
    status, rights = (fact[0], fact[2]) if fact is not None else ("", ())
    operator = person in work.me.operators
    return operator or status == "creator" or (status in ADMIN_STATUS and right in rights)


def staff_of(work: Work, chat: int) -> list[Any]:
    """The human administrators of a chat as last known, the creator first."""
    return work.sql.all(store.STAFF_OF, chat=chat)


def responsible(work: Work, chat: int) -> list[int]:
    """Who answers for a chat now, the first to ask first.

    The owner of its profile or who added the bot, if they can be written to, and are administrators here
    still; else all its human administrators as last known, those who can be written to first. What is
    known of a group is told to nobody else.
    """
    p = chats.profile(work, chat)
    owner = p.owner if p is not None else None
    if owner and is_staff(work, chat, owner) and reachable(work, owner):
        return [owner]
    adder = chats.adder(work, chat)
    if adder and is_staff(work, chat, adder) and reachable(work, adder):
        return [adder]
    found = [s.person_id for s in staff_of(work, chat) if not s.is_bot and s.person_id != work.bot_id]
    found.sort(key=lambda person: (not reachable(work, person), person != owner))
    return found


def people_to_ask(work: Work, chat: int) -> list[int]:
    """Who decides here and can be written to: the responsible person, else who added the bot, else up to
    three administrators; only who is an administrator here now."""
    return [p for p in responsible(work, chat) if reachable(work, p)][:3]


def reachable(work: Work, person: int) -> bool:
    """May the bot write to this person in private? They started it, and did not ask for quiet."""
    return started(work, person) and not wishes.quiet(work, person)


def started(work: Work, person: int) -> bool:
    """Did this person start the bot? Who asked for quiet as well is answered, but not written to unasked."""
    cache = work.cached("members.started")
    if person not in cache:
        row = work.sql.first(store.PERSON, the_id=person)
        work.put("members.started", person, row is not None and row.started_at is not None)
    return bool(cache[person])


def alone(work: Work, person: int) -> int:
    """The person, for what nobody else may read: an answer, which who asked for
    quiet gets too.

    Raises:
        Refusal: the bot may not write to them yet.
    """
    if not started(work, person):
        raise Refusal("common/start_first", username=work.me.username, done=False)
    return person


def operators_place(work: Work, person: int, topic: int | None) -> dict[str, Any]:
    """Where an operator is answered: in the operators' chat if this is it, else alone.

    Raises:
        Refusal: the bot may not write to them yet.
    """
    return {"chat": work.chat, "topic": topic} if in_ops(work) else {"user": alone(work, person)}


def is_known(work: Work, person: int) -> bool:
    """Was this person ever seen, and is nothing of them erased since?"""
    return _known(work, person) is not None


def _known(work: Work, person: int) -> Any:
    known = work.cached("members.people").get(person)
    return work.sql.first(store.PERSON, the_id=person) if known is None else known


def name(work: Work, person: int) -> str:
    """The name people know somebody by; '…' for one never seen."""
    if person <= FORMER:
        return _former(work)
    known = work.cached("members.people").get(person)
    if known is not None:
        return str(known.name)
    row = work.sql.first(store.PERSON, the_id=person)
    return UNKNOWN if row is None else name_of(row.first_name, row.last_name)


def name_once(work: Work, person: int) -> str:
    """The name of somebody who was here once: who is known no more had themselves forgotten."""
    found = name(work, person)
    return _former(work) if found == UNKNOWN else found


def _former(work: Work) -> str:
    return FORMER_NAME[voice(work, work.chat, None)[0]]


def username(work: Work, person: int) -> str:
    """The username somebody was last seen with, without @; "" for none."""
    known = _known(work, person)
    return "" if known is None else known.username or ""


def called(work: Work, handle: str) -> int:
    """Who was last seen with a username (without @, in any case of letters); 0 for nobody but a bot. For
    counting, not for authority: it may be somebody else's since. Nobody is believed for ten minutes."""
    low = handle.lower()
    person, asked = work.cached("members.handles").get(low, (0, None))
    if person:
        seen = work.cached("members.people").get(person)
        if seen is None or (seen.username or "").lower() == low:
            return int(person)
    elif asked is not None and work.now - asked < NOBODY:
        return 0
    found = int(work.sql.value(store.CALLED, handle=low) or 0)
    work.put("members.handles", low, (found, work.now))
    return found


def confirmed(work: Work, chat: int, person: int) -> bool:
    """Did Telegram tell within the last minute who this is: their standing here, their name and username?"""
    fact = standing(work, chat, person)
    return fact is not None and is_fresh(fact[1], work.now)


def joined_at(work: Work, chat: int, person: int) -> datetime | None:
    """When this person joined; None when they were here before the bot (which passes every tenure)."""
    cache = work.cached("members.joined")
    key = (chat, person)
    if key not in cache:
        row = work.sql.first(store.HERE, chat=chat, who=person)
        work.put("members.joined", key, None if row is None else row.joined_at)
    return cache[key]  # type: ignore[no-any-return]


def stayed(work: Work, chat: int, person: int, least: timedelta) -> bool:
    """Was this person a member for so long once, and left by themselves?"""
    rows = work.sql.all(store.STAYS, chat=chat, who=person)
    return any(r.joined_at is None or r.left_at - r.joined_at >= least for r in rows)


def stays(work: Work, chat: int, person: int) -> int:
    """How often this person was a member, this time included. Written rows only."""
    work.flush()
    return int(work.sql.value(store.COUNT_STAYS, chat=chat, who=person) or 0)


def joins(work: Work, chat: int, since: datetime) -> list[Any]:
    """Who joined from `since` on, in order: person_id, joined_at, link, added_by."""
    return work.sql.all(store.JOINS, chat=chat, since=since)


def way_in(work: Work, chat: int, person: int) -> Any:
    """How who is here came in: link, link_name, added_by, each None where there is none; None: not here.
    Written rows only."""
    return work.sql.first(store.WAY_IN, chat=chat, who=person)


def joined_since(work: Work, chat: int, person: int, since: datetime) -> datetime | None:
    """When this person joined, if it was after `since`; else None.

    A chat's newest members are few: they are read once, and a crowd is answered without a look each.
    """
    known: tuple[datetime, dict[int, datetime]] | None = work.cached("members.new").get(chat)
    if known is None or since < known[0]:
        found = {r.person_id: r.joined_at for r in work.sql.all(store.NEW_SINCE, chat=chat, since=since)}
        for (where, who), at in work.cached("members.joined").items():  # some are in the buffer still
            if where == chat and at is not None:
                found[who] = at
        known = (since, found)
        work.put("members.new", chat, known)
    at = known[1].get(person)
    return at if at is not None and at > since else None


def is_here(work: Work, chat: int, person: int) -> bool:
    """Is this person a member now, as far as seen?"""
    known = work.cached("members.here").get((chat, person))
    return bool(known) if known is not None else work.sql.first(store.HERE, chat=chat, who=person) is not None


def inside(work: Work, chat: int, person: int, otherwise: Refusal) -> bool:
    """Is this person in the group? Who came before the bot and never acted there is known to Telegram alone.

    Raises:
        Unsure: so that it is asked; `otherwise` is said where no answer comes.
    """
    if is_here(work, chat, person) or is_staff(work, chat, person):
        return True
    here = chats.place(work, chat)
    if here is None or not here.group or here.state not in ("active", "limited"):
        return False
    fact = standing(work, chat, person)
    if fact is None or not is_fresh(fact[1], work.now):
        raise Unsure(person, chat, otherwise)
    return fact[0] in ("member", "restricted")


def voice(work: Work, chat: int | None, user: int | None) -> tuple[str, str]:
    """Language and time zone of a chat, or of a person in private.

    A person reads in their own language; what a group's event has them told is in the group's time.
    """
    if user is None and chat:
        place = chats.place(work, chat)
        if place is not None and place.type == "private":
            user = place.telegram_id
    if user is not None:
        language = language_of(code(work, user))
        here = chats.place(work, work.chat) if work.chat else None
        if here is not None and here.type != "private":
            return language, _of_chat(work, here.id)[1]
        return language, zone_for(language)
    return _of_chat(work, chat) if chat else ("en", "UTC")


def code(work: Work, person: int) -> str | None:
    """The language Telegram last told for somebody, as it spells it; None where it told none."""
    known = _known(work, person)
    return None if known is None else known.language


def _of_chat(work: Work, chat: int) -> tuple[str, str]:
    known: tuple[str, str] | None = work.cached("members.voice").get(chat)
    if known is None:
        found = layers(work, chat)
        language = value(found, LANGUAGE) or "zh"
        known = (language, value(found, ZONE) or zone_for(language))
        work.put("members.voice", chat, known)
    return known


def count_here(work: Work, chat: int) -> int:
    """Members of a chat known to be here now."""
    return int(work.sql.value(store.COUNT_HERE, chat=chat) or 0)
