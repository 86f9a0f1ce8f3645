"""Members' ways in dated steps, made anew each night; told in reports."""

from __future__ import annotations

from groupbot import Router, Work
from groupbot.features.journey import service

router = Router(
    "journey",
    about="The way of members: joined, activated, regular, advocate, lapsed, each with its day",
    keeps="the days on which a member came, took part first, became a regular, brought a friend, fell silent;"
    " nothing of who opted out",
)
router.keeps_of(*service.KEPT)


@router.every(seconds=900, reads=service.due)
def nightly(found: service.Found, work: Work) -> bool:
    """A group a step, each once a night."""
    return service.keep(work, found)
