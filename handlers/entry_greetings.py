"""/welcome, /goodbye and their words."""

from __future__ import annotations

from groupbot import Command, Message, Router, Work, reply, sender_of
from groupbot.core.fillings import marked
from groupbot.features.entry import service
from groupbot.features.entry.domain import GREETINGS

from .entry import other

router = Router(
    "greetings",
    about="Greetings for who comes and who goes",
    keeps="the group's own greetings",
    settings=GREETINGS,
)


def _greeting(cmd: Command, work: Work, kind: str) -> None:
    """Show, switch, or with `noformat` the source to copy."""
    if cmd.args and cmd.args.lower() != "noformat":
        service.change(work, work.chat, kind, cmd.args, sender_of(cmd) or None, other)
    reply(work, cmd, "entry/greeting", **service.show(work, work.chat, kind))
    if not cmd.args and cmd.sender is not None:
        service.preview(
            work,
            work.chat,
            kind,
            cmd.sender.id,
            topic=cmd.message.topic,
            reply_to=cmd.message.message_id,
        )


def _set(cmd: Command, work: Work, kind: str) -> None:
    """With nothing to say it shows what is set."""
    m = cmd.message
    own = _media(m)
    said = marked(m.text, m.marks).split(None, 1)
    text = said[1] if len(said) > 1 else "" if own else marked(m.reply_text, m.reply_marks)
    if text.strip() or own or m.reply_media:
        service.set_text(work, work.chat, kind, text, own or m.reply_media, sender_of(cmd) or None)
    reply(work, cmd, "entry/greeting", **service.show(work, work.chat, kind))


def _media(m: Message) -> tuple[str, str] | None:
    """The file a command came with."""
    if m.traits is None or not m.traits.file_id:
        return None
    return (m.kind, m.traits.file_id) if m.kind in ("photo", "animation", "video", "document") else None


def _reset(cmd: Command, work: Work, kind: str) -> None:
    service.reset_text(work, work.chat, kind, sender_of(cmd) or None)
    reply(work, cmd, "entry/greeting", **service.show(work, work.chat, kind))


@router.command(
    "welcome",
    about="Greet newcomers: on or off",
    who="admin",
    right="info",
    usage="/welcome [on|off|noformat]",
    example="/welcome on",
)
def welcome(cmd: Command, work: Work) -> None:
    _greeting(cmd, work, "welcome")


@router.command(
    "setwelcome",
    about="The words that greet newcomers",
    who="admin",
    right="info",
    usage="/setwelcome TEXT (or reply to a message)",
    example="/setwelcome Hello {first}, welcome to {chatname}!",
)
def setwelcome(cmd: Command, work: Work) -> None:
    _set(cmd, work, "welcome")


@router.command("resetwelcome", rare=True, about="The usual greeting again", who="admin", right="info")
def resetwelcome(cmd: Command, work: Work) -> None:
    _reset(cmd, work, "welcome")


@router.command(
    "goodbye",
    about="Say goodbye to who leaves: on or off",
    who="admin",
    right="info",
    usage="/goodbye [on|off|noformat]",
    example="/goodbye on",
)
def goodbye(cmd: Command, work: Work) -> None:
    _greeting(cmd, work, "goodbye")


@router.command(
    "setgoodbye",
    rare=True,
    about="The words of goodbye",
    who="admin",
    right="info",
    usage="/setgoodbye TEXT (or reply to a message)",
    example="/setgoodbye Take care, {first}.",
)
def setgoodbye(cmd: Command, work: Work) -> None:
    _set(cmd, work, "goodbye")


@router.command("resetgoodbye", rare=True, about="The usual goodbye again", who="admin", right="info")
def resetgoodbye(cmd: Command, work: Work) -> None:
    _reset(cmd, work, "goodbye")


@router.command(
    "cleanwelcome",
    rare=True,
    about="Only the newest greeting stays",
    who="admin",
    right="info",
    usage="/cleanwelcome on|off",
    example="/cleanwelcome on",
)
def cleanwelcome(cmd: Command, work: Work) -> None:
    if cmd.args:
        service.change(work, work.chat, "cleanwelcome", cmd.args, sender_of(cmd) or None, other)
    reply(work, cmd, "entry/greeting", **service.show(work, work.chat, "welcome"))
