"""What followed a packet of the house: 24 hours and seven days, each against the stretch before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.redpacket import store
from groupbot.features.redpacket.domain import effects as domain


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
    said_before, people_before = _organic(work, chat, row.span, s.before, s.before_end)
    said_after, people_after = _organic(work, chat, row.span, s.after, s.after_end)
    first = work.sql.value(store.RECORD_BEGINS, chat=chat)
    missing = max(0.0, (min(first, s.before_end) - s.before) / (s.before_end - s.before)) if first else 1.0
    others = work.sql.value(store.OTHERS, chat=chat, own=row.packet_id, since=s.before, until=s.after_end)
    found = {
        "said_before": said_before,
        "said_after": said_after,
        "people_before": people_before,
        "people_after": people_after,
        "known": int(100 * (1 - missing)),
        "others": int(others),
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
        })  # fmt: skip
    return list(packets.values())[:most]


def _organic(work: Work, chat: int, span: str, start: datetime, end: datetime) -> tuple[int, int]:
    """(messages, people who spoke or reacted) without staff, presses and passphrases."""
    if span == "24h":
        rows = work.sql.all(store.BY_ACTS, chat=chat, since=start, until=end)
    else:
        local = zone(members.voice(work, chat, None)[1])
        first, last = start.astimezone(local).date(), end.astimezone(local).date()
        rows = work.sql.all(store.BY_DAYS, chat=chat, first=first, until=last)
    taken = {r.person_id: int(r.n) for r in work.sql.all(store.BY_PHRASE, chat=chat, since=start, until=end)}
    said, _ = domain.organic({r.person_id: int(r.said) for r in rows}, taken)
    _, people = domain.organic({r.person_id: int(r.said + r.reacted) for r in rows}, taken)
    return said, people
