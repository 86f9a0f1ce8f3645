"""The role of a member over 28 days, with a score and its reasons. Pure."""

from __future__ import annotations

from typing import NamedTuple

CREATOR, FOLLOWER, ONLOOKER = "creator", "follower", "onlooker"
DAYS = 28
OPENED, ACTED = 4, 2  # days of 28: the thresholds of the measure `creators` (docs/metrics.md)
FEW = 7  # groups with fewer active people have no roles


class Did(NamedTuple):
    """What somebody did in 28 days: days on which they opened talk, answered others, did anything; friends
    brought."""

    opened: int
    answered: int
    acted: int
    friends: int


def role_of(did: Did) -> tuple[str, int]:
    """(role, score): three points a day that talk was opened, one a day of answers, one a day of anything,
    two a friend."""
    score = 3 * did.opened + did.answered + did.acted + 2 * did.friends
    if did.opened >= OPENED:
        return CREATOR, score
    return (FOLLOWER if did.acted >= ACTED else ONLOOKER), score
