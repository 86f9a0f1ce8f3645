"""/case, /reason, /duration: what is on record, and its correction. /ladder: how cases add up."""

from __future__ import annotations

from datetime import timedelta

from groupbot import Command, Refusal, Router, Work, reply, sender_of
from groupbot.core.spans import leading
from groupbot.features.rules import service

router = Router("cases", about="Cases: what is on record of them, and corrections")


def _number(text: str) -> tuple[int, str]:
    word, _, rest = text.partition(" ")
    word = word.lstrip("#")
    if not (word.isascii() and word.isdigit()) or len(word) > 9:
        raise Refusal("common/usage")
    return int(word), rest.strip()


@router.command(
    "case", about="What is on record of a case", who="admin", usage="/case CASE", example="/case 12"
)
def case(cmd: Command, work: Work) -> None:
    """Who, what, why, until when, by whom."""
    number, _ = _number(cmd.args)
    reply(work, cmd, "rules/case", **service.show_case(work, work.chat, number))


@router.command(
    "reason",
    rare=True,
    about="Give a case another reason",
    who="admin",
    right="restrict",
    usage="/reason CASE TEXT",
    example="/reason 12 adverts",
)
def reason(cmd: Command, work: Work) -> None:
    """The member sees it with /why."""
    number, text = _number(cmd.args)
    service.set_reason(work, work.chat, number, text, sender_of(cmd))
    reply(work, cmd, "rules/reason_set", number=number)


@router.command(
    "duration",
    rare=True,
    about="Let a mute or ban end at another time",
    who="admin",
    right="restrict",
    bot_right="restrict",
    usage="/duration CASE 2h",
    example="/duration 12 2h",
)
def duration(cmd: Command, work: Work) -> None:
    """So long from now."""
    number, text = _number(cmd.args)
    span, rest = leading(text)
    if span is None or rest:
        raise Refusal("common/usage")
    service.set_duration(work, work.chat, number, span, sender_of(cmd))
    reply(work, cmd, "rules/duration_set", number=number, until=work.now + span)


@router.command(
    "ladder",
    rare=True,
    about="How cases add up here",
    who="admin",
    right="restrict",
    usage="/ladder · /ladder expiry 30d · /ladder window 3 10m|off",
    example="/ladder window 3 10m",
)
def ladder(cmd: Command, work: Work) -> None:
    """How long a case counts; how many of one rule in how short a time are a break at once."""
    word, _, rest = cmd.args.partition(" ")
    who = sender_of(cmd) or None
    if word == "expiry":
        span, left = leading(rest)
        if span is None or left:
            raise Refusal("common/usage")
        service.set_expiry(work, work.chat, span, who)
    elif word == "window":
        first, _, text = rest.partition(" ")
        span, left = (timedelta(), "") if first == "off" else leading(text)
        if span is None or left or not (first == "off" or first.isdecimal()):
            raise Refusal("common/usage")
        service.set_window(work, work.chat, int(first[:4]) if first != "off" else 0, span, who)
    elif word:
        raise Refusal("common/usage")
    reply(work, cmd, "rules/ladder", **service.steps(work, work.chat))
