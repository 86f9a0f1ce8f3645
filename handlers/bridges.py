"""/bridge: agree to be on the map of groups; /bridges: the map, for operators."""

from __future__ import annotations

from groupbot import Answer, Command, Refusal, Router, Send, Tap, Work, person_of, reply, sender_of, switched
from groupbot.features.bridges import service
from groupbot.features.bridges.domain import Agree, AskThem, Decline
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import BRIDGE

router = Router(
    "bridges",
    about="Who is at home in several groups and agreed to be asked",
    keeps="who was asked to be a bridge for a campaign and what they said, 180 days, a no for good",
)
router.keeps_of(*service.KEPT)


@router.command(
    "bridge", about="Agree to be asked as a link between groups", where="any", hidden=True,
    usage="/bridge [on|off]", example="/bridge on",
)  # fmt: skip
def bridge(cmd: Command, work: Work) -> None:
    """Off for everybody who did not say on."""
    person = person_of(cmd)
    if person is None:
        raise Refusal("privacy/themselves")
    if cmd.args.strip():
        members.wish(work, person, BRIDGE, switched(cmd.args))
    reply(work, cmd, "bridges/wish", on=members.wishes.bridging(work, person))


@router.command(
    "bridges", about="How groups overlap, and bridges for a campaign", who="operator", where="any",
    hidden=True, usage="/bridges [CAMPAIGN]", example="/bridges Lanterns 2027",
)  # fmt: skip
def bridges(cmd: Command, work: Work) -> None:
    """In private, never in a group: it names people."""
    data, rows = service.told(work, cmd.args.strip())
    work.say(Send(user=members.alone(work, sender_of(cmd)), template="bridges/map", data=data, buttons=rows))
    if cmd.chat.type != "private":
        reply(work, cmd, "members/see_private")


@router.tap(AskThem, who="operator")
def ask(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, AskThem) and tap.sender is not None
    name = service.ask(work, tap.data, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="bridges/asked", data={"name": name}))


@router.tap(Agree)
def agree(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Agree)
    _said(tap, work, tap.data.ask, True)


@router.tap(Decline)
def decline(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Decline)
    _said(tap, work, tap.data.ask, False)


def _said(tap: Tap, work: Work, number: int, agreed: bool) -> None:
    if tap.sender is None:
        raise Refusal("common/old_button")
    service.said(work, number, tap.sender.id, agreed)
    work.say(Answer(query_id=tap.query_id, template="bridges/said", data={"agreed": agreed}))


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)
