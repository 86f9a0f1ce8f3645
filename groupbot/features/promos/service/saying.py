"""One planned post as a message: which template of the pool, in which version, and how it leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from groupbot.core.effects import Button, Pin, Rows, Send
from groupbot.engine.front import posted
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.promos import store
from groupbot.features.promos.domain import Plan, choose
from groupbot.features.promos.service.approval import pinned
from groupbot.features.promos.service.hold import Place


class Spaced(Exception):
    """The core message was said here a short while ago; says how many days may not have passed yet."""


def ref_of(plan_id: int, chat: int, due: datetime) -> str:
    """The name of a planned post: `promo:9:2027-01-30T02:00:00:17` for plan 9 in chat 17."""
    return f"promo:{plan_id}:{due:%Y-%m-%dT%H:%M:%S}:{chat}"


def filled(front: dict[str, Any], title: str) -> dict[str, Any]:
    """What the chat itself gives to a template whose front matter says `fills: [shop]`."""
    return {str(name): title for name in front.get("fills") or ()}


def say(
    work: Work,
    plan_id: int,
    plan: Plan,
    due: datetime,
    here: Place,
    made: dict[Any, Send],
    pins: dict[str, str],
) -> str:
    """Say the plan's message in the chat, by the approved versions of its templates; which template it was.
    `made` keeps what was rendered for the chats before.

    Raises:
        Misfit: no version of the template renders, or a required field is missing.
        Spaced: a core message, said too short a while ago.
    """
    chat = here.profile.chat
    history: list[Any] = []
    if len(plan.pool) > 1:
        history = work.sql.all(store.USED, plan=plan_id, chat=chat)
    template = choose(plan.pool, history, work.now, plan.no_repeat_days, work.rng, plan.weights)
    front: dict[str, Any] = {}
    name = template
    if work.content is not None:
        name = pinned(work, template, here.lang, pins)
        front = work.content.sources(name, here.lang)[0].front
    missing = [f for f in front.get("required") or () if plan.data.get(f) in (None, "")]
    if missing:
        raise Misfit(f"{template} needs {', '.join(missing)}", where=plan.name, next="add it under data:")
    core = int(front.get("core") or 0)
    if core:
        since = work.now - timedelta(days=core)
        if work.sql.value(store.CORE_HERE, chat=chat, the_template=template, since=since) is not None:
            raise Spaced(str(core))
    from_chat = filled(front, here.profile.title)
    key = (plan_id, name, here.lang, here.zone_name, *from_chat.values())
    ref = ref_of(plan_id, chat, due)
    last = max(due + timedelta(seconds=plan.grace), work.now + timedelta(minutes=1))  # its turn takes a while
    same = made.get(key)
    if same is not None:
        work.say(structs.replace(same, chat=chat, ref=ref, not_after=last))
    else:
        buttons: Rows = ()
        if plan.data.get("url"):
            label = next(iter(front.get("buttons") or {}), "go")
            buttons = ((Button(str(label), url=str(plan.data["url"])),),)
        done = work.say(
            Send(
                chat=chat,
                template=name,
                data={**from_chat, **plan.data},
                buttons=buttons,
                ref=ref,
                post=True,
                not_after=last,
                why=f"plan {plan.name}",
                again=plan.again,
                paid=plan.paid,
                topic=plan.topic,
                **posted(front),
            )
        )
        assert isinstance(done, Send)
        made[key] = done
    if front.get("pin"):
        work.say(Pin(chat=chat, ref=ref))
    return template
