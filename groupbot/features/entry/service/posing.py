"""The captcha's questions, asked in private."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Button, Delete, Rows
from groupbot.engine.work import Work
from groupbot.features.entry import store
from groupbot.features.entry.domain import QUIZ, TRIES, Accept, Pick, puzzle
from groupbot.features.entry.service.telling import RulesOf, expect, forget, question_ref, tell
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
        work.say(
            Delete(
                user=row.person_id, ref=question_ref(row.id, row.round), why="a newer question replaces it"
            )
        )
    round_ = row.round + 1
    template = f"entry/ask_{row.mode}" if first else "entry/ask_rules"
    data: dict[str, Any] = {
        "title": members.title(work, row.chat_id),
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
