"""/attitude: one anonymous question a month in Telegram's own poll; who knows, agrees, buys or takes part."""

from __future__ import annotations

from groupbot import Command, PollTotals, Refusal, Router, Work, reply, sender_of
from groupbot.core.setting import switch_of
from groupbot.features.attitude import service
from groupbot.features.attitude.domain import ABOUT, ATTITUDE, DAY, SETTINGS
from groupbot.features.members import service as members
from groupbot.features.members.service import choosing
from groupbot.features.operations.domain import Restored

router = Router(
    "attitude",
    about="One anonymous question a month: who knows, agrees, buys or takes part",
    keeps="how many gave which answer in a month, without names; the bot is never told whose it was",
    settings=SETTINGS,
)


@router.command(
    "attitude",
    about="The month's anonymous question, and what it says",
    who="admin",
    right="info",
    usage="/attitude [on | off | about WORDS | day N | close]",
    example="/attitude about Hawthorn tea",
    rare=True,
)
def attitude(cmd: Command, work: Work) -> None:
    """`about` is what is asked about (`about default`: the group's theme or name again), `day` from which
    day of the month, `close` ends the open question now."""
    word, _, rest = cmd.args.strip().partition(" ")
    word, rest, by = word.lower(), rest.strip(), sender_of(cmd) or None
    said = {"about": ABOUT, "day": DAY}.get(word)
    on = switch_of(word)
    if said is not None and rest:
        choosing.change(work, work.chat, said, rest, by=by)
    elif on is not None and not rest:
        members.put(work, ATTITUDE, on, chat=work.chat, by=by)
    elif word == "close" and not rest:
        service.close(work)
    elif word:
        raise Refusal("common/usage")
    reply(work, cmd, "attitude/state", lifetime=120, **service.state(work, work.chat))


@router.on(PollTotals)
def tallied(event: PollTotals, work: Work) -> None:
    service.tallied(work, event)


@router.on(Restored)
def let_pass(happening: Restored, work: Work) -> None:
    """After a backup was put back: what may have been asked since is not asked again."""
    service.let_pass(work)


@router.every(seconds=60)
def close(work: Work) -> None:
    """The week is over, or it was switched off."""
    service.close_due(work)


@router.every(seconds=300)
def ask(work: Work) -> None:
    service.ask_due(work)
