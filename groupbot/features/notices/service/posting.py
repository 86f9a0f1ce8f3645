"""Post a notice, take acknowledgements, remind once, close it and tell staff who is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot.core.effects import Answer, Button, Edit, Rows, Send
from groupbot.core.events import Tap
from groupbot.engine.paging import others, page
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.notices import store
from groupbot.features.notices.domain import LONGEST, SHORTEST, TEXT_LIMIT, Ack, is_awake, reminder_at, share

NAMED = 40  # people named in one message
KEPT = store.KEPT
LIFE = timedelta(days=180)  # of what has ended
MONTH = timedelta(days=30)
PAGE = 50  # last calls looked at in one transaction
_REMIND = "notices.remind"


def ref(number: int) -> str:
    """The name of a notice's card."""
    return f"notice:{number}"


def post(work: Work, by: int, text: str, span: timedelta, topic: int | None = None) -> int:
    """Post a notice in the event's chat; its number.

    Raises:
        Refusal: too long a text, or no time between an hour and thirty days.
    """
    return put_up(work, work.chat, by, text, span, topic)


def put_up(
    work: Work,
    chat: int,
    by: int,
    text: str,
    span: timedelta,
    topic: int | None = None,
    round_: int | None = None,
) -> int:
    """The same in any chat; `round_` is the round over several chats that it is part of.

    Raises:
        Refusal: as `post`.
    """
    due = fits(work, text, span)
    work.sql.run(
        store.ADD,
        chat_id=chat,
        topic=topic,
        by_id=by,
        text=text,
        version=1,
        at=work.now,
        due=due,
        remind_at=reminder_at(work.now, due),
        state="open",
        round_id=round_,
    )
    number = int(work.sql.value(store.LAST, chat=chat) or 0)
    row = _notice(work, number, chat)
    work.say(
        Send(
            chat=chat,
            topic=topic,
            template="notices/card",
            data=_card(work, row),
            buttons=_button(row),
            ref=ref(number),
            pin=not members.bot_lacks(work, chat, ("pin",)),
            post=round_ is not None,
        )
    )
    return number


def revise(work: Work, number: int, by: int, text: str, span: timedelta) -> int:
    """A new version, which everybody acknowledges anew; its version.

    Raises:
        Refusal: no such notice here, or as `post`.
    """
    return rewrite(work, _notice(work, number, work.chat), text, span)


def rewrite(work: Work, row: Any, text: str, span: timedelta) -> int:
    """A new version of a notice's row.

    Raises:
        Refusal: it is over, or as `post`.
    """
    if row.state != "open":
        raise Refusal("notices/over")
    due = fits(work, text, span)
    work.sql.run(
        store.REVISE,
        the_id=row.id,
        text=text,
        at=work.now,
        due=due,
        remind_at=reminder_at(work.now, due),
    )
    _show(work, row.id)
    return int(row.version) + 1


def fits(work: Work, text: str, span: timedelta) -> datetime:
    """When a notice ends that is said now.

    Raises:
        Refusal: too long a text, or no time between an hour and thirty days.
    """
    if len(text) > TEXT_LIMIT:
        raise Refusal("notices/too_long", limit=TEXT_LIMIT)
    if not SHORTEST <= span <= LONGEST:
        raise Refusal("notices/bad_time")
    return work.now + span


def _notice(work: Work, number: int, chat: int) -> Any:
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.chat_id != chat:
        raise Refusal("notices/none", number=number)
    return row


# --- acknowledged
def acknowledge(work: Work, tap: Tap, seen: Ack) -> None:
    """Somebody read it: once for each version.

    Raises:
        Refusal: it was rewritten meanwhile, is over, or is none of this group's.
    """
    assert tap.sender is not None
    row = _notice(work, seen.notice, work.chat)
    if row.version != seen.version:  # also to who read the one before
        raise Refusal("notices/rewritten")
    who = tap.sender.id
    before = work.sql.value(store.ACKED, the_id=row.id, the_version=seen.version, who=who)
    if before is None:
        if row.state != "open":
            raise Refusal("notices/over")
        work.sql.run(store.ACK, notice_id=row.id, version=row.version, person_id=who, at=work.now)
        work.finally_(("notice", row.id), lambda w: _show(w, row.id))
    at = before if before is not None else work.now
    work.say(Answer(query_id=tap.query_id, template="notices/thanks", data={"at": at}))


def _show(work: Work, number: int) -> None:
    """The card as it is now: fifty presses of a moment redraw it once, and an edit that waits is replaced."""
    row = work.sql.first(store.ONE, the_id=number)
    if row is not None:
        work.say(
            Edit(
                chat=row.chat_id,
                template="notices/card",
                data=_card(work, row),
                buttons=_button(row),
                ref=ref(number),
            )
        )


