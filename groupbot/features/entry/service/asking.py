"""The captcha's questions and answers, in private or by the button in the group."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Button, Delete, Rows, Send
from groupbot.core.events import Message
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.entry import store
from groupbot.features.entry.domain import (
    QUIZ,
    RULES_STEP,
    TRIES,
    Accept,
    Pick,
    folded,
    puzzle,
)
from groupbot.features.entry.service import captcha
from groupbot.features.entry.service.telling import expect, expected, forget, tell, question_ref, Other, RulesOf, title
from groupbot.features.members import service as members

def pose(work: Work, id_: int, rules: RulesOf, *, again: bool = False) -> None:
    """Ask the newcomer in private: a fresh question, good for one answer."""
    row = work.sql.first(store.GET, the_id=id_)
    first = row.stage == "question" and row.mode != "rules"
    made = puzzle(row.mode if first else "rules", work.rng, members.get(work, row.chat_id, QUIZ))
    work.sql.run(store.ASK, the_id=id_, the_answer=made.answer, is_typed=made.typed)
    if made.typed:
        expect(work, row.person_id)
    else:
        forget(work, row.person_id)
    if row.round:
        work.say(Delete(user=row.person_id, ref=question_ref(row.id, row.round), why="a newer question replaces it"))
    round_ = row.round + 1
    template = f"entry/ask_{row.mode}" if first else "entry/ask_rules"
    data: dict[str, Any] = {
        "title": title(work, row.chat_id),
        "left": TRIES - row.tries,
        "again": again,
        **made.shown,
    }
    if first and row.mode == "quiz" and not made.choices:
        template = "entry/ask_button"
    if not first:
        data = {"title": data["title"], "rules": rules(work, row.chat_id)}
    tell(
        work,
        row,
        template,
        data,
        buttons=_buttons(row.id, round_, made.choices, template),
        ref=question_ref(row.id, round_),
        photo=f"draw:{made.drawn}" if made.drawn else None,
    )


def _buttons(id_: int, round_: int, choices: tuple[str, ...], template: str) -> Rows:
    if choices:
        return tuple((Button(c, Pick(id_, round_, i)),) for i, c in enumerate(choices))
    if template == "entry/ask_rules":
        return ((Button("accept", Accept(id_, round_)),),)
    if template == "entry/ask_button":
        return ((Button("here", Pick(id_, round_, 0)),),)
    return ()


# --- answers
def here(work: Work, chat: int, person: int, other: Other) -> str:
    """The button in the group. Where one press is enough, it is done ('' comes back); else the link to
    the private chat where the question is asked.

    Raises:
        Refusal: nobody waits for this person here.
    """
    row = work.sql.first(store.OF, chat=chat, who=person)
    if row is None or row.state != "waiting" or row.request:
        raise Refusal("entry/not_yours")
    if row.mode == "button" and not members.get(work, chat, RULES_STEP):
        captcha.passed(work, row, other)
        return ""
    return f"https://t.me/{work.me.username}?start=captcha_{chat}"


def started(work: Work, person: int, chat: int, rules: RulesOf) -> None:
    """The link under the group's line was followed: ask, in private."""
    row = work.sql.first(store.OF, chat=chat, who=person)
    if row is None or row.state != "waiting":
        work.say(Send(user=person, template="entry/nothing_due"))
        return
    pose(work, row.id, rules)


def typed(work: Work, message: Message, rules: RulesOf, other: Other) -> bool:
    """A private message of somebody whose answer is awaited: was it one? It is not kept."""
    person = message.sender.id if message.sender else 0
    if not expected(work, person) or message.edited or message.text[:1] in "/!":
        return False
    row = work.sql.first(store.OPEN_QUESTION, who=person)
    if row is None:
        forget(work, person)
        return False
    if work.late:
        pose(work, row.id, rules)
    else:
        _answered(work, row, folded(message.text) == row.answer, rules, other)
    return True


def picked(work: Work, data: Pick, person: int, rules: RulesOf, other: Other) -> str:
    """A choice was pressed; what became of it: passed, rules, again or failed.

    Raises:
        Refusal: another person's, or a question that is not asked any more.
    """
    row = _asked(work, data.id, data.round, person)
    return _answered(work, row, str(data.pick) == row.answer, rules, other)


def accepted(work: Work, data: Accept, person: int, other: Other) -> None:
    """The rules were accepted.

    Raises:
        Refusal: another person's, or a question that is not asked any more.
    """
    row = _asked(work, data.id, data.round, person)
    if row.stage != "rules" and row.mode != "rules":
        raise Refusal("entry/old_question")
    captcha.passed(work, row, other)


def _asked(work: Work, id_: int, round_: int, person: int) -> Any:
    row = work.sql.first(store.GET, the_id=id_)
    if row is None or row.person_id != person:
        raise Refusal("entry/not_yours")
    if row.state != "waiting" or row.round != round_:
        raise Refusal("entry/old_question")
    return row


def _answered(work: Work, row: Any, right: bool, rules: RulesOf, other: Other) -> str:
    if right:
        if members.get(work, row.chat_id, RULES_STEP) and row.stage == "question" and row.mode != "rules":
            work.sql.run(store.STAGE, the_id=row.id, the_stage="rules")
            pose(work, row.id, rules)
            return "rules"
        captcha.passed(work, row, other)
        return "passed"
    work.sql.run(store.TRIED, the_id=row.id)
    if row.tries + 1 >= TRIES:
        captcha.failed(work, row, other)
        return "failed"
    pose(work, row.id, rules, again=True)
    return "again"

