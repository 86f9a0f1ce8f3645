"""Keeps chats and people up to date from everything that happens."""

from __future__ import annotations

from groupbot import Event, Router, Work
from groupbot.features.members import service

router = Router(
    "people",
    about="Who is here",
    keeps="names, joins and leaves while you are a member; 180 days after",
)
router.keeps_of(*service.KEPT)


@router.observe
def note(event: Event, work: Work) -> None:
    service.note_people(event, work)


@router.every(seconds=3600)
def sweep(work: Work) -> bool:
    """Forgets who left 180 days ago."""
    return service.sweep(work)
