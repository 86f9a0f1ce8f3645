"""Says what is due, or writes down why not.

A batch of waiting slots is taken out, and comes back in the same commit as said or skipped, with each
plan's next slot: (plan, chat, due) is unique, so a restart or a second process posts nothing twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec import Struct, field

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.engine.writer import transient
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile
from groupbot.features.promos import store
from groupbot.features.promos.domain import (
    STOPPED,
    Plan,
    come,
    explain,
    next_time,
    worth,
)
from groupbot.features.promos.domain.calendar import rule
from groupbot.features.promos.domain.expert import begins
from groupbot.features.promos.service.approval import guarding
from groupbot.features.promos.service.digest import merge
from groupbot.features.promos.service.filling import Offer, Unsaid
from groupbot.features.promos.service.hold import Place, Spoke, checked, placed, recent
from groupbot.features.promos.service.known import Broken, plan_now, read_ahead
from groupbot.features.promos.service.saying import Guest, Wardrobe, say
from groupbot.features.promos.service.standing_in import Recorded, ref_of, say_instead

log = structlog.get_logger(__name__)
BATCH = 200  # slots of one transaction: about 30 ms of the writer
_MOMENT = timedelta(seconds=1)
Finds = Callable[[Work, int, str, str, datetime], Guest | str]  # in a chat: topic, name, from when
Times = tuple[bool, list[datetime], datetime | None]
_QUIETLY = ("out", "overtaken", "stopped", "lively", "digest", "restored")  # skips nobody needs to be told


class Others(Struct, frozen=True):
    """What other features know: when people last wrote in a chat (`spoke`), which expert can hold a slot
    there, what stands behind an item of the library, which coupon can be had there."""

    spoke: Spoke | None = None
    finds: Finds | None = None
    recorded: Recorded | None = None
    offer: Offer | None = None


class Batch(Struct):
    """What one transaction remembers: what its posts share, times by rule, zone and slot, skips by who is
    told, and the chats with `several` slots: what is said there is written at once, for the next to see."""

    stopped: bool
    worn: Wardrobe = field(default_factory=Wardrobe)
    times: dict[Any, Times] = field(default_factory=dict)
    skips: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    several: set[int] = field(default_factory=set)
    restored: bool = False
    others: Others = Others()


def publish_due(work: Work, most: int = BATCH, *, guilty: bool = False, others: Others | None = None) -> bool:
    """Say or skip the slots that are due, at most `most`; True when there may be more. `guilty` ones are
    skipped unsaid: the database refused them. `others` is what other features know."""
    first = work.sql.value(store.FIRST_DUE)
    if first is None or first > work.now:
        return False
    rows = work.sql.returning(store.TAKE, now=work.now, most=most)
    batch = Batch(stopped=bool(members.get(work, 0, STOPPED)), others=others or Others())
    batch.several |= {chat for chat, slots in Counter(r.chat_id for r in rows).items() if slots > 1}
    read_ahead(work, [r.plan_id for r in rows])
    first_of = {r.plan_id: -getattr(plan_now(work, r.plan_id), "priority", 0) for r in rows}
    seen: set[tuple[int, int]] = set()
    for row in sorted(rows, key=lambda r: (r.due, first_of[r.plan_id], r.plan_id, r.chat_id)):
        if (row.plan_id, row.chat_id) in seen:  # its turn takes every slot that has come
            continue
        seen.add((row.plan_id, row.chat_id))
        _turn(work, row.plan_id, row.chat_id, row.due, batch, guilty)
    for owner, skips in batch.skips.items():
        data = {"skips": skips[:10], "more": max(0, len(skips) - 10)}
        work.say(Send(user=owner, template="promos/skipped", data=data))
    return len(rows) == most


def let_pass(work: Work) -> None:
    """After a restore: what has come due since the backup was taken, or waited then for a word or for a
    digest, may have been posted, so it is not posted (again); the plans go on with their next times."""
    for row in work.sql.all(store.HELD_OVER, now=work.now):
        slot = {"plan": row.plan_id, "chat": row.chat_id, "the_due": row.due}
        work.sql.run(store.LET_GO, **slot, reason="restored", now=work.now)
    work.sql.run(store.OLD_DIGEST, before=work.now)
    batch = Batch(stopped=False, restored=True)
    rows = work.sql.returning(store.TAKE, now=work.now, most=1_000_000)
    first: dict[tuple[int, int], datetime] = {}
    for row in sorted(rows, key=lambda r: (r.due, r.plan_id, r.chat_id)):
        first.setdefault((row.plan_id, row.chat_id), row.due)
    for (plan_id, chat), due in first.items():
        _turn(work, plan_id, chat, due, batch, False)


def _turn(work: Work, plan_id: int, chat: int, due: datetime, batch: Batch, guilty: bool) -> None:
    """One plan in one chat: every slot that has come, and the next one."""
    plan = plan_now(work, plan_id)
    profile = members.profile(work, chat)
    if isinstance(plan, Broken):  # costs only itself; a mended file brings it back
        broken = (chat, plan_id, due, "skipped", "plan", plan.error, "other", None, "UTC", work.now)
        work.add(store.SLOTS, *broken)
        return
    if plan is None or profile is None:
        return
    here = placed(work, profile)
    meant, missed, following = (True, [], None) if plan.asks else _times(work, plan, here, due, batch)
    slots = [due, *missed]
    if missed:
        batch.several.add(chat)
    booked = _booked(work, plan_id, chat, due) if missed else ()
    keep = set(worth(slots, work.now, plan.grace, plan.keep))
    inside, why = explain(plan.whom, profile)
    catching_up = False
    guard = guarding(work, plan_id, plan)
    allowed = guard is None or chat in guard.chats
    pins = guard.pins if guard else {}
    for slot in slots:
        if slot in booked:
            continue
        if not inside:
            reason, detail = "out", why
        elif batch.restored:
            reason, detail = "restored", ""
        elif slot == due and not meant:
            reason, detail = "overtaken", ""
        elif slot in keep and not allowed:
            _book(work, plan_id, plan, slot, here, "held")
            continue
        elif slot in keep:
            reason, detail = checked(work, plan, here, batch.stopped, catching_up, batch.others.spoke)
        else:
            late = work.now - slot
            reason = "late" if late.total_seconds() > plan.grace else "overtaken"
            detail = str(int(late.total_seconds() // 60) * 60)
        template = None
        if guilty and not reason:
            reason, detail = "template", "the database refused it"
        if not reason:
            try:
                template, reason, detail = _said(work, plan_id, plan, slot, here, batch, pins)
            except Unsaid as e:
                reason, detail = e.reason, e.detail
            except Exception as e:  # one plan's text costs its own slot, nobody else's
                if work.sql.lost() or transient(e):
                    raise
                log.error("plan.unsaid", plan=plan.name, chat=chat, error=f"{type(e).__name__}: {e}")
                reason, detail = "template", str(e)
        if reason:
            _skip(work, plan_id, plan, slot, here, (reason, detail), batch, pins)
        else:
            catching_up = True
            _book(work, plan_id, plan, slot, here, "said", template=template, at_once=chat in batch.several)
            work.put("promos.recent", chat, (*recent(work, chat), (work.now, plan.kind)))
    if inside and following is not None:
        row = (chat, plan_id, following, "waiting", None, None, plan.kind, None, here.zone_name, None)
        work.add(store.SLOTS, *row)


def _booked(work: Work, plan_id: int, chat: int, due: datetime) -> set[datetime]:
    """The slots after `due` that were said or skipped already, as one that was held comes after them. What
    still waits of those that have come is this turn's."""
    work.sql.run(store.DROP_COME, plan=plan_id, chat=chat, now=work.now)
    return {r.due for r in work.sql.all(store.BOOKED, plan=plan_id, chat=chat, since=due)}


