"""Answers to the captcha: the button in the group, choices and words in private."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Send
from groupbot.core.events import Message
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.entry import store
from groupbot.features.entry.domain import RULES_STEP, TRIES, Accept, Pick, folded
from groupbot.features.entry.service import captcha
from groupbot.features.entry.service.posing import pose
from groupbot.features.entry.service.telling import Other, RulesOf, expected, forget
from groupbot.features.entry.service.waiting import longer, recent
from groupbot.features.members import service as members


def here(work: Work, chat: int, person: int, other: Other) -> str:
    """The button in the group. Where one press is enough, it is done ('' comes back); else the link to
    the private chat where the question is asked.

    Raises:
        Refusal: nobody waits for this person here.
    """
    row = work.sql.first(store.OF, chat=chat, who=person)
    if row is not None and row.state == "passed" and recent(work, row):
        return ""  # pressed twice
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
    rows = work.sql.all(store.OPEN_QUESTIONS, who=person)
    if not rows:
        forget(work, person)
        return False
    said = folded(message.text)
    row = next((r for r in rows if r.answer == said), rows[0])  # several groups may wait for an answer
    if work.late:
        pose(work, row.id, rules)
        longer(work, row)
    else:
        _answered(work, row, said == row.answer, rules, other)
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
