"""What followed a packet of the house: 24 hours and seven days, each against the stretch before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.redpacket import store
from groupbot.features.redpacket.domain import effects as domain

MOST_CONTROLS = 20  # groups a packet's group is compared with


class Organic(NamedTuple):
    """Of a stretch: messages by person, and who spoke or reacted."""

    said: dict[int, int]
    acted: frozenset[int]


class Step(Struct, frozen=True):
    """One effect that was counted: values by the columns of the table."""

    packet: int
    span: str
    found: dict[str, int]


def await_effects(work: Work, number: int, chat: int) -> None:
    """A packet of the house has just been opened: what follows it will be counted."""
    local = work.now.astimezone(zone(members.voice(work, chat, None)[1]))
    for span in domain.SPANS:
        due = domain.stretches(span, local).after_end + domain.SETTLES
        work.sql.run(store.AWAIT, packet_id=number, span=span, due=due)


def effect_step(work: Work) -> Step | None:
    """The next effect that is due, counted beside the writer; None: nothing is due."""
    row = work.sql.first(store.EFFECT_DUE, now=work.now)
    if row is None:
        return None
    chat = row.chat_id
    s = domain.stretches(row.span, row.opened_at.astimezone(zone(members.voice(work, chat, None)[1])))
    before = _organic(work, chat, row.span, s.before, s.before_end)
    after = _organic(work, chat, row.span, s.after, s.after_end)
    first = work.sql.value(store.RECORD_BEGINS, chat=chat)
    missing = max(0.0, (min(first, s.before_end) - s.before) / (s.before_end - s.before)) if first else 1.0
    others = work.sql.value(store.OTHERS, chat=chat, own=row.packet_id, since=s.before, until=s.after_end)
    found = {
        "said_before": sum(before.said.values()),
        "said_after": sum(after.said.values()),
        "people_before": len(before.acted),
        "people_after": len(after.acted),
        "known": int(100 * (1 - missing)),
        "others": int(others),
        **_takers(work, chat, row.packet_id, s, before, after),
        **_control(work, chat, row.span, s),
    }
    return Step(row.packet_id, row.span, found)


def keep_effect(step: Step | None, work: Work) -> bool:
    """Write down what was counted, once; True while more may be due."""
    if step is None:
        return False
    work.sql.run(store.MEASURED, number=step.packet, the_span=step.span, now=work.now, **step.found)
    return True


def effects(work: Work, most: int) -> list[dict[str, Any]]:
    """The latest packets of the house that have an effect, newest first, as templates show them."""
    local = zone(members.voice(work, work.chat, None)[1])
    packets: dict[int, dict[str, Any]] = {}
    for r in work.sql.all(store.EFFECTS, chat=work.chat, most=most * len(domain.SPANS)):
        shown = packets.setdefault(
            r.packet_id,
            {
                "at": f"{r.opened_at.astimezone(local):%m-%d %H:%M}",
                "total": r.total,
                "n": r.n,
                "spans": [],
            },
        )
        shown["spans"].append({
            "span": r.span,
            "said": (r.said_before, r.said_after),
            "people": (r.people_before, r.people_after),
            "said_change": domain.change(r.said_before, r.said_after, r.people_before, r.known),
            "people_change": domain.change(r.people_before, r.people_after, r.people_before, r.known),
            "known": r.known,
            "few": r.people_before < domain.LEAST,
            "others": r.others,
            "takers": r.takers,
            "takers_said": (r.takers_before, r.takers_after),
            "woken": r.woken,
            "each": round(r.cost / r.woken) if r.woken else None,
            **_beside(r),
        })  # fmt: skip
    return list(packets.values())[:most]


def _beside(r: Any) -> dict[str, Any]:
    """Groups without a packet, and by how many points of a percent this one changed more than they."""
    if not r.control:
        return {"control": None, "beyond": None}
    own = domain.change(r.said_before, r.said_after, r.people_before, r.known)
    theirs = domain.change(r.control_before, r.control_after, r.control_people, 100)
    said = (r.control_before, r.control_after)
    beyond = None if own is None or theirs is None else own - theirs
    return {"control": {"chats": r.control, "said": said, "change": theirs}, "beyond": beyond}


def _takers(
    work: Work, chat: int, number: int, s: domain.Stretches, before: Organic, after: Organic
) -> dict[str, int]:
    """What those who took a share said before and after, and who of them came back out of a long silence."""
    rows = work.sql.all(store.TAKERS, number=number)
    who = {r.person_id for r in rows}
    since = s.before_end - domain.SILENCE
    heard = _organic(work, chat, "7d", since, s.before_end).acted | before.acted
    silent = {p for p in who & after.acted if p not in heard and _long_here(work, chat, p, since)}
    return {
        "takers": len(who),
        "takers_before": sum(before.said.get(p, 0) for p in who),
        "takers_after": sum(after.said.get(p, 0) for p in who),
        "woken": len(silent),
        "cost": sum(r.amount for r in rows),
    }


def _long_here(work: Work, chat: int, person: int, since: datetime) -> bool:
    joined = members.joined_at(work, chat, person)
    return joined is None or joined < since


def _control(work: Work, chat: int, span: str, s: domain.Stretches) -> dict[str, int]:
    """The same two stretches in groups of the same tier that had no packet of the house in them."""
    own = members.profile(work, chat)
    tier = own.tier if own is not None else None
    chats = [p.chat for p in members.profiles(work) if p.chat != chat and p.tier == tier and p.tier]
    found = {"control": 0, "control_before": 0, "control_after": 0, "control_people": 0}
    for other in chats[:MOST_CONTROLS]:
        first = work.sql.value(store.RECORD_BEGINS, chat=other)
        packets = work.sql.value(store.OTHERS, chat=other, own=0, since=s.before, until=s.after_end)
        if first is None or first > s.before or packets:
            continue
        before = _organic(work, other, span, s.before, s.before_end)
        after = _organic(work, other, span, s.after, s.after_end)
        found["control"] += 1
        found["control_before"] += sum(before.said.values())
        found["control_after"] += sum(after.said.values())
        found["control_people"] += len(before.acted)
    return found


def _organic(work: Work, chat: int, span: str, start: datetime, end: datetime) -> Organic:
    """What was said, and who spoke or reacted, without staff, presses and passphrases."""
    if span == "24h":
        rows = work.sql.all(store.BY_ACTS, chat=chat, since=start, until=end)
    else:
        local = zone(members.voice(work, chat, None)[1])
        first, last = start.astimezone(local).date(), end.astimezone(local).date()
        rows = work.sql.all(store.BY_DAYS, chat=chat, first=first, until=last)
    taken = {r.person_id: int(r.n) for r in work.sql.all(store.BY_PHRASE, chat=chat, since=start, until=end)}
    return Organic(
        domain.organic({r.person_id: int(r.said) for r in rows}, taken),
        frozenset(domain.organic({r.person_id: int(r.said + r.reacted) for r in rows}, taken)),
    )
