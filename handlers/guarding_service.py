"""Service messages: joined, left, pinned … and which of them are taken away."""

from __future__ import annotations

from groupbot import Command, Joined, Left, Router, Send, Service, Work, sender_of
from groupbot.features.guarding.domain.settings import CLEAN, TYPES
from groupbot.features.guarding.service import cleaning

router = Router("guarding_service", about="Takes service messages away", needs={"delete"}, settings=(CLEAN,))


@router.on(Joined)
def joined(event: Joined, work: Work) -> None:
    if event.service:
        cleaning.seen(work, "new_chat_members", event.message_id)


@router.on(Left)
def left(event: Left, work: Work) -> None:
    if event.service:
        cleaning.seen(work, "left_chat_member", event.message_id)


@router.on(Service)
def service(event: Service, work: Work) -> None:
    cleaning.seen(work, event.kind, event.message_id)


def _show(cmd: Command, work: Work) -> None:
    work.say(
        Send(
            chat=work.chat,
            template="guarding/service",
            data=cleaning.now(work, work.chat),
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )


@router.command(
    "cleanservice",
    about="Which service messages are taken away",
    who="admin",
    right="delete",
    usage=f"/cleanservice {'|'.join(TYPES)}|all|off",
    example="/cleanservice join leave",
)
def clean(cmd: Command, work: Work) -> None:
    """Several types at once."""
    if cmd.words:
        cleaning.change(work, work.chat, cmd.words, sender_of(cmd) or None)
    _show(cmd, work)


@router.command(
    "keepservice",
    rare=True,
    about="Which service messages stay",
    who="admin",
    right="delete",
    usage=f"/keepservice {'|'.join(TYPES)}|all",
    example="/keepservice pin",
    aliases=("nocleanservice",),
)
def keep(cmd: Command, work: Work) -> None:
    """The opposite of /cleanservice."""
    by = sender_of(cmd) or None
    cleaning.change(work, work.chat, cmd.words or ["all"], by, keep=True)
    _show(cmd, work)


@router.command("cleanservicetypes", about="The types of service messages", who="admin", hidden=True)
def types(cmd: Command, work: Work) -> None:
    """What /cleanservice knows."""
    _show(cmd, work)
