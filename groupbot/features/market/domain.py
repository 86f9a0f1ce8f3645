"""What staff may tag, and how a week of it is put together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from groupbot.core.setting import Setting

KINDS = ("question", "complaint", "stock", "rival")  # asked, complained of, sold out, said of a rival
NAMES = {
    "question": "question", "complaint": "complaint", "stock": "stock", "rival": "rival", "q": "question",
    "c": "complaint", "问题": "question", "疑问": "question", "投诉": "complaint", "缺货": "stock",
    "竞品": "rival",
}  # fmt: skip
WORDS, ANSWER = 60, 1000  # characters at most
LINES, THREADS = 5, 6  # of one kind in a digest, and threads of one line
ON = Setting(
    "market.digest",
    True,
    "What staff tagged is told to who decides, on Monday morning",
    choices=(True, False),
)


class Answering(Struct, frozen=True, tag="mk.ans"):
    """[↩︎ #17]"""

    number: int


class Tag(NamedTuple):
    """A tagged message. `words` are staff's own, never the member's; `link` leads to its thread, '' in a
    basic group, whose messages have no address."""

    number: int
    kind: str
    words: str
    title: str
    at: datetime
    link: str
    answered: bool


class Line(NamedTuple):
    """What was tagged with the same words, newest first."""

    kind: str
    words: str
    n: int
    open: int
    tags: tuple[Tag, ...]


def kind_of(text: str) -> tuple[str, str] | None:
    """(kind, words) of `stock hawthorn 250g`; None for another word."""
    first, _, rest = text.strip().partition(" ")
    kind = NAMES.get(first.lower())
    return None if kind is None else (kind, " ".join(rest.split())[:WORDS])


def week_of(tags: Sequence[Tag]) -> tuple[tuple[Line, ...], int]:
    """The lines of a digest, by kind, what was tagged most first, and how many lines are left out. Tags
    without words stand alone."""
    by: dict[tuple[str, str], list[Tag]] = {}
    for tag in sorted(tags, key=lambda t: -t.number):
        words = tag.words.casefold() or f"\0{tag.number}"
        by.setdefault((tag.kind, words), []).append(tag)
    found: list[Line] = []
    left = 0
    for kind in KINDS:
        some = [
            Line(kind, ts[0].words, len(ts), sum(not t.answered for t in ts), tuple(ts[:THREADS]))
            for (k, _), ts in by.items()
            if k == kind
        ]
        some.sort(key=lambda x: (-x.n, -x.tags[0].number))
        found += some[:LINES]
        left += len(some[LINES:])
    return tuple(found), left
