"""Rules: what is said here and what is not, kept by a machine, decided by people."""

from __future__ import annotations

from msgspec import structs

from groupbot import (
    Answer,
    Button,
    Command,
    Event,
    Joined,
    Message,
    Refusal,
    Router,
    Send,
    Standing,
    Tap,
    Work,
    reply,
    sender_of,
    switched,
)
from groupbot.features.care import service as care
from groupbot.features.guarding.service import channels
from groupbot.features.members import service as members
from groupbot.features.members.domain import SetUp
from groupbot.features.rules import service
from groupbot.features.rules.domain import cases
from groupbot.features.rules.domain.checks import BY_ID
from groupbot.features.rules.domain.policy import MODES, SETTINGS
from groupbot.features.rules.service import wording
from groupbot.features.scenes import service as scenes
from groupbot.features.scenes.domain import Mute

router = Router(
    "rules",
    about="Group rules, kept fairly",
    needs={"delete", "restrict"},
    keeps="cases with rule and action, 180 days, a ban while it stands; matched words (at most 64"
    " characters), 30 days",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT, erase=service.erase)


@router.guard
def judge(event: Event, work: Work) -> bool:
    """What is said as the linked channel is its own, as its posts are."""
    return type(event) is Message and not channels.linked(work, event) and service.judge(work, event)


@router.on(Standing)
def standing(event: Standing, work: Work) -> None:
    service.standing_known(work, event)
    service.lifted_elsewhere(work, event)


@router.on(Joined)
def mute_again(event: Joined, work: Work) -> None:
    """Who left while muted comes back muted."""
    if not event.service and not work.late:
        for person in event.people:
            service.mute_again(work, person.id)


@router.on(SetUp)
def begin(made: SetUp, work: Work) -> None:
    if made.first:
        service.watch_on(work, made.chat, None)


@router.every(seconds=60)
def watch(work: Work) -> None:
    service.watch(work)


@router.every(seconds=60)
def would_have(work: Work) -> None:
    """Tells the operators' chat what rules that only watch would have done: one message a day."""
    service.would_have(work)


@router.command(
    "rules",
    about="The rules of this group",
    usage="/rules [on|off|shadow] [set TEXT] [add|drop PHRASE] [allow DOMAIN] [RULE on|off]",
    example="/rules set 1. Be kind.",
    words=("群规",),
    admin_args=dict.fromkeys(("set", *MODES, *BY_ID), "info")
    | dict.fromkeys(("add", "drop", "allow"), "delete"),
)
def rules(cmd: Command, work: Work) -> None:
    """Shows the rules; administrators set them."""
    by = sender_of(cmd) or None
    verb, _, rest = cmd.args.partition(" ")
    verb = verb.lower()
    if verb in MODES and not rest:
        service.set_mode(work, work.chat, verb, by)
    elif verb == "set":
        wording.write(work, work.chat, rest, by)
    elif verb in ("add", "drop"):
        n = service.change_phrase(work, work.chat, rest, by, gone=verb == "drop")
        reply(work, cmd, "rules/phrases", n=n)
        return
    elif verb == "allow":
        reply(work, cmd, "rules/allowed", places=service.allow(work, work.chat, rest, by))
        return
    elif verb in BY_ID and rest:
        service.switch(work, work.chat, verb, switched(rest), by)
    elif verb:
        raise Refusal("common/usage")
    if not verb and cmd.chat.type != "private" and wording.privately(work, cmd.message):
        return
    said = wording.shown(work, work.chat, cmd.sender)
    short = None if cmd.chat.type == "private" else 60
    where = {"chat": work.chat, "reply_to": cmd.message.message_id, "topic": cmd.message.topic}
    work.say(structs.replace(said, lifetime=short, **where))


