"""Once a week each group's roles: what changed is kept; who opted out has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.roles import store
from groupbot.features.roles.domain import DAYS, FEW, ONLOOKER, Did, role_of

KEPT = store.KEPT
LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Found:
    """What the members of one group did in the 28 days before `week`."""

    chat: int
    week: date
    did: dict[int, Did]


def question(chat: int, first: date, last: date) -> str:
    """The SQL of a group's roles: person, days opened, answered, acted, friends brought."""
    return (
        "SELECT w.person_id, SUM(w.opened), SUM(w.answered), SUM(w.organic),"
        f" (SELECT COUNT(*) FROM v_referral r WHERE r.chat_id = {chat} AND r.by_id = w.person_id"
        " AND r.state NOT IN ('hired', 'left', 'back'))"
        f" FROM v_member_week w WHERE w.chat_id = {chat} AND w.week BETWEEN '{first}' AND '{last}'"
        " AND w.active > 0 GROUP BY w.person_id ORDER BY w.person_id"
    )


def due(work: Work) -> Found | None:
    """The next group whose week is over, read beside the writer; None: there is none."""
    for profile in members.profiles(work):
        if profile.state != "active":
            continue
        local = work.now.astimezone(zone_of(members.voice(work, profile.chat, None)[1])).date()
        week = local - timedelta(days=local.weekday())
        if work.notes("roles", profile.chat).get("week") != week.isoformat():
            rows = work.sql.plain(
                question(profile.chat, week - timedelta(days=DAYS), week - timedelta(days=1))
            )
            return Found(profile.chat, week, {int(p): Did(*map(int, did)) for p, *did in rows})
    return None


def keep(work: Work, found: Found | None) -> bool:
    """Keep who changed; True while there may be more groups."""
    if found is None:
        return False
    work.notes("roles", found.chat).set("week", found.week.isoformat())
    if sum(d.acted > 0 for d in found.did.values()) < FEW:
        return True
    before = {r.person_id: r.role for r in work.sql.all(store.OF_CHAT, chat=found.chat)}
    for person in before:
        if members.opted_out(work, person):
            forget(work, person)
    gone = {p: Did(0, 0, 0, 0) for p, role in before.items() if p not in found.did and role != ONLOOKER}
    for person, did in (found.did | gone).items():
        if person <= 0 or members.opted_out(work, person):
            continue
        role, score = role_of(did)
        if role != before.get(person, ONLOOKER):
            work.sql.run(
                store.KEEP, chat_id=found.chat, person_id=person, week=found.week, role=role, score=score,
                reasons=list(did),
            )  # fmt: skip
    return True


def mine(work: Work, chat: int, person: int) -> dict[str, Any]:
    """A member's role as last seen, why, and what it was before."""
    rows = [] if members.opted_out(work, person) else work.sql.all(store.OF, chat=chat, who=person)
    told = [
        {
            "week": str(r.week),
            "role": r.role,
            "score": r.score,
            "did": dict(zip(Did._fields, r.reasons, strict=True)),
        }
        for r in rows
    ]
    return {"title": members.title(work, chat), "rows": told, "out": members.opted_out(work, person)}


def forget(work: Work, person: int) -> None:
    """What is kept of who opts out goes."""
    work.sql.run(store.FORGET, who=person)


def sweep(work: Work) -> None:
    """Forget what changed a year ago."""
    work.sql.run(store.OLD, before=(work.now - LIFE).date())
