"""The week of all groups, posted to the operators' chat: once a week, exactly once.

Each step looks at one group beside the writer, and a transaction keeps what was seen in `digest`; when all
are there, one row says that the week was posted, in the transaction that says the message. The week is
Monday to Sunday on each group's own clock: a group west of the operators is waited for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from groupbot.core.effects import Send
from groupbot.engine import words
from groupbot.engine.addresses import ops_chat
from groupbot.engine.picture.charts import chart
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import DIGEST, FEW
from groupbot.features.engagement.reports.asking import Ask
from groupbot.features.engagement.reports.look import (
    TITLE,
    Seen,
    best_and_worst,
    look,
    needing,
    page_of,
    questions,
)
from groupbot.features.engagement.reports.nudge import WEEK
from groupbot.features.engagement.reports.stages import changed_since
from groupbot.features.engagement.reports.told import Told
from groupbot.features.members import service as members

HOUR = 9  # o'clock on Monday, in the operators' chat
ALL = 0  # stands for the post itself where a chat stands for its part
NEEDS = 3
STAGES = 6


class Step(Struct, frozen=True):
    """What is to be kept next: one group's part, or the whole to be posted."""

    week: date
    ops: int
    part: Seen | None = None
    whole: tuple[Seen, ...] = ()
    active: int = 0


def digest_steps(work: Work) -> Iterator[Step]:
    """The next steps towards the week's digest, read beside the writer: a group's part each, or the whole."""
    ops = ops_chat(work)
    if not ops or not members.get(work, ops, DIGEST):
        return
    local = work.now.astimezone(words.zone(members.voice(work, ops, None)[1]))
    if local.weekday() == 0 and local.hour < HOUR:
        return
    week = local.date() - timedelta(days=local.weekday() + 7)
    last = week + timedelta(days=6)
    known = {r.chat_id: r.found for r in work.sql.all(store.DIGEST_PARTS, week=week)}
    if ALL in known:
        return
    groups = [p.chat for p in members.profiles(work) if p.chat != ops and p.there]
    missing = [chat for chat in groups if chat not in known]
    for chat in missing:
        if work.now >= Ask(work, chat, week, last).end:
            yield Step(week, ops, look(work, chat, last))
    if not missing:
        parts = tuple(msgspec.convert(known[c], Seen) for c in groups)
        yield Step(week, ops, None, parts, active_in(work, groups, week, last))


def digest(step: Step, work: Work) -> bool:
    """Keep what was read; True while there is more to do at once."""
    part = step.part
    chat, found = (
        (ALL, {"groups": len(step.whole)}) if part is None else (part.chat, msgspec.to_builtins(part))
    )
    work.sql.run(store.DIGEST_NEW, week=step.week, chat=chat, found=found, at=work.now)
    if part is not None:
        return True
    work.sql.run(store.DIGEST_DROP)
    changes = _stages(work, step.week)
    if changes or any(s.messages or s.joined or s.left or s.best for s in step.whole):
        _post(work, step, changes)
    return False


def _stages(work: Work, week: date) -> list[dict[str, str]]:
    """Groups that changed their stage since the digest before; of those that only observe nobody else
    is told."""
    weeks = work.now - 2 * WEEK
    since = work.sql.value(store.DIGEST_BEFORE, week=week, since=weeks) or weeks
    found = [(members.profile(work, s.chat), s) for s in changed_since(work, since)]
    live = [(p, s) for p, s in found if p is not None and p.there]
    return [{"title": p.title[:TITLE], "was": s.was, "stage": s.stage} for p, s in live]


def _post(work: Work, step: Step, stages: list[dict[str, str]]) -> None:
    week, seen, active = step.week, step.whole, step.active
    lang = members.voice(work, step.ops, None)[0]
    last = week + timedelta(days=6)
    best, worst = best_and_worst(seen)
    need = needing(seen)
    grades = Counter(s.grade for s in seen)
    head = {"first": week.isoformat(), "last": last.isoformat(), "groups": len(seen)}
    picture = chart(page_of(seen, week, last, say_in(work, lang), words.day(lang)))
    work.say(Send(chat=step.ops, template="engagement/digest_picture", photo=picture, data=head))
    work.say(  # no caption: there it would be cut
        Send(
            chat=step.ops,
            template="engagement/digest",
            ref=f"digest:{week}",
            data={
                **head,
                "amber": sum(s.colour == "amber" for s in seen),
                "grey": sum(s.colour == "grey" for s in seen),
                "messages": sum(s.messages for s in seen),
                "active": active if active >= FEW else None,
                "least": FEW,
                "joined": sum(s.joined for s in seen),
                "left": sum(s.left for s in seen),
                "points": sum(s.points for s in seen),
                "minutes": sum(s.minutes for s in seen),
                "need": [{"title": t, "kind": r.kind, "a": r.a, "b": r.b} for t, r in need[:NEEDS]],
                "more": max(0, len(need) - NEEDS),
                "stages": stages[:STAGES],
                "stages_more": max(0, len(stages) - STAGES),
                "questions": [{"title": t, "link": link} for t, link in questions(seen)],
                "best": _told(best),
                "worst": _told(worst),
                "grades": [{"grade": g, "n": grades[g]} for g in sorted(grades)],
            },
        )
    )


def _told(told: Told | None) -> dict[str, Any] | None:
    return None if told is None else msgspec.structs.asdict(told)


def active_in(work: Work, chats: list[int], first: date, last: date) -> int:
    """Members, not staff, with at least one act in any of these chats; who is in several counts once."""
    return int(work.sql.plain(active_sql(chats, first, last))[0][0]) if chats else 0


def active_sql(chats: list[int], first: date, last: date) -> str:
    """Its SQL: whole weeks are asked of their own sums, which are fewer rows."""
    whole = first.weekday() == 0 and last.weekday() == 6
    view, acted, column = (
        ("v_member_week", "active > 0", "week")
        if whole
        else ("v_member_day", "NOT staff AND messages + reactions + taps > 0", "day")
    )
    return (
        f"SELECT COUNT(DISTINCT person_id) FROM {view} WHERE {acted}"
        f" AND {column} BETWEEN '{first}' AND '{last}' AND chat_id IN ({', '.join(str(c) for c in chats)})"
        f" AND NOT EXISTS (SELECT 1 FROM v_hired h WHERE h.chat_id = {view}.chat_id"
        f" AND h.person_id = {view}.person_id)"
    )


def say_in(work: Work, lang: str) -> Any:
    """English texts of a picture in a language."""
    content = work.content
    return (lambda text: text) if content is None else (lambda text: content.gettext(lang, text))