def _times(work: Work, plan: Plan, here: Place, due: datetime, batch: Batch) -> Times:
    """Is `due` a time of the plan still (it, or the group's clock, may have been changed)? The slots missed
    since, and the next one. Computed once for all chats of a clock."""
    key = (rule(plan), here.zone_name, due)
    found = batch.times.get(key)
    if found is None:
        meant = next_time(plan, here.zone, due - _MOMENT) == due
        found = batch.times[key] = (meant, *come(plan, here.zone, due, work.now))
    return found


def _said(
    work: Work, plan_id: int, plan: Plan, due: datetime, here: Place, batch: Batch, pins: dict[str, str]
) -> tuple[str | None, str, str]:
    """Say it: (the template, '', ''), or (None, why not, more of it). Where no expert can hold the slot, what
    was recorded is said in its place."""
    chat = here.profile.chat
    if plan.expert is None or batch.others.finds is None:
        return say(work, plan_id, plan, due, here, batch.worn, pins, None, batch.others.offer), "", ""
    starts = begins(plan.expert, due, work.now)
    guest = batch.others.finds(work, chat, plan.expert.topic, plan.expert.name, starts)
    if isinstance(guest, Guest):
        return say(work, plan_id, plan, due, here, batch.worn, pins, guest, batch.others.offer), "", ""
    topic = plan.expert.topic or plan.expert.name
    values = {"topic": topic, "asked": 0}
    ref = ref_of(plan_id, chat, due)
    last = max(due + timedelta(seconds=plan.grace), work.now + timedelta(minutes=1))
    said = say_instead(work, plan, here, values, batch.others.recorded, pins, ref, last)
    return (said, "", "") if said is not None else (None, guest, topic)


def _skip(
    work: Work,
    plan_id: int,
    plan: Plan,
    due: datetime,
    here: Place,
    why: tuple[str, str],
    batch: Batch,
    pins: dict[str, str],
) -> None:
    """Write a skip down, and tell the chat's owner; an unconfirmed zone is told once a plan."""
    reason, detail = why
    chat = here.profile.chat
    if merge(work, plan_id, plan, here, due, reason, pins):
        reason, detail = "digest", reason
    known = reason == "zone" and work.sql.value(store.LAST_REASON, plan=plan_id, chat=chat) == "zone"
    at_once = chat in batch.several  # for the next to see
    _book(work, plan_id, plan, due, here, "skipped", reason=reason, detail=detail, at_once=at_once)
    if known or reason in _QUIETLY:
        return
    owner = owner_of(work, here.profile)
    if owner is not None and members.reachable(work, owner):
        batch.skips.setdefault(owner, []).append(
            {
                "title": here.profile.title,
                "plan": plan.name,
                "when": f"{due.astimezone(here.zone):%m-%d %H:%M}",
                "reason": reason,
                "detail": detail,
            }
        )


def _book(
    work: Work,
    plan_id: int,
    plan: Plan,
    due: datetime,
    here: Place,
    state: str,
    *,
    reason: str | None = None,
    detail: str | None = None,
    template: str | None = None,
    at_once: bool = False,
) -> None:
    row = (
        here.profile.chat,
        plan_id,
        due,
        state,
        reason,
        detail,
        plan.kind,
        template,
        here.zone_name,
        work.now,
    )
    if at_once:
        work.sql.run(store.SLOT, **dict(zip(store.SLOT_FIELDS, row, strict=True)))
    else:
        work.add(store.SLOTS, *row)


def owner_of(work: Work, profile: Profile) -> int | None:
    """Who answers for a chat and is an administrator there now."""
    return next(iter(members.responsible(work, profile.chat)), None)
