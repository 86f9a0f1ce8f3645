"""Books of questions, rounds, and what an answer is worth. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core import spans
from groupbot.core.chance import Chance
from groupbot.core.text import units
from groupbot.features.members.domain import Setting
from groupbot.features.promos.domain import Wrong, nearest

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


class Question(Struct, frozen=True):
    """`right` is a place in `options`, from 0."""

    ask: str
    options: tuple[str, ...]
    right: int
    why: str = ""


class Book(Struct, frozen=True):
    """The questions of one file."""

    name: str
    title: str
    questions: tuple[Question, ...]


FIELDS = ("title", "questions")
_QUESTION = ("ask", "options", "right", "why")
_EXAMPLE = "- {ask: Which fruit is red?, options: [Hawthorn, Plum], right: 1, why: It is the hawthorn}"


def book_of(name: str, data: Any) -> Book:
    """A book from what its YAML says: `title`, and `questions` with `ask`, `options`, `right` (from 1) and
    `why`.

    Raises:
        Wrong: names the question and the field.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("questions"), list):
        raise Wrong(
            "", "expected a title and a list of questions", f"write questions: and below it {_EXAMPLE}"
        )
    unknown = sorted(set(map(str, data)) - set(FIELDS))
    if unknown:
        raise Wrong(unknown[0], f"no field {unknown[0]!r} in a book", nearest(unknown[0], FIELDS))
    made = tuple(_question(i, q) for i, q in enumerate(data["questions"]))
    if not made:
        raise Wrong("questions", "expected at least one question", f"write {_EXAMPLE}")
    return Book(name, str(data.get("title") or name)[:60], made)


def _question(n: int, q: Any) -> Question:
    def wrong(field: str, what: str, step: str) -> Wrong:
        at = f"questions[{n}]"
        return Wrong(f"{at}.{field}" if field else at, f"question {n + 1}: {what}", step)

    if not isinstance(q, Mapping):
        raise wrong("", "expected ask, options, right and why", f"write {_EXAMPLE}")
    unknown = sorted(set(map(str, q)) - set(_QUESTION))
    if unknown:
        raise wrong(unknown[0], f"no field {unknown[0]!r}", nearest(unknown[0], _QUESTION))
    ask, why, options, right = (
        str(q.get("ask") or ""),
        str(q.get("why") or ""),
        q.get("options"),
        q.get("right"),
    )
    if not 0 < units(ask) <= QUESTION:
        raise wrong("ask", f"ask has 1 to {QUESTION} letters", "ask: Which fruit is red?")
    if units(why) > WHY or why.count("\n") > 2:
        raise wrong("why", f"why has at most {WHY} letters on three lines", "make it shorter")
    if not isinstance(options, list) or not OPTIONS[0] <= len(options) <= OPTIONS[1]:
        raise wrong("options", f"{OPTIONS[0]} to {OPTIONS[1]} options", "options: [Hawthorn, Plum]")
    words = tuple(str(o) for o in options)
    if any(not 0 < units(o) <= OPTION for o in words) or len(set(words)) != len(words):
        raise wrong("options", f"options differ and have 1 to {OPTION} letters", "options: [Hawthorn, Plum]")
    if type(right) is not int or not 1 <= right <= len(words):
        raise wrong("right", "right is the number of an option, from 1", f"right: 1 is {words[0]!r}")
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


class Order(Struct, frozen=True):
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
