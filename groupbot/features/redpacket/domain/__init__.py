"""How a packet is split, who had the best luck, and what an order may ask for. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from groupbot.core.chance import Chance
from groupbot.core.points import parse_amount
from groupbot.features.members.domain import Setting

MOST_SHARES = 500
LUCKY_MEAN = 10  # below this mean a lucky split is mostly ones and ties
WISH = 40  # letters
EQUAL_WORDS = ("平分", "均分", "equal")
LUCKY_WORDS = ("拼手气", "lucky")

MOST = Setting(
    "redpacket.most", 200, "Points in one packet from the house wallet, at most", unit="points", least=1
)
DAILY = Setting("redpacket.daily", 1, "Packets from the house wallet a day", least=0, most=100)
FROM = Setting("redpacket.from", 10, "Packets are sent from this hour of the chat's day", least=0, most=24)
UNTIL = Setting("redpacket.until", 21, "Packets are sent until this hour of the chat's day", least=0, most=24)
HOURS = Setting(
    "redpacket.hours", 24, "Hours until a packet's rest goes back", unit="hours", least=1, most=720
)
TENURE = Setting(
    "redpacket.tenure", 24, "Hours a newcomer waits before the first grab", unit="hours", least=0
)
GAP = Setting(
    "redpacket.gap", 0, "Hours between two packets from the house wallet", unit="hours", least=0, most=720
)
BUDGET = Setting(
    "redpacket.budget",
    0,
    "Points for packets a month; 0: as much as the house wallet holds",
    unit="points",
    least=0,
)
REASON = 24  # letters


def budgeted(text: str) -> str:
    """A budget as it is written: `POINTS NAME`.

    Raises:
        ValueError: no whole number from 1, or no name.
    """
    points, _, name = str(text).strip().partition(" ")
    amount, name = parse_amount(points), spaced(name)
    if not amount or amount < 1 or not name:
        raise ValueError(text)
    return f"{amount} {name}"


def spaced(name: str) -> str:
    """The name of a campaign or an occasion: `_` stands for a blank where blanks part words."""
    return " ".join(name.replace("_", " ").split())[:REASON]


BUDGETS = Setting(
    "redpacket.budgets",
    [],
    "Points for the packets of a campaign or occasion, in all",
    most=20,
    reads=budgeted,
    form="points and the name of a campaign or occasion",
    example="300 Spring 2027, 100 thanks",
)
CAP = Setting(
    "redpacket.cap", 0, "Points one member may get from packets a day; 0: no limit", unit="points", least=0
)
OCCASION = Setting(
    "redpacket.occasion",
    False,
    "Every packet from the house wallet names its occasion",
    choices=(True, False),
)
MEMBERS = Setting("redpacket.members", False, "Members may send packets of their own", choices=(True, False))
SETTINGS = (MOST, DAILY, FROM, UNTIL, HOURS, TENURE, GAP, BUDGET, BUDGETS, CAP, OCCASION, MEMBERS)


# words of an order, in both languages
OPTIONS = {
    "phrase": "phrase",
    "口令": "phrase",
    "who": "who",
    "谁": "who",
    "at": "at",
    "时间": "at",
    "why": "occasion",
    "因为": "occasion",
    "campaign": "occasion",
    "活动": "occasion",
}
GROUPS = {"new": "new", "新人": "new", "old": "old", "老友": "old", "staff": "staff", "管理": "staff"}
FOR_WORDS = ("for", "给ta", "指定")  # in reply to the one it is for
NEW_DAYS, OLD_DAYS = 7, 30


class Grab(Struct, frozen=True, tag="rp.grab"):
    """The button under a live packet."""

    packet: int


class Result(Struct, frozen=True, tag="rp.result"):
    """The button under a packet that is over."""

    packet: int


class Confirm(Struct, frozen=True, tag="rp.confirm"):
    """Send the draft after all: lucky as asked, or with `equal` as equal shares."""

    packet: int
    equal: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asked for: `total` points in `n` shares."""

    total: int
    n: int
    kind: str = "lucky"
    wish: str = ""
    occasion: str = ""
    whom: int = 0
    who: str = ""
    phrase: str = ""
    at: str = ""  # HH:MM on the chat's wall clock, or YYYY-MM-DDTHH:MM; '': now

    @property
    def thin(self) -> bool:
        """A lucky packet whose mean share is too small to be fun."""
        return self.kind == "lucky" and self.total < LUCKY_MEAN * self.n

    @property
    def reason(self) -> str:
        """The campaign or occasion it cites: the one named, else its wish, else what its kind says: `welcome`
        of newcomers, `thanks` to one member, old friends or staff, `treat` for all."""
        if self.occasion or self.wish.strip():
            return self.occasion or spaced(self.wish)
        return "welcome" if self.who == "new" else "thanks" if self.who or self.whom else "treat"


