"""The menu of a group: fixed entries as buttons."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Button, Edit, Rows
from groupbot.engine.router import CommandRoute
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.links import store
from groupbot.features.links.domain import (
    MENU,
    MOST_ENTRIES,
    USUAL,
    Entry,
    Run,
    entry_of,
)
from groupbot.features.links.service.entrance import entrances, tracked
from groupbot.features.links.service.pins import pin_anew
from groupbot.features.members import service as members

_MENU = "menu"


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
    pin_anew(work, _MENU, chat, topic, update, "links/menu", menu(work, chat))


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
    rows = work.sql.all(store.MENU_VISITS, chat=chat, below=_MENU + "/")
    return {
        "people": len(linked(work, chat)),
        "all": members.count_here(work, chat),
        "entries": [{"label": r.name.partition("/")[2], "people": int(r.people)} for r in rows],
    }


def linked(work: Work, chat: int) -> set[int]:
    """Who of a group ever came by a counted link of its menu."""
    rows = work.sql.all(store.MENU_WHO, chat=chat, below=_MENU + "/")
    return {r.person_id for r in rows}
