"""A poll that an operator answers with /media NAME becomes a template of a post: `posts/NAME`, put before the
operators like any file. Of a quiz that somebody else sent Telegram does not tell bots the right answer, so it
is asked for by buttons."""

from __future__ import annotations

from html import escape
from typing import Any

import yaml

from groupbot.core.events import Ballot
from groupbot.engine.front import split_front
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain import Wrong
from groupbot.features.promos.domain.pushing import TEMPLATE, target
from groupbot.features.promos.service.pushing import place_of_pushes, propose

FOLDER = "posts"


def keep_ballot(work: Work, name: str, ballot: Ballot, by: int) -> dict[str, Any]:
    """Write the poll down as a template that waits to be shown (`fresh`); a quiz whose answer is not known
    waits for `answer`: then `options` are its answers, and `id` is what they are given for.

    Raises:
        Refusal: no file may be called so, or there is no chat of operators to put it before.
    """
    place = place_of_pushes(work)
    if not place:
        raise Refusal("promos/poll_nowhere")
    lang = members.voice(work, place, None)[0]
    try:
        path = target(f"{name.strip()}.{lang}{TEMPLATE}", FOLDER, ())
    except Wrong:
        raise Refusal("common/usage") from None
    asks = ballot.quiz and ballot.right is None
    number = propose(work, path, written(ballot), by, state="answer" if asks else "new")
    return {
        "id": number if asks else 0,
        "question": ballot.question,
        "options": list(ballot.options),
        "template": path.partition(".")[0],
    }


def answer(work: Work, number: int, place: int) -> str:
    """The right answer of a quiz, by its place from 0: it is put before the operators; the answer's words.

    Raises:
        Refusal: it is answered already, or was forgotten.
    """
    row = work.sql.first(store.PUSH, the_id=number)
    if row is None or row.state != "answer":
        raise Refusal("common/old_button")
    front, body, _ = split_front(row.text, row.path)
    front["poll"]["right"] = place + 1
    text = _file(front, body)
    work.sql.run(store.PUSHED, the_id=number, state="new", text=text, base="")
    return str(front["poll"]["options"][place])


def written(ballot: Ballot) -> str:
    """The template of a poll."""
    poll: dict[str, Any] = {"options": list(ballot.options)}
    poll |= {k: True for k in ("many", "named") if getattr(ballot, k)}
    if ballot.right is not None:
        poll["right"] = ballot.right + 1
    if ballot.quiz and ballot.why:
        poll["why"] = ballot.why
    return _file({"poll": poll}, _plain(ballot.question) + "\n")


def _file(front: dict[str, Any], body: str) -> str:
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{head}---\n{body}"


def _plain(text: str) -> str:
    """Words as a template says them, whatever stands in them."""
    said = escape(text, quote=False)
    if any(mark in said for mark in ("{{", "{%", "{#")):
        return "{{ " + repr(text) + " }}"
    return said
