"""Ban, mute, kick and their undoing, by hand. Each is a case with its number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot.core.effects import Ban, Button, Delete, Restrict, Send
from groupbot.core.events import Command
from groupbot.core.spans import for_ever, leading
from groupbot.engine.replies import reply, sender_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.moderation.domain.acts import Acted
from groupbot.features.moderation.domain.grammar import reason_of
from groupbot.features.moderation.service.whom import Aim, aim, author_of, basic, hush, may_be_silent
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import Appeal, Case, Removed, Undo
from groupbot.features.rules.service.lessons import put_away
from groupbot.features.rules.service.returning import banned
from groupbot.features.rules.service.telling import down_the_ladder, helper

MARGIN = timedelta(seconds=15)  # a short span that is under thirty seconds when it arrives would be for ever
SHORT = timedelta(minutes=1)


def sanction(
    work: Work, cmd: Command, act: str, *, timed: bool = False, delete: bool = False, silent: bool = False
) -> None:
    """`act`: ban, mute or kick whom the command names. A leading span makes a ban or mute end by itself;
    with `timed` there must be one. `delete` takes the message replied to away, `silent` says nothing.

    Raises:
        Refusal: nobody or the wrong one is named, or Telegram cannot do that here.
    """
    if silent:
        may_be_silent(work)
    found = aim(work, cmd)
    span, rest = leading(found.rest) if act != "kick" else (None, found.rest)
    if timed and span is None:
        raise Refusal("common/usage")
    possible(work, act, found, span)
    if delete:
        take(work, cmd, found, act)
    until = None if span is None else work.now + span + (MARGIN if span < SHORT else timedelta())
    case = perform(work, act, found, sender_of(cmd), until=until, reason=reason_of(rest), silent=silent)
    if silent:
        hush(work, cmd)
        return
    tell_member(work, case, act, until, cmd.message.topic)
    undo = ((Button("undo", Undo(case.id, case.chat)),),) if act != "kick" else ()
    said(work, cmd, act, found, case, until=until, buttons=undo)


def possible(work: Work, act: str, found: Aim, span: timedelta | None) -> None:
    """Can Telegram do this to them here?

    Raises:
        Refusal: it would be for ever; a channel can only be banned; a basic group restricts nobody; they are
            banned, and this would let them in.
        Unsure: Telegram alone knows whether they still are.
    """
    if span is not None and for_ever(span):
        raise Refusal("moderation/for_ever", act=act)
    if found.actor < 0 and (act not in ("ban", "unban") or span is not None):
        raise Refusal("moderation/only_ban")
    if basic(work) and (act in ("mute", "unmute", "unban") or span is not None or found.actor < 0):
        raise Refusal("moderation/basic")
    if act in ("kick", "mute", "unmute") and banned(work, work.chat, found.actor):
        raise Refusal("moderation/banned_already", name=found.name)


def perform(
    work: Work,
    act: str,
    found: Aim,
    who: int,
    *,
    until: datetime | None = None,
    reason: str = "",
    silent: bool = False,
) -> Case:
    """Do it, put it on record, and tell the other features."""
    case = rules.by_hand(
        work, work.chat, act, found.actor, who, until=until, reason=reason, message_id=found.message
    )
    chat, actor, why = work.chat, found.actor, case.why
    if act == "ban":
        work.say(Ban(chat=chat, member=actor, until=until, why=why))
    elif act == "kick":
        work.say(Ban(chat=chat, member=actor, kick=True, why=why))
    elif act == "mute":
        work.say(Restrict(chat=chat, member=actor, until=until, why=why))
    elif act == "unmute":
        work.say(Restrict(chat=chat, member=actor, free=True, why=why))
    elif act == "unban":
        work.say(Ban(chat=chat, member=actor, free=True, why=why))
    work.emit(
        Acted(
            chat,
            act,
            who,
            actor,
            reason,
            case.number,
            int(until.timestamp()) if until is not None else 0,
            silent,
        )
    )
    return case


def lift(work: Work, cmd: Command, act: str) -> None:
    """unban or unmute: what was in force of it is over, whoever imposed it.

    Raises:
        Refusal: as for `sanction`.
    """
    found = aim(work, cmd)
    possible(work, act, found, None)
    rules.lifted(work, work.chat, act.removeprefix("un"), found.actor, sender_of(cmd))
    case = perform(work, act, found, sender_of(cmd), reason=reason_of(found.rest))
    said(work, cmd, act, found, case)


def take(work: Work, cmd: Command, found: Aim, act: str) -> None:
    """The message replied to goes, and the spam score learns of it.

    Raises:
        Refusal: there is none.
    """
    if not found.message:
        raise Refusal("moderation/reply_first")
    work.say(Delete(chat=work.chat, messages=(found.message,), why=f"{act} of its sender, by hand"))
    work.emit(Removed(work.chat, (found.message,)))
    put_away(work, found.message, author_of(cmd), cmd.message.reply_text, cmd.message.topic)


def said(work: Work, cmd: Command, act: str, found: Aim, case: Case, **more: Any) -> None:
    """One line where the command was said; its button takes the case back (or another, which `ref` names)."""
    buttons, lifetime = more.pop("buttons", ()), more.pop("lifetime", 60)
    ref = more.pop("ref", f"hand:{case.id}")
    data = {"n": 0, "limit": 0, "follow": "", "span": 0, "then": 0, "until": None, **more}
    reply(
        work,
        cmd,
        "moderation/acted",
        buttons=buttons,
        lifetime=lifetime,
        ref=ref,
        act=act,
        name=found.name,
        number=case.number,
        reason=case.reason,
        **data,
    )


def tell_member(
    work: Work, case: Case, act: str, until: datetime | None, topic: int | None, **more: Any
) -> None:
    """What, why, until when, and how to ask for another look: to the member alone, as every notice. Who is
    out of the group reads it in private or not at all. The answer to the administrator names them."""
    data = {
        "act": act,
        "title": members.title(work, case.chat),
        "reason": case.reason,
        "until": until,
        "number": case.number,
        "helper": helper(work, case.chat),
        "n": 0,
        "limit": 0,
        "held": rules.held(work, case.chat, case.actor),
        **more,
    }
    if case.actor > 0 and act in ("warn", "mute"):
        down_the_ladder(work, case, "moderation/told", "moderation/told_public", topic, data)
    elif case.actor > 0 and members.reachable(work, case.actor):
        button = ((Button("appeal", Appeal(case.id)),),)
        work.say(Send(user=case.actor, template="moderation/told", data=data, buttons=button, why=case.why))
