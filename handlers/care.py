"""Care: /recipes switches it on, /tasks and /keyperson are for people who care in person; /birthday and
/anniversary say what a member allows."""

from __future__ import annotations

from groupbot import (
    Answer,
    Command,
    Edit,
    Joined,
    Message,
    Refusal,
    Router,
    Send,
    Tap,
    Work,
    person_of,
    reply,
    sender_of,
    switched,
)
from groupbot.core.setting import SWITCHES, switch_of
from groupbot.features.care import service
from groupbot.features.care.domain import SETTINGS
from groupbot.features.members import service as members
from groupbot.features.members.domain import SetUp
from groupbot.features.promos import service as promos

router = Router(
    "care",
    about="Care by recipes: what follows from what",
    keeps="who was written to by which recipe and when, tasks for people, 180 days; a birthday without its"
    " year, until taken back",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT, redraw=service.redraw)


@router.on(Joined)
def joined(event: Joined, work: Work) -> None:
    service.joined(work, event)


@router.on(SetUp)
def set_up(happened: SetUp, work: Work) -> None:
    service.set_up(work, happened)


@router.on(Message, idle="care.waiting")
def heard(message: Message, work: Work) -> None:
    """A human answers: one look-up where no recipe runs."""
    service.heard(work, message)


@router.every(seconds=5)
def step(work: Work) -> bool:
    """Does what is due."""
    return service.step_due(work)


@router.every(seconds=600)
def look(work: Work) -> bool:
    """Looks for silence, birthdays, milestones, orders and dates."""
    return service.look(work)


@router.every(seconds=3600)
def sweep(work: Work) -> bool:
    """Forgets what is 180 days old."""
    promos.sweep(work)
    return service.sweep(work)


@router.command(
    "recipes",
    about="Care by recipes, on and off",
    who="admin",
    admin_args=dict.fromkeys(SWITCHES, "info"),
    usage="/recipes [NAME | on NAME | off NAME]",
    example="/recipes on newcomer",
    rare=True,
)
def recipes(cmd: Command, work: Work) -> None:
    """All of them, how one goes, or a switch."""
    first, _, rest = cmd.args.strip().partition(" ")
    on = switch_of(first) if rest.strip() else None
    if on is not None:
        name = service.switch(work, work.chat, rest.strip(), on, sender_of(cmd) or None).name
        reply(work, cmd, "care/switched", name=name, active=on)
    elif cmd.args.strip():
        reply(work, cmd, "care/report", **service.report(work, work.chat, cmd.args.strip()))
    else:
        reply(work, cmd, "care/list", recipes=service.listed(work, work.chat))


@router.command("tasks", about="People to get in touch with", who="admin", rare=True)
def tasks(cmd: Command, work: Work) -> None:
    """What waits for a human here, and the key people: in private, it is nobody else's matter."""
    asks = members.alone(work, _somebody(cmd))
    data = {"tasks": service.open_here(work, work.chat), "keys": service.keys(work, work.chat)}
    work.say(Send(user=asks, template="care/tasks", data=data))


@router.command(
    "keyperson",
    about="Look after somebody in person, in reply to them",
    who="admin",
    usage="/keyperson [off] (in reply to them)",
    example="/keyperson",
    rare=True,
)
def keyperson(cmd: Command, work: Work) -> None:
    """Whoever says it looks after them from now on; told in private."""
    human, whom = _somebody(cmd), cmd.message.reply_person
    if whom is None or whom.is_bot or (cmd.args.strip() and switch_of(cmd.args) is not False):
        raise Refusal("common/usage")
    human = members.alone(work, human)
    off = bool(cmd.args.strip())
    service.look_after(work, work.chat, whom.id, 0 if off else human)
    name = "" if off else members.name(work, human)
    work.say(Send(user=human, template="care/key", data={"who": whom.name, "human": name}))


@router.command(
    "birthday",
    about="Have your birthday marked, or not",
    where="any",
    usage="/birthday MONTH-DAY | off",
    example="/birthday 01-30",
    rare=True,
)
def birthday(cmd: Command, work: Work) -> None:
    """The year is not kept."""
    word = cmd.args.strip()
    if word:
        service.birthday(work, _somebody(cmd), None if switch_of(word) is False else word)
    _wish(cmd, work)


@router.command(
    "anniversary",
    about="Have the day you joined marked, or not",
    where="any",
    usage="/anniversary on | off",
    example="/anniversary on",
    rare=True,
)
def anniversary(cmd: Command, work: Work) -> None:
    if cmd.args.strip():
        service.anniversary(work, _somebody(cmd), _on(cmd))
    _wish(cmd, work)


@router.tap(service.Done)
def done(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, service.Done)
    _settle(tap, work, tap.data.task, left=False)


@router.tap(service.Leave)
def leave(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, service.Leave)
    _settle(tap, work, tap.data.task, left=True)


def _settle(tap: Tap, work: Work, task: int, *, left: bool) -> None:
    assert tap.sender is not None
    service.settle(work, task, tap.sender.id, left=left)
    work.say(Edit(user=tap.sender.id, ref=f"care.task:{task}", template="care/settled", data={"left": left}))
    work.say(Answer(query_id=tap.query_id, template="care/settled", data={"left": left}))


def _wish(cmd: Command, work: Work) -> None:
    """What is kept, to the person alone where that can be."""
    person = _somebody(cmd)
    if members.reachable(work, person):
        work.say(Send(user=person, template="care/wish", data=service.wish_of(work, person)))
    else:
        reply(work, cmd, "care/wish", lifetime=20, **service.wish_of(work, person))


def _somebody(cmd: Command) -> int:
    person = person_of(cmd)
    if person is None:
        raise Refusal("checkin/people_only")
    return person


def _on(cmd: Command) -> bool:
    on = switched(cmd.args)
    return on
