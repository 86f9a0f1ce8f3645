"""Raids: when joins are a wave, whom it takes in, what becomes of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from groupbot.core.spans import span, spelled

MINUTE = timedelta(minutes=1)
CALM = timedelta(minutes=10)  # an automatic raid is over when nobody tried for so long
KICK = timedelta(seconds=60)  # a ban that ends by itself; Telegram reads less than 30 s as for ever
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)
MOST_JOINS = 5000
CHUNK = 100  # people of one removal
HANDS = 5  # removals on their way at once

Join = tuple[datetime, int]


class Action(Struct, frozen=True):
    """What becomes of those who come in: `kick` (may come back after a minute) or `ban` for `span`."""

    word: str = "ban"
    span: timedelta = timedelta(hours=1)

    @property
    def length(self) -> timedelta:
        """How long they stay out."""
        return KICK if self.word == "kick" else self.span

    @property
    def said(self) -> str:
        """As admins type it."""
        return "kick" if self.word == "kick" else f"ban {spelled(self.span)}"


def action_of(text: str) -> Action | None:
    """`kick`, `3h`, `ban 3h`, `tban 3h`; None for anything else."""
    low = text.strip().lower()
    if low == "kick":
        return Action("kick", KICK)
    for word in ("tban", "ban"):
        low = low.removeprefix(word).strip()
    length = span(low)
    return Action("ban", length) if length is not None and length >= SHORTEST else None


def recent(joins: tuple[Join, ...], new: Sequence[Join]) -> tuple[Join, ...]:
    """The joins of the last minute, each person once, oldest first."""
    if not new:
        return joins
    last = max(at for at, _ in new)
    seen: dict[int, datetime] = {person: at for at, person in joins}
    for at, person in new:
        seen.setdefault(person, at)
    return tuple(sorted((at, p) for p, at in seen.items() if last - MINUTE < at <= last))


def wave(joins: Sequence[Join], least: int) -> tuple[int, ...]:
    """Who belongs to the wave, once `least` people joined within a minute; nobody before that.

    The wave begins where joins stand further apart than they do on average in a minute of `least`: who
    came in half a minute before it, on their own, is none of it.
    """
    if least <= 0 or len(joins) < least:
        return ()
    gap = MINUTE / least
    first = len(joins) - 1
    while first > 0 and joins[first][0] - joins[first - 1][0] <= gap:
        first -= 1
    if 2 * (len(joins) - first) < least:  # a steady stream without a crest: all of the minute
        first = 0
    return tuple(person for _, person in joins[first:])
