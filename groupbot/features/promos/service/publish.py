"""Says what is due, or writes down why not.

A batch of waiting slots is taken out, and comes back in the same commit as said or skipped, with each
plan's next slot: (plan, chat, due) is unique, so a restart or a second process posts nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from msgspec import structs

from groupbot.core.effects import Button, Rows, Send
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.engine.writer import transient
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile
from groupbot.features.promos import store
from groupbot.features.promos.domain import (
    STOPPED,
    Plan,
    choose,
    come,
    explain,
    worth,
)
from groupbot.features.promos.service.hold import Place, checked, recent
from groupbot.features.promos.service.load import filled

log = structlog.get_logger(__name__)
BATCH = 200  # slots of one transaction: about 30 ms of the writer
_decode = msgspec.json.Decoder(Plan).decode
_QUIETLY = ("out", "overtaken", "stopped")  # skips nobody needs to be told


@dataclass(slots=True)
class Batch:
    """What one transaction remembers: rendered texts by what made them, and skips by who is told."""

    stopped: bool
    made: dict[Any, Send] = field(default_factory=dict)
    skips: dict[int, list[dict[str, Any]]] = field(default_factory=dict)


def publish_due(work: Work, most: int = BATCH, *, guilty: bool = False) -> bool:
    """Say or skip the slots that are due, at most `most`; True when there may be more. `guilty` ones are
    skipped unsaid: the database refused them."""
    first = work.sql.value(store.FIRST_DUE)
    if first is None or first > work.now:
        return False
    rows = work.sql.returning(store.TAKE, now=work.now, most=most)
    batch = Batch(stopped=bool(members.get(work, 0, STOPPED)))
    for row in sorted(rows, key=lambda r: (r.due, r.plan_id, r.chat_id)):
        _turn(work, row.plan_id, row.chat_id, row.due, batch, guilty)
    for owner, skips in batch.skips.items():
        data = {"skips": skips[:10], "more": max(0, len(skips) - 10)}
        work.say(Send(user=owner, template="promos/skipped", data=data))
    return len(rows) == most


def _turn(work: Work, plan_id: int, chat: int, due: datetime, batch: Batch, guilty: bool) -> None:
    """One plan in one chat: every slot that has come, and the next one."""
    plan = plan_now(work, plan_id)
    profile = members.profile(work, chat)
    if plan is None or profile is None:
        return
    lang, zone_name = members.voice(work, chat, None)
    here = Place(profile, lang, zone_name, zone_of(zone_name))
    missed, following = come(plan, here.zone, due, work.now)
    slots = [due, *missed]
    keep = set(worth(slots, work.now, plan.grace, plan.keep))
    inside, why = explain(plan.whom, profile)
    catching_up = False
    for slot in slots:
        if not inside:
            reason, detail = "out", why
        elif slot in keep:
            reason, detail = checked(work, plan, here, batch.stopped, catching_up)
        else:
            late = work.now - slot
            reason = "late" if late.total_seconds() > plan.grace else "overtaken"
            detail = str(int(late.total_seconds() // 60) * 60)
        template = None
        if guilty and not reason:
            reason, detail = "template", "the database refused it"
        if not reason:
            try:
                template = _say(work, plan_id, plan, slot, here, batch)
            except Exception as e:  # one plan's text costs its own slot, nobody else's
                if work.sql.lost() or transient(e):
                    raise
                log.error("plan.unsaid", plan=plan.name, chat=chat, error=f"{type(e).__name__}: {e}")
                reason, detail = "template", str(e)
        if reason:
            _skip(work, plan_id, plan, slot, here, (reason, detail), batch)
        else:
            catching_up = True
            _book(work, plan_id, plan, slot, here, "said", template=template)
            work.put("promos.recent", chat, (*recent(work, chat), (work.now, plan.kind)))
    if inside and following is not None:
        work.add(
            store.SLOTS, chat, plan_id, following, "waiting", None, None, plan.kind, None, zone_name, None
        )


def plan_now(work: Work, plan_id: int) -> Plan | None:
    """A live plan by its id, as last loaded."""
    cache = work.cached("promos.plan")
    if plan_id not in cache:
        row = work.sql.first(store.PLAN, the_id=plan_id)
        live = row is not None and row.state == "live"
        work.put("promos.plan", plan_id, _decode(row.spec) if live else None)
    return cache[plan_id]  # type: ignore[no-any-return]


def ref_of(plan_id: int, chat: int, due: datetime) -> str:
    """The name of a planned post: `promo:9:2027-01-30T02:00:00:17` for plan 9 in chat 17."""
    return f"promo:{plan_id}:{due:%Y-%m-%dT%H:%M:%S}:{chat}"


def _say(work: Work, plan_id: int, plan: Plan, due: datetime, here: Place, batch: Batch) -> str:
    """Say the plan's message in the chat; which template it was.

    Raises:
        Misfit: no version of the template renders, or a required field is missing.
    """
    chat = here.profile.chat
    history: list[Any] = []
    if len(plan.pool) > 1:
        history = work.sql.all(store.USED, plan=plan_id, chat=chat)
    template = choose(plan.pool, history, work.now, plan.no_repeat_days, work.rng)
    front: dict[str, Any] = {}
    if work.content is not None:
        front = work.content.sources(template, here.lang)[0].front
    missing = [f for f in front.get("required") or () if plan.data.get(f) in (None, "")]
    if missing:
        raise Misfit(f"{template} needs {', '.join(missing)}", where=plan.name, next="add it under data:")
    from_chat = filled(front, here.profile.title)
    key = (plan_id, template, here.lang, here.zone_name, *from_chat.values())
    ref = ref_of(plan_id, chat, due)
    last = max(due + timedelta(seconds=plan.grace), work.now + timedelta(minutes=1))  # its turn takes a while
    same = batch.made.get(key)
    if same is not None:
        work.say(structs.replace(same, chat=chat, ref=ref, not_after=last))
        return template
    buttons: Rows = ()
    if plan.data.get("url"):
        label = next(iter(front.get("buttons") or {}), "go")
        buttons = ((Button(str(label), url=str(plan.data["url"])),),)
    made = work.say(
        Send(
            chat=chat,
            template=template,
            data={**from_chat, **plan.data},
            buttons=buttons,
            ref=ref,
            post=True,
            not_after=last,
            why=f"plan {plan.name}",
        )
    )
    assert isinstance(made, Send)
    batch.made[key] = made
    return template


def _skip(
    work: Work,
    plan_id: int,
    plan: Plan,
    due: datetime,
    here: Place,
    why: tuple[str, str],
    batch: Batch,
) -> None:
    """Write a skip down, and tell the chat's owner; an unconfirmed zone is told once a plan."""
    reason, detail = why
    chat = here.profile.chat
    known = reason == "zone" and work.sql.value(store.LAST_REASON, plan=plan_id, chat=chat) == "zone"
    _book(work, plan_id, plan, due, here, "skipped", reason=reason, detail=detail)
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
) -> None:
    work.add(
        store.SLOTS,
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


def owner_of(work: Work, profile: Profile) -> int | None:
    """Who answers for a chat and is an administrator there now."""
    return next(iter(members.responsible(work, profile.chat)), None)
