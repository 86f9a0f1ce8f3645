"""What counts as talk on the theme, and when a gentle line is due. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from groupbot.core.setting import Setting
from groupbot.features.notes.domain.triggers import Trigger
from groupbot.features.notes.domain.triggers import read as triggers_of
from groupbot.features.rules.domain.policy import THEME

REMIND = "remind"


def _mode(value: Any) -> str:
    """Off is kept as nothing, so that a message of a chat without a theme costs one look-up."""
    return "" if value == "off" else str(value)


def _word(value: Any) -> str:
    """A word of the theme in its one spelling.

    Raises:
        ValueError: it is no trigger.
    """
    trigger_of(str(value))
    return " ".join(str(value).split())


def _topic(value: Any) -> str:
    number = int(value)
    if number < 1:
        raise ValueError(value)
    return str(number)


GUARD = Setting(
    "theme_guard",
    "",
    "Talk on the theme: off, only counted (count), or a gentle line when most is not on it (remind)",
    choices=("off", "count", REMIND),
    reads=_mode,
)
WORDS = Setting(
    "theme_words",
    [],
    "Words that show a message is on the theme, written as triggers of filters (list)",
    most=100,
    reads=_word,
    form="words as triggers of filters, without brackets",
    example="hotpot, recipe, prefix:price",
)
TOPICS = Setting(
    "theme_topics",
    [],
    "Topics of a forum in which all talk is on the theme, by number; 1 is General (list)",
    most=100,
    reads=_topic,
    form="numbers of topics",
    example="1, 42",
)
SETTINGS = (GUARD, THEME, WORDS, TOPICS)

LETTERS = 8  # under so many a message is too short to be of any theme; one of Chinese or Japanese is two
WINDOW = timedelta(minutes=30)
ENOUGH, SHARE = 12, 0.6  # counted messages in the window, and the share of them off the theme
EVERY = timedelta(hours=2)
_WIDE = "\u2e80"  # from here on a letter says as much as two

Minute = tuple[datetime, int, int]  # it, and the messages on and off the theme in it


def trigger_of(text: str) -> Trigger:
    """The one trigger that is written here.

    Raises:
        ValueError: none, or more than one.
    """
    found, left = triggers_of(f"({text})")
    if left or len(found) != 1:
        raise ValueError(text)
    return found[0]


def says_something(text: str) -> bool:
    """Is it long enough to be on a theme or off it?"""
    n = 0
    for letter in text:
        if letter.isalnum():
            n += 2 if letter >= _WIDE else 1
            if n >= LETTERS:
                return True
    return False


def counted(minutes: Sequence[Minute], at: datetime, *, on: bool) -> tuple[Minute, ...]:
    """The minutes of the window with one more message."""
    now = at.replace(second=0, microsecond=0)
    kept = [m for m in minutes if now - m[0] < WINDOW]
    last = kept.pop() if kept and kept[-1][0] == now else (now, 0, 0)
    return (*kept, (last[0], last[1] + on, last[2] + (not on)))


def strays(minutes: Sequence[Minute]) -> bool:
    """Is most of the talk of the window off the theme, and is it enough of it to say so?"""
    off = sum(m[2] for m in minutes)
    whole = off + sum(m[1] for m in minutes)
    return whole >= ENOUGH and off >= SHARE * whole
