"""What was recorded, said in the place of an expert who is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from groupbot.core.effects import Send
from groupbot.core.text import alike
from groupbot.engine import media
from groupbot.engine.front import posted
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.promos.domain import Plan
from groupbot.features.promos.domain.expert import ITEM, RECAP, SAVED
from groupbot.features.promos.service.approval import pinned
from groupbot.features.promos.service.filling import filled, of_chat
from groupbot.features.promos.service.hold import Place
from groupbot.features.promos.service.library import AGAIN, barred, standing, used
from groupbot.features.promos.store import items as store

INSTEAD = "promo.instead"  # begins the name of what stood in
Recorded = Callable[[Work, str], dict[str, Any] | None]  # an item's source → what its template says


def say_instead(
    work: Work,
    plan: Plan,
    here: Place,
    values: dict[str, Any],
    recorded: Recorded | None,
    pins: dict[str, str],
    ref: str,
    last: datetime,
) -> str | None:
    """Say what the plan has in the place of its expert, as `ref`, until `last`; which template it was, None
    where the plan has nothing. Nothing of the library is said twice in a chat within 30 days; a recap is one
    of this chat's own, on the topic. `values` are what is known of the session. It names nobody: who did not
    come may be forgotten later.

    Raises:
        Misfit: the template is missing, does not render, or lacks a required field.
    """
    chat, what = here.profile.chat, plan.instead

    def say(template: str, data: dict[str, Any], carries: dict[str, Any]) -> str:
        place: dict[str, Any] = {"chat": chat, "topic": plan.topic, "ref": ref, "not_after": last}
        why = f"plan {plan.name}"
        work.say(Send(template=template, data=data, **carries, **place, post=True, why=why, again=plan.again))
        return template

    if what.startswith(SAVED):
        found = media.kept(work, what)
        carries: dict[str, Any] = {} if found is None else {found[0]: what}
        if not carries or barred(work, chat, carries):
            return None
        said = say("promos/instead", values, carries)
        used(work, chat, carries, ref)
        return said
    if what == RECAP or what.startswith(ITEM):
        row = _item(work, chat, what, str(values.get("topic") or ""))
        data = recorded(work, row.source) if row is not None and recorded is not None else None
        if data is None:
            return None
        said = say("promos/recorded", {**values, **data}, {})
        work.sql.run(store.USED, item_id=row.id, chat_id=chat, at=work.now, ref=ref)
        return said
    if not what or work.content is None:
        return None
    name = pinned(work, what, here.lang, pins)
    front = work.content.sources(name, here.lang)[0].front
    if barred(work, chat, front):
        return None
    missing = [f for f in front.get("required") or () if plan.data.get(f) in (None, "")]
    if missing:
        raise Misfit(f"{what} needs {', '.join(missing)}", where=plan.name, next="add it under data:")
    own = filled(front, here.profile.title)
    if "chat" in own:
        own["chat"] = of_chat(here.profile)
    data = {**own, "name": "", **values, **plan.data}
    said = say(name, data, media.carried(posted(front), work.content.folders, name))
    used(work, chat, front, ref)
    return said


def _item(work: Work, chat: int, what: str, topic: str) -> Any:
    if what.startswith(ITEM):
        return standing(work, chat, what.removeprefix(ITEM).strip())
    rows = work.sql.all(store.NOT_LATELY, chat=chat, since=work.now - AGAIN, now=work.now)
    return next((r for r in rows if alike(topic, r.topic)), None)


def ref_of(plan_id: int, chat: int, due: datetime) -> str:
    """The name of what stood in for a slot."""
    return f"{INSTEAD}:{plan_id}:{due:%Y-%m-%dT%H:%M:%S}:{chat}"
