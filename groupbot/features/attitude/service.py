"""Use cases of the month's question: ask it once, count, close it, tell what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog

from groupbot.core.effects import ClosePoll, Options, Send
from groupbot.core.events import PollTotals
from groupbot.core.text import Formatted, clip
from groupbot.engine import front, polls
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.attitude import store
from groupbot.features.attitude.domain import (
    ABOUT,
    ANSWERS,
    ATTITUDE,
    DAY,
    LEAST,
    OPEN,
    PATIENCE,
    STEPS,
    WEAK,
    Asked,
    Step,
    funnel,
    is_due,
    last_two,
    month_of,
)
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.rules.domain.policy import THEME

log = structlog.get_logger(__name__)
PREFIX = "attitude:"
TEMPLATE = "attitude/question"
ROOM = 100  # of the 300 units a poll's question has, for what it is about
YEAR = 12  # months told


def ask_due(work: Work) -> None:
    """Ask what is due, as soon as a post is allowed. The row is written with the post, so that a month has
    one however often this runs."""
    for chat, month in _due(work):
        if not promos.may_post(work, chat, "other")[0]:
            try:
                _ask(work, chat, month)
            except Misfit as e:
                log.error("attitude.unsaid", chat=chat, error=e.line())


def let_pass(work: Work) -> None:
    """After a restore: what is due may have been asked since the backup was taken, so it waits for the next
    month."""
    for chat, month in list(_due(work)):
        _keep(work, chat, month, "unsaid")


def _due(work: Work) -> Iterator[tuple[int, int]]:
    """(chat, month) where it is switched on, the month's day has come and nothing was asked this month."""
    for profile in members.profiles(work):
        chat = profile.chat
        if not profile.there or not members.get(work, chat, ATTITUDE):
            continue
        local = _local(work, chat)
        month = month_of(local)
        if is_due(local, int(members.get(work, chat, DAY))) and not _asked(work, chat, month):
            yield chat, month


def _asked(work: Work, chat: int, month: int) -> bool:
    """Was it asked this month, or is the one before still open?"""
    if work.sql.first(store.OF, chat=chat, the_month=month) is not None:
        return True
    return work.sql.first(store.OPEN_IN, chat=chat) is not None


def _ask(work: Work, chat: int, month: int) -> None:
    work.say(
        Send(
            chat=chat,
            template=TEMPLATE,
            data={"about": about(work, chat), "days": OPEN.days},
            poll=_options(work, chat),
            protect=True,  # forwarded it would be answered by others
            ref=f"{PREFIX}{month}:{chat}",
            post=True,
            not_after=work.now + PATIENCE,
            why="the month's question, /attitude",
        )
    )
    promos.posted(work, chat, "other", "attitude")
    _keep(work, chat, month, "open")


def _keep(work: Work, chat: int, month: int, becomes: str) -> None:
    row = {"chat": chat, "the_month": month, "subject": about(work, chat), "becomes": becomes}
    work.sql.run(store.ASK, **row, at=work.now, until=work.now + OPEN)


def _options(work: Work, chat: int) -> Options:
    """The answers as the template has them, from "not yet" up.

    Raises:
        Misfit: they are not four.
    """
    found = None
    if work.content is not None:
        lang = members.voice(work, chat, None)[0]
        found = front.posted(work.content.sources(TEMPLATE, lang)[0].front).get("poll")
    if found is None or len(found.options) != ANSWERS:
        raise Misfit(f"{TEMPLATE} needs a poll of {ANSWERS} options, from not knowing it up", where=TEMPLATE)
    return Options(found.options)  # one answer each, and nobody is told whose


def about(work: Work, chat: int) -> str:
    """What is asked about: what an admin said, else the group's theme, else its name; cut to what leaves the
    question whole."""
    said = members.get(work, chat, ABOUT) or members.get(work, chat, THEME) or members.title(work, chat)
    return clip(Formatted(str(said)), ROOM).text


def tallied(work: Work, event: PollTotals) -> None:
    """The answers as they stand now; once Telegram said that no more come, they stay. Closed by somebody
    else the question is over."""
    posted = polls.of(work, event.poll)
    if posted is None or not posted.ref.startswith(PREFIX) or len(event.votes) != ANSWERS:
        return
    month = int(posted.ref.split(":")[1])
    votes = dict(zip(("n_unaware", "n_knows", "n_agrees", "n_subscribes"), event.votes, strict=True))
    work.sql.run(store.COUNT, chat=work.chat, the_month=month, is_final=event.closed, **votes)
    if event.closed:
        _over(work, work.chat, month, "closed")


def close_due(work: Work) -> None:
    """Questions whose week is over, or whose group switched them off; one that never left is none."""
    for row in work.sql.all(store.OPEN):
        ref = f"{PREFIX}{row.month}:{row.chat_id}"
        if work.now > row.asked_at + 2 * PATIENCE and not polls.stands(work, ref):
            _over(work, row.chat_id, row.month, "unsaid")
        elif work.now >= row.closes_at or not members.get(work, row.chat_id, ATTITUDE):
            _close(work, row.chat_id, row.month)