def budgets_of(lines: Sequence[str]) -> dict[str, tuple[str, int]]:
    """(name, points) of each budget, by the folded name."""
    found = {}
    for line in lines:
        points, _, name = line.partition(" ")
        found[name.casefold()] = name, int(points)
    return found


def parse(args: str) -> Order | str:
    """`100 8 [equal] [wish]`; or the word that is no whole number ('' when one is missing)."""
    words = args.split()
    numbers: list[int] = []
    for word in words[:2]:
        amount = parse_amount(word)
        if amount is None:
            return word
        numbers.append(amount)
    if len(numbers) < 2:
        return ""
    rest, kind = words[2:], "lucky"
    given: dict[str, str] = {}
    for word in list(rest):
        name, mark, value = word.replace("\uff1d", "=", 1).partition("=")
        option = OPTIONS.get(name.lower()) if mark and value else None
        if option is not None:
            rest.remove(word)
            given[option] = value
    if "who" in given and (given["who"].lower()) not in GROUPS:
        return given["who"]
    if "at" in given and when(given["at"], datetime(2000, 1, 1)) is None:
        return given["at"]
    own = rest and rest[0].lower() in FOR_WORDS
    if own:
        rest = rest[1:]
    if rest and rest[0].lower() in EQUAL_WORDS:
        rest, kind = rest[1:], "equal"
    elif rest and rest[0].lower() in LUCKY_WORDS:
        rest = rest[1:]
    return Order(
        numbers[0],
        numbers[1],
        kind,
        " ".join(rest)[:WISH],
        occasion=spaced(given.get("occasion", "")),
        whom=-1 if own else 0,
        who=GROUPS.get(given.get("who", "").lower(), ""),
        phrase=fold(given.get("phrase", "")),
        at=given.get("at", ""),
    )


def fold(phrase: str) -> str:
    """A passphrase as it is compared: NFKC, trimmed, casefolded, at most 40 letters."""
    return unicodedata.normalize("NFKC", phrase).strip().casefold()[:WISH]


def when(word: str, now: datetime) -> datetime | None:
    """The wall-clock time a word means, counted from `now` on the same clock: `20:00` is today or, once
    it is past, tomorrow; `2027-02-05T20:00` is itself. None for anything else."""
    try:
        if "T" in word.upper():
            return datetime.fromisoformat(word).replace(tzinfo=now.tzinfo)
        hour, _, minute = word.replace("\uff1a", ":").partition(":")
        if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()):
            return None
        at = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    except ValueError:
        return None
    return at if at > now else at + timedelta(days=1)


def double_mean(total: int, n: int, rng: Chance) -> list[int]:
    """`n` shares of at least 1 that add up to `total`, each drawn uniformly up to twice the mean left.

    With k shares left of R points: 1…max(1, 2R//k - 1), the last takes the rest. Everyone can still
    get 1: after a draw R' ≥ R(k-2)/k + 1 ≥ k - 1. Source: the splitting rule commonly described for
    WeChat packets. Later positions vary more, so the caller shuffles.

    Raises:
        ValueError: fewer points than shares.
    """
    if not 1 <= n <= total:
        raise ValueError(f"{total} points do not make {n} shares of at least 1")
    shares, left = [], total
    for k in range(n, 1, -1):
        share = rng.randint(1, max(1, 2 * left // k - 1))
        shares.append(share)
        left -= share
    return [*shares, left]


def equal(total: int, n: int) -> list[int]:
    """`n` shares that differ by 1 at most.

    Raises:
        ValueError: fewer points than shares.
    """
    if not 1 <= n <= total:
        raise ValueError(f"{total} points do not make {n} shares of at least 1")
    each, more = divmod(total, n)
    return [each + (i < more) for i in range(n)]


def split(kind: str, total: int, n: int, rng: Chance) -> tuple[int, ...]:
    """The shares in the order they will be taken: drawn beforehand and shuffled, so that no position
    is better than another."""
    shares = double_mean(total, n, rng) if kind == "lucky" else equal(total, n)
    rng.shuffle(shares)
    return tuple(shares)


def commitment(salt: str, shares: Sequence[int]) -> str:
    """SHA-256 over `groupbot-redpacket-1|salt|12,7,…`: published with the packet, opened at its end."""
    line = f"groupbot-redpacket-1|{salt}|{','.join(map(str, shares))}"
    return hashlib.sha256(line.encode()).hexdigest()


def luckiest(amounts: Sequence[int], n: int) -> int | None:
    """The place of the best share among all taken, the earlier one of a tie; None unless all of at
    least three shares are taken."""
    if n < 3 or len(amounts) < n:
        return None
    return max(range(n), key=lambda i: (amounts[i], -i))


def within(local: datetime, first: int, last: int) -> bool:
    """Is this wall-clock time in the hours when packets are sent? The end belongs to the hours."""
    minute = local.hour * 60 + local.minute
    return first * 60 <= minute <= last * 60