@router.command("why", about="Why was my message removed", where="any", mirrored=True)
def why(cmd: Command, work: Work) -> None:
    """Your own last cases: the rule, what happened, who can lift it; why care wrote, why a card came."""
    if cmd.sender is None or cmd.message.anonymous:
        raise Refusal("rules/no_cases")
    person, private = cmd.sender.id, cmd.chat.type == "private"
    chat = None if private else work.chat
    said: list[Send] = []
    if words := care.why(work, person, chat):
        said.append(Send(user=person, template="care/why", data={"words": words}))
    if cards := scenes.why(work, person, chat):
        mute = Button("again" if cards["deaf"] else "mute", Mute(bool(cards["deaf"])))
        said.append(Send(user=person, template="scenes/why", data=cards, buttons=((mute,),)))
    if found := service.own_cases(work, person, chat):
        said.append(Send(user=person, template="rules/why", data={"cases": found}))
    if not said:
        reply(work, cmd, "rules/no_cases")
    elif not private and not members.reachable(work, person):
        reply(work, cmd, "rules/why_private")
    for each in said if private or members.reachable(work, person) else ():
        work.say(each)


@router.command(
    "undo", about="Take a case back", who="admin", right="restrict", usage="/undo CASE", example="/undo 12"
)
def undo(cmd: Command, work: Work) -> None:
    """A mute or ban of that case ends, it no longer counts."""
    if not cmd.args.isdecimal() or len(cmd.args) > 9:
        raise Refusal("common/usage")
    id_ = service.by_number(work, work.chat, int(cmd.args))
    case = service.undo_by_hand(work, id_, sender_of(cmd))
    reply(work, cmd, "rules/undo_done", number=case.number)


# --- buttons
def _who(tap: Tap) -> int:
    assert tap.sender is not None
    return tap.sender.id


def _settled(tap: Tap, work: Work, case: cases.Case, kinds: tuple[str, ...], result: str) -> None:
    work.say(
        Answer(
            query_id=tap.query_id,
            template="rules/settled",
            data={"number": case.number, "result": result},
        )
    )
    person = _who(tap) if tap.chat.type == "private" else None
    if person is not None:
        service.settled(work, case, kinds, person, result)
    if case.by and result == "undone":
        service.taken_back(work, case, person)


@router.tap(cases.Appeal)
def appeal(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.Appeal)
    heard = service.appeal(work, tap.data.id, _who(tap))
    template = "rules/appealed" if heard else "rules/appeal_nobody"
    work.say(Answer(query_id=tap.query_id, template=template, alert=True))


@router.tap(cases.Undo, who="admin", right="restrict")
def take_back(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.Undo)
    case = service.undo_by_hand(work, tap.data.id, _who(tap))
    _settled(tap, work, case, ("mute", "ban", "human", "basic", "wish", "appeal"), "undone")


@router.tap(cases.Uphold, who="admin", right="restrict")
def uphold(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.Uphold)
    _settled(tap, work, service.uphold(work, tap.data.id, _who(tap)), ("appeal",), "upheld")


@router.tap(cases.Collect, who="admin", right="delete", bot_right="delete")
def collect(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.Collect)
    _settled(tap, work, service.collect(work, tap.data.id, _who(tap)), ("flag", "unknown"), "removed")


@router.tap(cases.ShowOut, who="admin", right="restrict", bot_right="restrict")
def show_out(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.ShowOut)
    _settled(tap, work, service.show_out(work, tap.data.id, _who(tap)), ("bot",), "out")


@router.tap(cases.LetPass, who="admin", right="delete")
def let_pass(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.LetPass)
    _settled(tap, work, service.let_pass(work, tap.data.id, _who(tap)), ("flag", "unknown", "bot"), "passed")


@router.tap(cases.Wrong, who="admin", right="delete")
def wrong(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.Wrong)
    _settled(tap, work, service.wrong(work, tap.data.id, _who(tap)), (), "wrong")


@router.tap(cases.Look, who="admin")
def look(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.Look)
    service.look(work, tap.data.chat, _who(tap))


@router.tap(cases.SwitchOn, who="admin", right="info")
def switch_on(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.SwitchOn)
    service.set_mode(work, tap.data.chat, "on", _who(tap))
    work.say(Answer(query_id=tap.query_id, template="rules/switched_on", alert=True))


@router.tap(cases.WatchOn, who="admin", right="info")
def watch_on(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, cases.WatchOn)
    service.watch_on(work, tap.data.chat, _who(tap))
    work.say(Answer(query_id=tap.query_id, template="rules/watching", alert=True))
