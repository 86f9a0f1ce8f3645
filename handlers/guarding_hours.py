"""Night mode and lockdown: the group sleeps, and wakes as it was."""

from __future__ import annotations

from groupbot import ChatFacts, Command, Router, Send, Work, sender_of
from groupbot.features.guarding.domain.settings import NIGHT
from groupbot.features.guarding.service import channels, closing
from groupbot.features.members.domain import ZONE, Changed, LinkedPost
from groupbot.features.rules.service.limits import word

router = Router(
    "guarding_hours",
    about="Closed hours and lockdown",
    needs={"restrict"},
    keeps="what everybody might do before the group was closed, until it is open again",
    settings=(NIGHT,),
)


@router.condition(NIGHT)
def can_close(work: Work, chat: int, value: str) -> None:
    closing.may_close(work, chat, value)


@router.on(Changed)
def changed(made: Changed, work: Work) -> None:
    """By the command, the menu or a file."""
    if made.key in (NIGHT.key, ZONE.key):
        closing.hours_changed(work, made.chat, clock=made.key == ZONE.key)


@router.on(ChatFacts)
def facts(event: ChatFacts, work: Work) -> None:
    closing.facts(work, event)
    channels.facts(work, event)


@router.on(LinkedPost)
def linked_post(post: LinkedPost, work: Work) -> None:
    channels.learn(work, post.channel)


@router.every(seconds=20)
def watch(work: Work) -> None:
    closing.watch(work)


def _show(cmd: Command, work: Work) -> None:
    work.say(
        Send(
            chat=work.chat,
            template="guarding/hours",
            data=closing.now(work, work.chat),
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )


@router.command(
    "nightmode",
    about="Closed hours, each night",
    who="admin",
    right="restrict",
    usage="/nightmode 23:00-07:00|off",
    example="/nightmode 23:00-07:00",
)
def night(cmd: Command, work: Work) -> None:
    """On the chat's own clock; in the morning all is as it was."""
    if cmd.args:
        by = sender_of(cmd) or None
        closing.set_night(work, work.chat, "" if word(cmd.args) is False else cmd.args, by)
    _show(cmd, work)


@router.command(
    "lockdown",
    about="Nobody but administrators writes",
    who="admin",
    right="restrict",
    usage="/lockdown on|2h|off",
    example="/lockdown 2h",
)
def lockdown(cmd: Command, work: Work) -> None:
    """For a span or with `on` until `/lockdown off`; then everybody may do what they might before."""
    by = sender_of(cmd) or None
    said = word(cmd.args) if cmd.args else None
    if said is False:
        closing.unlock(work, work.chat)
    elif cmd.args:
        closing.lock(work, work.chat, "" if said else cmd.args, by)
    _show(cmd, work)
