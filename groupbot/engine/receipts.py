"""What leaves and what became of it: rows marked before the call, receipts booked after it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
import structlog
from msgspec import DecodeError, structs

from groupbot.core.effects import (
    POST,
    Admit,
    Ban,
    ClosePoll,
    Delete,
    Edit,
    Effect,
    Permit,
    Pin,
    Poll,
    Promote,
    Restrict,
    Send,
    Topic,
    from_json,
)
from groupbot.engine import addresses, media, outcome, polls
from groupbot.engine.entries import Entry, Result, home_of
from groupbot.engine.order import hold_back
from groupbot.engine.outbox_table import MUST_WAIT, nameless, outbox, posted, posted_as
from groupbot.engine.storage import Hot, Upsert
from groupbot.engine.upgrades import OUT_OF_REACH, basic, names_messages
from groupbot.engine.work import Work

log = structlog.get_logger(__name__)
_o = outbox.c
_UNHEARD = sa.and_(_o.state == "sending", _o.tries == sa.bindparam("the_try"))
_MARK = Hot(  # also where it was marked for this try, and the answer to the commit was lost
    lambda: (
        sa.update(outbox)
        .where(_o.id == sa.bindparam("the_id"), sa.or_(_o.state == "waiting", _UNHEARD))
        .values(state="sending", tries=sa.bindparam("the_try"))
        .returning(_o.payload, _o.until, _o.ref, _o.chat_id, _o.said_at, _o.cause, _o.update_id)
    )
)
_POSTED = Hot(  # a receipt booked after the group's upgrade may hold an id that the new group gives again
    lambda: Upsert(
        posted,
        ("bot_id", "chat_id", "message_id", "ref", "private", "at"),
        ("bot_id", "chat_id", "message_id"),
        {"ref": "new", "private": "new", "at": "new"},
    )
)
_FINISH = Hot(  # but where it ended just so: it was booked, and the answer to the commit was lost
    lambda: (
        sa.update(outbox)
        .where(
            _o.id == sa.bindparam("the_id"),
            sa.or_(_o.state != sa.bindparam("state"), _o.error.is_distinct_from(sa.bindparam("error"))),
        )
        .values(
            state=sa.bindparam("state"),
            done_at=sa.bindparam("done_at"),
            error=sa.bindparam("error"),
            message_id=sa.bindparam("message_id"),
            payload=sa.case((sa.bindparam("keep", type_=sa.Boolean), _o.payload), else_=""),
        )
    )
)
_AGAIN = Hot(
    lambda: (
        sa.update(outbox)
        .where(_o.id == sa.bindparam("the_id"), _o.state == "sending")  # else it was given up meanwhile
        .values(
            state="waiting",
            due=sa.bindparam("due"),
            done_at=sa.bindparam("now"),
            error=sa.bindparam("error"),
            tries=_o.tries - sa.bindparam("uncounted", type_=sa.SmallInteger),
        )
    )
)
_TOO_LATE = Hot(
    lambda: (
        sa.update(outbox)
        .where(_o.state == "waiting", _o.until <= sa.bindparam("now"), _o.bot_id == sa.bindparam("bot"))
        .values(state="dead", done_at=sa.bindparam("now"), error="too late", payload="")
        .returning(_o.ref)
    )
)
_UNPARK = Hot(  # a removal that was said before is of an older message of the name
    lambda: (
        sa.update(outbox)
        .where(
            _o.ref == sa.bindparam("the_ref"),
            _o.bot_id == sa.bindparam("bot"),
            _o.state == "parked",
            sa.or_(_o.id > sa.bindparam("the_id"), _o.kind != "delete"),
        )
        .values(state="waiting")
    )
)
_ORPHAN = Hot(
    lambda: (
        sa.update(outbox)
        .where(
            _o.ref == sa.bindparam("the_ref"),
            _o.bot_id == sa.bindparam("bot"),
            _o.state == "parked",
        )
        .values(state="dead", done_at=sa.bindparam("now"), payload="")
    )
)


def mark(work: Work, ready: list[Entry]) -> list[Entry]:
    """Mark rows as leaving; those replaced or dropped meanwhile do not come back. It may be run again, also
    after its commit."""
    marked = []
    for entry in ready:
        rows = work.sql.returning(_MARK, the_id=entry.id, the_try=entry.tries + 1)
        if not rows:
            continue
        if rows[0].until is not None and rows[0].until <= work.now:
            _end(work, entry.id, "too late")
            _orphan(work, [rows[0].ref])
            continue
        try:
            effect = from_json(rows[0].payload)
        except DecodeError as e:  # it must not hold back the others
            log.error("outbox.unreadable", row=entry.id, kind=entry.kind, error=str(e))
            _end(work, entry.id, f"cannot be read: {e}", keep=True)
            _orphan(work, [rows[0].ref])
            continue
        ref = getattr(effect, "ref", None)
        if ref and isinstance(effect, Edit | Delete | Pin | ClosePoll):
            home = rows[0].chat_id or -entry.user  # the chat may have become another one's in the hand
            ids = posted_as(work, ref, home)
            if not ids:
                gone = isinstance(effect, Delete)  # it was deleted before: what was wanted is so
                _end(work, entry.id, f"nothing is posted as {ref}", "done" if gone else "dead")
                continue
            entry.target = structs.replace(entry.target, messages=ids)
        if isinstance(effect, Send) and effect.media:
            effect = media.ready(work, effect)
        entry.effect = effect
        entry.due, entry.until = getattr(effect, "due", None) or rows[0].said_at, rows[0].until
        entry.cause, entry.update = rows[0].cause, rows[0].update_id or 0
        marked.append(entry)
    return marked


def expire(work: Work) -> None:
    """End what is too late, also where it could not have left: in a chat the bot was kicked from."""
    gone = work.sql.returning(_TOO_LATE, now=work.now, bot=work.bot_id)
    _orphan(work, [r.ref for r in gone])


def _end(work: Work, row: int, error: str, state: str = "dead", keep: bool = False) -> None:
    work.sql.run(_FINISH, the_id=row, state=state, done_at=work.now, error=error, message_id=None, keep=keep)


def _orphan(work: Work, refs: list[str | None]) -> None:
    """What waited for the receipts of messages that never left ends with them."""
    for ref in refs:
        if ref:
            work.sql.run(_ORPHAN, the_ref=ref, bot=work.bot_id, now=work.now)


def book(work: Work, results: list[Result]) -> bool:
    """Write receipts: states, names of posted messages, what waited for them. True when the table has rows
    to be looked at because of it. It may be run again, also after its commit: nothing is said twice."""
    news = False
    for r in results:
        entry, effect = _there(work, r), r.entry.effect
        if r.chat_state and entry.chat:
            lacks = entry.kind if r.chat_state == "limited" else None
            addresses.set_state(work, entry.chat, r.chat_state, lacks)
        elif entry.limited and r.receipt is not None:
            addresses.able(work, entry.chat, entry.kind)
        ref = getattr(effect, "ref", None)
        if r.moved_to and names_messages(effect):
            _end(work, entry.id, OUT_OF_REACH)
            continue
        if r.state == "waiting":
            work.sql.run(
                _AGAIN,
                the_id=entry.id,
                due=work.now + timedelta(seconds=r.again_in),
                now=work.now,
                error=f"{MUST_WAIT}{r.error}" if r.silence else r.error,
                uncounted=0 if r.counts else 1,
            )
            news = True
            # nothing overtakes it, nor after a restart; posts to people are many: each waits for itself
            if r.again_in and not r.alone and (entry.chat or entry.lane < POST):
                hold_back(work, entry, work.now + timedelta(seconds=r.again_in), r.silence)
            continue
        if r.state == "unknown":
            outcome.unknown(work, entry.id, r.error)
            continue
        about = (r.receipt.message_ids if r.receipt else ()) or _about(effect) or entry.target.messages
        note = r.error or (r.receipt.note if r.receipt else "")
        ended = work.sql.run(
            _FINISH,
            the_id=entry.id,
            state=r.state,
            done_at=work.now,
            error=note or None,
            message_id=about[0] if about else None,
            keep=r.state == "dead" and not r.blocked and _matters(effect),
        )
        if not ended:
            news = True
            continue
        for follows in r.receipt.then if r.receipt else ():
            work.say(structs.replace(follows, chat=entry.chat or None))  # it may be another one by now
        if isinstance(effect, Send | Poll):
            news |= _booked_send(work, entry, effect, r)
        elif isinstance(effect, Delete) and ref:
            nameless(work, home_of(entry), entry.target.messages)  # not those that it got meanwhile
    return news or bool(work.effects)


def _there(work: Work, r: Result) -> Entry:
    """The entry, for the group where its chat turned out to be one's new id while it was under way. It stays
    itself: the sender lets go of what it held for it."""
    home = addresses.now_of(work, r.entry.chat, r.entry.target.telegram_id)
    if home == r.entry.chat:
        return r.entry
    r.home = home
    return structs.replace(r.entry, chat=home)


def _matters(effect: Effect | None) -> bool:
    """Would an operator want to decide on this when it failed for good? A word in passing is over, a card or
    a message to remove is as it is; a post, a result, a sanction or a right is not."""
    if isinstance(effect, Send):
        return effect.post or (effect.reply_to is None and effect.lifetime is None)
    return isinstance(effect, Admit | Ban | Permit | Promote | Restrict | Topic)


def _about(effect: Effect | None) -> tuple[int, ...]:
    """The messages an effect names itself: they outlive its emptied payload, so that a reason can be
    shown beside what was removed."""
    return effect.messages if isinstance(effect, Delete) else ()


def _booked_send(work: Work, entry: Entry, effect: Send | Poll, r: Result) -> bool:
    unparked = 0
    if r.receipt is None:
        _orphan(work, [effect.ref])
        if r.blocked and isinstance(effect, Send) and effect.fallback is not None:
            other = effect.fallback  # rendered when it was said
            if other.chat == effect.chat:  # which may be another one by now
                other = structs.replace(other, chat=entry.chat or None)
            work.effects.append(other)
        return False
    if isinstance(effect, Send) and r.receipt.files:
        media.learned(work, effect, r.receipt)
    if basic(entry.target.telegram_id) and _moved(work, entry):  # while it was under way
        _orphan(work, [effect.ref])
        return False
    ref = effect.ref or f"out:{entry.id}"
    for message_id in r.receipt.message_ids:
        work.sql.run(
            _POSTED,
            bot_id=work.bot_id,
            chat_id=home_of(entry),
            message_id=message_id,
            ref=ref,
            private=bool(entry.user),
            at=work.now,
        )
    if r.receipt.poll is not None:
        polls.keep(work, r.receipt.poll[0], ref, r.receipt.poll[1])
    if effect.ref:
        unparked = work.sql.run(_UNPARK, the_ref=effect.ref, bot=work.bot_id, the_id=entry.id)
    if effect.pin:
        work.say(Pin(chat=entry.chat or None, user=effect.user, ref=ref, cause=effect.cause))
    if effect.lifetime:
        work.say(
            Delete(
                chat=entry.chat or None,  # the effect may name the chat that has become this one
                user=effect.user,
                ref=ref,
                cause="lifetime",
                due=work.now + timedelta(seconds=effect.lifetime),
            )
        )
    return unparked > 0


def _moved(work: Work, entry: Entry) -> bool:
    """Has the group another id by now than the one it was called by?"""
    place = addresses.place_of(work, entry.chat)
    return place is not None and place.telegram_id != entry.target.telegram_id
