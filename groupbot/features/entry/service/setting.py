"""What administrators set about greetings and the captcha."""

from __future__ import annotations

from typing import Any

from groupbot.core.setting import seconds
from groupbot.core.text import units
from groupbot.engine.replies import switched
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.entry.domain import (
    BUTTON_TEXT,
    CAPTCHA,
    CLEAN,
    GOODBYE,
    KICK,
    KICK_TIME,
    LABEL_LIMIT,
    LONGEST,
    MODE,
    MODES,
    MUTE_TIME,
    QUIZ,
    QUIZ_LIMIT,
    RULES_STEP,
    SHORTEST,
    WELCOME,
    question,
)
from groupbot.features.entry.service import captcha
from groupbot.features.entry.service.telling import Other
from groupbot.features.members import service as members

SWITCHES = {
    "welcome": WELCOME,
    "goodbye": GOODBYE,
    "cleanwelcome": CLEAN,
    "captcha": CAPTCHA,
    "captchakick": KICK,
    "captcharules": RULES_STEP,
}
TIMES = {"captchakicktime": KICK_TIME, "captchamutetime": MUTE_TIME}


def captcha_state(work: Work, chat: int) -> dict[str, Any]:
    """What `/captcha` says."""
    get = members.get
    return {
        "active": bool(get(work, chat, CAPTCHA)),
        "mode": str(get(work, chat, MODE)),
        "kick": bool(get(work, chat, KICK)),
        "kick_time": int(get(work, chat, KICK_TIME)),
        "mute_time": int(get(work, chat, MUTE_TIME)),
        "rules": bool(get(work, chat, RULES_STEP)),
        "button": str(get(work, chat, BUTTON_TEXT)),
        "questions": len(get(work, chat, QUIZ)),
        "human": members.human_decides(work, chat),
    }


def change(work: Work, chat: int, what: str, said: str, by: int | None, other: Other) -> None:
    """Set one of the switches, times or words by its command's name.

    Raises:
        Refusal: not a value of it, or not possible here.
    """
    put = members.put
    if what in SWITCHES:
        on = switched(said)
        if what == "captcha":
            can_ask(work, chat, on)
        put(work, SWITCHES[what], on, chat=chat, by=by)
        if what == "captcha" and not on:
            captcha.release(work, chat, other)
    elif what in TIMES:
        put(work, TIMES[what], _time(said, zero=what == "captchamutetime"), chat=chat, by=by)
    elif what == "captchamode":
        _mode(work, chat, said, by)
    elif what == "captchatext":
        if units(said) > LABEL_LIMIT or "\n" in said:
            raise Refusal("entry/too_long", most=LABEL_LIMIT)
        put(work, BUTTON_TEXT, said.strip(), chat=chat, by=by)
    elif what == "captchaquiz":
        _quiz(work, chat, said, by)


def can_ask(work: Work, chat: int, on: bool) -> None:
    """A captcha needs a supergroup: in a basic group nobody can be restricted.

    Raises:
        Refusal: this is none.
    """
    place = members.place(work, chat)
    if on and place is not None and place.type != "supergroup":
        raise Refusal("entry/basic")


def can_quiz(work: Work, chat: int, mode: str) -> None:
    """A quiz needs questions.

    Raises:
        Refusal: there are none.
    """
    if mode == "quiz" and not members.get(work, chat, QUIZ):
        raise Refusal("entry/no_questions")


def _time(said: str, *, zero: bool) -> int:
    found = seconds(said)
    if found is None or (found == 0 and not zero):
        raise Refusal("common/usage")
    if found and not SHORTEST.total_seconds() <= found <= LONGEST.total_seconds():
        raise Refusal("entry/bad_time")
    return found


def _mode(work: Work, chat: int, said: str, by: int | None) -> None:
    mode = said.strip().lower()
    if mode not in MODES:
        raise Refusal("common/usage")
    can_quiz(work, chat, mode)
    members.put(work, MODE, mode, chat=chat, by=by)


def _quiz(work: Work, chat: int, said: str, by: int | None) -> None:
    """`drop N` takes a question out, anything else adds one."""
    now = list(members.get(work, chat, QUIZ))
    verb, _, rest = said.partition(" ")
    if verb.lower() == "drop":
        if not rest.strip().isdecimal() or not 1 <= int(rest.strip()[:4]) <= len(now):
            raise Refusal("common/usage")
        del now[int(rest.strip()[:4]) - 1]
    else:
        made = question(said)
        if made is None or len(now) >= QUIZ_LIMIT:
            raise Refusal("common/usage")
        now.append(" | ".join(made))
    members.put(work, QUIZ, now, chat=chat, by=by)


def questions(work: Work, chat: int) -> list[list[str]]:
    """The questions of the quiz."""
    return [q for q in map(question, members.get(work, chat, QUIZ)) if q]
