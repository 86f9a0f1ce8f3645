"""Once a week each group's roles: what changed is kept; who opted out has none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from groupbot.engine import keeping
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.roles import store
from groupbot.features.roles.domain import ACTED, DAYS, FEW, ONLOOKER, OPENED, Did, role_of

KEPT = store.KEPT
LIFE = timedelta(days=365)


class Found(Struct, frozen=True):
    """What the members of one group did in the 28 days before `week`."""

    chat: int
    week: date
    did: dict[int, Did]


def question(chat: int, first: date, last: date) -> str:
    """The SQL of a group's roles: person, days opened, answered, acted, friends brought."""
    return (
        "SELECT w.person_id, SUM(w.opened), SUM(w.answered), SUM(w.organic),"
        f" (SELECT COUNT(*) FROM v_referral r WHERE r.chat_id = {chat} AND r.by_id = w.person_id"
        " AND r.state NOT IN ('hired', 'left', 'back') AND r.left_at IS NULL)"
        f" FROM v_member_week w WHERE w.chat_id = {chat} AND w.week BETWEEN '{first}' AND '{last}'"
        " AND w.active > 0 GROUP BY w.person_id ORDER BY w.person_id"
    )


def due(work: Work) -> Iterator[Found]:
    """The groups whose week is over, read beside the writer."""
    for profile in members.profiles(work):
        if not profile.there:
            continue
        local = work.now.astimezone(zone_of(members.voice(work, profile.chat, None)[1])).date()
        week = local - timedelta(days=local.weekday())
        if work.notes("roles", profile.chat).get("week") != week.isoformat():
            rows = work.sql.plain(
                question(profile.chat, week - timedelta(days=DAYS), week - timedelta(days=1))
            )
            yield Found(profile.chat, week, {int(p): Did(*map(int, did)) for p, *did in rows})


def keep(work: Work, found: Found) -> bool:
    """Keep who changed; True: there may be more groups. Who is erased meanwhile, or asks to be, gets no
    row."""
    work.notes("roles", found.chat).set("week", found.week.isoformat())
    before = {r.person_id: r.role for r in work.sql.all(store.OF_CHAT, chat=found.chat)}
    for person in before:
        if members.opted_out(work, person):
            forget(work, person)
    if sum(d.acted > 0 for d in found.did.values()) < FEW:
        return True
    there = {
        int(p)
        for view in ("v_member", "v_member_week")
        for (p,) in work.sql.plain(f"SELECT DISTINCT person_id FROM {view} WHERE chat_id = {found.chat}")
    } - keeping.erasing(work)
    gone = {p: Did(0, 0, 0, 0) for p, role in before.items() if p not in found.did and role != ONLOOKER}
    for person, did in (found.did | gone).items():
        if person <= 0 or person not in there or members.opted_out(work, person):
            continue
        role, score = role_of(did)
        if role != before.get(person, ONLOOKER):
            work.sql.run(
                store.KEEP, chat_id=found.chat, person_id=person, week=found.week, role=role, score=score,
                reasons=[*did, OPENED, ACTED],
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
            "did": dict(zip(Did._fields, r.reasons, strict=False)),
            "least": dict(zip(("opened", "acted"), r.reasons[4:] or (OPENED, ACTED), strict=True)),
        }
        for r in rows
    ]
    return {"title": members.title(work, chat), "rows": told, "out": members.opted_out(work, person)}


def known(work: Work, chat: int) -> list[dict[str, Any]]:
    """The creators and followers of a group with their reasons, for who runs it, by score; who became an
    onlooker is named to nobody."""
    return [
        {"person": int(p), "name": members.name(work, int(p)), "role": role, "score": score, "week": week,
         "did": dict(zip(Did._fields, map(int, did), strict=True)),
         "least": dict(zip(("opened", "acted"), map(int, least), strict=True))}
        for p, role, score, week, did, least in (
            (r[0], r[1], int(r[2]), str(r[3])[:10], r[4:8], r[8:10]) for r in work.sql.plain(known_sql(chat))
        )
        if not members.opted_out(work, int(p))
    ]  # fmt: skip


def known_sql(chat: int) -> str:
    """Their SQL."""
    return (
        "SELECT r.person_id, r.role, r.score, r.week, r.opened, r.answered, r.acted, r.friends,"
        " r.opened_least, r.acted_least, r.reasons FROM v_role r"
        f" WHERE r.chat_id = {chat} AND r.role <> '{ONLOOKER}'"
        " AND r.week = (SELECT MAX(l.week) FROM v_role l WHERE l.chat_id = r.chat_id"
        " AND l.person_id = r.person_id) AND EXISTS (SELECT 1 FROM v_member m WHERE m.chat_id = r.chat_id"
        " AND m.person_id = r.person_id AND m.left_at IS NULL) ORDER BY r.role, r.score DESC, r.person_id"
    )


def forget(work: Work, person: int) -> None:
    """What is kept of who opts out goes."""
    work.sql.run(store.FORGET, who=person)


def sweep(work: Work) -> None:
    """Forget what changed a year ago."""
    work.sql.run(store.OLD, before=(work.now - LIFE).date())
