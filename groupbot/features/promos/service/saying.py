"""One planned post as a message: which template of the pool, in which version, and how it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct, field, structs

from groupbot.core.effects import Button, Delete, Pin, Rows, Send
from groupbot.engine.front import posted
from groupbot.engine.media import carried
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain import Plan, Seated, choose, variant
from groupbot.features.promos.domain.expert import CARD, begins
from groupbot.features.promos.domain.trend import TREND
from groupbot.features.promos.service.approval import pinned
from groupbot.features.promos.service.filling import TAKE, Given, Offer, Unsaid, given
from groupbot.features.promos.service.hold import Place
from groupbot.features.promos.service.library import barred, taken, used
from groupbot.features.promos.service.messages import said_since
from groupbot.features.promos.service.questions import ASK, AskCard


class Guest(Struct, frozen=True):
    """Who holds a slot in a chat, on what."""

    person: int
    name: str
    topic: str


class Dress(Struct, frozen=True):
    """What a template's front matter makes of a post."""

    front: dict[str, Any]
    required: tuple[str, ...]
    core: int  # days between two posts of a core message; 0: it is none
    files: bool  # it carries something of the library
    asks: bool  # [I have a question] stands below
    leaves: dict[str, Any]  # the fields of its Send beside the text


class Wardrobe(Struct, frozen=True):
    """What the posts of one transaction share: `made` are the rendered ones by what made them, `dresses` what
    was read of each template."""

    made: dict[Any, Send] = field(default_factory=dict)
    dresses: dict[tuple[str, str], Dress] = field(default_factory=dict)

    def dress(self, work: Work, name: str, lang: str) -> Dress:
        """What a template in a language makes of a post; read once."""
        found = self.dresses.get((name, lang))
        if found is None:
            found = self.dresses[name, lang] = _dress(work, name, lang)
        return found


def _dress(work: Work, name: str, lang: str) -> Dress:
    front: dict[str, Any] = {}
    folders: Sequence[Path] = ()
    if work.content is not None:
        front, folders = work.content.sources(name, lang)[0].front, work.content.folders
    return Dress(
        front,
        tuple(front.get("required") or ()),
        int(front.get("core") or 0),
        bool(taken(front)),
        ASK in (front.get("buttons") or {}),
        carried(posted(front), folders, name),
    )


def ref_of(plan_id: int, chat: int, due: datetime) -> str:
    """The name of a planned post: `promo:9:2027-01-30T02:00:00:17` for plan 9 in chat 17."""
    return f"promo:{plan_id}:{due.isoformat()[:19]}:{chat}"


def session(plan: Plan, name: str, topic: str, due: datetime, now: datetime) -> dict[str, Any]:
    """What a slot of an expert gives to its template: who, on what, from when."""
    assert plan.expert is not None
    starts = begins(plan.expert, due, now)
    state = "planned" if starts > now else "open"
    return {"name": name, "topic": topic, "starts": starts, "state": state, "asked": 0, "answered": 0}


def usual(plan: Plan, template: str) -> dict[str, Any]:
    """The same for a template that is only tried: at the plan's own time. What stands in for the expert is
    told only on what, and how much was asked."""
    if plan.expert is None:
        return {}
    name, topic = plan.expert.name or "…", plan.expert.topic or "…"
    if template == plan.instead:
        return {"name": "", "topic": topic, "asked": 0}
    at = plan.start.replace(tzinfo=UTC)
    return session(plan, name, topic, at, at)


