"""A case's reason and its end, changed by administrators; how long cases count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Ban, Restrict
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.rules import store
from groupbot.features.rules.domain import flood, locks
from groupbot.features.rules.domain.cases import Case, Settled, case_of
from groupbot.features.rules.domain.policy import EXPIRY, WINDOW, WINDOW_N
from groupbot.features.rules.service.locking import about
from groupbot.features.rules.service.policy import policy_of
from groupbot.features.rules.service.returning import banned

REASON = 200  # characters
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(days=366)  # else Telegram takes it as for ever


def _found(work: Work, chat: int, number: int) -> Any:
    row = work.sql.first(store.BY_NUMBER, chat=chat, n=number)
    if row is None:
        raise Refusal("rules/no_case")
    return row


def show_case(work: Work, chat: int, number: int) -> dict[str, Any]:
    """All that is on record of a case.

    Raises:
        Refusal: there is no such case.
    """
    r = _found(work, chat, number)
    lock = locks.BY_ID.get(r.carrier) if r.rule == locks.ID else None
    return {
        "number": r.number,
        "rule": r.rule,
        "version": r.version,
        **_evidence(r),
        "kind": r.kind if r.kind != "text" else "",
        "carrier": r.carrier if r.carrier not in ("", "text", "reply") else "",
        "lock": about(lock) if lock is not None else "",
        "at": r.at,
        "action": r.action,
        "name": members.name(work, r.actor) if r.person else str(r.actor or ""),
        "id": r.actor,
        "by": members.name(work, r.by_id) if r.by_id else "",
        "reason": r.reason,
        "until": r.until,
        "undone": members.name(work, r.undone_by) if r.undone_at is not None and r.undone_by else "",
        "over": r.undone_at is not None,
        "appeal": r.appeal or "",
    }


def _evidence(r: Any) -> dict[str, Any]:
    """What was seen: the words as they were written, or what stands on record where there were none."""
    count, span = (r.rule == "flood" and flood.told(r.matched)) or (0, 0)
    source = r.matched.partition(":")[2] if r.rule == "forwards" else ""
    said = not count and r.rule not in ("forwards", "captcha") and r.matched not in (r.kind, r.carrier)
    return {
        "matched": r.matched if said else "",
        "count": count,
        "span": span,
        "source": source,
        "why": r.matched if r.rule == "captcha" else "",
    }


def set_reason(work: Work, chat: int, number: int, reason: str, by: int) -> Case:
    """Give a case another reason, at most 200 characters.

    Raises:
        Refusal: no such case, or no reason.
    """
    text = " ".join(reason.split())[:REASON]
    if not text:
        raise Refusal("common/usage")
    row = _found(work, chat, number)
    work.sql.run(store.REASON, the_id=row.id, the_reason=text)
    case = case_of(row)
    work.emit(Settled(case, "reason", by, text))
    return case


def set_duration(work: Work, chat: int, number: int, span: timedelta, by: int) -> Case:
    """Let a mute or ban end so long from now.

    Raises:
        Refusal: no such case, no mute or ban in force, or Telegram would take the span as for ever, as it
            does with all bans of channels and in basic groups; or a ban stands above this mute.
        Unsure: Telegram alone knows whether it does.
    """
    if not SHORTEST <= span <= LONGEST:
        raise Refusal("rules/bad_span")
    row = _found(work, chat, number)
    over = row.undone_at is not None or (row.until is not None and row.until <= work.now)
    if row.action not in ("mute", "ban") or over or row.shadow:
        raise Refusal("rules/no_duration", number=number)
    place = members.place(work, chat)
    if row.actor < 0:
        raise Refusal("moderation/only_ban")
    if place is not None and place.type == "group":
        raise Refusal("moderation/basic")
    if row.action == "mute" and banned(work, chat, row.actor):
        raise Refusal("moderation/banned_already", name=members.name(work, row.actor))
    until = work.now + span
    work.sql.run(store.BECOMES, the_id=row.id, the_action=row.action, ends=until)
    case = case_of(row)
    why = f"case {number} now ends at {until:%Y-%m-%d %H:%M} UTC, by {by}"
    if row.action == "mute":
        work.say(Restrict(chat=chat, member=case.actor, until=until, why=why))
    else:
        work.say(Ban(chat=chat, member=case.actor, until=until, why=why))
    work.emit(Settled(case, "duration", by, until=until))
    return case


def set_expiry(work: Work, chat: int, span: timedelta, by: int | None) -> None:
    """How long a case of a rule counts: 1 to 180 days.

    Raises:
        Refusal: less or more.
    """
    if not timedelta(days=1) <= span <= timedelta(days=180):
        raise Refusal("common/usage")
    members.put(work, EXPIRY, span.days, chat=chat, by=by)


def set_window(work: Work, chat: int, n: int, span: timedelta, by: int | None) -> None:
    """`n` cases of one rule within `span` are a break at once; no span: no more.

    Raises:
        Refusal: fewer than two, more than twenty, or longer than the day.
    """
    if span and not (2 <= n <= 20 and timedelta(minutes=1) <= span <= timedelta(days=1)):
        raise Refusal("common/usage")
    members.put(work, WINDOW, int(span.total_seconds()) // 60, chat=chat, by=by)
    if span:
        members.put(work, WINDOW_N, n, chat=chat, by=by)


def steps(work: Work, chat: int) -> dict[str, Any]:
    """The ladder as it stands here."""
    policy = policy_of(work, chat)
    return {
        "tier": policy.tier or "",
        "expiry": int(policy.expiry.total_seconds()),
        "window": int(policy.window.total_seconds()),
        "n": policy.window_n,
    }
