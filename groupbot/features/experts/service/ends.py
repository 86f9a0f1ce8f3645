"""Sessions begin and end in time, with a recap or without their expert; what they came to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any

from groupbot.core.effects import Send
from groupbot.engine.paging import others, page
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.experts import store
from groupbot.features.experts.domain import FALLBACK, Over, ended
from groupbot.features.experts.service.sessions import ref, show
from groupbot.features.members import service as members

Spoke = Callable[[Work, int, int, datetime], bool]  # (chat, person, since)
LIFE = timedelta(days=180)  # of what has ended
RECAP = 8  # answers repeated at the end
PAGE = 50  # sessions looked at in one transaction
_BEGUN = "experts.begun"


def report(work: Work, chat: int) -> list[dict[str, Any]]:
    """The last sessions of a chat: asked, answered, whether the expert came."""
    zone = zone_of(members.voice(work, chat, None)[1])
    return [
        {
            "when": f"{r.starts.astimezone(zone):%m-%d %H:%M}",
            "name": members.name(work, r.person_id),
            "topic": r.topic,
            "asked": r.asked,
            "answered": r.answered,
            "missed": r.state == "missed",
            "plan_id": r.plan_id,
            "starts": r.starts,
            "ends": r.ends,
        }
        for r in work.sql.all(store.REPORT, chat=chat)
    ]


def by_slot(work: Work, plan_id: int, zone: tzinfo, most: int = 6) -> list[dict[str, Any]]:
    """The last slots of a plan with sessions: groups, asked, answered, in how many nobody came."""
    return [
        {
            "when": f"{r.due.astimezone(zone):%m-%d %H:%M}",
            "chats": r.chats,
            "asked": int(r.asked),
            "answered": int(r.answered),
            "missed": int(r.missed),
        }
        for r in work.sql.all(store.BY_SLOT, plan=plan_id, most=most)
    ]


def recorded(work: Work, number: int) -> dict[str, Any] | None:
    """What was answered in a session, for a later time; None where nothing of it is kept any more."""
    row = work.sql.first(store.ONE, the_id=number)
    kept = [] if row is None else [q for q in work.sql.all(store.QUESTIONS, the_id=number) if q.answer]
    answers = [
        {"number": q.number, "question": q.text, "answer": q.answer[:300]} for q in kept if q.text.strip()
    ]
    return {"answers": answers[:RECAP], "topic": row.topic} if answers else None


def in_time(work: Work, spoke: Spoke | None = None) -> list[Over]:
    """Opens sessions, ends them with a recap of what was answered, and has something to say when the expert
    did not come: neither answered nor, as `spoke` tells, wrote. Those that ended now with answers or without
    their expert; for one of a planned slot that nobody held, the plan knows what to say. A page of sessions
    each time: `more` tells whether there are others."""
    over = []
    for row in page(work, _BEGUN, store.BEGUN, PAGE):
        asked = work.sql.all(store.QUESTIONS, the_id=row.id)
        answered = [q for q in asked if q.answer is not None]
        came = bool(answered) or (spoke or _nobody)(work, row.chat_id, row.person_id, row.starts)
        state = ended(row.starts, row.ends, work.now, came)
        if not state:
            if row.state == "planned":
                work.sql.run(store.STATE, the_id=row.id, state="open")
                show(work, row.id)
            continue
        work.sql.run(store.STATE, the_id=row.id, state=state)
        show(work, row.id)
        if state == "closed" and not answered:
            continue
        data: dict[str, Any] = {"topic": row.topic, "name": members.name(work, row.person_id)}
        end = Over(row.id, row.chat_id, row.topic, data["name"], len(asked), state, row.plan_id, row.due)
        over.append(end)
        if state == "missed":
            if row.plan_id is None:
                say_missed(work, end)
        else:
            work.say(
                Send(
                    chat=row.chat_id,
                    topic=row.thread,
                    template="experts/recap",
                    data=recap_of(work, row, asked),
                    ref=f"{ref(row.id)}:recap",
                    pin=not members.bot_lacks(work, row.chat_id, ("pin",)),  # the answers stay at hand
                )
            )
    return over


def more(work: Work) -> bool:
    """May other sessions have to be looked at, behind those of the last page?"""
    return others(work, _BEGUN)


def recap_of(work: Work, row: Any, asked: list[Any]) -> dict[str, Any]:
    """What a recap shows; without what was erased."""
    answered = [q for q in asked if q.answer is not None]
    return {
        "topic": row.topic,
        "name": members.name(work, row.person_id),
        "answers": [
            {"number": q.number, "question": q.text, "answer": q.answer[:300]}
            for q in answered[:RECAP]
            if q.answer
        ],
        "asked": len(asked),
        "answered": len(answered),
    }


def _nobody(work: Work, chat: int, person: int, since: datetime) -> bool:
    return False


def say_missed(work: Work, end: Over) -> None:
    """The group reads that the expert could not come, and what its setting has for that."""
    row = work.sql.first(store.ONE, the_id=end.number)
    thread = row.thread if row is not None else None
    data = missed_of(work, end.chat, end.topic, end.name, end.asked)
    name = f"{ref(end.number)}:missed"
    work.say(Send(chat=end.chat, topic=thread, template="experts/missed", data=data, ref=name))
    tell_missed(work, end, "said" if data["instead"] else "nothing")


def missed_of(work: Work, chat: int, topic: str, name: str, asked: int) -> dict[str, Any]:
    """What the group reads of an expert who did not come."""
    instead = str(members.get(work, chat, FALLBACK))
    return {"topic": topic, "name": name, "instead": instead, "asked": asked}


def tell_missed(work: Work, end: Over, stood: str) -> None:
    """Who answers for the chat hears of it; `stood`: `said` where something stood in, `nothing` where there
    was nothing to say, else what held it back."""
    to = next(iter(members.people_to_ask(work, end.chat)), None)
    if to is not None:
        data = {
            "title": members.title(work, end.chat),
            "topic": end.topic,
            "name": end.name,
            "stood": stood,
        }
        work.say(Send(user=to, template="experts/not_come", data=data))


def sweep(work: Work) -> None:
    """Forget what was asked long ago."""
    before = work.now - LIFE
    work.sql.run(store.FORGET_QUESTIONS, before=before)
    work.sql.run(store.FORGET, before=before)