def _button(row: Any) -> Rows:
    return ((Button("read", Ack(row.id, row.version)),),) if row.state == "open" else ()


def _card(work: Work, row: Any) -> dict[str, Any]:
    return {
        "number": row.id,
        "text": row.text,
        "version": row.version,
        "read": read_by(work, row),
        "all": row.expected if row.expected is not None else expected_of(work, row),
        "due": row.due,
        "open": row.state == "open",
    }


def read_by(work: Work, row: Any, until: datetime | None = None) -> int:
    last = until or work.now
    return int(work.sql.value(store.COUNT, the_id=row.id, the_version=row.version, until=last) or 0)


def expected_of(work: Work, row: Any) -> int:
    found = int(work.sql.value(store.EXPECTED, chat=row.chat_id, author=row.by_id) or 0)
    return max(found, read_by(work, row))


# --- what staff see
def standing(work: Work, number: int, chat: int) -> dict[str, Any]:
    """How a notice stands, and who has not acknowledged it: for staff alone.

    Raises:
        Refusal: no such notice here.
    """
    return _standing(work, _notice(work, number, chat))


def _standing(work: Work, row: Any) -> dict[str, Any]:
    one = {"the_id": row.id, "the_version": row.version, "chat": row.chat_id, "author": row.by_id}
    missing = work.sql.all(store.MISSING, most=NAMED, **one)
    count = int(work.sql.value(store.MISSING_COUNT, **one) or 0)
    return {
        **_card(work, row),
        "text": row.text[:80],
        "title": members.title(work, row.chat_id),
        "missing": [{"id": r.id, "name": members.name(work, r.id)} for r in missing],
        "more": max(0, count - len(missing)),
    }


def latest(work: Work, chat: int, most: int = 8) -> list[dict[str, Any]]:
    """The newest notices of a chat."""
    rows = work.sql.all(store.IN_CHAT, chat=chat, most=most)
    return [{**_card(work, r), "text": r.text.split("\n")[0][:40]} for r in rows]


def by_tier(work: Work) -> list[dict[str, Any]]:
    """Notices that ended in the last thirty days, by tier: how many read them within a day and three."""
    rows = work.sql.all(store.BY_TIER, since=work.now - MONTH)
    return [
        {
            "tier": r.tier or "",
            "n": r.n,
            "expected": int(r.expected or 0),
            "day": share(int(r.within_day or 0), int(r.expected or 0)),
            "three": share(int(r.within_three or 0), int(r.expected or 0)),
        }
        for r in rows
    ]


# --- in time
def remind(work: Work) -> bool:
    """One line without names below each notice whose last call has come, by day: a page of them each time.
    True when there may be more."""
    for row in page(work, _REMIND, store.REMIND, PAGE):
        here = work.now.astimezone(zone_of(members.voice(work, row.chat_id, None)[1]))
        if not is_awake(here.time()):
            continue
        work.sql.run(store.REMINDED, the_id=row.id)
        data = _card(work, row)
        left = data["all"] - data["read"]
        if left > 0:
            work.say(
                Send(
                    chat=row.chat_id,
                    topic=row.topic,
                    template="notices/remind",
                    data={"left": left, "number": row.id, "due": row.due},
                    lifetime=int((row.due - work.now).total_seconds()) + 60,
                )
            )
    return others(work, _REMIND)


def close_due(work: Work) -> None:
    """Notices whose time is over: the card says how it ended, staff are told who is missing."""
    for row in work.sql.all(store.DUE, now=work.now):
        work.sql.run(
            store.CLOSE,
            the_id=row.id,
            expected=expected_of(work, row),
            within_day=read_by(work, row, row.at + timedelta(days=1)),
            within_three=read_by(work, row, row.at + timedelta(days=3)),
        )
        _show(work, row.id)
        if row.round_id is not None:  # told once for the whole round
            continue
        to = next(
            (p for p in (row.by_id, *members.responsible(work, row.chat_id)) if members.reachable(work, p)),
            None,
        )
        if to is not None:
            ended = work.sql.first(store.ONE, the_id=row.id)
            work.say(Send(user=to, template="notices/standing", data=_standing(work, ended)))


def sweep(work: Work) -> None:
    """Forget what ended long ago."""
    before = work.now - LIFE
    work.sql.run(store.FORGET_ACKS, before=before)
    work.sql.run(store.FORGET, before=before)
    work.sql.run(store.FORGET_ROUNDS, before=before)
