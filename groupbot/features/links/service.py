"""Making links that are counted, counting, and the entrances: shown, looked at daily, told when dead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Button, Rows, Send
from groupbot.engine.vault import key_of
from groupbot.engine.work import Work
from groupbot.features.links import domain, store
from groupbot.features.links.domain import ENTRANCES, Entrance, Forged, entrance_of
from groupbot.features.links.store import KEPT as KEPT
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started

DAILY, FAILING = timedelta(hours=24), timedelta(hours=1)  # between two looks at an entrance
_KEEP = timedelta(days=180)


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
    """One button an entrance."""
    return tuple((Button(e.label, url=e.url),) for e in entrances(work, chat))


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


def sweep(work: Work) -> None:
    """Forget who came by links after 180 days."""
    work.sql.run(store.OLD, before=work.now - _KEEP)
