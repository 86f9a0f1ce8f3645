"""What an admin asks for, and the rules made of it. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from groupbot.core import spans
from groupbot.features.lottery.domain.beacon import CHAIN, MARGIN
from groupbot.features.lottery.domain.proof import VERSION, sha256
from groupbot.features.lottery.domain.words import DEFAULT, LONGEST, MOST_SEATS, MOST_TICKETS, PRIZE, SHORTEST

MOST_PRIZES = 8
MOST_POINTS = 1_000_000  # of one seat
_SEATS = re.compile(r"(?:[x×*]([0-9]{1,4})|([0-9]{1,4})份)", re.IGNORECASE)
_FULL = re.compile(r"(?:满|full)(\d{1,6})人?", re.IGNORECASE)
_NEEDS = re.compile(r"(invites|active|points|邀请|活跃|积分)[:=>≥]?(\d{1,7})", re.IGNORECASE)
_KEYWORD = re.compile(r"(?:keyword|口令)[::=](\S{1,40})", re.IGNORECASE)
_TAG = re.compile(r"[#\uff03](?=\w*[^\W\d_])(\w{1,40})")  # a number alone is no hashtag of Telegram's
_TAGS = re.compile(r"(?<![\w&/#])[#\uff03](\w{1,64})")
_TICKETS = re.compile(r"(?:tickets|按)[::=]?(invites|active|邀请|活跃)", re.IGNORECASE)
_POINTS = re.compile(r"(-?[0-9]{1,12})\s*(points?|pts|积分|分)", re.IGNORECASE)
_ODD_SEATS = re.compile(r"[x×*][-+]?\d[\d.,e]*|[-+]?[\d.,]+份", re.IGNORECASE)  # no name of a prize either
_ODD_POINTS = re.compile(r"[-+]?[\d.,e]+\s*(?:points?|pts|积分|分)", re.IGNORECASE)
_COUPON = re.compile(r"(?:coupons?|优惠券|券)\s*[::#]?\s*(\d{1,9})", re.IGNORECASE)
_GIFT = re.compile(  # "gift:" before a word is the name of a prize like any other
    r"(?:(?:tg-?|telegram\s?)?(?:gift|礼物)\s*[::]\s*(\d{5,64}|[^\w\s]{0,16}|telegram)|(?:tg-?|telegram\s?)(?:gift|礼物))",
    re.IGNORECASE,
)
_VALUE = re.compile(r"(?:worth|价值)[::=]?([1-9][0-9]{0,8})(元|[a-z]{3})?", re.IGNORECASE)
_MORE = re.compile(r"\s+[++]\s*|\s*[;;\n]\s*")
_MANUAL, _CAPTCHA, _BOOST = ("manual", "手动"), ("captcha", "验证"), ("boost", "助力")
_ENGLISH = {"邀请": "invites", "活跃": "active", "积分": "points"}


class Prize(Struct, frozen=True):
    """One kind of prize. `kind`: item (handed over by staff), points (`amount` each, from the house wallet),
    code (each seat its own) or text (the same words for all): both kept sealed, shown to winners alone;
    coupon: a code of the group's coupon pool `pool`; gift: the Telegram gift `gift`, at `stars` Stars each
    from the bot's own (in an order that was not asked for yet: 0, and `gift` as the admin wrote it). `value`:
    what one is worth in money, of `currency` (ISO 4217; "": the group's), 0 where nobody said it."""

    name: str
    seats: int = 1
    kind: str = "item"
    amount: int = 0
    pool: int = 0
    gift: str = ""
    stars: int = 0
    value: int = 0
    currency: str = ""

    @property
    def worth(self) -> str:
        """The value as it is told; "" where there is none."""
        return f"{self.value} {self.currency}".strip() if self.value else ""


class Conditions(Struct, frozen=True):
    """Who may take part, beyond being a member and no administrator. Zero or empty: not asked for.

    active: messages in the seven days before; invites: people brought in within thirty days who are here
    still; points: a balance that is looked at, never taken; captcha: the join check is not open or failed;
    keyword: entering is done by saying it in the group; tag: by a message with that hashtag (without #);
    boost: they boost the group (Telegram Premium).
    """

    captcha: bool = False
    active: int = 0
    invites: int = 0
    points: int = 0
    keyword: str = ""
    tag: str = ""
    boost: bool = False

    def asked(self) -> dict[str, Any]:
        """Those that are asked for."""
        found = {
            n: getattr(self, n) for n in ("active", "boost", "captcha", "invites", "keyword", "points", "tag")
        }
        return {n: v for n, v in found.items() if v}

    @property
    def word(self) -> str:
        """What must be written in the group to enter; "" where a button does it."""
        return self.keyword or (f"#{self.tag}" if self.tag else "")


class Order(Struct, frozen=True):
    """What an admin asked for. `full` ends it at so many entries; `manual` leaves the end to an admin (and
    to LONGEST); `tickets`: equal, or 1 more for each invite or active day, five at most."""

    prizes: tuple[Prize, ...]
    span: timedelta = DEFAULT
    full: int = 0
    manual: bool = False
    tickets: str = "equal"
    conditions: Conditions = field(default_factory=Conditions)

    @property
    def seats(self) -> int:
        return sum(p.seats for p in self.prizes)

    @property
    def points(self) -> int:
        """Points to set aside."""
        return sum(p.amount * p.seats for p in self.prizes)

    @property
    def stars(self) -> int:
        """What its gifts cost."""
        return sum(p.stars * p.seats for p in self.prizes)

    @property
    def unasked(self) -> bool:
        """Does it hold a gift nobody asked Telegram about yet?"""
        return any(p.kind == "gift" and not p.stars for p in self.prizes)

    @property
    def title(self) -> str:
        """All prizes in a line."""
        return " + ".join(p.name if len(self.prizes) == 1 else f"{p.name}×{p.seats}" for p in self.prizes)


def parted(args: str) -> list[str]:
    """The prizes of an order, each as it was written."""
    return [part for part in _MORE.split(args.strip()) if part]


def parse(args: str) -> Order | None:
    """`prize x3 + 50积分 x10 24h 满50 邀请2 口令:新年`: prizes with ` + ` between them, each with its number;
    behind the last one the rest, in any order. None when it is not that."""
    parts = parted(args)
    if not parts or len(parts) > MOST_PRIZES:
        return None
    given: dict[str, Any] = {}
    needs: dict[str, Any] = {}
    words = parts[-1].split()
    seats = None
    while len(words) > 1:
        word = words[-1]
        if m := _SEATS.fullmatch(word):
            seats = int(m[1] or m[2])
        elif not _option(word, given, needs):
            break
        words.pop()
    parts[-1] = " ".join(words) + (f" x{seats}" if seats is not None else "")
    prizes = [_prize(p) for p in parts]
    order = Order(tuple(p for p in prizes if p), conditions=Conditions(**needs), **given)
    return order if len(order.prizes) == len(prizes) and sound(order) else None


def sound(order: Order) -> bool:
    """Is every number within its limits?"""
    return (
        0 < len(order.prizes) <= MOST_PRIZES
        and 1 <= order.seats <= MOST_SEATS
        and SHORTEST <= order.span <= LONGEST
        and all(p.name and len(p.name) <= PRIZE and p.seats >= 1 for p in order.prizes)
        and all(0 <= p.amount <= MOST_POINTS for p in order.prizes)
        and all((p.amount > 0) == (p.kind == "points") for p in order.prizes)
        and (order.full == 0 or order.full >= order.seats)
        and not (order.conditions.keyword and order.conditions.tag)
    )


def folded(text: str) -> str:
    """A keyword or hashtag as it is compared: NFKC, no case, no outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def tags_in(text: str) -> list[str]:
    """The hashtags of a message, folded, without their #."""
    return [folded(t) for t in _TAGS.findall(text)]


def _option(word: str, given: dict[str, Any], needs: dict[str, Any]) -> bool:
    """Take one word behind the prizes; False when it is none of ours."""
    if found := spans.span(word):
        given["span"] = found
    elif m := _FULL.fullmatch(word):
        given["full"] = int(m[1])
    elif word.lower() in _MANUAL:
        given |= {"manual": True, "span": LONGEST}
    elif m := _NEEDS.fullmatch(word):
        needs[_ENGLISH.get(m[1], m[1].lower())] = int(m[2])
    elif m := _KEYWORD.fullmatch(word):
        needs["keyword"] = m[1]
    elif m := _TAG.fullmatch(word):
        needs["tag"] = m[1]
    elif m := _TICKETS.fullmatch(word):
        given["tickets"] = _ENGLISH.get(m[1], m[1].lower())
    elif word.lower() in _CAPTCHA:
        needs["captcha"] = True
    elif word.lower() in _BOOST:
        needs["boost"] = True
    else:
        return False
    return True


def _prize(part: str) -> Prize | None:
    words, worth = part.split(), None
    for word in words[1:]:
        if m := _VALUE.fullmatch(word):
            worth = m
            words.remove(word)
            break
    made = _plain(words)
    if made is None or worth is None or made.kind in ("points", "gift"):
        return made if worth is None else None
    currency = "CNY" if worth[2] == "元" else (worth[2] or "").upper()
    return replace(made, value=int(worth[1]), currency=currency)


def _plain(words: list[str]) -> Prize | None:
    """A prize by what is written of it, without its value."""
    seats = 1
    if len(words) > 1 and (m := _SEATS.fullmatch(words[-1])):
        seats = int(m[1] or m[2])
        words.pop()
    name = " ".join(words)
    if any(map(_ODD_SEATS.fullmatch, words[1:])) or (
        _ODD_POINTS.fullmatch(name) and not _POINTS.fullmatch(name)
    ):
        return None
    if m := _POINTS.fullmatch(name):
        return Prize(m[1] + (" " if m[2].isascii() else "") + m[2], seats, "points", int(m[1]))
    if m := _COUPON.fullmatch(name):
        return Prize(name, seats, "coupon", pool=int(m[1]))
    if m := _GIFT.fullmatch(name):
        return Prize(name, seats, "gift", gift="" if m[1] in (None, "?", "\uff1f") else m[1])
    return Prize(name, seats) if name else None


def rules_text(
    order: Order,
    *,
    closes: datetime,
    tenure_hours: int,
    claim_hours: int,
    salt: str,
    beacon: bool = False,
    edition: int = 1,
    before: str = "",
    terms: dict[str, str] | None = None,
) -> str:
    """The rules as they are published and hashed: one line of JSON, keys sorted. They hold the salt's
    hash: an organiser who could still choose the salt could choose the winner. `before` is the rules hash
    that an edit replaced."""
    weights = {"by": order.tickets, "most": MOST_TICKETS} if order.tickets != "equal" else "equal"
    rules: dict[str, Any] = {
        "beacon": {"chain": CHAIN, "margin": MARGIN, "network": "drand quicknet"} if beacon else "none",
        "chance": weights,
        "claim_hours": claim_hours,
        "closes": closes.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "conditions": order.conditions.asked(),
        "full": order.full,
        "prizes": [
            {"kind": p.kind, "name": p.name, "seats": p.seats}
            | ({"points": p.amount} if p.amount else {})
            | ({"gift": p.gift, "stars": p.stars} if p.kind == "gift" else {})
            | ({"value": p.worth} if p.value else {})
            for p in order.prizes
        ],
        "salt_hash": sha256(bytes.fromhex(salt)),
        "seats": order.seats,
        "staff": "out",
        "tenure_hours": tenure_hours,
        "version": VERSION,
    }
    if terms is not None:
        rules["terms"] = terms
    if edition > 1:
        rules |= {"edition": edition, "replaces": before}
    return json.dumps(rules, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
