"""A session: announced, questions queued, answers posted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Edit, Send
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.experts import store
from groupbot.features.experts.domain import ANSWER, EACH, HOUR, LATEST, QUESTION, QUEUE, SOONEST, Slot, parts
from groupbot.features.members import service as members


def ref(number: int) -> str:
    """The name of a session's card."""
    return f"expert:{number}"


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
        plan_id=None,
        due=None,
        ref=None,
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


def seat(work: Work, person: int, slot: Slot) -> None:
    """A planned slot was said: the session it announces."""
    work.sql.run(
        store.PLAN,
        chat_id=slot.chat,
        person_id=person,
        topic=slot.topic,
        thread=slot.thread,
        starts=slot.starts,
        ends=slot.starts + HOUR,
        state="planned" if slot.starts > work.now else "open",
        plan_id=slot.plan,
        due=slot.due,
        ref=slot.ref,
    )


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
    full = len(asked) >= QUEUE
    if full or sum(q.person_id == person for q in asked) >= EACH:
        raise Refusal("experts/enough", each=EACH, full=full)
    number = len(asked) + 1
    work.sql.run(store.ASK, session_id=row.id, number=number, person_id=person, text=text, at=work.now)
    work.finally_(("expert", row.id), lambda w: show(w, row.id))
    return number


def answer(work: Work, person: int, number: int, text: str) -> None:
    """The expert's answer (or that of an administrator, in their name), posted with its question.

    Raises:
        Refusal: no session, no such question, or somebody else asks to answer.
    """
    row = _live(work)
    if person != row.person_id and not members.heads(work, work.chat, person):
        raise Refusal("experts/not_yours")
    asked = work.sql.first(store.QUESTION, the_id=row.id, n=number)
    text = text.strip()
    if asked is None:
        raise Refusal("experts/no_question", number=number)
    if not 0 < len(text) <= ANSWER:
        raise Refusal("experts/too_long", limit=ANSWER)
    work.sql.run(store.ANSWER, the_id=row.id, n=number, text=text, at=work.now)
    data = answer_of(work, row, work.sql.first(store.QUESTION, the_id=row.id, n=number))
    name = f"{ref(row.id)}:{number}"
    if asked.answer is not None:
        work.say(Edit(chat=work.chat, template="experts/answer", data=data, ref=name))
    else:
        work.say(Send(chat=work.chat, topic=row.thread, template="experts/answer", data=data, ref=name))
    work.finally_(("expert", row.id), lambda w: show(w, row.id))


def answer_of(work: Work, row: Any, asked: Any) -> dict[str, Any]:
    """What the post of an answer shows; '' of words that were erased."""
    return {
        "number": asked.number,
        "question": asked.text,
        "answer": asked.answer,
        "name": members.name(work, row.person_id),
    }


def queue(work: Work, person: int) -> dict[str, Any]:
    """What waits for an answer, for the expert and administrators.

    Raises:
        Refusal: no session, or somebody else asks.
    """
    row = _live(work)
    if person != row.person_id and not members.heads(work, work.chat, person):
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
    show(work, row.id)
    return str(row.topic)


def _live(work: Work) -> Any:
    row = work.sql.first(store.LIVE, chat=work.chat)
    if row is None:
        raise Refusal("experts/none_on")
    return row


def show(work: Work, number: int) -> None:
    """Bring a session's card up to date."""
    row = work.sql.first(store.ONE, the_id=number)
    card = None if row is None else ref(number) if row.ref is None else row.ref
    if card:
        work.say(Edit(chat=row.chat_id, template="experts/card", data=_card(work, row), ref=card))


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
