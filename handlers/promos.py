"""Scheduled content: the ticks that publish it, /plans, /stopall and /resumeall."""

from __future__ import annotations

from msgspec import Struct

from groupbot import Answer, Button, Command, Edit, Router, Send, Tap, Work, reply, sender_of
from groupbot.engine.addresses import in_ops
from groupbot.features.engagement import service as engagement
from groupbot.features.members import service as members
from groupbot.features.promos import service
from groupbot.features.promos.domain.budget import SETTINGS
from groupbot.features.promos.domain.rhythm import DIGEST, RHYTHM

from .coupons import offer
from .experts import find, recorded

router = Router(
    "promos",
    about="Planned posts",
    keeps="plans, and what was posted or skipped in which chat and why; who had a question to a post,"
    " 180 days; who remembers which core message, where the month's question is switched on, 180 days",
    settings=(*SETTINGS, DIGEST, RHYTHM, service.RECALL),
)


OTHERS = service.Others(engagement.last_spoke, find, recorded, offer)


class Resume(Struct, frozen=True, tag="pl.resume"):
    """Go on with all planned posts."""

    asked: int


@router.every(seconds=3)
def load_plans(work: Work) -> None:
    """Takes changed plan files and profiles in."""
    service.sync(work)


@router.every(seconds=1)
def publish(work: Work, most: int = 200, guilty: bool = False) -> bool:
    """Says what is due."""
    return service.publish_due(work, most, guilty=guilty, others=OTHERS)


@router.every(seconds=60)
def digests(work: Work) -> None:
    """Says together what a limit held, where a group wants that."""
    service.say_digests(work)


@router.every(seconds=3600)
def rhythm(work: Work) -> None:
    """Tells the operators' chat of groups that fell silent or hear from us in heaps."""
    service.keep_rhythm(work)


@router.command("plans", about="Planned posts here", who="admin")
def plans(cmd: Command, work: Work) -> None:
    """The next slots of this chat, and what was lately not posted and why."""
    reply(work, cmd, "promos/plans", **service.next_and_skipped(work, work.chat))


@router.command("stopall", about="Stop all planned posts", who="operator", where="any")
def stop_all(cmd: Command, work: Work) -> None:
    """Stops every planned post in every chat, at once; says so in the operators' chat, else in private, if
    that can be."""
    dropped = service.stop_all(work, sender_of(cmd))
    if in_ops(work):
        reply(work, cmd, "promos/stopped", lifetime=None, dropped=dropped)
    elif members.reachable(work, sender_of(cmd)):
        work.say(Send(user=sender_of(cmd), template="promos/stopped", data={"dropped": dropped}))
    else:
        reply(work, cmd, "common/start_first", username=work.me.username, done=True)


@router.command("resumeall", about="Go on with planned posts", who="operator", where="any")
def resume_all(cmd: Command, work: Work) -> None:
    """Asks in private before planned posts go on."""
    person = members.alone(work, sender_of(cmd))
    button = Button("resume", Resume(cmd.update_id))
    work.say(
        Send(user=person, template="promos/resume", ref=_ref(person, cmd.update_id), buttons=((button,),))
    )


@router.tap(Resume, who="operator")
def resume(tap: Tap, work: Work) -> None:
    """The button below that question."""
    assert isinstance(tap.data, Resume) and tap.sender is not None
    person = tap.sender.id
    service.resume(work, person)
    work.say(Edit(ref=_ref(person, tap.data.asked), template="promos/resumed", user=person))
    work.say(Answer(query_id=tap.query_id, template="promos/resumed"))


@router.tap(service.AskCard)
def ask(tap: Tap, work: Work) -> None:
    """[I have a question] below a post: who answers for the group is told."""
    assert isinstance(tap.data, service.AskCard)
    name = service.question(work, tap, tap.data)
    work.say(Answer(query_id=tap.query_id, template="promos/asked", data={"name": name}, alert=True))


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    """Forgets who had a question, and who remembered what, half a year ago."""
    service.sweep_questions(work)
    service.sweep_recall(work)


@router.every(seconds=600)
def ask_recall(work: Work) -> None:
    """The month's question on a core message, where it is switched on."""
    service.ask_recall(work)


@router.tap(service.Recalled)
def recalled(tap: Tap, work: Work) -> None:
    """An answer to it."""
    assert isinstance(tap.data, service.Recalled) and tap.sender is not None
    service.recalled(work, tap.sender.id, tap.data)
    work.say(Answer(query_id=tap.query_id, template="promos/recalled"))


def _ref(person: int, asked: int) -> str:
    return f"promos.resume:{person}:{asked}"