def close(work: Work) -> None:
    """Close the open question of this chat now.

    Raises:
        Refusal: none is open.
    """
    row = work.sql.first(store.OPEN_IN, chat=work.chat)
    if row is None:
        raise Refusal("attitude/none_open")
    _close(work, work.chat, row.month)


def _close(work: Work, chat: int, month: int) -> None:
    work.say(ClosePoll(chat=chat, ref=f"{PREFIX}{month}:{chat}", cause="attitude"))
    _over(work, chat, month, "closed")


def _over(work: Work, chat: int, month: int, becomes: str) -> None:
    profile = members.profile(work, chat)
    told = profile.members if profile is not None else None
    here = told or members.count_here(work, chat) or None
    work.sql.run(store.CLOSE, chat=chat, the_month=month, becomes=becomes, at=work.now, were_here=here)


def _local(work: Work, chat: int) -> datetime:
    return work.now.astimezone(zone_of(members.voice(work, chat, None)[1]))


# --- telling
def newest(work: Work, chat: int, most: int = YEAR) -> list[Asked]:
    """The questions of a chat, the newest month first."""
    return [
        Asked(r.month, r.about, r.state, (r.unaware, r.knows, r.agrees, r.subscribes), r.members)
        for r in work.sql.all(store.NEWEST, chat=chat, most=most)
    ]


def told(work: Work, chat: int) -> dict[str, Any] | None:
    """The last question that is closed, as templates and reports tell it; None: there is none."""
    now, before = last_two(newest(work, chat, 3))
    return None if now is None else one(now, before)


def one(now: Asked, before: Asked | None) -> dict[str, Any]:
    """A closed question beside that of the month before: shares and interval ends in whole percent,
    `change` in points. `steps` is empty where fewer than LEAST answered."""
    steps = funnel(now, before)
    return {
        "month": written(now.month),
        "about": now.about,
        "n": now.n,
        "members": now.members,
        "coverage": min(100, round(100 * now.n / now.members)) if now.members else None,
        "least": LEAST,
        "weak": now.n < WEAK,
        "weak_under": WEAK,
        "before": written(before.month)
        if before is not None and steps and steps[0].change is not None
        else "",
        "before_weak": before is not None and before.n < WEAK,
        "steps": [_step(s) for s in steps],
    }


def _step(s: Step) -> dict[str, Any]:
    return {
        "key": s.key,
        "n": s.n,
        "share": round(100 * s.share),
        "low": round(100 * s.low),
        "high": round(100 * s.high),
        "change": None if s.change is None else round(100 * s.change),
        "apart": s.apart,
    }


def written(month: int) -> str:
    """2027-02 of 202702."""
    return f"{month // 100}-{month % 100:02d}"


def state(work: Work, chat: int) -> dict[str, Any]:
    """What /attitude shows: the switch, the subject, where this month's question stands, the last result."""
    asked = newest(work, chat, 3)
    local = _local(work, chat)
    last = asked[0] if asked else None
    row = work.sql.first(store.OPEN_IN, chat=chat)
    here = last if last is not None and last.month == month_of(local) else None
    return {
        "title": members.title(work, chat),
        "asks": bool(members.get(work, chat, ATTITUDE)),
        "about": about(work, chat),
        "own": bool(members.get(work, chat, ABOUT)),
        "day": int(members.get(work, chat, DAY)),
        "open_until": row.closes_at if row is not None else None,
        "so_far": row.unaware + row.knows + row.agrees + row.subscribes if row is not None else 0,
        "unsaid": here is not None and here.state == "unsaid",
        "asked": here is not None,
        "held": promos.may_post(work, chat, "other")[0],
        "last": told(work, chat),
    }


def record(work: Work, chat: int) -> list[dict[str, Any]]:
    """The closed questions of the last months, the newest first, each beside the month before it."""
    asked = newest(work, chat, YEAR + 1)
    pairs = [last_two(asked[i:]) for i, a in enumerate(asked) if a.state == "closed"]
    return [one(now, before) for now, before in pairs[:YEAR] if now is not None]


def question(chat: int) -> str:
    """The SQL that gives it again, intervals too."""
    parts = ", ".join(
        f"{s}, ROUND(1.0 * {s} / n, 4) AS {s}_share,"
        f" {_bound(s, '-')} AS {s}_low, {_bound(s, '+')} AS {s}_high"
        for s in STEPS
    )
    return (
        f"SELECT month, n, members, {parts} FROM v_attitude"
        f" WHERE chat_id = {chat} AND state = 'closed' AND n >= {LEAST} ORDER BY month DESC"
    )


def _bound(s: str, sign: str) -> str:
    """Wilson's, with z = 1.96 and its square 3.8416."""
    root = f"1.96 * SQRT(3.8416 + 4.0 * {s} * (n - {s}) / n)"
    return f"ROUND((2 * {s} + 3.8416 {sign} {root}) / (2 * (n + 3.8416)), 4)"
