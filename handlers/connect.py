"""Running a group from a private chat: /connect, /disconnect, /reconnect, /connection."""

from __future__ import annotations

from msgspec import Struct

from groupbot import Answer, Button, Command, Refusal, Router, Send, Tap, Work
from groupbot.features.members import service as members
from groupbot.features.members.service import connecting

router = Router(
    "connect",
    about="Administrators run a group from a private chat",
    keeps="the last groups an administrator ran from private, 180 days, and the one they run now",
)
MOST = 12  # groups offered at once


class Connect(Struct, frozen=True, tag="cn.to"):
    """Have my commands here act on that group."""

    chat: int


def _person(cmd: Command) -> int:
    if cmd.sender is None or cmd.message.sender_chat is not None:
        raise Refusal("common/admin_only")
    return cmd.sender.id


@router.command(
    "connect",
    about="Run a group from this private chat",
    where="any",
    usage="/connect [GROUP]",
    example="/connect",
)
def connect(cmd: Command, work: Work) -> None:
    """In a group: run this one. In private: choose one; rights are asked when the button is pressed, and
    again at every command."""
    person = _person(cmd)
    if cmd.chat.type != "private":
        if not members.heads(work, work.chat, person):
            raise Refusal("common/admin_only")
        title = connecting.connect(work, members.alone(work, person), work.chat).title
        work.say(Send(user=person, template="connect/connected", data={"title": title}))
        return
    wanted = cmd.args.strip().casefold()
    found = [
        p
        for p in connecting.administered(work, person)
        if wanted in (p.title.casefold(), str(p.telegram_id)) or wanted in p.title.casefold()
    ]
    if not found:
        raise Refusal("connect/none")
    buttons = tuple((Button(p.title, Connect(p.id)),) for p in found[:MOST])
    work.say(Send(user=person, template="connect/choose", buttons=buttons))


@router.tap(Connect, who="admin")
def connect_to(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Connect) and tap.sender is not None
    title = connecting.connect(work, tap.sender.id, tap.data.chat).title
    work.say(Answer(query_id=tap.query_id))
    work.say(Send(user=tap.sender.id, template="connect/connected", data={"title": title}))


@router.command("reconnect", about="Run the group of last time again", where="private")
def reconnect(cmd: Command, work: Work) -> None:
    """The last five groups; with one, that one."""
    person = _person(cmd)
    found = connecting.recent(work, person)
    if not found:
        raise Refusal("connect/none")
    buttons = tuple((Button(p.title, Connect(p.id)),) for p in found)
    work.say(Send(user=person, template="connect/choose", buttons=buttons))


@router.command("disconnect", about="Run no group from here any more", where="private")
def disconnect(cmd: Command, work: Work) -> None:
    """Commands here are private again."""
    was = connecting.disconnect(work, _person(cmd))
    if was is None:
        raise Refusal("connect/none")
    title = members.title(work, was)
    work.say(Send(chat=work.chat, template="connect/disconnected", data={"title": title}))


@router.command("connection", about="Which group I run from here", where="private")
def connection(cmd: Command, work: Work) -> None:
    """The group commands here act on, and those of before."""
    person = _person(cmd)
    chat = connecting.connected(work, person)
    place = members.place(work, chat) if chat is not None else None
    others = [p for p in connecting.recent(work, person) if p.id != chat]
    work.say(
        Send(
            user=person,
            template="connect/connection",
            data={"title": place.title if place is not None else "", "others": [p.title for p in others]},
            buttons=tuple((Button(p.title, Connect(p.id)),) for p in others),
        )
    )


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    """Forgets connections of 180 days ago that are in use no more."""
    connecting.sweep(work)
