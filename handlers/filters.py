"""Filters: a trigger in somebody's words, and what is said then."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Work, reply, sender_of
from groupbot.core.fillings import marked
from groupbot.core.setting import switch_of
from groupbot.core.spans import leading
from groupbot.features.members import service as members
from groupbot.features.notes import service
from groupbot.features.notes.domain.names import EVERY

from .notes import ask, media, written

router = Router("filters", about="Answers to words that are often said", settings=(EVERY,))
LONGEST = 86_400


@router.command(
    "filter",
    about="Answer to a word",
    who="admin",
    right="info",
    usage='/filter WORD|"SOME WORDS"|(A, B, "C D") ANSWER (or reply to a message)',
    example='/filter "opening hours" We are open from 9 to 18.',
    aliases=("addfilter",),
)
def filter_(cmd: Command, work: Work) -> None:
    """`?` one letter, `*` no space, `**` anything; prefix: exact:"""
    m = cmd.message
    replied = marked(m.reply_text, m.reply_marks)
    names = service.add(work, work.chat, written(cmd), replied, media(m), sender_of(cmd) or None)
    reply(work, cmd, "notes/filtered", names=names)


@router.command(
    "stop",
    about="Answer to a word no more",
    who="admin",
    right="info",
    usage="/stop WORD",
    example="/stop opening hours",
)
def stop(cmd: Command, work: Work) -> None:
    """The trigger as it was written."""
    reply(work, cmd, "notes/stopped", names=service.stop(work, work.chat, cmd.args, sender_of(cmd) or None))


@router.command("filters", about="Words that are answered here")
def filters(cmd: Command, work: Work) -> None:
    """All triggers."""
    reply(work, cmd, "notes/filters", names=service.triggers_of(work, work.chat))


@router.command("stopfilters", about="Answer to no word any more", who="owner", hidden=True)
def stopfilters(cmd: Command, work: Work) -> None:
    """Asks first. (/stopall stops planned posts.)"""
    ask(cmd, work, len(service.triggers_of(work, work.chat)), filters=True)


@router.command(
    "filterevery",
    about="How often one word is answered at most",
    who="admin",
    right="info",
    hidden=True,
    usage="/filterevery 30s|off",
    example="/filterevery 2m",
)
def filterevery(cmd: Command, work: Work) -> None:
    """Up to a day; off: every time."""
    if cmd.args:
        span, rest = leading(cmd.args)
        seconds = int(span.total_seconds()) if span is not None and not rest else -1
        if switch_of(cmd.args) is False:
            seconds = 0
        if not 0 <= seconds <= LONGEST:
            raise Refusal("common/usage")
        members.put(work, EVERY, seconds, chat=work.chat, by=sender_of(cmd) or None)
    reply(work, cmd, "notes/every", seconds=int(members.get(work, work.chat, EVERY)))
