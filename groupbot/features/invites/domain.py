"""What a named link may be called, who brought whom on what evidence, and when that is rewarded. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from groupbot.core import seals
from groupbot.core.seals import Forged
from groupbot.core.setting import Setting

NAME = 32  # characters Telegram takes for a link's name
REF = "ref-"  # members' own links are called so, with their number
LEAST_STAY, DAY = 86400, 86400

ON = Setting(
    "referral.on",
    False,
    "Members get a link of their own, and points for friends who stay",
    choices=(True, False),
)
POINTS = Setting("referral.points", 20, "Points for a friend who stayed", least=1, most=1000, unit="points")
HOLD = Setting(
    "referral.hold",
    7 * DAY,
    "How long a friend must stay, and take part once, before the points come",
    kind="duration",
    least=LEAST_STAY,
    most=60 * DAY,
)
BACK = Setting(
    "referral.back",
    30 * DAY,
    "How long after that the points go back when the friend leaves",
    kind="duration",
    least=0,
    most=365 * DAY,
)
MOST = Setting(
    "referral.most", 10, "Friends a member gets points for in a month", least=1, most=1000, unit="friends"
)
ASKS = Setting(
    "invites.ask",
    False,
    "Who comes by these links asks first, and is let in by a person or the captcha",
    choices=(True, False),
)
SETTINGS = (ASKS, ON, POINTS, HOLD, BACK, MOST)

EXACT, ADDER, TOKEN = "exact", "adder", "token"  # evidence of who brought a friend, the best first
TOKEN_LIFE = timedelta(days=7)  # between coming to the bot by a member's link to it, and joining
STARTS_KEPT = timedelta(days=180)
ONE_JOIN = timedelta(seconds=60)  # within which two updates tell of the same join
SECOND = timedelta(seconds=1)  # Telegram's times are whole ones
MAKER, _SEALED = "i_", b"invite|"  # of the payload behind start=
TRYING = timedelta(days=30)  # while the house wallet is empty the points are still due


def link_name(counter: str, shift: str = "") -> str:
    """How a counter's link is called in the group's list of links, and in reports.

    Raises:
        ValueError: nothing, too long, or taken for a member's own.
    """
    parts = [" ".join(p.split()) for p in (counter, shift)]
    name = "·".join(p for p in parts if p)
    if not parts[0] or len(name) > NAME or name.lower().startswith(REF) or any(ord(c) < 32 for c in name):
        raise ValueError(name)
    return name


def pack(key: bytes, invite: int) -> str:
    """The payload of a member's own link to the bot, sealed."""
    return seals.start(key, MAKER, _SEALED, invite.to_bytes(8, "big"))


def unpack(key: bytes, payload: str) -> int:
    """The number of the invite.

    Raises:
        Forged: not sealed by us.
    """
    body = seals.started(key, MAKER, _SEALED, payload)
    if len(body) != 8:
        raise Forged(payload[: seals.LIMIT])
    return int.from_bytes(body, "big")


def due_at(joined: datetime, hold: int) -> datetime:
    """When it is known whether they stayed; `hold` in seconds."""
    return joined + timedelta(seconds=hold)


def verdict(*, stayed: bool, took_part: bool, hired: bool, paid_this_month: int, most: int) -> str:
    """What becomes of a friend at the end of the hold: pay | left | hired | quiet | capped."""
    if not stayed:
        return "left"
    if hired:
        return "hired"
    if not took_part:
        return "quiet"
    return "capped" if paid_this_month >= most else "pay"


def back(points: int, balance: int) -> int:
    """Points taken back: as many as were given and are still there."""
    return max(0, min(points, balance))
