"""Points for taking part, where the group has switched that on (`/settings earning.on on`)."""

from __future__ import annotations

from groupbot import Left, Message, Router, Work
from groupbot.features.earning import service
from groupbot.features.earning.domain import ON, SETTINGS
from groupbot.features.rules.domain.cases import Removed

router = Router(
    "earning",
    about="Points for taking part",
    keeps="how many messages counted on which day, and in which ways, for 40 days; no words",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT)


@router.on(Message, idle=("members.value", ON.key))
def spoke(message: Message, work: Work) -> None:
    """A message that got past the rules."""
    service.spoke(work, message)


@router.on(Left)
def left(event: Left, work: Work) -> None:
    """Who leaves takes nothing along that was earned just before."""
    service.left(work, work.chat, event.person.id)


@router.on(Removed)
def removed(gone: Removed, work: Work) -> None:
    """What was taken away earned nothing."""
    for message in gone.messages:
        service.removed(work, gone.chat, message)


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)
