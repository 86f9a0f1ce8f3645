"""/notice, /notices: notices that people acknowledge by a button."""

from __future__ import annotations

import re
from datetime import timedelta

from groupbot import Command, Refusal, Router, Send, Tap, Work, reply, sender_of
from groupbot.core.spans import leading
from groupbot.features.members import service as members
from groupbot.features.notices import service
from groupbot.features.notices.domain import USUAL, Ack

router = Router(
    "notices",
    about="Notices that people acknowledge",
    needs={"pin"},
    keeps="notices, and who acknowledged which version when, 180 days after their end",
)
router.keeps_of(*service.KEPT)
_NUMBER = re.compile(r"#(\d{1,9})(?:\s+|$)")


@router.command(
    "notice", about="A notice that people acknowledge", who="admin", right="pin",
    usage="/notice [TIME] TEXT; #NUMBER first for a new version",
    example="/notice 48h Stock-taking on Monday",
)  # fmt: skip
def notice(cmd: Command, work: Work) -> None:
    """Posts it with a button and a count; 72 hours where no time is given. The text may be that of the
    message it answers."""
    args, number = cmd.args.strip(), 0
    found = _NUMBER.match(args)
    if found:
        number, args = int(found[1]), args[found.end() :]
    span, text = _span(args)
    text = text.strip() or cmd.message.reply_text.strip()
    if not text:
        raise Refusal("common/usage")
    if number:
        version = service.revise(work, number, sender_of(cmd), text, span)
        reply(work, cmd, "notices/revised", number=number, version=version)
    else:
        service.post(work, sender_of(cmd), text, span, cmd.message.topic)


@router.command(
    "notices", about="Who has not acknowledged a notice", who="admin", rare=True,
    usage="/notices [NUMBER]", example="/notices 12",
)  # fmt: skip
def notices(cmd: Command, work: Work) -> None:
    """In private: the newest notices, or who is missing of one."""
    person = members.alone(work, sender_of(cmd))
    word = cmd.args.strip().lstrip("#")
    if word and not (word.isascii() and word.isdigit() and len(word) < 10):
        raise Refusal("common/usage")
    if word:
        data = service.standing(work, int(word), work.chat)
        work.say(Send(user=person, template="notices/standing", data=data))
    else:
        work.say(
            Send(user=person, template="notices/list", data={"notices": service.latest(work, work.chat)})
        )
    if work.away is None:
        reply(work, cmd, "members/see_private")


@router.command(
    "noticerate", about="How many read notices, by tier", who="operator", where="any", hidden=True
)
def noticerate(cmd: Command, work: Work) -> None:
    """Of the last thirty days: the share that acknowledged within a day and within three."""
    reply(work, cmd, "notices/rate", tiers=service.by_tier(work))


@router.tap(Ack)
def acknowledge(tap: Tap, work: Work) -> None:
    """已阅"""
    assert isinstance(tap.data, Ack)
    service.acknowledge(work, tap, tap.data)


@router.every(seconds=60)
def in_time(work: Work) -> None:
    """Reminds once, and closes what is over."""
    service.close_due(work)
    service.remind(work)


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)


def _span(text: str) -> tuple[timedelta, str]:
    span, rest = leading(text)
    return (span, rest) if span is not None else (USUAL, text)
