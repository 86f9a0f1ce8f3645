"""/theme: what the group talks about, how much of the talk is on it, and a gentle line when most is not."""

from __future__ import annotations

from groupbot import Command, Message, Refusal, Router, Work, reply, sender_of
from groupbot.core.setting import switch_of
from groupbot.features.members import service as members
from groupbot.features.members.service import choosing
from groupbot.features.theme import service
from groupbot.features.theme.domain import GUARD, REMIND, SETTINGS, THEME, WORDS

router = Router(
    "theme",
    about="Talk near the theme: counted, and a gentle line",
    keeps="how many messages a day were on and off the theme, without names",
    settings=SETTINGS,
)

COMMAS = str.maketrans("\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC COMMA}", ",,")  # as a list is typed in Chinese


@router.on(Message, idle=("members.value", GUARD.key))
def heard(event: Message, work: Work) -> None:
    """A message is on the theme, off it, or neither."""
    if members.get(work, work.chat, GUARD):
        service.heard(work, event)


@router.command(
    "theme",
    about="The theme of this group, and how much of the talk is on it",
    who="admin",
    right="info",
    usage="/theme [on | count | off | is THEME | words WORD, WORD | here]",
    example="/theme words hotpot, recipe",
    rare=True,
)
def theme(cmd: Command, work: Work) -> None:
    """`count` says nothing. `is` is what members read, `words` is how talk on it is known, `here` makes the
    forum topic it is said in one of the theme, or takes it back."""
    word, _, rest = cmd.args.strip().partition(" ")
    word, rest, by = word.lower(), rest.strip(), sender_of(cmd) or None
    said = {"is": THEME, "words": WORDS}.get(word)
    mode = "count" if word == "count" else {True: REMIND, False: "", None: None}[switch_of(word)]
    if said is not None and rest:
        choosing.change(work, work.chat, said, rest.translate(COMMAS) if said is WORDS else rest, by=by)
    elif word == "here" and not rest and cmd.chat.is_forum:
        service.place(work, cmd.message.topic, by)
    elif (mode is not None or word == REMIND) and not rest:
        members.put(work, GUARD, REMIND if mode is None else mode, chat=work.chat, by=by)
    elif word:
        raise Refusal("common/usage")
    reply(work, cmd, "theme/state", lifetime=120, **service.state(work))
