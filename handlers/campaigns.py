"""/campaign: campaigns under operators' hands, and the tick that watches them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from groupbot import Answer, Button, Command, Edit, Refusal, Router, Send, Tap, Work, reply, sender_of
from groupbot.features.campaigns import service
from groupbot.features.members import service as members

router = Router(
    "campaigns",
    about="Campaigns with a gate before and a limit during",
    keeps="when a campaign began and ended, who decided what of it, or of a group's going live, and why,"
    " and what was learnt",
)
router.keeps_of(*service.KEPT)


class Launch(Struct, frozen=True, tag="cam.go"):
    """[Launch], on a card that knew of so many stops."""

    campaign: str
    stops: int


class Halt(Struct, frozen=True, tag="cam.stop"):
    """[Stop]"""

    campaign: str


class Unlearn(Struct, frozen=True, tag="cam.un"):
    """[Take it back], below a lesson or note that was kept."""

    word: int


@router.every(seconds=60)
def watch(work: Work) -> None:
    """Phases, limits, cues and ends."""
    service.watch(work)


@router.command(
    "campaign",
    about="Campaigns: where they stand, launch, stop",
    who="operator",
    where="any",
    usage="/campaign [NAME | reasons | launch NAME because REASON | skip NAME because REASON | stop NAME"
    " | review NAME | spread NAME | lesson NAME: TEXT | insight NAME: TEXT"
    " | unlearn NAME: FIRST WORDS]",
    example="/campaign Lanterns 2027",
    hidden=True,
)
def campaign(cmd: Command, work: Work) -> None:
    """The list, one board, a launch in spite of gaps with its reason, what it came to, what was learnt."""
    first, _, rest = cmd.args.strip().partition(" ")
    if not first:
        reply(work, cmd, "campaigns/list", lifetime=None, campaigns=service.listed(work))
        return
    name = cmd.args.strip()
    if name.lower() == "reasons":
        reply(work, cmd, "campaigns/reasons", lifetime=None, **service.reasons(work))
        return
    if first.lower() == "review" and rest.strip():
        data = service.review(work, rest.strip())
        reply(work, cmd, "campaigns/review", lifetime=None, **data)
        return
    if first.lower() == "spread" and rest.strip():
        reply(work, cmd, "campaigns/spread", lifetime=None, **service.spread(work, rest.strip()))
        return
    if first.lower() in ("lesson", "insight"):
        keep = service.learn if first.lower() == "lesson" else service.remark
        made = keep(work, rest, sender_of(cmd))
        number = made.pop("id")
        button = ((Button("back", Unlearn(number)),),)
        ref = _lesson(number)
        reply(work, cmd, "campaigns/learnt", lifetime=None, buttons=button, ref=ref, **made)
        return
    if first.lower() == "unlearn":
        reply(work, cmd, "campaigns/unlearnt", lifetime=None, **service.unlearn(work, rest))
        return
    if first.lower() == "skip" and rest.strip():
        name, _, because = rest.strip().partition(" because ")
        service.skip(work, name.strip(), sender_of(cmd), because)
    if first.lower() in ("launch", "stop") and rest.strip():
        name, _, because = rest.strip().partition(" because ")
        if first.lower() == "launch":
            service.launch(work, name.strip(), sender_of(cmd), because)
        elif not service.stop(work, name.strip(), "stopped by an operator", sender_of(cmd)):
            raise Refusal("campaigns/none", name=name[:60], near="")
        elif all(c["name"] != name.strip() for c in service.listed(work)):  # its file is gone: no board of it
            reply(work, cmd, "campaigns/done", lifetime=None, launched=False)
            return
    data = service.board(work, name.strip())
    private = cmd.chat.type == "private"  # there a button belongs to the person
    place: dict[str, Any] = {"user": sender_of(cmd)} if private else {"chat": work.chat}
    topic = None if private else cmd.message.topic
    work.say(Send(**place, topic=topic, template="campaigns/board", data=data, buttons=_buttons(data)))


@router.tap(Launch, who="operator")
def launch(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Launch) and tap.sender is not None
    service.launch(work, tap.data.campaign, tap.sender.id, stops=tap.data.stops)
    work.say(Answer(query_id=tap.query_id, template="campaigns/done", data={"launched": True}))


@router.tap(Halt, who="operator")
def halt(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Halt) and tap.sender is not None
    service.stop(work, tap.data.campaign, "stopped by an operator", tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="campaigns/done", data={"launched": False}))


@router.tap(Unlearn, who="operator")
def unlearn(tap: Tap, work: Work) -> None:
    """A lesson or note that was written wrongly goes."""
    assert isinstance(tap.data, Unlearn) and tap.sender is not None
    data = service.unlearn_one(work, tap.data.word)
    work.say(Edit(**_there(tap, work), ref=_lesson(tap.data.word), template="campaigns/unlearnt", data=data))
    work.say(Answer(query_id=tap.query_id, template="campaigns/back", data={}))


@router.tap(service.CueDone, who="operator")
def cue(tap: Tap, work: Work) -> None:
    """A line of the run-of-show is done; pressed again it tells by whom."""
    assert isinstance(tap.data, service.CueDone) and tap.sender is not None
    who = members.name_once(work, service.cue_done(work, tap.data.campaign, tap.data.line, tap.sender.id))
    ref = f"campaign.cue:{tap.data.campaign}:{tap.data.line}"
    ref = f"{ref}:{tap.sender.id}" if tap.chat.type == "private" else ref
    work.say(Edit(**_there(tap, work), ref=ref, template="campaigns/cue_done", data={"who": who}))


@router.command(
    "ready",
    about="What this group lacks before it goes live",
    who="admin",
    right="info",
    usage="/ready [open | open because REASON | close]",
    example="/ready",
    rare=True,
)
def ready(cmd: Command, work: Work) -> None:
    """The gaps, in private; opens the group to promotions, where they wait for it (`ready_first`)."""
    asks = sender_of(cmd)
    private = members.alone(work, asks)
    act, _, because = cmd.args.strip().partition(" because ")
    if act.lower() == "open":
        service.open_chat(work, work.chat, asks, because)
    elif act.lower() == "close":
        service.close_chat(work, work.chat, asks)
    elif act:
        raise Refusal("common/usage")
    work.say(Send(user=private, template="campaigns/ready", data=service.readiness(work, work.chat)))
    if cmd.chat.type != "private":
        reply(work, cmd, "members/see_private")


def _there(tap: Tap, work: Work) -> dict[str, Any]:
    """Where the message of a button stands: in private it is the person's."""
    assert tap.sender is not None
    return {"user": tap.sender.id} if tap.chat.type == "private" else {"chat": work.chat}


def _lesson(number: int) -> str:
    return f"campaign.lesson:{number}"


def _buttons(data: dict[str, Any]) -> Any:
    """Launch where nothing is missing, stop where it runs; a name too long for a button is typed."""
    if len(data["name"].encode()) > 24:
        return ()
    if data["state"] == "live":
        return ((Button("stop", Halt(data["name"])),),)
    if data["state"] in ("draft", "stopped") and not data["gaps"]:
        return ((Button("launch", Launch(data["name"], data["stops"])),),)
    return ()
