"""Joining a group and setting it up: one line, three taps."""

from __future__ import annotations

from groupbot import (
    Answer,
    BotStanding,
    Button,
    Command,
    Refusal,
    Router,
    Send,
    Standing,
    Tap,
    Work,
    sender_of,
)
from groupbot.features.members import service
from groupbot.features.members.domain import SETTINGS, TIERS, Started, tree
from groupbot.features.members.service.setup import Begin, Clock, Speak, Tier

setup = service.setup
router = Router(
    "setup",
    about="Sets a group up in three taps",
    keeps="the group's tier, language and time zone, while the bot is in the group",
    settings=SETTINGS,
)


@router.on(BotStanding)
def arrived(event: BotStanding, work: Work) -> None:
    setup.arrived(work, event)


@router.tap(Begin, who="admin", right="info")
def begin(tap: Tap, work: Work) -> None:
    """Goes on in private; who never started the bot is brought there."""
    assert tap.sender is not None
    if not service.reachable(work, tap.sender.id):
        url = f"https://t.me/{work.me.username}?start=setup_{work.chat}"
        work.say(Answer(query_id=tap.query_id, url=url))
        return
    work.say(Answer(query_id=tap.query_id, template="members/see_private"))
    setup.ask_tier(work, work.chat, tap.sender.id)


@router.on(Standing)
def known(event: Standing, work: Work) -> None:
    setup.known(work, event)


@router.command(
    "start",
    about="Begin here",
    where="any",
    hidden=True,
    admin_args={f"t_{tier}": "info" for tier in TIERS},
)
def start(cmd: Command, work: Work) -> None:
    """In private: a welcome, or the set-up a link asked for. In a group: the tier a link pre-fills."""
    payload = cmd.args
    if cmd.chat.type != "private":
        if payload.startswith("t_") and payload[2:] in TIERS and cmd.sender is not None:
            owner = None if cmd.message.anonymous else cmd.sender.id
            service.set_profile(work, work.chat, tier=payload[2:], owner=owner)
        return
    assert cmd.sender is not None
    number = payload.removeprefix("setup_")
    if number != payload and number.isascii() and number.isdigit() and len(number) < 16:
        setup.begin(work, int(number), cmd.sender.id)
        return
    maker, _, rest = payload.partition("_")
    if rest and maker.isalpha() and maker not in ("setup", "t"):  # a link that some feature made
        work.emit(Started(cmd.sender.id, payload))
        return
    add = setup.add_link(work)
    work.say(Send(chat=work.chat, template="members/welcome", buttons=((Button("add", url=add),),)))


@router.tap(Tier, who="admin", right="info")
def tier(tap: Tap, work: Work) -> None:
    assert tap.sender is not None and isinstance(tap.data, Tier)
    setup.choose_tier(work, tap.data.chat, tap.data.tier, tap.sender.id)


@router.tap(Speak, who="admin", right="info")
def speak(tap: Tap, work: Work) -> None:
    assert tap.sender is not None and isinstance(tap.data, Speak)
    setup.choose_language(work, tap.data.chat, tap.data.language, tap.sender.id)


@router.tap(Clock, who="admin", right="info")
def clock(tap: Tap, work: Work) -> None:
    assert tap.sender is not None and isinstance(tap.data, Clock)
    setup.choose_zone(work, tap.data.chat, tap.data.zone, tap.sender.id)


@router.command("setup", about="Set this group up", who="admin", right="info")
def again(cmd: Command, work: Work) -> None:
    """Ask for tier, language and time zone again, in private."""
    person = sender_of(cmd)
    if cmd.message.anonymous or not service.started(work, person):
        raise Refusal("members/start_first", username=work.me.username, chat=work.chat)
    setup.ask_tier(work, work.chat, person)


@router.command("matrix", about="All groups as a tree", who="operator", where="any")
def matrix(cmd: Command, work: Work) -> None:
    """Dealer over store over consumer; what is not set up stands last. In private, wherever it was asked."""
    person = service.alone(work, sender_of(cmd))
    lines = [
        {
            "indent": "　" * depth,
            "title": p.title,
            "tier": p.tier or "",
            "region": p.region or "",
            "state": p.state,
        }
        for depth, p in tree(service.profiles(work))
    ]
    work.say(Send(user=person, template="members/matrix", data={"lines": lines}))


@router.command("addlink", about="Links that add me to a group", who="operator", where="private")
def addlink(cmd: Command, work: Work) -> None:
    """One link a tier, asking for just the rights that are needed."""
    work.say(Send(chat=work.chat, template="members/links", data={"links": setup.start_links(work)}))
