"""/help and /privacy: six lines for members, the commonest acts for admins."""

from __future__ import annotations

from msgspec import Struct

from groupbot import Button, Command, Router, Send, Tap, Work
from groupbot.features.members import service
from groupbot.features.moving.domain.keeping import KEEP_TEXT

router = Router("help", about="What I can do, and what I keep")


class More(Struct, frozen=True, tag="help.more"):
    """[更多]"""


def _admin(cmd: Command, work: Work) -> bool:
    return cmd.message.anonymous or (
        cmd.sender is not None and service.is_staff(work, work.chat, cmd.sender.id)
    )


@router.command("help", about="What I can do", where="any", words=("帮助",))
def help_(cmd: Command, work: Work) -> None:
    """Members get six lines, admins their commonest acts."""
    template = "help/admin" if cmd.chat.type != "private" and _admin(cmd, work) else "help/member"
    work.say(
        Send(
            chat=work.chat,
            template=template,
            buttons=((Button("more", More()),),) if template == "help/admin" else (),
            reply_to=cmd.message.message_id if cmd.chat.type != "private" else None,
            topic=cmd.message.topic,
            lifetime=60 if cmd.chat.type != "private" else None,
        )
    )


@router.tap(More, who="admin")
def more(tap: Tap, work: Work) -> None:
    """Every command, in private when that is open."""
    assert tap.sender is not None
    commands = [
        {"name": c.name, "about": c.about, "who": c.who}
        for c in sorted(work.me.commands, key=lambda c: c.name)
        if not c.hidden
    ]
    private = service.reachable(work, tap.sender.id)
    work.say(
        Send(
            chat=None if private else work.chat,
            user=tap.sender.id if private else None,
            template="help/all",
            data={"commands": commands},
            topic=None if private else tap.topic,
            lifetime=None if private else 60,
        )
    )


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
