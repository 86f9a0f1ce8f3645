"""Look at what failed for good or may have arrived, decide on it; tell the operators what goes wrong: in
their chat, else in the log."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from groupbot.core.effects import Gift, Send, readable
from groupbot.engine import logs
from groupbot.engine.addresses import ops_chat as ops_chat
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.operations import store
from groupbot.features.operations.domain import AMISS, BACKLOG, KINDS, NAMED, Alarm, Letter, allowed

log = structlog.get_logger(__name__)
AGAIN_LIFE = timedelta(hours=24)  # what is sent again by hand and does not leave by then is over
_NOTES, _SAID, _SEEN, _AMISS = "operations", "said", "seen", "amiss"
_TEXT = 120


# --- what is not decided
def letters(work: Work) -> list[Letter]:
    """Every effect an operator may still decide on, the oldest first."""
    return [_letter(r) for r in work.sql.all(store.LETTERS, bot=work.bot_id)]


def after(work: Work, number: int) -> tuple[Letter | None, int]:
    """The first undecided one behind `number`, else the first of all; and how many there are."""
    found = letters(work)
    return next((f for f in found if f.id > number), found[0] if found else None), len(found)


def send_again(work: Work, number: int) -> None:
    """Have it leave now. It may arrive a second time if its end was unknown: that is the operator's word.

    Raises:
        Refusal: somebody decided already, or it is over.
    """
    row = _row(work, number)
    until = None if row.until is None else max(row.until, work.now + AGAIN_LIFE)
    work.sql.run(store.AGAIN, the_id=number, bot=work.bot_id, now=work.now, the_until=until)


def let_be(work: Work, number: int, by: str) -> None:
    """Close it as it stands: it arrived, or nobody needs it any more.

    Raises:
        Refusal: somebody decided already, or it is over.
    """
    row = _row(work, number)
    said = f"let be by {by}; {row.error or row.state}"
    work.sql.run(store.DROP, the_id=number, bot=work.bot_id, why_not=said)
    if row.ref:
        work.sql.run(store.ORPHANS, the_ref=row.ref, bot=work.bot_id, now=work.now)


def trace(work: Work, update: int) -> list[Any]:
    """What came of an update: its effects in the order they were said, each with its step and its end."""
    return work.sql.all(store.OF_UPDATE, the_update=update, bot=work.bot_id)


def _row(work: Work, number: int) -> Any:
    row = work.sql.first(store.ONE, the_id=number, bot=work.bot_id)
    if row is None:
        raise Refusal("operations/decided", number=number)
    return row


def _letter(row: Any) -> Letter:
    effect = readable(row.payload)
    text = effect.text if isinstance(effect, Send | Gift) else ""
    return Letter(
        row.id,
        row.state,
        row.kind,
        row.title or (f"private {row.user_id}" if row.user_id else ""),
        row.cause,
        row.error or "",
        row.said_at,
        row.done_at,
        text if len(text) <= _TEXT else text[: _TEXT - 1] + "…",
        row.update_id or 0,
    )


# --- alarms
def worry(work: Work, alarm: Alarm) -> bool:
    """Tell the operators, if the budget of words allows it: each kind once in ten minutes, twelve words an
    hour. True when it was told; who has more to tell later counts on."""
    if alarm.kind not in KINDS:
        raise ValueError(f"{alarm.kind} is no kind of alarm")
    if alarm.n <= 0:
        return False
    notes = work.notes(_NOTES, 0)
    said = [(k, datetime.fromisoformat(at)) for k, at in notes.get(_SAID, [])]
    if not allowed(said, alarm.kind, work.now):
        return False
    fresh = [(k, at) for k, at in said if work.now - at < timedelta(hours=1)]
    notes.set(_SAID, [[k, at.isoformat()] for k, at in [*fresh, (alarm.kind, work.now)]])
    if work.me.ops_chat:
        work.emit(alarm)
    else:
        log.warning("alarm", kind=alarm.kind, n=alarm.n, **alarm.data, next=f"runbook: {alarm.kind}")
    return True


def amiss(wrong: Sequence[Misfit], work: Work) -> None:
    """What of the operators' files did not fit when the bot started; told once as it is, however often it
    starts."""
    lines = [f"{m.where.rpartition('/')[2]}: {m.what}" + (f" → {m.next}" if m.next else "") for m in wrong]
    lines = [logs.redact(line) for line in lines]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""
    notes = work.notes(_NOTES, 0)
    if not work.me.ops_chat or notes.get(_AMISS, "") == digest:
        return
    notes.set(_AMISS, digest)
    if lines:
        work.emit(Alarm(AMISS, len(lines), {"lines": lines[:NAMED], "more": max(0, len(lines) - NAMED)}))


def watch(work: Work) -> None:
    """What SQL shows: effects that failed or are unknown, updates put aside, an outbox that is stuck. What
    was not told for want of budget is told with the next word."""
    notes = work.notes(_NOTES, 0)
    seen = {"unknown": "", "dead": "", "quarantine": 0} | notes.get(_SEEN, {})
    before = dict(seen)
    for state in ("unknown", "dead"):
        since = datetime.fromisoformat(seen[state]) if seen[state] else work.now - timedelta(days=7)
        rows = {r.state: r for r in work.sql.all(store.NEWER, bot=work.bot_id, since=since)}
        row = rows.get(state)
        if row is not None and worry(work, Alarm(state, row.n)):
            seen[state] = row.last.isoformat()
    row = work.sql.first(store.PUT_ASIDE, bot=work.bot_id, since=seen["quarantine"])
    if row is not None and row.n:
        last = work.sql.first(store.LAST_ASIDE, bot=work.bot_id)
        data = {"number": last.id, "step": last.step, "error": last.error[:200]}
        if worry(work, Alarm("quarantine", row.n, data)):
            seen["quarantine"] = row.last
    stuck = work.sql.first(store.STUCK, bot=work.bot_id, before=work.now - BACKLOG)
    if stuck is not None and stuck.n:
        minutes = int((work.now - stuck.oldest).total_seconds() // 60)
        worry(work, Alarm("backlog", stuck.n, {"minutes": minutes}))
    if seen != before:
        notes.set(_SEEN, seen)
