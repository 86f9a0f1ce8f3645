"""Where a group's log goes, and what may therefore be silent."""

from __future__ import annotations

from typing import Any

from groupbot.core.presence import THERE
from groupbot.engine.addresses import place_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.log import store
from groupbot.features.log.domain import CATEGORIES, COPIES, EVERY, QUIET, SILENT
from groupbot.features.members import service as members

ROUTES = "log.routes"
Route = tuple[int, int | None]  # our id of a chat, its topic


def routes(work: Work, chat: int) -> dict[str, Route]:
    """The destinations of a chat's log by category; `*` is the one of all the others."""
    kept: dict[str, Route] | None = work.cached(ROUTES).get(chat)
    if kept is None:
        kept = {r.category: (r.to_id, r.topic) for r in work.sql.all(store.ROUTES, chat=chat)}
        work.put(ROUTES, chat, kept)
    return kept


def destination(work: Work, chat: int, category: str) -> Route | None:
    """Where records of this category go now; None: nowhere."""
    found = routes(work, chat)
    if not found or category in members.get(work, chat, QUIET):
        return None
    route = found.get(category) or found.get(EVERY)
    place = place_of(work, route[0]) if route is not None else None  # its state as it is now
    return route if place is not None and place.state in THERE else None


def copies(work: Work, chat: int) -> tuple[int, int | None] | None:
    """Where what rules put away is copied to before it goes (Telegram's id, topic); None: nowhere."""
    if not members.get(work, chat, COPIES):
        return None
    route = destination(work, chat, "automated")
    place = place_of(work, route[0]) if route is not None else None
    return (place.telegram_id, route[1]) if place is not None and route is not None else None


def has_destination(work: Work, chat: int, category: str = "admin") -> bool:
    """Is there a log that shows what administrators do here? Without one nothing may be done silently."""
    return destination(work, chat, category) is not None


def silent(work: Work, chat: int) -> bool:
    """May acts be silent here: the owner said so, and a log shows them."""
    return bool(members.get(work, chat, SILENT)) and has_destination(work, chat)


def missing(work: Work, chat: int) -> str:
    """What keeps acts here from being silent: `log` (none is set), `category` (it leaves out what people
    do), `place` (it cannot be written to any more), `switch` (the owner did not allow it); "" for nothing."""
    found = routes(work, chat)
    if "admin" not in found and EVERY not in found:
        return "log"
    if "admin" in members.get(work, chat, QUIET):
        return "category"
    if not has_destination(work, chat):
        return "place"
    return "" if members.get(work, chat, SILENT) else "switch"


def set_silent(work: Work, chat: int, on: bool, by: int | None) -> None:
    """The owner's switch.

    Raises:
        Refusal: there is no log.
    """
    may_be_silent(work, chat, on)
    members.put(work, SILENT, on, chat=chat, by=by)


def may_be_silent(work: Work, chat: int, on: bool) -> None:
    """Nothing is done in silence without a log.

    Raises:
        Refusal: there is none.
    """
    if on and not has_destination(work, chat):
        raise Refusal("log/silent_needs_log", missing=missing(work, chat))


def switch(work: Work, chat: int, names: list[str], on: bool, by: int | None) -> None:
    """Send these categories to the log, or no more.

    Raises:
        Refusal: no such category.
    """
    if not names or not set(names) <= {*CATEGORIES, "all"}:
        raise Refusal("log/categories", lines=overview(work, chat))
    off = set(members.get(work, chat, QUIET))
    chosen = set(CATEGORIES) if "all" in names else set(names)
    made = off - chosen if on else off | chosen
    members.put(work, QUIET, sorted(made), chat=chat, by=by)


def overview(work: Work, chat: int) -> list[dict[str, Any]]:
    """Every category: is it sent, and whereto."""
    off = members.get(work, chat, QUIET)
    found = routes(work, chat)
    lines = []
    for name in CATEGORIES:
        route = found.get(name) or found.get(EVERY)
        place = members.place(work, route[0]) if route is not None else None
        lines.append(
            {
                "name": name,
                "on": name not in off,
                "to": place.title if place is not None else "",
                "topic": route[1] if route is not None else None,
            }
        )
    return lines
