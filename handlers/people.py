"""Keeps chats and people up to date from everything that happens."""

from __future__ import annotations

from groupbot import Router, Work
from groupbot.features.members import service

router = Router(
    "people",
    about="Who is here",
    keeps="names, joins and leaves while you are a member; 180 days after",
)
router.keeps_of(*service.KEPT)


router.observe(service.note_people)


@router.every(seconds=3600)
def sweep(work: Work) -> bool:
    """Forgets who left 180 days ago."""
    return service.sweep(work)
