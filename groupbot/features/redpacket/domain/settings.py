"""What a chat may set about packets, and how budgets and segments are written. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groupbot.core.points import MAX_AMOUNT, parse_amount
from groupbot.features.members.domain import Setting, spread

MOST = Setting(
    "redpacket.most",
    200,
    "Points in one packet from the house wallet, at most",
    unit="points",
    least=1,
    most=MAX_AMOUNT,
)
DAILY = Setting("redpacket.daily", 1, "Packets from the house wallet a day", least=0, most=100)
FROM = Setting("redpacket.from", 10, "Packets are sent from this hour of the chat's day", least=0, most=24)
UNTIL = Setting("redpacket.until", 21, "Packets are sent until this hour of the chat's day", least=0, most=24)
HOURS = Setting(
    "redpacket.hours", 24, "Hours until a packet's rest goes back", unit="hours", least=1, most=720
)
TENURE = Setting(
    "redpacket.tenure", 24, "Hours a newcomer waits before the first grab", unit="hours", least=0, most=8760
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
    most=MAX_AMOUNT,
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
    "redpacket.cap",
    0,
    "Points one member may get from packets a day; 0: no limit",
    unit="points",
    least=0,
    most=MAX_AMOUNT,
)
TRIES = Setting(
    "redpacket.tries",
    5,
    "Wrong words a minute after which a member's passphrase waits for the end of it",
    least=1,
    most=100,
)
OCCASION = Setting(
    "redpacket.occasion",
    False,
    "Every packet from the house wallet names its occasion",
    choices=(True, False),
)
MEMBERS = Setting("redpacket.members", False, "Members may send packets of their own", choices=(True, False))


def segmented(text: str) -> str:
    """A segment in its one spelling, `scale:large, closeness:loyal`.

    Raises:
        ValueError: a word that is none.
    """
    return ", ".join(word for some in words(spread(str(text))) for word in some)


def words(segment: Iterable[str]) -> list[list[str]]:
    """A segment as templates say it: of each attribute one of these words, `scale:large` each."""
    return [[f"{a}:{w}" for w in some.split("|")] for a, _, some in (s.partition(":") for s in segment)]


SEGMENT = Setting(
    "redpacket.segment",
    "",
    "Packets from the house wallet are for members described so (/segment), unless the order says for whom",
    reads=segmented,
    form="words of /segment",
    example="large, loyal",
)
SETTINGS = (
    *(MOST, DAILY, FROM, UNTIL, HOURS, TENURE, GAP, BUDGET, BUDGETS, CAP, TRIES, OCCASION, SEGMENT),
    MEMBERS,
)


def budgets_of(lines: Sequence[str]) -> dict[str, tuple[str, int]]:
    """(name, points) of each budget, by the folded name."""
    found = {}
    for line in lines:
        points, _, name = line.partition(" ")
        found[name.casefold()] = name, int(points)
    return found
