"""Making links that are counted, counting, and the entrances as they are shown."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from groupbot.core.effects import Button, Edit, Rows, Send
from groupbot.engine.vault import key_of
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.links import domain, store
from groupbot.features.links.domain import (
    BENEFITS,
    COUNTED,
    ENTRANCES,
    Entrance,
    Forged,
    entrance_of,
)
from groupbot.features.links.service.pins import pin_anew
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started

_KEEP = timedelta(days=180)
_LONGEST = 120  # characters of a name as it is kept
_ENTRANCE = "entrance"


def tracked(work: Work, name: str, url: str, chat: int) -> str:
    """The counted link to `url` for the members of a chat; `name` says what it is counted for. Without a
    username of the bot, and where it is too long to be kept, it is the address itself."""
    if not work.me.username or not url.startswith("https://") or not domain.short(url):
        return url
    known = work.cached("links.known").get((name, url))
    if known is None:
        work.sql.run(store.NEW, name=_named(name), url=url, at=work.now)
        known = work.sql.value(store.FIND, the_name=_named(name), the_url=url)
        work.put("links.known", (name, url), known)
    return f"https://t.me/{work.me.username}?start={domain.pack(key_of(work), known, chat)}"


def _named(name: str) -> str:
    """A name as it is kept: of a long one the beginning, and a mark that no other has."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 17]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def came(work: Work, started: Started) -> bool:
    """Somebody followed a counted link: once a person and group, but who opted out, and they are shown the
    way on."""
    if not started.payload.startswith(domain.MAKER):
        return False
    try:
        number, chat = domain.unpack(key_of(work), started.payload)
    except Forged:
        return False
    row = work.sql.first(store.LINK, the_id=number)
    if row is None:
        return False
    who = started.person
    if not members.is_staff(work, chat, who) and not members.opted_out(work, who):
        work.sql.run(store.VISITED, link_id=number, chat_id=chat, person_id=who, at=work.now, times=1)
    work.say(Send(user=who, template="links/go", buttons=((Button("go", url=row.url),),)))
    return True


def people(work: Work, name: str) -> dict[int, int]:
    """How many people of each chat came by the links of this name, or by those below it (`name/…`)."""
    rows = work.sql.all(store.BY_CHAT, name=_named(name), below=name + "/")
    return {r.chat_id: int(r.people) for r in rows}


# --- entrances
def entrances(work: Work, chat: int) -> list[Entrance]:
    """The fixed entrances of a chat; one that was dead at the last look is left out."""
    dead = {r.url for r in work.sql.all(store.CHECKS) if r.why}
    found = [entrance_of(t) for t in members.get(work, chat, ENTRANCES)]
    return [e for e in found if e.url not in dead]


def buttons(work: Work, chat: int) -> Rows:
    """One button an entrance, a counted link where the chat wants that."""
    counted = members.get(work, chat, COUNTED)
    return tuple(
        (Button(e.label, url=tracked(work, f"{_ENTRANCE}/{e.label}", e.url, chat) if counted else e.url),)
        for e in entrances(work, chat)
    )


def benefit(work: Work, chat: int) -> str:
    """The benefit that stands beside the entrances today, by the chat's own days; '' for none."""
    found = members.get(work, chat, BENEFITS)
    return str(found[_today(work, chat).toordinal() % len(found)]) if found else ""


def _today(work: Work, chat: int) -> date:
    return work.now.astimezone(zone_of(members.voice(work, chat, None)[1])).date()


def pin_entrances(work: Work, chat: int, topic: int | None, update: int) -> None:
    """Post the entrances for good and pin them; those before go."""
    data = {"benefit": benefit(work, chat)}
    pin_anew(work, _ENTRANCE, chat, topic, update, "links/entrances", buttons(work, chat), data)


def refresh(work: Work) -> None:
    """The pinned entrances with the benefit of the day, once a day in groups that have benefits."""
    for chat in [p.chat for p in members.profiles(work)]:
        if not members.get(work, chat, BENEFITS):
            continue
        notes = work.notes(_ENTRANCE, chat)
        ref, day = notes.get("ref"), str(_today(work, chat))
        if ref and notes.first(day):
            entrances_changed(work, chat)


def entrances_changed(work: Work, chat: int) -> None:
    """The pinned entrances as they are now."""
    ref = work.notes(_ENTRANCE, chat).get("ref")
    if ref:
        data = {"benefit": benefit(work, chat)}
        work.say(Edit(chat=chat, template="links/entrances", data=data, buttons=buttons(work, chat), ref=ref))


def uses(work: Work, chat: int) -> dict[str, Any]:
    """How many people came by each entrance in 180 days, and how many minutes each was dead."""
    came = {
        r.name.partition("/")[2]: int(r.people)
        for r in work.sql.all(store.MENU_VISITS, chat=chat, below=_ENTRANCE + "/")
    }
    dead = dead_minutes(work)
    found = [entrance_of(t) for t in members.get(work, chat, ENTRANCES)]
    rows = [{"label": e.label, "people": came.pop(e.label, 0), "dead": dead.get(e.url, 0)} for e in found]
    rows += [{"label": label, "people": n, "dead": 0} for label, n in came.items()]
    return {"entrances": rows, "counted": bool(members.get(work, chat, COUNTED))}


def dead_minutes(work: Work) -> dict[str, int]:
    """Minutes each entrance was dead, as far as looks can tell."""
    found: dict[str, int] = {}
    for r in work.sql.all(store.CHECKS):
        now: Any = (work.now - r.since).total_seconds() if r.why else 0
        found[r.url] = int(r.dead_seconds + now) // 60
    return found


def sweep(work: Work) -> None:
    """Forget who came by links after 180 days."""
    work.sql.run(store.OLD, before=work.now - _KEEP)
