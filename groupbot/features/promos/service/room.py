"""Room for what no plan posts (care, campaigns): the same quiet hours, the same budget, one account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog

from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain import STOPPED, Audience, Plan
from groupbot.features.promos.service.approval import guarding
from groupbot.features.promos.service.hold import Place, checked, placed, recent, silenced, unwritten
from groupbot.features.promos.service.known import live
from groupbot.features.promos.service.standing_in import Recorded, ref_of, say_instead

log = structlog.get_logger(__name__)
_KEEP = timedelta(days=60)
_KINDS = {
    kind: Plan(kind, Audience(""), (), datetime.min, kind=kind)
    for kind in ("promotion", "greeting", "notice", "other")
}


def may_post(work: Work, chat: int, kind: str) -> tuple[str, str]:
    """What holds a post of this kind back in a group now, as (code, detail); ('', '') when nothing does."""
    here = place_of(work, chat)
    if here is None:
        return "out", ""
    return checked(work, _KINDS[kind], here, bool(members.get(work, 0, STOPPED)), False)


def may_write(work: Work, chat: int) -> tuple[str, str]:
    """The same for a word in private to somebody of the group: no budget of the group, but its quiet hours
    and the stop switch."""
    here = place_of(work, chat)
    return ("out", "") if here is None else unwritten(work, here, bool(members.get(work, 0, STOPPED)))


def stand_in(
    work: Work, plan_id: int, chat: int, due: datetime, values: dict[str, Any], recorded: Recorded
) -> str:
    """Say in the place of a slot's expert, who did not come, what its plan has for that: '' when it was said,
    else why not. It keeps quiet hours and the stop switch; the day's budget was the slot's own."""
    plan, here = live(work, plan_id), place_of(work, chat)
    if plan is None or here is None:
        return "out"
    code, _ = silenced(work, plan, here, bool(members.get(work, 0, STOPPED)))
    if code:
        return code
    guard = guarding(work, plan_id, plan)
    if guard is not None and chat not in guard.chats:
        return "approval"
    ref, last = ref_of(plan_id, chat, due), work.now + timedelta(seconds=plan.grace)
    try:
        said = say_instead(work, plan, here, values, recorded, guard.pins if guard else {}, ref, last)
    except Misfit as e:
        log.error("plan.unsaid", plan=plan.name, chat=chat, error=e.line())
        return "template"
    return "nothing" if said is None else ""


def posted(work: Work, chat: int, kind: str, by: str) -> None:
    """Something was posted: it counts in the group's budget like a plan's post."""
    before = recent(work, chat)
    work.add(store.OTHERS, chat, work.now, kind, by[:80])
    work.put("promos.recent", chat, (*before, (work.now, kind)))


def sweep(work: Work) -> None:
    """Forget the account of posts after sixty days."""
    work.sql.run(store.OLD_OTHERS, before=work.now - _KEEP)


def place_of(work: Work, chat: int) -> Place | None:
    """A group to post in; None where the bot cannot."""
    profile = members.profile(work, chat)
    if profile is None or not profile.there:
        return None
    return placed(work, profile)
