"""What a chat may set about the spam score."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from groupbot.features.members.domain import Setting

ID, VERSION = "spam", 1
FIRST = Setting("spam_first", 3, "How many first messages of a member the spam score looks at (1 to 50)")
TRAIN = Setting(
    "spam_train",
    False,
    "Spam score only in training: cases are noted, no message is touched",
    choices=(True, False),
)
SETTINGS = (FIRST, TRAIN)
MODES = ("on", "off", "train")

NEWCOMER = timedelta(days=30)  # who is known to be here longer is not looked at
HALF_LIFE = timedelta(days=90)  # of a lesson
KEEP_LESSONS = timedelta(days=30)  # the hashed features of judged messages, for an undo
KEEP_WEIGHTS = timedelta(days=365)
MOST_WEIGHTS = 5000  # a chat


class Spotted(Struct, frozen=True):
    """A newcomer's message that looks like an advert: how probable, on what words, beyond doubt?"""

    score: float
    matched: str
    strong: bool


def decayed(weight: float, age: timedelta) -> float:
    """A lesson's weight after some time: half after every HALF_LIFE."""
    return float(weight * 0.5 ** (max(age, timedelta()) / HALF_LIFE))
