"""/lottery, /draws, /verify and the buttons under a draw."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Send, Tap, Work
from groupbot.features.lottery import service
from groupbot.features.lottery.domain import Claim, Enter, parse
from groupbot.features.members import service as members

router = Router(
    "lottery",
    about="Draws that anybody can check",
    keeps="who took part and who won, without names in the public record; 180 days after the draw",
)
router.keeps_of(*service.KEPT, redraw=service.redraw)


@router.command(
    "lottery",
    about="Hold a draw",
    who="admin",
    usage="/lottery PRIZE x3 [24h] · /lottery close",
    example="/lottery Gift box x3 24h",
)
def lottery(cmd: Command, work: Work) -> None:
    """`prize x3 [24h]` opens a draw, `close` ends it now."""
    words = cmd.words
    if words and words[0].lower() in ("close", "开奖"):
        if len(words) > 1 and not _number(words[1]):
            raise Refusal("common/usage")
        service.close(work, _number(words[1]) if len(words) > 1 else None)
        return
    order = parse(cmd.args)
    if order is None:
        raise Refusal("common/usage")
    by = 0 if cmd.message.anonymous or cmd.sender is None else cmd.sender.id
    service.open_lottery(work, order, by=by, topic=cmd.message.topic)


@router.command("draws", about="Draws here", words=("抽奖",))
def draws(cmd: Command, work: Work) -> None:
    """What is open now, and how to check the last one."""
    staff = cmd.message.anonymous or (
        cmd.sender is not None and members.is_staff(work, work.chat, cmd.sender.id)
    )
    work.say(
        Send(
            chat=work.chat,
            template="lottery/status",
            data={**service.status(work), "staff": staff},
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )


@router.command("verify", about="Check a draw", where="any", usage="/verify [NUMBER]", example="/verify 17")
def verify(cmd: Command, work: Work) -> None:
    """All inputs of a draw that is over."""
    number = _number(cmd.args) if cmd.args else None
    if number == 0 or (number is None and cmd.chat.type == "private"):
        raise Refusal("common/usage")
    service.verify(work, cmd, number)


@router.tap(Enter)
def enter(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Enter)
    service.enter(work, tap.data.lottery, tap)


@router.tap(Claim)
def claim(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Claim)
    service.claim(work, tap.data.lottery, tap)


@router.every(seconds=1)
def end(work: Work) -> None:
    service.end_due(work)


@router.every(seconds=3)
def redraw(work: Work) -> None:
    service.redraw_stale(work)


@router.every(seconds=60)
def lapse(work: Work) -> None:
    service.lapse_due(work)


def _number(word: str) -> int:
    """A draw's number; 0 when the word is none."""
    word = word.strip().removeprefix("#")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 16 else 0
