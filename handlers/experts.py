"""Experts: who knows what, and sessions in which members ask them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot import Command, Refusal, Router, Send, Work, person_of, reply, sender_of
from groupbot.core.setting import switch_of
from groupbot.core.spans import leading
from groupbot.features.engagement import service as engagement
from groupbot.features.experts import service
from groupbot.features.experts.domain import COST, FALLBACK, Slot, cost
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Seated

router = Router(
    "experts",
    about="Experts, and sessions with questions to them",
    needs={"pin"},
    keeps="who is an expert for what, until struck off; questions and answers of sessions, 180 days",
    settings=(FALLBACK, COST),
)


def _redraw(work: Work, who: int) -> None:
    service.redraw(work, who)
    for plan, chat, due, told in service.announced(work, who):
        promos.rename(work, plan, chat, due, told)


router.keeps_of(*service.KEPT, export=service.answers, erase=service.erase, redraw=_redraw)


@router.command("experts", about="Who knows what here", words=("专家",), rare=True)
def experts(cmd: Command, work: Work) -> None:
    """By topic, with the hours they have time."""
    reply(work, cmd, "experts/list", experts=service.experts(work, work.chat))


@router.command(
    "expert", about="Name a member an expert", who="admin", right="info", rare=True,
    usage="/expert TOPIC; HOURS (or off), as an answer to them", example="/expert Storage; evenings",
)  # fmt: skip
def expert(cmd: Command, work: Work) -> None:
    """As an answer to something they wrote."""
    person = cmd.message.reply_person
    if person is None or person.is_bot:
        raise Refusal("common/usage")
    off = switch_of(cmd.args) is False
    data = service.strike(work, person.id) if off else service.register(work, person.id, cmd.args)
    reply(work, cmd, "experts/named", **data)


@router.command(
    "ama", about="A session with an expert", who="admin", right="pin", rare=True,
    usage="/ama [TIME] [TOPIC] (or off), as an answer to them", example="/ama 2h Storage in summer",
)  # fmt: skip
def ama(cmd: Command, work: Work) -> None:
    """Announces an hour of questions, in TIME or now; without an answer it is the one who says it."""
    if switch_of(cmd.args) is False:
        reply(work, cmd, "experts/called_off", topic=service.call_off(work))
        return
    span, topic = leading(cmd.args)
    whom = cmd.message.reply_person
    person = whom.id if whom is not None else person_of(cmd)
    if person is None:
        raise Refusal("common/usage")
    service.plan(work, person, topic, span or timedelta(0), cmd.message.topic)


@router.command(
    "ask", about="A question to the expert", usage="/ask QUESTION", example="/ask How long does it keep?",
    rare=True,
)  # fmt: skip
def ask(cmd: Command, work: Work) -> None:
    """Is queued, and answered in the session."""
    person = person_of(cmd)
    if person is None:
        raise Refusal("common/usage")
    reply(work, cmd, "experts/queued", number=service.ask(work, person, cmd.args))


@router.command(
    "answer", about="Answer a question of the session", hidden=True,
    usage="/answer NUMBER TEXT", example="/answer 3 A year.",
)  # fmt: skip
def answer(cmd: Command, work: Work) -> None:
    """For the expert and administrators; said again it replaces the answer."""
    number, _, text = cmd.args.strip().lstrip("#").partition(" ")
    if not (number.isascii() and number.isdigit()) or len(number) > 6:
        raise Refusal("common/usage")
    service.answer(work, sender_of(cmd), int(number), text)


@router.command("queue", about="Questions that wait for an answer", hidden=True)
def queue(cmd: Command, work: Work) -> None:
    """For the expert and administrators, in private."""
    data = service.queue(work, sender_of(cmd))
    work.say(Send(user=members.alone(work, sender_of(cmd)), template="experts/queue", data=data))
    reply(work, cmd, "members/see_private")


@router.command("sessions", about="How the sessions with experts went", who="admin", hidden=True)
def sessions(cmd: Command, work: Work) -> None:
    """The last ones: asked, answered, who did not come; what members did in that hour against the same hours
    of the weeks before, the expert's minutes, and what they cost."""
    found = []
    an_hour = int(members.get(work, work.chat, COST))
    for held in service.report(work, work.chat):
        starts, ends, plan = held.pop("starts"), held.pop("ends"), held.pop("plan_id")
        usual = None if held["missed"] else engagement.usual(work, work.chat, starts, ends)
        seconds = 0.0 if held["missed"] else (ends - starts).total_seconds()
        took = cost(seconds, held["answered"], an_hour) if seconds else None
        held |= {
            "plan": promos.plan_name(work, plan) if plan is not None else "",
            "acts": engagement.acts(work, work.chat, starts, ends),
            "usual": usual if usual is None else round(usual),
            "minutes": int(seconds // 60),
            "cost": took and took[0],
            "each": took and took[1],
        }
        found.append(held)
    reply(work, cmd, "experts/report", sessions=found)


@router.every(seconds=60)
def in_time(work: Work) -> bool:
    """Opens and ends sessions. A recap goes into the library; where a planned slot's expert did not come, its
    plan has something else to say."""
    for over in service.in_time(work, engagement.spoke_since):
        if over.state == "closed":
            source = f"expert:{over.number}"
            promos.keep_item(work, over.topic, over.chat, source, ref=f"{source}:recap")
        elif over.plan is not None and over.due is not None:
            values = {"topic": over.topic, "asked": over.asked}
            held = promos.stand_in(work, over.plan, over.chat, over.due, values, recorded)
            if held == "nothing":
                service.say_missed(work, over)
            else:
                service.tell_missed(work, over, held or "said")
    return service.more(work)


@router.on(Seated)
def seated(slot: Seated, work: Work) -> None:
    """A planned slot announced a session."""
    service.seat(
        work,
        slot.person,
        Slot(slot.chat, slot.topic, slot.starts, slot.thread, slot.plan, slot.due, slot.ref),
    )


def find(work: Work, chat: int, topic: str, name: str, starts: datetime) -> promos.Guest | str:
    """Who can hold a planned slot in a chat."""
    found = service.find(work, chat, topic, name, starts)
    return found if isinstance(found, str) else promos.Guest(*found)


def recorded(work: Work, source: str) -> dict[str, Any] | None:
    """What stands behind an item of the library that a session left."""
    kind, _, number = source.partition(":")
    return service.recorded(work, int(number)) if kind == "expert" and number.isdigit() else None


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)
