"""Register experts; announce a session, queue questions, post answers, end it with a recap or a stand-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Edit, Send
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.experts import store
from groupbot.features.experts.domain import (
    ANSWER,
    EACH,
    FALLBACK,
    HOUR,
    LATEST,
    QUESTION,
    QUEUE,
    SOONEST,
    ended,
    parts,
)
from groupbot.features.members import service as members

KEPT = store.KEPT
LIFE = timedelta(days=180)  # of what has ended
RECAP = 8  # answers repeated at the end


def ref(number: int) -> str:
    """The name of a session's card."""
    return f"expert:{number}"


# --- the register
def register(work: Work, person: int, text: str) -> dict[str, Any]:
    """Name somebody an expert here, for a topic and at some hours.

    Raises:
        Refusal: no topic.
    """
    topic, hours = parts(text)
    if not topic:
        raise Refusal("common/usage")
    work.sql.run(store.KEEP, chat_id=work.chat, person_id=person, topic=topic, hours=hours, at=work.now)
    return {"name": members.name(work, person), "topic": topic, "hours": hours}


def strike(work: Work, person: int) -> dict[str, Any]:
    """Somebody is no expert here any more.

    Raises:
        Refusal: they were none.
    """
    if not work.sql.run(store.DROP, chat=work.chat, who=person):
        raise Refusal("experts/no_expert")
    return {"name": members.name(work, person), "topic": "", "hours": ""}


def experts(work: Work, chat: int) -> list[dict[str, Any]]:
    """Who knows what here, and when they have time."""
    return [
        {"name": members.name(work, r.person_id), "topic": r.topic, "hours": r.hours}
        for r in work.sql.all(store.EXPERTS, chat=chat)
    ]


# --- a session
def plan(work: Work, person: int, topic: str, after: timedelta, thread: int | None = None) -> int:
    """Announce a session of an hour; its number.

    Raises:
        Refusal: they are no expert here, one is on already, or it is too far off.
    """
    row = work.sql.first(store.EXPERT, chat=work.chat, who=person)
    if row is None:
        raise Refusal("experts/no_expert")
    if not SOONEST <= after <= LATEST:
        raise Refusal("common/usage")
    if work.sql.first(store.LIVE, chat=work.chat) is not None:
        raise Refusal("experts/on_already")
    starts = work.now + after
    work.sql.run(
        store.PLAN,
        chat_id=work.chat,
        person_id=person,
        topic=parts(topic)[0] or row.topic,
        thread=thread,
        starts=starts,
        ends=starts + HOUR,
        state="planned" if after else "open",
    )
    number = int(work.sql.value(store.LAST, chat=work.chat) or 0)
    made = work.sql.first(store.ONE, the_id=number)
    work.say(
        Send(
            chat=work.chat,
            topic=thread,
            template="experts/card",
            data=_card(work, made),
            ref=ref(number),
            pin=not members.bot_lacks(work, work.chat, ("pin",)),
        )
    )
    return number


def ask(work: Work, person: int, text: str) -> int:
    """Queue a question for the session that is on or comes next; its number.

    Raises:
        Refusal: none is, it is full, or this member asked often enough.
    """
    row = _live(work)
    text = " ".join(text.split())
    if not text:
        raise Refusal("common/usage")
    if len(text) > QUESTION:
        raise Refusal("experts/too_long", limit=QUESTION)
    asked = work.sql.all(store.QUESTIONS, the_id=row.id)
    if len(asked) >= QUEUE or sum(q.person_id == person for q in asked) >= EACH:
        raise Refusal("experts/enough", each=EACH)
    number = len(asked) + 1
    work.sql.run(store.ASK, session_id=row.id, number=number, person_id=person, text=text, at=work.now)
    work.finally_(("expert", row.id), lambda w: _show(w, row.id))
    return number


def answer(work: Work, person: int, number: int, text: str) -> None:
    """The expert's answer (or that of an administrator, in their name), posted with its question.

    Raises:
        Refusal: no session, no such question, or somebody else asks to answer.
    """
    row = _live(work)
    if person != row.person_id and not members.is_staff(work, work.chat, person):
        raise Refusal("experts/not_yours")
    asked = work.sql.first(store.QUESTION, the_id=row.id, n=number)
    text = text.strip()
    if asked is None:
        raise Refusal("experts/no_question", number=number)
    if not 0 < len(text) <= ANSWER:
        raise Refusal("experts/too_long", limit=ANSWER)
    work.sql.run(store.ANSWER, the_id=row.id, n=number, text=text, at=work.now)
    data = {
        "number": number,
        "question": asked.text,
        "answer": text,
        "name": members.name(work, row.person_id),
    }
    name = f"{ref(row.id)}:{number}"
    if asked.answer is not None:
        work.say(Edit(chat=work.chat, template="experts/answer", data=data, ref=name))
    else:
        work.say(Send(chat=work.chat, topic=row.thread, template="experts/answer", data=data, ref=name))
    work.finally_(("expert", row.id), lambda w: _show(w, row.id))