def say(
    work: Work,
    plan_id: int,
    plan: Plan,
    due: datetime,
    here: Place,
    worn: Wardrobe,
    pins: dict[str, str],
    guest: Guest | None = None,
    offer: Offer | None = None,
) -> str:
    """Say the plan's message in the chat, by the approved versions of its templates; which template it was.
    `worn` keeps what was read and rendered for the chats before. With a `guest` it announces their session.

    Raises:
        Misfit: no version of the template renders, or a required field is missing.
        Unsaid: a core message, or a file of the library, said too short a while ago; a coupon of which there
            is none.
    """
    chat = here.profile.chat
    history: list[Any] = []
    if len(plan.pool) > 1:
        history = work.sql.all(store.USED, plan=plan_id, chat=chat)
    if plan.test:
        template = plan.pool[variant(plan.test, chat)]
    else:
        one = len(plan.pool) == 1
        pool, weights = (plan.pool, plan.weights) if one else _open(work, plan, here, pins)
        template = choose(pool, history, work.now, plan.no_repeat_days, work.rng, weights)
    name = pinned(work, template, here.lang, pins)
    dress = worn.dress(work, name, here.lang)
    if dress.files and (plan.test or len(plan.pool) == 1) and (file := barred(work, chat, dress.front)):
        raise Unsaid("repeat", file)
    missing = [f for f in dress.required if plan.data.get(f) in (None, "")]
    if missing:
        raise Misfit(f"{template} needs {', '.join(missing)}", where=plan.name, next="add it under data:")
    if dress.core:
        since = work.now - timedelta(days=dress.core)
        if said_since(work, chat, template, since):
            raise Unsaid("spacing", str(dress.core))
    own = given(work, plan, here, dress.front, offer)
    from_chat, url = own.values, own.url
    if guest is not None:
        from_chat |= session(plan, guest.name, guest.topic, due, work.now)
    key = None
    if own.button is None and not dress.asks:  # whose button is this chat's alone, as a coupon's
        told = (tuple(v.items()) if isinstance(v, dict) else v for v in from_chat.values())
        key = (plan_id, name, here.lang, here.zone_name, url, *told)
    ref = ref_of(plan_id, chat, due)
    last = max(due + timedelta(seconds=plan.grace), work.now + timedelta(minutes=1))  # its turn takes a while
    if plan.kind == TREND and plan.end is not None:  # nor does it leave the outbox after its day
        last = min(last, plan.end.replace(tzinfo=here.zone))
    same = worn.made.get(key) if key is not None else None
    if same is not None:
        work.say(structs.replace(same, chat=chat, ref=ref, not_after=last))
    else:
        done = work.say(
            Send(
                chat=chat,
                template=name,
                data={**from_chat, **plan.data},
                buttons=buttons(dress.front, own, plan_id, due),
                ref=ref,
                post=True,
                not_after=last,
                why=f"plan {plan.name}",
                again=plan.again,
                paid=plan.paid,
                topic=plan.topic,
                **dress.leaves,
            )
        )
        assert isinstance(done, Send)
        if key is not None:
            worn.made[key] = done
    if dress.files:
        used(work, chat, dress.front, ref)
    if plan.replace:
        before = work.sql.value(store.LAST_SAID, plan=plan_id, chat=chat)
        if before is not None:
            work.say(Delete(chat=chat, ref=ref_of(plan_id, chat, before), why=f"plan {plan.name}, its next"))
    if dress.front.get("pin") or (guest is not None and not members.bot_lacks(work, chat, ("pin",))):
        work.say(Pin(chat=chat, ref=ref))
    if guest is not None:
        card = ref if template == CARD else ""
        starts = from_chat["starts"]
        work.emit(Seated(chat, guest.person, guest.topic, starts, plan.topic, plan_id, due, card))
    return template


def buttons(front: dict[str, Any], own: Given, plan_id: int, due: datetime) -> Rows:
    """Below a post: its coupon's, its address, the question to staff."""
    labels = front.get("buttons") or {}
    rows: Rows = () if own.button is None else ((own.button,),)
    if own.url:
        label = next((n for n in labels if n not in (TAKE, ASK)), "go")
        rows = (*rows, (Button(str(label), url=own.url),))
    if ASK in labels:
        rows = (*rows, (Button(ASK, AskCard(plan_id, int(due.timestamp()))),))
    return rows


def _open(
    work: Work, plan: Plan, here: Place, pins: dict[str, str]
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The templates of the pool that carry nothing the library bars in this chat, with their weights.

    Raises:
        Unsaid: none is left.
    """
    if work.content is None:
        return plan.pool, plan.weights
    held = {}
    for template in plan.pool:
        front = work.content.sources(pinned(work, template, here.lang, pins), here.lang)[0].front
        held[template] = barred(work, here.profile.chat, front)
    if not any(held.values()):
        return plan.pool, plan.weights
    kept = [n for n, t in enumerate(plan.pool) if not held[t]]
    if not kept:
        raise Unsaid("repeat", held[plan.pool[0]])
    return tuple(plan.pool[n] for n in kept), tuple(plan.weights[n] for n in kept if plan.weights)
