"""/role: what somebody is to a group, told to them alone."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Send, Work, person_of, reply
from groupbot.features.members import service as members
from groupbot.features.roles import service

router = Router(
    "roles",
    about="Who opens talk, who follows, who looks on",
    keeps="a member's role, score and reasons when it changes, a year; nothing of who opted out",
)
router.keeps_of(*service.KEPT)


@router.command(
    "role", about="Your part in this group, and why", hidden=True, usage="/role me", example="/role me"
)
def role(cmd: Command, work: Work) -> None:
    """In private: nobody is named an onlooker before others."""
    person = person_of(cmd)
    if person is None:
        raise Refusal("privacy/themselves")
    to = members.alone(work, person)
    data = service.mine(work, work.chat, person)
    if data["out"]:
        service.forget(work, person)
    work.say(Send(user=to, template="roles/mine", data=data))
    if cmd.chat.type != "private":
        reply(work, cmd, "members/see_private")


@router.every(seconds=900, reads=service.due)
def weekly(found: service.Found, work: Work) -> bool:
    """A group a step, each once a week."""
    return service.keep(work, found)


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)
