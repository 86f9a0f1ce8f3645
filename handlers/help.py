"""/help and /privacy: six lines for members, the commonest acts for admins."""

from __future__ import annotations

from msgspec import Struct

from groupbot import Answer, Button, Command, Router, Send, Tap, Work
from groupbot.core.effects import Rows
from groupbot.engine.router import CommandRoute
from groupbot.features.members import service
from groupbot.features.members.domain import Started
from groupbot.features.moving.domain.keeping import KEEP_TEXT

router = Router("help", about="What I can do, and what I keep")


NAMED = 4  # commands of a module on the screen of a group
LATER = "help_modules"  # what the start link of [More] carries


class More(Struct, frozen=True, tag="help.more"):
    """[更多]"""


class Module(Struct, frozen=True, tag="help.mod"):
    """One module's commands; "" for all modules."""

    name: str


def _admin(cmd: Command, work: Work) -> bool:
    return cmd.message.anonymous or (
        cmd.sender is not None and service.is_staff(work, work.chat, cmd.sender.id)
    )


def _modules(work: Work) -> list[tuple[str, str, list[CommandRoute]]]:
    """The routers that have commands: name, what for, and the commands, those in menus first. `x_y` is a
    part of `x`."""
    made: dict[str, tuple[str, list[CommandRoute]]] = {}
    for router_name, about in work.me.routers:
        found = [c for c in work.me.commands if c.router == router_name and c.who != "operator"]
        if found:
            made.setdefault(router_name.partition("_")[0], (about, []))[1].extend(found)
    return [(name, about, sorted(found, key=lambda c: c.hidden)) for name, (about, found) in made.items()]


@router.command("help", about="What I can do", where="any", words=("帮助",))
def help_(cmd: Command, work: Work) -> None:
    """Members get six lines; admins their commonest acts and every module on one line."""
    private = cmd.chat.type == "private"
    admin = not private and _admin(cmd, work)
    lines = [
        {"about": about, "names": [c.name for c in commands[:NAMED]], "more": len(commands) > NAMED}
        for _, about, commands in _modules(work)
        if any(c.who in ("admin", "owner") and not c.hidden for c in commands)
    ]
    work.say(
        Send(
            chat=work.chat,
            template="help/admin" if admin else "help/member",
            data={"modules": lines} if admin else {},
            buttons=((Button("more", More()),),) if admin else (),
            reply_to=None if private else cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=None if private else 60,
        )
    )
    if private and cmd.sender is not None:
        _menu(work, cmd.sender.id)


@router.tap(More, who="admin")
def more(tap: Tap, work: Work) -> None:
    """Every module, in private; who never started the bot is led there."""
    assert tap.sender is not None
    if service.reachable(work, tap.sender.id):
        _menu(work, tap.sender.id)
        work.say(Answer(query_id=tap.query_id, template="members/see_private"))
    else:
        work.say(Answer(query_id=tap.query_id, url=f"https://t.me/{work.me.username}?start={LATER}"))


@router.on(Started)
def started(event: Started, work: Work) -> None:
    if event.payload == LATER:
        _menu(work, event.person)


def _labels(work: Work, person: int) -> Rows:
    lang = service.voice(work, None, person)[0]
    assert work.content is not None
    buttons = [
        Button(work.content.gettext(lang, about)[:60], Module(name)) for name, about, _ in _modules(work)
    ]
    return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))


def _menu(work: Work, person: int) -> None:
    """All modules as buttons."""
    work.say(Send(user=person, template="help/modules", buttons=_labels(work, person)))


@router.tap(Module)
def module(tap: Tap, work: Work) -> None:
    """The commands of one module, or all modules again."""
    assert tap.sender is not None and isinstance(tap.data, Module)
    found = next((m for m in _modules(work) if m[0] == tap.data.name), None)
    person = tap.sender.id
    if found is None:
        _menu(work, person)
        return
    _, about, commands = found
    lines = [
        {"name": c.name, "about": c.about, "who": c.who, "usage": c.usage, "example": c.example}
        for c in commands
    ]
    back = ((Button("back", Module("")),),)
    data = {"about": about, "commands": lines}
    work.say(Send(user=person, template="help/module", data=data, buttons=back))


@router.command("privacy", about="What I keep", where="any", words=("隐私",))
def privacy(cmd: Command, work: Work) -> None:
    """What is stored, for how long, and how to have it gone."""
    work.say(
        Send(
            chat=work.chat,
            template="help/privacy",
            data={"keeps": cmd.chat.type != "private" and service.get(work, work.chat, KEEP_TEXT)},
            reply_to=cmd.message.message_id if cmd.chat.type != "private" else None,
            topic=cmd.message.topic,
            lifetime=60 if cmd.chat.type != "private" else None,
        )
    )
