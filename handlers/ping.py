"""/ping: is the bot awake?"""

from __future__ import annotations

from groupbot import Command, Router, Send, Work

router = Router("ping", about="Is the bot awake")


@router.command("ping", about="Is the bot awake", where="any", hidden=True)
def ping(cmd: Command, work: Work) -> None:
    """Answers with the time on the chat's clock."""
    lifetime = None if cmd.chat.type == "private" else 60
    work.say(
        Send(
            chat=work.chat,
            template="common/pong",
            data={"now": work.now},
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=lifetime,
        )
    )
