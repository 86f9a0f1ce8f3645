"""Books of questions, rounds, and what an answer is worth. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core import spans
from groupbot.core.chance import Chance
from groupbot.core.text import units
from groupbot.features.members.domain import Setting

RIGHT = Setting("quiz.right", 2, "Points for a right answer in a quiz", unit="points", least=0, most=1000)
FIRST = Setting("quiz.first", 3, "Points more for the first right answer", unit="points", least=0, most=1000)
TENURE = Setting(
    "quiz.tenure",
    24,
    "Hours a newcomer waits before answers count for points",
    unit="hours",
    least=0,
    most=8760,
)
SETTINGS = (RIGHT, FIRST, TENURE)

QUESTION, OPTION, WHY = 300, 100, 200  # letters, as Telegram takes them
OPTIONS = (2, 10)
SHORTEST, LONGEST, USUAL = 10, 600, 120  # seconds a question is open
MOST = 50  # questions of a round
REST = timedelta(seconds=8)  # between two questions of a round: time to read the answer
GRACE = timedelta(hours=2)  # a daily question later than this waits for tomorrow


class Voted(Struct, frozen=True):
    """Somebody answered a question of a chat (our id), posted as `ref`."""

    chat: int
    person: int
    at: datetime
    ref: str


@dataclass(frozen=True, slots=True)
class Question:
    """`right` is a place in `options`, from 0."""

    ask: str
    options: tuple[str, ...]
    right: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """The questions of one file."""

    name: str
    title: str
    questions: tuple[Question, ...]


class Unreadable(ValueError):
    """A file is no book: says the place and what was expected."""


def book_of(name: str, data: Any) -> Book:
    """A book from what its YAML says: `title`, and `questions` with `ask`, `options`, `right` (from 1) and
    `why`.

    Raises:
        Unreadable: names the question and the field.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("questions"), list):
        raise Unreadable("expected a title and a list of questions")
    unknown = set(data) - {"title", "questions"}
    if unknown:
        raise Unreadable(f"no field {min(map(str, unknown))!r}; known: title, questions")
    made = tuple(_question(i, q) for i, q in enumerate(data["questions"], 1))
    if not made:
        raise Unreadable("expected at least one question")
    return Book(name, str(data.get("title") or name)[:60], made)


def _question(n: int, q: Any) -> Question:
    if not isinstance(q, Mapping) or set(q) - {"ask", "options", "right", "why"}:
        raise Unreadable(f"question {n}: expected ask, options, right and why")
    ask, why, options, right = (
        str(q.get("ask") or ""),
        str(q.get("why") or ""),
        q.get("options"),
        q.get("right"),
    )
    if not 0 < units(ask) <= QUESTION:
        raise Unreadable(f"question {n}: ask has 1 to {QUESTION} letters")
    if units(why) > WHY or why.count("\n") > 2:
        raise Unreadable(f"question {n}: why has at most {WHY} letters on three lines")
    if not isinstance(options, list) or not OPTIONS[0] <= len(options) <= OPTIONS[1]:
        raise Unreadable(f"question {n}: {OPTIONS[0]} to {OPTIONS[1]} options")
    words = tuple(str(o) for o in options)
    if any(not 0 < units(o) <= OPTION for o in words) or len(set(words)) != len(words):
        raise Unreadable(f"question {n}: options differ and have 1 to {OPTION} letters")
    if type(right) is not int or not 1 <= right <= len(words):
        raise Unreadable(f"question {n}: right is the number of an option, from 1")
    return Question(ask, words, right - 1, why)


def shuffled(question: Question, rng: Chance) -> Question:
    """The same question, its options in another order."""
    order = list(range(len(question.options)))
    rng.shuffle(order)
    options = tuple(question.options[i] for i in order)
    return Question(question.ask, options, order.index(question.right), question.why)


def next_of(asked: Sequence[int], n: int) -> int:
    """Which of `n` questions comes next where those in `asked` were: the least asked, the first of them."""
    times = [0] * n
    for i in asked:
        if 0 <= i < n:
            times[i] += 1
    return times.index(min(times))


@dataclass(frozen=True, slots=True)
class Order:
    """`BOOK [5] [2m]`: so many questions one after another, each open so long; `BOOK daily 20:00 [10m]`."""

    book: str
    count: int = 1
    seconds: int = USUAL
    daily: str = ""


def parse(args: str) -> Order | None:
    """None when it is not that."""
    words = args.split()
    if not words:
        return None
    book, count, seconds, daily = words[0], 0, USUAL, ""
    rest = words[1:]
    if rest and rest[0].lower() in ("daily", "每天"):
        if len(rest) < 2 or not _clock(rest[1]):
            return None
        daily, rest = f"{int(rest[1].split(':')[0]):02d}:{rest[1].split(':')[1]}", rest[2:]
    for word in rest:
        span = spans.seconds(word)
        if span is not None:
            seconds = span
        elif word.isascii() and word.isdigit() and len(word) < 4 and not count and not daily:
            count = int(word)
            if not 1 <= count <= MOST:
                return None
        else:
            return None
    if not SHORTEST <= seconds <= LONGEST:
        return None
    return Order(book, count or 1, seconds, daily)


def _clock(word: str) -> bool:
    hour, _, minute = word.partition(":")
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()):
        return False
    return len(hour) < 3 and len(minute) == 2 and int(hour) < 24 and int(minute) < 60


def next_daily(daily: str, local: datetime) -> datetime:
    """The next `HH:MM` on the wall clock that `local` shows, after it."""
    hour, minute = map(int, daily.split(":"))
    at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)
