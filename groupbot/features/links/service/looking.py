"""Addresses of entrances and menus, looked at daily: a dead one is told and leaves what is pinned."""

from __future__ import annotations

from datetime import timedelta

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.features.links import store
from groupbot.features.links.domain import ENTRANCES, MENU, Entrance, entrance_of, entry_of, short
from groupbot.features.links.service.entrance import entrances_changed
from groupbot.features.links.service.menus import menu_changed
from groupbot.features.members import service as members

DAILY, FAILING = timedelta(hours=24), timedelta(hours=1)  # between two looks at an address


def wanted(work: Work) -> list[str]:
    """Addresses to be looked at now: daily, and every hour while one is dead."""
    known = {r.url: r for r in work.sql.all(store.CHECKS)}
    urls = {e.url for p in members.profiles(work) for one in _addresses(work, p.chat) for e in one}
    urls = {u for u in urls if short(u)}
    return sorted(
        u for u in urls if u not in known or work.now - known[u].at >= (FAILING if known[u].why else DAILY)
    )


def _addresses(work: Work, chat: int) -> tuple[list[Entrance], list[Entrance]]:
    """(a chat's entrances, what its menu leads to beside them)."""
    lines = [entry_of(t) for t in members.get(work, chat, MENU)]
    ways = [entrance_of(t) for t in members.get(work, chat, ENTRANCES)]
    return ways, [Entrance(e.label, e.url) for e in lines if e.url]


def looked(work: Work, url: str, why: str) -> None:
    """What a look found (`why` is '' when it answers). A change is told once to who answers for each group
    that has it, and what is pinned there is brought up to date."""
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
        ways, lines = _addresses(work, profile.chat)
        mine = [e for e in ways + lines if e.url == url]
        if any(e.url == url for e in ways):
            entrances_changed(work, profile.chat)
        if mine:
            menu_changed(work, profile.chat)
        person = next(iter(members.responsible(work, profile.chat)), 0) if mine else 0
        if person and person not in told and members.reachable(work, person):
            told.add(person)
            data = {"label": mine[0].label, "url": url, "title": profile.title, "dead": bool(why), "why": why}
            work.say(Send(user=person, template="links/looked", data=data))
