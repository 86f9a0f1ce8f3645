"""From a finding to what is done: the face of each tier and the ladder of consumer groups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

KEEP = timedelta(days=30)  # warnings and evidence
KEEP_CASES = timedelta(days=180)
NEWCOMER = timedelta(hours=24)
SHADOW_WEEK = timedelta(days=7)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
LEAST_MUTE = timedelta(seconds=60)  # Telegram reads less than 30 s as for ever

FLAG, REMOVE, AGAIN, MUTE, HUMAN, BAN = "flag", "remove", "again", "mute", "human", "ban"
COUNTED = (REMOVE, MUTE, HUMAN, BAN)
FACE = {"dealer": FLAG, "store": REMOVE, "consumer": MUTE}


class Sentence(Struct, frozen=True):
    """What is done: flag (kept, a person is asked), remove, again (removed, nothing more), mute, human
    (removed, a person is asked), ban. `basic` says that a mute was due but the group is a basic one."""

    action: str
    span: timedelta | None = None
    number: int = 0
    basic: bool = False


class Standing(Struct, frozen=True):
    """What is known of the sender: counted cases in 30 days, muted until, joined within 24 h."""

    prior: int = 0
    muted_until: datetime | None = None
    newcomer: bool = False
    person: bool = True


def sentence(
    tier: str | None,
    standing: Standing,
    *,
    at: datetime,
    now: datetime,
    late: bool = False,
    basic: bool = False,
    strong: bool = False,
    rate: bool = False,
    only_flag: bool = False,
    autoban: bool = False,
) -> Sentence:
    """The sentence for one finding in a group of this tier.

    Dealer: a person decides. Store: removed, never more. Consumer: twice removed, the third time muted an
    hour, the fourth a day, then a person decides. Late events are never muted for rate; a mute runs from
    the message, not from its arrival, and one that is over is left out.
    """
    number = standing.prior + 1
    face = FACE.get(tier or "", FLAG)
    if only_flag or face == FLAG:
        return Sentence(FLAG, number=number)
    if face == REMOVE or not standing.person:
        return Sentence(REMOVE, number=number)
    if autoban and strong and standing.newcomer:
        return Sentence(BAN, number=number)
    if standing.muted_until is not None and standing.muted_until > at:
        return Sentence(AGAIN, number=standing.prior)
    span = HOUR if number == 3 else DAY if number == 4 else None
    if number >= 5:
        return Sentence(HUMAN, number=number)
    if span is None or (late and rate):
        return Sentence(REMOVE, number=number)
    if basic:
        return Sentence(REMOVE, number=number, basic=True)
    if at + span - now < LEAST_MUTE:
        return Sentence(REMOVE, number=number)
    return Sentence(MUTE, span, number)


def escalated(
    past: Iterable[tuple[datetime, str]], rule: str, at: datetime, window: timedelta, n: int
) -> bool:
    """Is this the n-th case of one rule within `window`? Zero: never."""
    return bool(window) and 1 + sum(r == rule and at - window < t <= at for t, r in past) >= n
