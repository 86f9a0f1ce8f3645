"""Making links that are counted, counting, and the entrances: shown, looked at daily, told when dead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from groupbot.core.effects import Button, Delete, Edit, Pin, Rows, Send
from groupbot.engine.router import CommandRoute
from groupbot.engine.vault import key_of
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.links import domain, store
from groupbot.features.links.domain import (
    BENEFITS,
    COUNTED,
    ENTRANCES,
    MENU,
    MOST_ENTRIES,
    USUAL,
    Entrance,
    Entry,
    Forged,
    Run,
    entrance_of,
    entry_of,
)
from groupbot.features.links.store import KEPT as KEPT
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started

DAILY, FAILING = timedelta(hours=24), timedelta(hours=1)  # between two looks at an entrance
_KEEP = timedelta(days=180)
_MENU = "menu"
_ENTRANCE = "entrance"
_OF_MENU = {"first": _MENU + "/", "last": _MENU + "/\U0010ffff"}
_OF_ENTRANCE = {"first": _ENTRANCE + "/", "last": _ENTRANCE + "/\U0010ffff"}


def tracked(work: Work, name: str, url: str, chat: int) -> str:
    """The counted link to `url` for the members of a chat; `name` says what it is counted for. Without a
    username of the bot it is the address itself."""
    if not work.me.username or not url.startswith("https://"):
        return url
    known = work.cached("links.known").get((name, url))
    if known is None:
        work.sql.run(store.NEW, name=name[:120], url=url, at=work.now)
        known = work.sql.value(store.FIND, the_name=name[:120], the_url=url)
        work.put("links.known", (name, url), known)
    return f"https://t.me/{work.me.username}?start={domain.pack(key_of(work), known, chat)}"


def came(work: Work, started: Started) -> bool:
    """Somebody followed a counted link: once a person and group, and they are shown the way on."""
    if not started.payload.startswith(domain.MAKER):
        return False
    try:
        number, chat = domain.unpack(key_of(work), started.payload)
    except Forged:
        return False
    row = work.sql.first(store.LINK, the_id=number)
    if row is None:
        return False
    if not members.is_staff(work, chat, started.person):
        who = started.person
        work.sql.run(store.VISITED, link_id=number, chat_id=chat, person_id=who, at=work.now, times=1)
    button = Button("go", url=row.url)
    work.say(Send(user=started.person, template="links/go", buttons=((button,),)))
    return True


def people(work: Work, name: str) -> dict[int, int]:
    """How many people of each chat came by the links of this name, or by those below it (`name/…`)."""
    rows = work.sql.all(store.BY_CHAT, first=name, last=name + "/\U0010ffff")
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
    _pinned(work, _ENTRANCE, "links/entrances", chat, topic, update)


def refresh(work: Work) -> None:
    """The pinned entrances with the benefit of the day, once a day in groups that have benefits."""
    for profile in members.profiles(work):
        chat = profile.chat
        if not members.get(work, chat, BENEFITS):
            continue
        notes = work.notes(_ENTRANCE, chat)
        ref, day = notes.get("ref"), str(_today(work, chat))
        if ref and notes.first(day):
            data = {"benefit": benefit(work, chat)}
            work.say(
                Edit(chat=chat, template="links/entrances", data=data, buttons=buttons(work, chat), ref=ref)
            )


def uses(work: Work, chat: int) -> dict[str, Any]:
    """How many people came by each entrance in 180 days, and how many minutes each was dead."""
    came = {
        r.name.partition("/")[2]: int(r.people)
        for r in work.sql.all(store.MENU_VISITS, chat=chat, **_OF_ENTRANCE)
    }
    dead = dead_minutes(work)
    found = [entrance_of(t) for t in members.get(work, chat, ENTRANCES)]
    rows = [{"label": e.label, "people": came.pop(e.label, 0), "dead": dead.get(e.url, 0)} for e in found]
    rows += [{"label": label, "people": n, "dead": 0} for label, n in came.items()]
    return {"entrances": rows, "counted": bool(members.get(work, chat, COUNTED))}


def wanted(work: Work) -> list[str]:
    """Addresses to be looked at now: daily, and every hour while one is dead."""
    known = {r.url: r for r in work.sql.all(store.CHECKS)}
    urls = {entrance_of(t).url for p in members.profiles(work) for t in members.get(work, p.chat, ENTRANCES)}
    return sorted(
        u for u in urls if u not in known or work.now - known[u].at >= (FAILING if known[u].why else DAILY)
    )


def looked(work: Work, url: str, why: str) -> None:
    """What a look found (`why` is '' when it answers). A change is told once to who answers for each group
    that has it."""
    before = next((r for r in work.sql.all(store.CHECKS) if r.url == url), None)
    same = before is not None and bool(before.why) == bool(why)
    gone = 0
    if before is not None:
        gone = before.dead_seconds
        if before.why and not why:
            gone += int((work.now - before.since).total_seconds())
    work.sql.run(
        store.CHECKED,
        url=url,
        why=why[:200],
        since=before.since if same and before is not None else work.now,
        at=work.now,
        dead_seconds=gone,
    )
    if same or (before is None and not why):
        return
    told: set[int] = set()
    for profile in members.profiles(work):
        mine = [e for t in members.get(work, profile.chat, ENTRANCES) if (e := entrance_of(t)).url == url]
        person = next(iter(members.responsible(work, profile.chat)), 0) if mine else 0
        if person and person not in told and members.reachable(work, person):
            told.add(person)
            data = {"label": mine[0].label, "url": url, "title": profile.title, "dead": bool(why), "why": why}
            work.say(Send(user=person, template="links/looked", data=data))


def dead_minutes(work: Work) -> dict[str, int]:
    """Minutes each entrance was dead, as far as looks can tell."""
    found: dict[str, int] = {}
    for r in work.sql.all(store.CHECKS):
        now: Any = (work.now - r.since).total_seconds() if r.why else 0
        found[r.url] = int(r.dead_seconds + now) // 60
    return found


# --- the menu
def entries(work: Work, chat: int) -> list[Entry]:
    """The menu of a chat: what was set, else the usual commands and the entrances; without commands that are
    off or for staff, and without addresses that were dead at the last look."""
    found = [entry_of(t) for t in members.get(work, chat, MENU)]
    if not found:
        found = [Entry(c, command=c) for c in USUAL]
        found += [Entry(e.label, url=e.url) for e in entrances(work, chat)]
    dead = {r.url for r in work.sql.all(store.CHECKS) if r.why} if any(e.url for e in found) else set()
    return [e for e in found if (e.url and e.url not in dead) or runs(work, chat, e.command) is not None]


def runs(work: Work, chat: int, command: str) -> CommandRoute | None:
    """The command of members that a button of the menu stands for, unless it is off in this chat."""
    habits = members.habits.of(work, chat)
    if habits is not None and command in habits.disabled:
        return None
    for route in work.me.commands:
        if route.name == command and route.who == "anyone" and route.where != "private" and not route.reads:
            return route
    return None


def menu(work: Work, chat: int) -> Rows:
    """Two buttons a row. An address is a counted link that knows this chat."""
    made = []
    for e in entries(work, chat):
        if e.url:
            made.append(Button(e.label, url=tracked(work, f"{_MENU}/{e.label}", e.url, chat)))
        else:
            made.append(Button(e.label, Run(e.command)))
    return tuple(tuple(made[n : n + 2]) for n in range(0, len(made), 2))


def pin_menu(work: Work, chat: int, topic: int | None, update: int) -> None:
    """Post the menu for good and pin it; the one before goes.

    Raises:
        Refusal: the bot may not pin here.
    """
    _pinned(work, _MENU, "links/menu", chat, topic, update)


def _pinned(work: Work, what: str, template: str, chat: int, topic: int | None, update: int) -> None:
    members.needs(work, chat, "pin")
    notes = work.notes(what, chat)
    before, ref = notes.get("ref"), f"links.{what}:{chat}:{update}"
    rows, data = menu(work, chat), {}
    if what == _ENTRANCE:
        rows, data = buttons(work, chat), {"benefit": benefit(work, chat)}
    if before:
        work.say(Delete(chat=chat, ref=before, why="pinned anew"))
    work.say(Send(chat=chat, topic=topic, template=template, data=data, buttons=rows, ref=ref))
    work.say(Pin(chat=chat, ref=ref))
    notes.set("ref", ref)


def menu_changed(work: Work, chat: int) -> None:
    """The pinned menu as it is now."""
    ref = work.notes(_MENU, chat).get("ref")
    if ref:
        work.say(Edit(chat=chat, template="links/menu", buttons=menu(work, chat), ref=ref))


def put_entry(work: Work, chat: int, text: str, by: int) -> None:
    """Add an entry, or give the one of this label another target.

    Raises:
        Refusal: neither an address nor a command of members, or too many.
    """
    try:
        made = entry_of(text)
    except ValueError:
        raise Refusal("links/bad_entry", text=text[:60]) from None
    if made.command and runs(work, chat, made.command) is None:
        raise Refusal("links/bad_entry", text=f"/{made.command}")
    kept = [t for t in members.get(work, chat, MENU) if entry_of(t).label != made.label]
    if len(kept) >= MOST_ENTRIES:
        raise Refusal("links/menu_full", most=MOST_ENTRIES)
    members.put(work, MENU, [*kept, f"{made.label} {made.url or '/' + made.command}"], chat=chat, by=by)
    menu_changed(work, chat)


def drop_entry(work: Work, chat: int, label: str, by: int) -> None:
    """Take an entry out.

    Raises:
        Refusal: there is none of this label.
    """
    now = members.get(work, chat, MENU)
    kept = [t for t in now if entry_of(t).label != label]
    if len(kept) == len(now):
        raise Refusal("links/no_entry", label=label[:30])
    members.put(work, MENU, kept, chat=chat, by=by)
    menu_changed(work, chat)


def reached(work: Work, chat: int) -> dict[str, Any]:
    """How many of the group's people came by one of its menu's links, and by which."""
    rows = work.sql.all(store.MENU_VISITS, chat=chat, **_OF_MENU)
    return {
        "people": len(linked(work, chat)),
        "all": members.count_here(work, chat),
        "entries": [{"label": r.name.partition("/")[2], "people": int(r.people)} for r in rows],
    }


def linked(work: Work, chat: int) -> set[int]:
    """Who of a group ever came by a counted link of its menu."""
    rows = work.sql.all(store.MENU_WHO, chat=chat, **_OF_MENU)
    return {r.person_id for r in rows}


def sweep(work: Work) -> None:
    """Forget who came by links after 180 days."""
    work.sql.run(store.OLD, before=work.now - _KEEP)
