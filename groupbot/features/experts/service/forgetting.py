"""Somebody is forgotten: an expert's answers are emptied, and posts of sessions show no name and no words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groupbot.core.effects import Edit
from groupbot.engine.naming import SHOWN
from groupbot.engine.work import Work
from groupbot.features.experts import store
from groupbot.features.experts.service.ends import missed_of, recap_of
from groupbot.features.experts.service.sessions import answer_of, ref, show
from groupbot.features.members import service as members


def answers(work: Work, person: int) -> dict[str, Any]:
    """What somebody answered as an expert."""
    return {
        "answers": [
            {"topic": r.topic, "number": r.number, "answer": r.answer, "at": r.answered_at}
            for r in work.sql.all(store.ANSWERS, who=person)
        ]
    }


def erase(work: Work, person: int, former: int) -> bool:
    """Their answers are empty; the questions' own words go with who asked."""
    work.sql.run(store.EMPTY_ANSWERS, who=person)
    return False


def redraw(work: Work, who: int) -> None:
    """The posts of sessions which `who` held or asked in, as they are now."""
    for row in work.sql.all(store.SHOWING, who=who, since=work.now - SHOWN):
        work.chat = row.chat_id
        show(work, row.id)
        asked = work.sql.all(store.QUESTIONS, the_id=row.id)
        for q in asked:
            if q.answer is not None and who in (row.person_id, q.person_id):
                _edit(work, row, f":{q.number}", "experts/answer", answer_of(work, row, q))
        if row.state == "closed" and any(q.answer is not None for q in asked):
            _edit(work, row, ":recap", "experts/recap", recap_of(work, row, asked))
        elif row.state == "missed":
            name = members.name(work, row.person_id)
            data = missed_of(work, row.chat_id, row.topic, name, len(asked))
            _edit(work, row, ":missed", "experts/missed", data)


def announced(work: Work, who: int) -> list[tuple[int, int, datetime, dict[str, Any]]]:
    """(plan, chat, due) of the slots that `who` held and a post of the plan's own announced, with what it
    tells of the session."""
    found = []
    for row in work.sql.all(store.SHOWING, who=who, since=work.now - SHOWN):
        if row.person_id == who and row.plan_id is not None and row.ref == "":
            work.chat = row.chat_id
            told = {
                "name": members.name(work, who),
                "topic": row.topic,
                "starts": row.starts,
                "state": "planned" if row.starts > row.due else "open",
                "asked": 0,
                "answered": 0,
            }
            found.append((row.plan_id, row.chat_id, row.due, told))
    return found


def _edit(work: Work, row: Any, which: str, template: str, data: dict[str, Any]) -> None:
    work.say(Edit(chat=row.chat_id, template=template, data=data, ref=f"{ref(row.id)}{which}"))
