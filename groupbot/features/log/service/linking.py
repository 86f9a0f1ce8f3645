"""A chat or topic becomes the log of a group: only who administers both may do that."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from groupbot.core.effects import Ask, Send
from groupbot.core.events import ANONYMOUS_ADMIN, Standing
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.log import store
from groupbot.features.log.domain import CATEGORIES, CODE_LIFE, EVERY, SILENT, Record, code_of
from groupbot.features.log.service.places import ROUTES, missing, overview, routes, set_silent
from groupbot.features.log.service.records import note, send_now
from groupbot.features.members import service as members
from groupbot.features.members.domain import ADMIN_STATUS, is_fresh

_WAITING = "log.waiting"  # (place, person) -> (chat, code, category, asked in private)


def offer(work: Work, chat: int, topic: int | None, by: int) -> str:
    """A code by which an administrator of another group makes this place that group's log, for ten
    minutes."""
    code = code_of(work.rng.randint(0, 32**8 - 1))
    work.sql.run(store.OFFER, code=code, to_id=chat, topic=topic, by_id=by, at=work.now)
    return code


def claim(work: Work, chat: int, code: str, category: str, person: int) -> bool | None:
    """Make the place that gave out `code` the log of `chat`. The person must administer both. None: Telegram
    is asked whether they do.

    Raises:
        Refusal: unknown or old code, no such category, no administrator there, or nobody knows who asks.
    """
    row = work.sql.first(store.OFFERED, the_code=code.upper(), since=work.now - CODE_LIFE)
    if row is None:
        raise Refusal("log/bad_code")
    if category != EVERY and category not in CATEGORIES:
        raise Refusal("log/categories", lines=overview(work, chat))
    return _settle(work, chat, code.upper(), row, category, person)


def claim_forward(work: Work, chat: int, telegram_id: int, person: int) -> bool | None:
    """The same by a forwarded /setlog of a channel where the bot is. Telegram tells where a message comes
    from, so nobody has to press anything there: it is enough to be an administrator of both.

    Raises:
        Refusal: the bot is not there, they are no administrator, or nobody knows who asks.
    """
    place = work.sql.first(store.ADDRESS, telegram=telegram_id, bot=work.bot_id)
    if place is None:
        raise Refusal("log/not_there")
    row = work.sql.first(store.OFFERED_BY, to=place.id, since=work.now - CODE_LIFE)
    if row is None:
        offer(work, place.id, None, 0)
        row = work.sql.first(store.OFFERED_BY, to=place.id, since=work.now - CODE_LIFE)
    return _settle(work, chat, row.code, row, EVERY, person)


def _settle(work: Work, chat: int, code: str, row: Any, category: str, person: int) -> bool | None:
    here = row.to_id == chat
    if here and row.topic is None:
        raise Refusal("log/same_place")
    own = here or (row.by_id == person and members.is_staff(work, row.to_id, person))  # still, not only then
    if not here and person in (0, ANONYMOUS_ADMIN):  # whose id is that of many proves nothing
        raise Refusal("log/by_name")
    fact = members.standing(work, row.to_id, person)
    if not own and not (fact is not None and is_fresh(fact[1], work.now)):
        work.put(_WAITING, (row.to_id, person), (chat, code, category, work.away is not None))
        work.say(Ask(chat=row.to_id, member=person))
        return None
    if not own and (fact is None or fact[0] not in ADMIN_STATUS):
        raise Refusal("log/not_yours")
    work.sql.run(store.TAKEN, the_code=code, since=work.now - CODE_LIFE)
    link(work, chat, row.to_id, row.topic, category, person)
    return True


def known(work: Work, event: Standing) -> None:
    """Telegram said what somebody is in a place that offers to be a log: go on with who waits for it."""
    waits = work.cached(_WAITING).get((work.chat, event.person.id)) if work.cached(_WAITING) else None
    if waits is None:
        return
    work.drop(_WAITING, (work.chat, event.person.id))
    chat, code, category, private = waits
    person = event.person.id
    row = work.sql.first(store.OFFERED, the_code=code, since=work.now - CODE_LIFE)
    if row is not None and event.status and members.is_staff(work, work.chat, person):
        work.sql.run(store.TAKEN, the_code=code, since=work.now - CODE_LIFE)
        link(work, chat, row.to_id, row.topic, category, person)
        told = Send(chat=chat, template="log/linked", data=linked(work, chat, category), lifetime=60)
    else:
        told = Send(chat=chat, template="log/not_yours", lifetime=60)
    work.say(structs.replace(told, chat=None, user=person, lifetime=None) if private else told)


def linked(work: Work, chat: int, category: str) -> dict[str, Any]:
    """What `log/linked` says."""
    route = routes(work, chat).get(category)
    place = members.place(work, route[0]) if route is not None else None
    return {
        "title": place.title if place is not None else "",
        "category": "" if category == EVERY else category,
    }


def link(work: Work, chat: int, to: int, topic: int | None, category: str, by: int | None) -> None:
    """Records of `category` (`*`: all) go to this chat and topic from now on; said there too."""
    work.sql.run(store.ROUTE, chat_id=chat, category=category, to_id=to, topic=topic, by_id=by, at=work.now)
    work.drop(ROUTES, chat)
    note(work, Record(chat, "settings", "linked", work.now, by, text=category.replace(EVERY, "")))


def unlink(work: Work, chat: int, by: int | None) -> bool:
    """No log any more; nothing is silent from now on. Said in a log itself, all groups that use it lose it.
    False: there was none."""
    if not routes(work, chat):
        return _unlink_users(work, chat, by)
    if members.get(work, chat, SILENT):
        set_silent(work, chat, False, by)
    note(work, Record(chat, "settings", "unlinked", work.now, by))
    send_now(work, chat)
    work.sql.run(store.UNROUTE, chat=chat)
    work.drop(ROUTES, chat)
    return True


def _unlink_users(work: Work, place: int, by: int | None) -> bool:
    """No group has its log in this place any more. It is written down and said in each of them; one that has
    no log for what people do is silent no longer, until its owner says so anew."""
    users = [r.chat_id for r in work.sql.all(store.USERS_OF, to=place)]
    for chat in users:
        note(work, Record(chat, "settings", "unlinked", work.now, by))
        send_now(work, chat)
    work.sql.run(store.UNROUTE_TO, to=place)
    work.clear(ROUTES)
    for chat in users:
        if missing(work, chat) == "log" and members.get(work, chat, SILENT):
            set_silent(work, chat, False, by)
        if not routes(work, chat):
            work.say(Send(chat=chat, template="log/unlinked", lifetime=600))
    return bool(users)
