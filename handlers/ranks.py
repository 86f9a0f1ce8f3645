"""Ranks by points as member tags, where the group has switched that on (`/settings ranks.by season`)."""

from __future__ import annotations

from groupbot import Left, Router, Work
from groupbot.features.ranks import service
from groupbot.features.ranks.domain import BY, SETTINGS, TAGS

router = Router(
    "ranks",
    about="Ranks as member tags",
    keeps="which tag the bot gave whom, until it is taken away",
    settings=SETTINGS,
    wants=((BY, TAGS),),
)
router.keeps_of(*service.KEPT, erase=service.erase)
router.condition(BY)(service.may_tag)


@router.every(seconds=600, reads=service.boards)
def give(boards: dict[int, service.Board], work: Work) -> None:
    """What has changed since the last look."""
    service.give(boards, work)


@router.on(Left)
def left(event: Left, work: Work) -> None:
    service.left(work, work.chat, event.person.id)
