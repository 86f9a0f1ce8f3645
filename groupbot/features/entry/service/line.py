"""The captcha's line in the group: one for all who are waited for."""

from __future__ import annotations

from functools import partial
from typing import Any

from groupbot.core.effects import Button, Edit, Send
from groupbot.engine.work import Work
from groupbot.features.entry import store
from groupbot.features.entry.domain import BUTTON_TEXT, KICK, KICK_TIME, MERGE, Here
from groupbot.features.entry.service import notices
from groupbot.features.members import service as members

NAMED = 5  # people the line names


def redraw_later(work: Work, chat: int) -> None:
    work.finally_(("entry.captcha", chat), partial(_redraw, chat=chat))


def _redraw(work: Work, *, chat: int) -> None:
    """One silent line for all who are waited for; it follows the newest of them and goes with the last."""
    waiting = [r.person_id for r in work.sql.all(store.WAITING, chat=chat)]
    before = notices.of(work, chat, "captcha")
    if not waiting:
        notices.gone(work, before)
        return
    people = [{"id": p, "name": members.name(work, p)} for p in waiting[:NAMED]]
    data = {
        "people": people,
        "more": len(waiting) - len(people),
        "human": members.human_decides(work, chat),
        "time": int(members.get(work, chat, KICK_TIME)) if members.get(work, chat, KICK) else 0,
    }
    label = str(members.get(work, chat, BUTTON_TEXT)) or "here"
    buttons = ((Button(label, Here(chat)),),)
    why = f"captcha: {len(waiting)} not yet answered"
    fresh = set(waiting) - set(before.waiting)
    if before.stands and before.at is not None and (work.now - before.at < MERGE or not fresh):
        same = notices.Notice(chat, "captcha", before.number, True, before.at, tuple(waiting[:200]))
        notices.keep(work, same)
        work.say(
            Edit(chat=chat, ref=before.ref, template="entry/captcha", data=data, buttons=buttons, why=why)
        )
        return
    made = notices.next_(work, before, replace=True)
    made = notices.Notice(chat, "captcha", made.number, True, made.at, tuple(waiting[:200]))
    notices.keep(work, made)
    more: dict[str, Any] = {"ref": made.ref, "why": why, "topic": members.action_topic(work, chat)}
    work.say(Send(chat=chat, template="entry/captcha", data=data, buttons=buttons, **more))
