"""Counted links, and /buy: the fixed entrances of a group."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Send, Work, reply, sender_of
from groupbot.features.links import service
from groupbot.features.links.domain import SETTINGS
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started

router = Router(
    "links",
    about="Fixed entrances and counted links",
    needs={"pin"},
    keeps="who came by which link out of which group, 180 days",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT)


@router.on(Started)
def started(event: Started, work: Work) -> None:
    service.came(work, event)


@router.command(
    "buy",
    about="Where to buy and whom to ask",
    words=("入口", "购买"),
    usage="/buy [pin | reach]",
    example="/buy",
    admin_args={"pin": "pin", "reach": "pin"},
    rare=True,
)
def buy(cmd: Command, work: Work) -> None:
    """The entrances as buttons, with the benefit of the day; `pin` by an admin posts them for good and pins
    them, `reach` tells who came by which and how long each was dead, in private."""
    word = cmd.args.strip().lower()
    if word == "reach":
        person = members.alone(work, sender_of(cmd))
        work.say(Send(user=person, template="links/uses", data=service.uses(work, work.chat)))
        if work.away is None:
            reply(work, cmd, "members/see_private")
        return
    rows = service.buttons(work, work.chat)
    if not rows:
        raise Refusal("links/none")
    if word == "pin":
        service.pin_entrances(work, work.chat, cmd.message.topic, cmd.update_id)
    else:
        reply(work, cmd, "links/entrances", buttons=rows, benefit=service.benefit(work, work.chat))


@router.every(seconds=600)
def refresh(work: Work) -> None:
    """The benefit of the day beside pinned entrances."""
    service.refresh(work)


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)
