"""Is a core message remembered? One question a month in groups that switched it on, answered by a press."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Button, Send
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting
from groupbot.features.promos import store
from groupbot.features.promos.service.messages import WINDOW, message_of
from groupbot.features.promos.service.room import may_post, posted
from groupbot.features.promos.store import recall as answers

RECALL = Setting(
    "core_recall", False, "One question a month whether a core message is remembered", choices=(True, False)
)
ANSWERS = ("new", "perhaps", "known")  # the buttons; the place is the answer's number
OPEN = timedelta(days=7)
SPAN = timedelta(days=35)  # of the answers a report tells
FEWEST = 5  # answers below which no share is told
_KEEP = timedelta(days=180)


class Recalled(Struct, frozen=True, tag="pl.recall"):
    """One of the answers below the question of a month."""

    month: int
    answer: int


def ask_recall(work: Work) -> None:
    """Ask where it is switched on and the month's question has not been asked, as soon as a post is allowed:
    about the message said there most in 28 days, another than last time if there is one."""
    for profile in members.profiles(work):
        chat = profile.chat
        if not profile.there or not members.get(work, chat, RECALL):
            continue
        lang, zone = members.voice(work, chat, None)
        month = int(f"{work.now.astimezone(zone_of(zone)):%Y%m}")
        notes = work.notes("recall", chat)
        before = notes.get("asked") or {}
        if before.get("month") == month or may_post(work, chat, "other")[0]:
            continue
        found = _said_most(work, chat, lang, str(before.get("message") or ""))
        if found is None:
            continue
        message, words = found
        notes.set("asked", {"month": month, "message": message, "at": work.now.isoformat()})
        rows = tuple((Button(a, Recalled(month, n)),) for n, a in reversed(list(enumerate(ANSWERS))))
        work.say(
            Send(
                chat=chat,
                template="promos/recall",
                data={"message": words},
                buttons=rows,
                ref=f"promos.recall:{month}:{chat}",
                post=True,
                lifetime=int(OPEN.total_seconds()),
                why="the month's question on a core message",
            )
        )
        posted(work, chat, "other", "recall")


def _said_most(work: Work, chat: int, lang: str, before: str) -> tuple[str, str] | None:
    """(message, its words in a language) of what was said most in a chat; only a message that has words."""
    content = work.content
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for row in work.sql.all(store.DRESSES_SAID, chat=chat, since=work.now - WINDOW) if content else ():
        try:
            said = content.sources(row.template, lang)[0].front.get("message")  # type: ignore[union-attr]
        except Misfit:
            continue
        if said:
            message = message_of(work, row.template)
            counts[message] += row.n
            words.setdefault(message, str(said))
    if not counts:
        return None
    best = min(counts, key=lambda m: (m == before, -counts[m], m))
    return best, words[best]


def recalled(work: Work, person: int, data: Recalled) -> None:
    """Somebody answered; answered again it replaces.

    Raises:
        Refusal: the question is no more, or they are of the staff, who are not asked.
    """
    asked = work.notes("recall", work.chat).get("asked") or {}
    open_ = asked.get("month") == data.month and work.now < datetime.fromisoformat(asked["at"]) + OPEN
    if not open_ or not 0 <= data.answer < len(ANSWERS):
        raise Refusal("common/old_button")
    if members.is_staff(work, work.chat, person):
        raise Refusal("promos/recall_staff")
    row = {"message": asked["message"], "answer": data.answer, "at": work.now}
    work.sql.run(answers.ANSWER, chat_id=work.chat, month=data.month, person_id=person, **row)


def remembered(work: Work) -> dict[str, dict[str, Any]]:
    """Of each message asked about in the last 35 days: how many answered, and how many of them remember it;
    `share` in percent from FEWEST answers on."""
    found: dict[str, dict[str, Any]] = {}
    for row in work.sql.all(answers.REMEMBERED, since=work.now - SPAN):
        one = found.setdefault(row.message, {"answered": 0, "remember": 0, "share": None})
        one["answered"] += int(row.n)
        one["remember"] += int(row.n) if row.answer == len(ANSWERS) - 1 else 0
    for one in found.values():
        if one["answered"] >= FEWEST:
            one["share"] = round(100 * one["remember"] / one["answered"])
    return found


def sweep_recall(work: Work) -> None:
    """Forget answers after 180 days."""
    work.sql.run(answers.OLD_ANSWERS, before=work.now - _KEEP)
