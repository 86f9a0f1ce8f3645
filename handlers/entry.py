"""Coming in and going: newcomers are greeted, asked and let in."""

from __future__ import annotations

from msgspec import structs

from groupbot import (
    Answer,
    Event,
    Joined,
    JoinRequest,
    Left,
    Message,
    Router,
    Standing,
    Tap,
    Work,
)
from groupbot.features.approvals import service as approvals
from groupbot.features.entry import service
from groupbot.features.entry.domain import Accept, Here, Pick, Rules, Sanction
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started
from groupbot.features.rules import service as rules
from groupbot.features.rules.service import wording
from groupbot.features.rules.service.sanctions import sanction

router = Router(
    "entry",
    about="Greetings, and a captcha for newcomers",
    needs={"delete", "restrict", "invite"},
    keeps="who was asked to show they are a person and how it ended, 30 days; no answers",
)
router.keeps_of(*service.KEPT, erase=service.erase)


# --- what the other features know
def other(work: Work, chat: int, person: int) -> Sanction | None:
    """A case of the rules that stands against somebody."""
    found = sanction(work, chat, person)
    return None if found is None else Sanction(*found)


def _rules(work: Work, chat: int) -> str:
    return wording.plain(work, chat)


def _approved(work: Work, chat: int, person: int) -> bool:
    """Approved people are never asked."""
    return approvals.approved(work, chat, person)


# --- people come and go
@router.on(Joined)
def joined(event: Joined, work: Work) -> None:
    for person in event.people:
        service.joined(work, event, person, other, approved=_approved(work, work.chat, person.id))


@router.on(JoinRequest)
def requested(event: JoinRequest, work: Work) -> None:
    person = event.sender.id if event.sender else 0
    service.requested(work, event, _rules, other, approved=_approved(work, work.chat, person))


@router.on(Left)
def left(event: Left, work: Work) -> None:
    service.left(work, event)


@router.on(Standing)
def standing(event: Standing, work: Work) -> None:
    service.standing(work, event)


@router.every(seconds=2)
def due(work: Work) -> bool:
    """Ends the captcha of those whose time is up."""
    return service.due(work, other)


@router.every(seconds=5)
def greet(work: Work) -> bool:
    """Greets together those who came within a minute."""
    return service.greet_due(work)


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    """Forgets newcomers of thirty days ago."""
    service.sweep(work)


# --- the captcha's answers
@router.guard
def typed(event: Event, work: Work) -> bool:
    """A private message may be the answer that is awaited: it stops here and is not kept."""
    return (
        type(event) is Message and event.chat.type == "private" and service.typed(work, event, _rules, other)
    )


@router.on(Started)
def started(event: Started, work: Work) -> None:
    number = event.payload.removeprefix("captcha_")
    if number != event.payload and number.isascii() and number.isdigit() and len(number) < 16:
        service.started(work, event.person, int(number), _rules)


def _who(tap: Tap) -> int:
    assert tap.sender is not None
    return tap.sender.id


@router.tap(Here)
def here(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Here)
    url = service.here(work, tap.data.chat, _who(tap), other)
    if url:
        work.say(Answer(query_id=tap.query_id, url=url))
    else:
        work.say(Answer(query_id=tap.query_id, template="entry/passed"))


@router.tap(Pick)
def picked(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Pick)
    became = service.picked(work, tap.data, _who(tap), _rules, other)
    work.say(Answer(query_id=tap.query_id, template="entry/answered", data={"became": became}))


@router.tap(Accept)
def accepted(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Accept)
    service.accepted(work, tap.data, _who(tap), other)
    work.say(Answer(query_id=tap.query_id, template="entry/passed"))


@router.tap(Rules)
def show_rules(tap: Tap, work: Work) -> None:
    """[Rules] under a greeting: in private where that is open, else as an alert."""
    assert isinstance(tap.data, Rules)
    if members.reachable(work, _who(tap)):
        work.say(structs.replace(wording.shown(work, work.chat, tap.sender), user=_who(tap)))
        work.say(Answer(query_id=tap.query_id, template="members/see_private"))
    else:
        data = {**rules.show(work, work.chat), "text": wording.plain(work, work.chat)}
        work.say(Answer(query_id=tap.query_id, template="rules/rules", data=data, alert=True))
