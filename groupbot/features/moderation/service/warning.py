"""Warnings by hand: counted, expiring, and what follows the last one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Button
from groupbot.core.events import Command
from groupbot.core.setting import switch_of
from groupbot.core.spans import for_ever, leading, spelled
from groupbot.engine.replies import reply, sender_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.moderation.domain import acts
from groupbot.features.moderation.domain.grammar import reason_of
from groupbot.features.moderation.service.sanctions import perform, possible, said, take, tell_member
from groupbot.features.moderation.service.whom import Aim, aim, aimed, hush, may_be_silent
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import Case, Undo

EVER = datetime(2000, 1, 1, tzinfo=UTC)


def warn(work: Work, cmd: Command, *, delete: bool = False, silent: bool = False) -> None:
    """Warn whom the command names; at the limit the warn mode follows, and the count begins anew.

    Raises:
        Refusal: nobody or the wrong one is named.
    """
    if silent:
        may_be_silent(work)
    found = aim(work, cmd)
    possible(work, "warn", found, None)
    if delete:
        take(work, cmd, found, "warn")
    case = perform(work, "warn", found, sender_of(cmd), reason=reason_of(found.rest), silent=silent)
    made = counted(work, case, sender_of(cmd), silent=silent)
    if silent:
        hush(work, cmd)
        return
    n, limit, follow, then = made.n, made.limit, made.follow, made.then
    act = "warn" if then is None else follow.act
    tell_member(work, then or case, act, made.until, cmd.message.topic, reason=case.reason, n=n, limit=limit)
    undone = case if then is None or act == "kick" else then
    said(
        work,
        cmd,
        "warn",
        found,
        case,
        n=n,
        limit=limit,
        follow=follow.word,
        span=follow.seconds,
        then=0 if then is None else then.number,
        ref=f"hand:{undone.id}",
        buttons=((Button("undo", Undo(undone.id, undone.chat)),),),
    )


class Count(Struct, frozen=True):
    """Warning `n` of `limit`; what followed if it was the last, its case (`then`), and until when."""

    n: int
    limit: int
    follow: acts.Follow = acts.Follow("")
    then: Case | None = None
    until: datetime | None = None


def counted(work: Work, case: Case, who: int, *, silent: bool = False, bans: bool = True) -> Count:
    """A warning was recorded: count it, and do what follows the last. `bans`: `who` may remove people."""
    here, work.chat = work.chat, case.chat
    try:
        spent = [r.id for r in standing_warns(work, case.actor)]
        n, limit = len(spent), int(members.get(work, case.chat, acts.WARN_LIMIT))
        if n < limit:
            return Count(n, limit)
        found = Aim(case.actor, members.name(work, case.actor), "", 0)  # the message is the warning's
        follow = _follow(work, found, bans)
        if follow.act in (acts.ASK, acts.UNABLE):
            return Count(n, limit, follow)
        for id_ in spent:
            rules.used_up(work, id_, who)
        until = _until(work, follow)
        then = perform(work, follow.act, found, who, until=until, reason=f"{limit}/{limit}", silent=silent)
        return Count(n, limit, follow, then, until)
    finally:
        work.chat = here


def _follow(work: Work, found: Aim, bans: bool) -> acts.Follow:
    """What follows the last warning: `ask` where a person decides, `unable` where the bot may not."""
    p = members.profile(work, work.chat)
    follow = acts.follow_here(str(members.get(work, work.chat, acts.WARN_MODE)), p.tier if p else None)
    if follow.act != acts.ASK and members.bot_lacks(work, work.chat, ("restrict",)):
        return acts.Follow(acts.UNABLE)
    try:
        possible(work, follow.act, found, follow.span)
    except Refusal:
        return acts.Follow(acts.ASK)
    stands, _ = rules.stronger(work, work.chat, found.actor, _until(work, follow))
    asks = stands == "ban" or stands == follow.act or (follow.act != "mute" and not bans)
    return acts.Follow(acts.ASK) if asks else follow


def _until(work: Work, follow: acts.Follow) -> datetime | None:
    return None if follow.span is None else work.now + follow.span


def standing_warns(work: Work, actor: int) -> list[Any]:
    """The warnings that count, the newest first."""
    span = _time(work)
    return rules.warns(work, work.chat, actor, EVER if span is None else work.now - span)


def _time(work: Work) -> timedelta | None:
    return leading(str(members.get(work, work.chat, acts.WARN_TIME)))[0]


def unwarn(work: Work, cmd: Command, *, every: bool = False) -> None:
    """Take the newest warning back, or all of them.

    Raises:
        Refusal: none counts.
    """
    found = aim(work, cmd)
    rows = standing_warns(work, found.actor)
    if not rows:
        raise Refusal("moderation/no_warns", name=found.name)
    for row in rows if every else rows[:1]:
        rules.counts_no_more(work, row.id, sender_of(cmd))
    work.emit(acts.Acted(work.chat, "unwarn", sender_of(cmd), found.actor, number=rows[0].number))
    left = 0 if every else len(rows) - 1
    limit = int(members.get(work, work.chat, acts.WARN_LIMIT))
    reply(work, cmd, "moderation/unwarned", name=found.name, left=left, limit=limit)


def show(work: Work, cmd: Command) -> None:
    """The warnings that count: one's own, or for administrators anybody's.

    Raises:
        Refusal: a member asks about somebody else.
    """
    found = aimed(work, cmd, sure=False)
    own = sender_of(cmd)
    if found is not None and found.actor != own and not _staff(work, cmd):
        raise Refusal("common/admin_only")
    actor = found.actor if found is not None else own
    rows = standing_warns(work, actor)
    reply(
        work,
        cmd,
        "moderation/warns",
        name=found.name if found is not None else members.name(work, own),
        limit=int(members.get(work, work.chat, acts.WARN_LIMIT)),
        rows=[{"number": r.number, "at": r.at, "reason": r.reason} for r in rows],
    )


def _staff(work: Work, cmd: Command) -> bool:
    return cmd.message.anonymous or members.is_staff(work, work.chat, sender_of(cmd))


def set_limit(work: Work, cmd: Command) -> None:
    """`/warnlimit 3`, 2 to 20; without a number the settings are shown."""
    if cmd.args:
        if not (cmd.args.isascii() and cmd.args.isdigit() and 2 <= int(cmd.args[:3]) <= 20):
            raise Refusal("common/usage")
        members.put(work, acts.WARN_LIMIT, int(cmd.args), chat=work.chat, by=sender_of(cmd))
    settings(work, cmd)


def set_mode(work: Work, cmd: Command) -> None:
    """`/warnmode tmute 1d`; in dealer and store groups a person decides, so that nothing else can be set."""
    if cmd.args:
        follow = acts.follow_of(cmd.args)
        if follow is None:
            raise Refusal("common/usage")
        if follow.act != acts.ASK and members.human_decides(work, work.chat):
            raise Refusal("moderation/human_decides")
        members.put(work, acts.WARN_MODE, follow.text, chat=work.chat, by=sender_of(cmd))
    settings(work, cmd)


def set_time(work: Work, cmd: Command) -> None:
    """`/warntime 30d`, or off: warnings count for ever."""
    if cmd.args:
        span, rest = leading(cmd.args)
        if switch_of(cmd.args) is not False and (span is None or rest or for_ever(span)):
            raise Refusal("common/usage")
        members.put(
            work, acts.WARN_TIME, "off" if span is None else spelled(span), chat=work.chat, by=sender_of(cmd)
        )
    settings(work, cmd)


def settings(work: Work, cmd: Command) -> None:
    """What is set about warnings, and how to change it."""
    p = members.profile(work, work.chat)
    reply(
        work,
        cmd,
        "moderation/warn_settings",
        limit=int(members.get(work, work.chat, acts.WARN_LIMIT)),
        mode=acts.follow_here(str(members.get(work, work.chat, acts.WARN_MODE)), p.tier if p else None).text,
        time=str(members.get(work, work.chat, acts.WARN_TIME)),
    )
