"""Floods and newcomers: how much is too much, and who goes slowly at first."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Work, here, reply, sender_of
from groupbot.features.members.domain import Changed, Given
from groupbot.features.rules.domain.flood import KINDS, MODES
from groupbot.features.rules.domain.newcomers import BARS
from groupbot.features.rules.service import limits

router = Router(
    "flood",
    about="Too many messages at once, and newcomers' first steps",
    needs={"delete", "restrict"},
    keeps="how many messages a newcomer wrote, while few, 180 days",
)


@router.on(Changed)
def care_changed(made: Changed, work: Work) -> None:
    """Newcomers are counted from the day on that somebody asked for it, by whatever way."""
    limits.care_from_now(work, made)


@router.on(Given)
def care_given(made: Given, work: Work) -> None:
    limits.care_given_from_now(work, made)


def _show(cmd: Command, work: Work) -> None:
    reply(work, cmd, "rules/flood", **limits.flood_now(work, work.chat, cmd.message.topic))


@router.command(
    "flood",
    about="What counts as a flood here",
    who="admin",
    right="restrict",
    usage=f"/flood [here] [on|off] [{'|'.join(KINDS)} N|off]",
    example="/flood links 3",
)
def flood(cmd: Command, work: Work) -> None:
    """Shows the limits, or sets one; with `here` for this topic."""
    args, topic = here(cmd)
    words = args.lower().split()
    if len(words) == 1 and (on := limits.word(words[0])) is not None:
        limits.set_flood(work, work.chat, on, sender_of(cmd) or None, topic)
    elif len(words) == 2:
        limits.set_limit(work, work.chat, words[0], words[1], sender_of(cmd) or None, topic)
    elif words:
        raise Refusal("common/usage")
    _show(cmd, work)


@router.command(
    "setflood",
    about="How many messages in a row are a flood",
    who="admin",
    right="restrict",
    usage="/setflood [here] N|off",
    example="/setflood 7",
)
def set_flood(cmd: Command, work: Work) -> None:
    """Messages of one member with nobody's between."""
    args, topic = here(cmd)
    if args:
        limits.set_limit(work, work.chat, "row", args, sender_of(cmd) or None, topic)
    _show(cmd, work)


@router.command(
    "setfloodtimer",
    rare=True,
    about="How many messages in how long are a flood",
    who="admin",
    right="restrict",
    usage="/setfloodtimer [here] N 30s|off",
    example="/setfloodtimer 10 30s",
)
def set_timer(cmd: Command, work: Work) -> None:
    """Messages of one member within a span."""
    args, topic = here(cmd)
    if args:
        limits.set_timer(work, work.chat, args, sender_of(cmd) or None, topic)
    _show(cmd, work)


@router.command(
    "setfloodmode",
    about="What follows a flood",
    who="admin",
    right="restrict",
    usage=f"/setfloodmode [here] {'|'.join(MODES)} [3h]",
    example="/setfloodmode tmute 3h",
    aliases=("floodmode",),
)
def set_mode(cmd: Command, work: Work) -> None:
    """Dealer groups ask a person, store groups remove at most, whatever stands here."""
    args, topic = here(cmd)
    if args:
        limits.set_mode(work, work.chat, args, sender_of(cmd) or None, topic)
    _show(cmd, work)


@router.command(
    "clearflood",
    rare=True,
    about="Take away the whole flood",
    who="admin",
    right="delete",
    usage="/clearflood [here] on|off",
    example="/clearflood on",
)
def clear(cmd: Command, work: Work) -> None:
    """Also the messages before it was noticed."""
    args, topic = here(cmd)
    if args:
        on = limits.word(args)
        if on is None:
            raise Refusal("common/usage")
        limits.set_clear(work, work.chat, on, sender_of(cmd) or None, topic)
    _show(cmd, work)


@router.command(
    "newcomers",
    about="Newcomers go slowly at first",
    who="admin",
    right="restrict",
    usage=f"/newcomers [here] N|24h|off [{' '.join(BARS)}]",
    example="/newcomers 5 24h links forwards media",
)
def newcomers(cmd: Command, work: Work) -> None:
    """For their first messages or first hours."""
    args, topic = here(cmd)
    if args:
        limits.set_care(work, work.chat, args.split(), sender_of(cmd) or None, topic)
    reply(work, cmd, "rules/newcomers", **limits.care_now(work, work.chat, cmd.message.topic))