def queue(work: Work, person: int) -> dict[str, Any]:
    """What waits for an answer, for the expert and administrators.

    Raises:
        Refusal: no session, or somebody else asks.
    """
    row = _live(work)
    if person != row.person_id and not members.is_staff(work, work.chat, person):
        raise Refusal("experts/not_yours")
    waiting = [q for q in work.sql.all(store.QUESTIONS, the_id=row.id) if q.answer is None]
    return {
        "topic": row.topic,
        "waiting": [
            {"number": q.number, "text": q.text[:150], "name": members.name(work, q.person_id)}
            for q in waiting[:20]
        ],
        "more": max(0, len(waiting) - 20),
    }


def call_off(work: Work) -> str:
    """End the session that is on or planned, without a recap; its topic.

    Raises:
        Refusal: there is none.
    """
    row = _live(work)
    work.sql.run(store.STATE, the_id=row.id, state="off")
    _show(work, row.id)
    return str(row.topic)


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
            "starts": r.starts,
            "ends": r.ends,
        }
        for r in work.sql.all(store.REPORT, chat=chat)
    ]


def in_time(work: Work) -> None:
    """Opens sessions, ends them with a recap, and has something to say when the expert did not come."""
    for row in work.sql.all(store.BEGUN, now=work.now):
        asked = work.sql.all(store.QUESTIONS, the_id=row.id)
        answered = [q for q in asked if q.answer is not None]
        state = ended(row.starts, row.ends, work.now, len(answered))
        if not state:
            if row.state == "planned":
                work.sql.run(store.STATE, the_id=row.id, state="open")
                _show(work, row.id)
            continue
        work.sql.run(store.STATE, the_id=row.id, state=state)
        _show(work, row.id)
        data: dict[str, Any] = {"topic": row.topic, "name": members.name(work, row.person_id)}
        if state == "missed":
            data |= {"instead": str(members.get(work, row.chat_id, FALLBACK)), "asked": len(asked)}
            work.say(Send(chat=row.chat_id, topic=row.thread, template="experts/missed", data=data))
            _tell(work, row)
        else:
            data |= {
                "answers": [
                    {"number": q.number, "question": q.text, "answer": q.answer[:300]}
                    for q in answered[:RECAP]
                ],
                "asked": len(asked),
                "answered": len(answered),
            }
            work.say(Send(chat=row.chat_id, topic=row.thread, template="experts/recap", data=data))


def _tell(work: Work, row: Any) -> None:
    """Who answers for the chat hears of it."""
    to = next((p for p in members.responsible(work, row.chat_id) if members.reachable(work, p)), None)
    if to is not None:
        data = {
            "title": members.title(work, row.chat_id),
            "topic": row.topic,
            "name": members.name(work, row.person_id),
        }
        work.say(Send(user=to, template="experts/not_come", data=data))


def _live(work: Work) -> Any:
    row = work.sql.first(store.LIVE, chat=work.chat)
    if row is None:
        raise Refusal("experts/none_on")
    return row


def _show(work: Work, number: int) -> None:
    row = work.sql.first(store.ONE, the_id=number)
    if row is not None:
        work.say(Edit(chat=row.chat_id, template="experts/card", data=_card(work, row), ref=ref(number)))


def _card(work: Work, row: Any) -> dict[str, Any]:
    asked = work.sql.all(store.QUESTIONS, the_id=row.id)
    return {
        "topic": row.topic,
        "name": members.name(work, row.person_id),
        "state": row.state,
        "starts": row.starts,
        "asked": len(asked),
        "answered": sum(q.answer is not None for q in asked),
    }


def sweep(work: Work) -> None:
    """Forget what was asked long ago."""
    before = work.now - LIFE
    work.sql.run(store.FORGET_QUESTIONS, before=before)
    work.sql.run(store.FORGET, before=before)
