"""What an order for a contest says, who leads, and who may vote. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from groupbot.core import spans
from groupbot.core.points import parse_amount

TITLE, WORDS = 60, 40  # letters of a contest's title, of an entry
MOST = 40  # entries of a contest: each has a button
PLACES = 10  # prizes
SHORTEST, LONGEST, USUAL = timedelta(minutes=1), timedelta(days=30), timedelta(days=3)
POTS = 1 << 40  # pots of contests are numbered from here: packets count up from one, draws down


class Vote(Struct, frozen=True, tag="co.vote"):
    """A numbered button on the card."""

    contest: int
    entry: int


class Agree(Struct, frozen=True, tag="co.agree"):
    """[I am in] and [not me] of whoever was nominated with a photo of theirs."""

    contest: int
    person: int
    photo: int
    yes: bool


class Order(Struct, frozen=True):
    """`prizes` in points, the first place first."""

    title: str
    span: timedelta = USUAL
    prizes: tuple[int, ...] = ()


class Entry(Struct, frozen=True):
    """One entry with the votes that count. `n` is the order in which people entered."""

    id: int
    n: int
    person: int
    words: str
    votes: int = 0
    message: int | None = None


def parse(args: str) -> Order | None:
    """`[3d] [100+50+20] TITLE`; None when it is not that."""
    words, span = args.split(), USUAL
    prizes: tuple[int, ...] = ()
    while words:
        found, amounts = spans.span(words[0]), _prizes(words[0])
        if amounts is None:
            return None
        if amounts:
            prizes = amounts
        elif found is not None:
            span = found
        else:
            break
        words.pop(0)
    title = " ".join(words)[:TITLE]
    if not title or not SHORTEST <= span <= LONGEST or len(prizes) > PLACES:
        return None
    return Order(title, span, prizes)


def _prizes(word: str) -> tuple[int, ...] | None:
    """`100+50+20` or `100points`; () when it is neither, None when it is one with an amount that is none."""
    bare = word.lower().removesuffix("points").removesuffix("分")
    if bare == word.lower() and "+" not in word:
        return ()
    amounts = [parse_amount(w) for w in bare.split("+")]
    if all(a is not None and a > 0 for a in amounts):
        return tuple(a for a in amounts if a)
    return None if any(c.isdigit() for c in bare) and not any(c.isalpha() and c != "e" for c in bare) else ()


def ranked(entries: Sequence[Entry]) -> list[Entry]:
    """Most votes first; of equals who entered first. Who got no vote has no place."""
    return sorted((e for e in entries if e.votes), key=lambda e: (-e.votes, e.n))


def may_vote(joined: datetime | None, opened: datetime) -> bool:
    """Only who was here before the contest was announced (before the bot came is before)."""
    return joined is None or joined <= opened
