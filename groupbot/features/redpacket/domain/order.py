"""What an order for a packet may ask for, and the buttons. Pure."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from msgspec import Struct

from groupbot.core.points import parse_amount
from groupbot.core.setting import switch_of
from groupbot.features.members.domain import spread
from groupbot.features.redpacket.domain.settings import spaced

LUCKY_MEAN = 10  # below this mean a lucky split is mostly ones and ties
WISH = 40  # letters
EQUAL_WORDS = ("平分", "均分", "equal")
LUCKY_WORDS = ("拼手气", "lucky")

# words of an order, in both languages
OPTIONS = {
    "phrase": "phrase",
    "口令": "phrase",
    "secret": "secret",
    "暗号": "secret",
    "clean": "clean",
    "清口令": "clean",
    "who": "who",
    "谁": "who",
    "segment": "segment",
    "客群": "segment",
    "at": "at",
    "时间": "at",
    "why": "occasion",
    "因为": "occasion",
    "campaign": "occasion",
    "活动": "occasion",
}
GROUPS = {
    "new": "new", "新人": "new", "old": "old", "老友": "old", "staff": "staff", "管理": "staff",
    "all": "all", "所有人": "all",
}  # fmt: skip
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


class ConfirmOwn(Confirm, frozen=True, tag="rp.own"):
    """The same for a packet of a member's own points."""


class Unread(Struct, frozen=True):
    """The `word` of an order that cannot be read; which option it stands behind, '' for the two numbers."""

    word: str
    option: str = ""


class Order(Struct, frozen=True):
    """What somebody asked for: `total` points in `n` shares. `segment`: for members described so, as `spread`
    has it; `everybody`: for all, whatever the house does else. `say`: clean, where messages that say the
    phrase are taken away; secret, where besides the card does not show it."""

    total: int
    n: int
    kind: str = "lucky"
    wish: str = ""
    occasion: str = ""
    whom: int = 0
    who: str = ""
    phrase: str = ""
    say: str = ""
    segment: tuple[str, ...] = ()
    everybody: bool = False
    at: str = ""  # HH:MM on the chat's wall clock, or YYYY-MM-DDTHH:MM; '': now

    @property
    def thin(self) -> bool:
        """A lucky packet whose mean share is too small to be fun."""
        return self.kind == "lucky" and self.total < LUCKY_MEAN * self.n

    @property
    def reason(self) -> str:
        """The campaign or occasion it cites: the one named, else its wish, else what its kind says: `welcome`
        of newcomers, `thanks` to one member, old friends, staff or a segment, `treat` for all."""
        if self.occasion or self.wish.strip():
            return self.occasion or spaced(self.wish)
        some = self.who or self.whom or self.segment
        return "welcome" if self.who == "new" else "thanks" if some else "treat"


def parse(args: str) -> Order | Unread:
    """`100 8 [equal] [wish]`; or what cannot be read (no word at all when a number is missing)."""
    words = args.split()
    numbers: list[int] = []
    for word in words[:2]:
        amount = parse_amount(word)
        if amount is None:
            return Unread(word)
        numbers.append(amount)
    if len(numbers) < 2:
        return Unread("")
    rest, kind = words[2:], "lucky"
    given: dict[str, str] = {}
    for word in list(rest):
        name, mark, value = word.replace("\uff1d", "=", 1).partition("=")
        option = OPTIONS.get(name.lower()) if mark and value else None
        if option is not None:
            rest.remove(word)
            given[option] = value
    who = GROUPS.get(given.get("who", "").lower(), "")
    named = [given[o] for o in ("segment", "who") if o in given and not (o == "who" and who)]
    try:
        segment = spread(" ".join(named))
    except ValueError as odd:
        return Unread(str(odd), "who")
    if "at" in given and when(given["at"], datetime(2000, 1, 1)) is None:
        return Unread(given["at"], "at")
    phrase = fold(given.get("secret", "") or given.get("phrase", ""))
    clean = switch_of(given.get("clean", "no"))
    if clean is None or (clean and not phrase):
        return Unread(given["clean"], "clean")
    own = False
    while rest and (word := rest[0].lower()) in (*FOR_WORDS, *EQUAL_WORDS, *LUCKY_WORDS):
        rest, own = rest[1:], own or word in FOR_WORDS
        kind = "equal" if word in EQUAL_WORDS else "lucky" if word in LUCKY_WORDS else kind
    return Order(
        numbers[0],
        numbers[1],
        kind,
        " ".join(rest)[:WISH],
        occasion=spaced(given.get("occasion", "")),
        whom=-1 if own else 0,
        who="" if who == "all" else who,
        segment=segment,
        everybody=who == "all",
        phrase=phrase,
        say="secret" if "secret" in given else "clean" if clean else "",
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
