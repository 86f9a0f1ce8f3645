"""Keeps chats and people up to date from everything that happens."""

from __future__ import annotations

from groupbot import Answer, Counted, Router, Tap, Work
from groupbot.features.members import service
from groupbot.features.members.domain import WAVE, WAVE_WAIT, People

router = Router(
    "people",
    about="Who is here",
    keeps="names, joins and leaves while you are a member; 180 days after",
    settings=(WAVE, WAVE_WAIT),
)
router.keeps_of(*service.KEPT)


router.observe(service.note_people)


@router.every(seconds=3600)
def sweep(work: Work) -> bool:
    """Forgets who left 180 days ago."""
    return service.sweep(work)


@router.every(seconds=600)
def count(work: Work) -> None:
    """Asks Telegram how many members groups have, each once a day."""
    service.counting.ask_due(work)


@router.on(Counted)
def counted(event: Counted, work: Work) -> None:
    service.counting.counted(work, event)


@router.every(seconds=3600)
def waves(work: Work) -> None:
    """Tells who answers for a group that many came at once."""
    service.waves.tell(work)


@router.tap(People, who="admin", right="restrict")
def people(tap: Tap, work: Work) -> None:
    """They are people: their points begin like everybody's."""
    assert isinstance(tap.data, People)
    service.waves.passed(work, tap.data.chat)
    work.say(Answer(query_id=tap.query_id, template="members/wave_passed"))
