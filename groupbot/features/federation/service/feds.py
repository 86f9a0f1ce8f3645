"""Federations themselves: made, named, joined, left, dissolved; their admins and what they subscribe to."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.federation import store
from groupbot.features.federation.domain import ADMINS, FEDS, NAME, SUBSCRIPTIONS, Fed
from groupbot.features.log.domain import code_of
from groupbot.features.members import service as members

FEDS_, CHATS, FOLLOWED, BANS = "fed.feds", "fed.chats", "fed.followed", "fed.bans"


def fed(work: Work, id_: int) -> Fed | None:
    """A federation by its number."""
    known = work.cached(FEDS_)
    if id_ not in known:
        r = work.sql.first(store.FED, the_id=id_)
        admins = () if r is None else (x.person_id for x in work.sql.all(store.ADMINS, fed=id_))
        made = (
            None
            if r is None
            else Fed(
                r.id,
                r.code,
                r.name,
                r.owner_id,
                r.log_id or 0,
                bool(r.reasons),
                bool(r.tells),
                frozenset(admins),
            )
        )
        work.put(FEDS_, id_, made)
    return known[id_]  # type: ignore[no-any-return]


def of_chat(work: Work, chat: int) -> Fed | None:
    """The federation a group is in: one look-up where it is in none."""
    known = work.cached(CHATS)
    if chat not in known:
        work.put(CHATS, chat, int(work.sql.value(store.OF_CHAT, chat=chat) or 0))
    id_ = known[chat]
    return fed(work, id_) if id_ else None


def followed(work: Work, id_: int) -> tuple[int, ...]:
    """The federations whose lists count in this one: its own and those it subscribes to, no further."""
    known = work.cached(FOLLOWED)
    if id_ not in known:
        rows = work.sql.all(store.SUBSCRIPTIONS, fed=id_)
        work.put(FOLLOWED, id_, (id_, *(r.to_id for r in rows)))
    return known[id_]  # type: ignore[no-any-return]


def named(work: Work, code: str) -> Fed:
    """A federation by its code.

    Raises:
        Refusal: there is none.
    """
    id_ = work.sql.value(store.BY_CODE, called=code.strip().upper())
    found = fed(work, int(id_)) if id_ else None
    if found is None:
        raise Refusal("federation/unknown")
    return found


def owned(work: Work, person: int) -> list[Fed]:
    """The federations of a person, and behind them those they help to keep."""
    ids = [r.id for r in work.sql.all(store.OWNED, who=person)]
    ids += [r.fed_id for r in work.sql.all(store.HELPED, who=person)]
    return [x for x in (fed(work, i) for i in ids) if x is not None]


def meant(work: Work, chat: int, private: bool, person: int, *, owner: bool = False) -> Fed:
    """The federation a command is about: that of the group it is said in, in private one's own.

    Raises:
        Refusal: there is none, or who asks may not change it (with `owner`: does not own it).
    """
    found = None if private else of_chat(work, chat)
    if found is None and (private or owner):
        found = next((x for x in owned(work, person) if not owner or x.owner == person), None)
    if found is None:
        raise Refusal("federation/none")
    if found.owner != person and (owner or not found.may(person)):
        raise Refusal("federation/not_yours", owner=owner)
    return found


def make(work: Work, person: int, name: str) -> Fed:
    """A new federation.

    Raises:
        Refusal: no name, too long, or too many of one person.
    """
    called = _name(name)
    if len(work.sql.all(store.OWNED, who=person)) >= FEDS:
        raise Refusal("federation/too_many", most=FEDS)
    code = code_of(work.rng.randint(0, 32**8 - 1))
    row = work.sql.returning(
        store.NEW, code=code, name=called, owner_id=person, reasons=False, tells=True, at=work.now
    )[0]
    work.drop(FEDS_, row.id)
    made = fed(work, row.id)
    assert made is not None
    return made


def _name(name: str) -> str:
    called = " ".join(name.split())
    if not called:
        raise Refusal("common/usage")
    if len(called) > NAME:
        raise Refusal("rules/too_long", most=NAME)
    return called


def change(work: Work, found: Fed, **to: Any) -> Fed:
    """Another name, log, or other answers to `reasons` and `tells`."""
    if "name" in to:
        to["name"] = _name(to["name"])
    made = structs.replace(found, **to)
    work.sql.run(
        store.CHANGE,
        the_id=found.id,
        called=made.name,
        log=made.log or None,
        asks=made.reasons,
        says=made.tells,
    )
    work.drop(FEDS_, found.id)
    return made


def dissolve(work: Work, id_: int, person: int) -> Fed:
    """A federation is no more. Bans its list led to stand until each group lifts them.

    Raises:
        Refusal: not one's own, or gone already.
    """
    found = fed(work, id_)
    if found is None:
        raise Refusal("federation/unknown")
    if found.owner != person:
        raise Refusal("federation/not_yours", owner=True)
    for statement in store.DISSOLVED:
        work.sql.run(statement, fed=id_)
    work.sql.run(store.UNFOLLOWED, fed=id_)
    work.sql.run(store.DISSOLVE, fed=id_)
    for cache in (FEDS_, CHATS, FOLLOWED, BANS):
        work.clear(cache)
    return found


# --- groups
def join(work: Work, chat: int, code: str, by: int) -> Fed:
    """The group follows a federation's list from now on.

    Raises:
        Refusal: no such federation, or the group is in one.
    """
    found = named(work, code)
    now = of_chat(work, chat)
    if now is not None:
        raise Refusal("federation/in_one", name=now.name)
    work.sql.run(store.JOIN, chat_id=chat, fed_id=found.id, by_id=by, at=work.now)
    work.drop(CHATS, chat)
    tell(work, found, "joined", by, chat=chat)
    return found


def leave(work: Work, chat: int, by: int) -> Fed:
    """The group follows no list any more.

    Raises:
        Refusal: it is in no federation.
    """
    found = of_chat(work, chat)
    if found is None:
        raise Refusal("federation/none")
    work.sql.run(store.LEAVE, chat=chat)
    work.drop(CHATS, chat)
    tell(work, found, "left", by, chat=chat)
    return found


def about(work: Work, found: Fed) -> dict[str, Any]:
    """What `/fedinfo` says."""
    others = [fed(work, i) for i in followed(work, found.id)[1:]]
    return {
        "name": found.name,
        "code": found.code,
        "owner": members.name(work, found.owner),
        "admins": len(found.admins),
        "chats": int(work.sql.value(store.CHATS, fed=found.id) or 0),
        "banned": int(work.sql.value(store.COUNT, fed=found.id) or 0),
        "follows": [x.name for x in others if x is not None],
        "reasons": found.reasons,
    }


# --- admins and subscriptions
def promote(work: Work, found: Fed, person: int, by: int) -> None:
    """Somebody helps to keep the list.

    Raises:
        Refusal: no person, the owner, or too many.
    """
    if person <= 0 or person == work.bot_id:
        raise Refusal("federation/person_only")
    if found.may(person) or len(found.admins) >= ADMINS:
        raise Refusal("federation/keeps_already", most=ADMINS)
    work.sql.run(store.PROMOTE, fed_id=found.id, person_id=person, at=work.now)
    work.drop(FEDS_, found.id)
    tell(work, found, "promoted", by, person=person)


def demote(work: Work, found: Fed, person: int, by: int) -> None:
    """Somebody keeps the list no more.

    Raises:
        Refusal: they did not.
    """
    if not work.sql.run(store.DEMOTE, fed=found.id, who=person):
        raise Refusal("federation/no_admin")
    work.drop(FEDS_, found.id)
    tell(work, found, "demoted", by, person=person)


def admins(work: Work, found: Fed) -> list[str]:
    """The names of its owner and its admins."""
    rows = work.sql.all(store.ADMINS, fed=found.id)
    return [members.name(work, p) for p in (found.owner, *(r.person_id for r in rows))]


def subscribe(work: Work, found: Fed, code: str, *, on: bool) -> Fed:
    """Follow another federation's list too, or no more.

    Raises:
        Refusal: no such federation, its own, too many, or it was not followed.
    """
    other = named(work, code)
    now = followed(work, found.id)
    if on:
        if other.id in now or len(now) > SUBSCRIPTIONS:
            raise Refusal("federation/follows_already", most=SUBSCRIPTIONS)
        work.sql.run(store.SUBSCRIBE, fed_id=found.id, to_id=other.id, at=work.now)
    elif not work.sql.run(store.UNSUBSCRIBE, fed=found.id, other=other.id):
        raise Refusal("federation/unknown")
    work.drop(FOLLOWED, found.id)
    return other


def tell(
    work: Work, found: Fed, kind: str, by: int, *, person: int = 0, chat: int = 0, reason: str = ""
) -> None:
    """What happened, for the federation's log and for its owner, if it was not they."""
    place = members.place(work, chat) if chat else None
    data = {
        "kind": kind,
        "fed": found.name,
        "by": members.name(work, by) if by else "",
        "name": members.name(work, person) if person else "",
        "id": person,
        "title": place.title if place is not None else "",
        "reason": reason,
    }
    if found.log:
        work.say(Send(chat=found.log, template="federation/line", data=data))
    if found.tells and by != found.owner and members.reachable(work, found.owner):
        work.say(Send(user=found.owner, template="federation/line", data=data))
