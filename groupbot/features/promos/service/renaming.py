"""A planned post that names an expert by a template of its own, once they have another name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groupbot.core.effects import Edit
from groupbot.engine import naming
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.promos import store
from groupbot.features.promos.service.approval import guarding, pinned
from groupbot.features.promos.service.filling import Unsaid, given
from groupbot.features.promos.service.known import live
from groupbot.features.promos.service.room import place_of
from groupbot.features.promos.service.saying import buttons, ref_of


def rename(work: Work, plan_id: int, chat: int, due: datetime, values: dict[str, Any]) -> None:
    """Draw the post of a slot anew with these `values` of its session. Of a plan that is no more, and of one
    with a coupon, nothing is left."""
    ref = ref_of(plan_id, chat, due)
    plan, place = live(work, plan_id), place_of(work, chat)
    template = work.sql.value(store.SAID_BY, plan=plan_id, chat=chat, the_due=due)
    if plan is None or place is None or not template or work.content is None:
        naming.blank(work, chat, ref)
        return
    guard = guarding(work, plan_id, plan)
    try:
        name = pinned(work, template, place.lang, guard.pins if guard else {})
        front = work.content.sources(name, place.lang)[0].front
        own = given(work, plan, place, front, None)
        data = {**own.values, **values, **plan.data}
        rows = buttons(front, own, plan_id, due)
        work.say(Edit(chat=chat, ref=ref, template=name, data=data, buttons=rows))
    except (Misfit, Unsaid):
        naming.blank(work, chat, ref)
