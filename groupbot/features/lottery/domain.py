"""How a draw is sealed, frozen and ranked. Pure, and written down so that others can recompute it.

Version `groupbot-lottery-1`. All hashes are SHA-256, all hex is lower case.
- commitment = SHA-256(server seed), rules hash = SHA-256(rules as published): both stand on the card
  before the first entry.
- entry = first 32 hex of HMAC(salt, user id): the salt stays private, so that nobody reads user ids
  out of a record by trying them all; its hash stands in the rules.
- root: Merkle tree over the sorted entries (RFC 6962, section 2.1), leaves the entries' ASCII bytes.
- seed = SHA-256 over length-prefixed fields (4 bytes, big endian): `groupbot-lottery-1/seed`, number,
  rules hash, root, server seed, beacon. Without a beacon that field is empty: commit and reveal only.
- ranking: entries by HMAC(seed, entry) ascending. No modulo, so no bias; every place is defined.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core import spans
from groupbot.features.members.domain import Setting

VERSION = "groupbot-lottery-1"
PRIZE = 60  # letters
MOST_SEATS = 50
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=30)
DEFAULT = timedelta(hours=24)
NUMBER = 8  # hex digits of an entry that members see

TENURE = Setting("lottery.tenure", 24, "Hours a newcomer waits before entering a draw")
CLAIM = Setting("lottery.claim", 72, "Hours a winner has to claim")

_SEATS = re.compile(r"(?:[x×*](\d{1,4})|(\d{1,4})份)", re.IGNORECASE)


class Enter(Struct, frozen=True, tag="lt.enter"):
    """The button under an open draw."""

    lottery: int


class Claim(Struct, frozen=True, tag="lt.claim"):
    """The button under the winners."""

    lottery: int


@dataclass(frozen=True, slots=True)
class Order:
    """What an admin asked for."""

    prize: str
    seats: int
    span: timedelta = DEFAULT


def parse(args: str) -> Order | None:
    """`prize x3 [24h]`, the number and the time in any order behind the prize; None when it is not that."""
    words, seats, span = args.split(), 1, DEFAULT
    while len(words) > 1:
        if found := spans.span(words[-1]):
            span = found
        elif m := _SEATS.fullmatch(words[-1]):
            seats = int(m[1] or m[2])
        else:
            break
        words.pop()
    prize = " ".join(words)
    if not prize or len(prize) > PRIZE or not 1 <= seats <= MOST_SEATS or not SHORTEST <= span <= LONGEST:
        return None
    return Order(prize, seats, span)


def rules_text(order: Order, *, closes: datetime, tenure_hours: int, claim_hours: int, salt: str) -> str:
    """The rules as they are published and hashed: one line of JSON, keys sorted. They hold the salt's
    hash: an organiser who could still choose the salt could choose the winner."""
    rules = {
        "chance": "equal",
        "claim_hours": claim_hours,
        "closes": closes.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "entries_each": 1,
        "prize": order.prize,
        "salt_hash": sha256(bytes.fromhex(salt)),
        "seats": order.seats,
        "staff": "out",
        "tenure_hours": tenure_hours,
    }
    return json.dumps(rules, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(data: bytes) -> str:
    """In hex."""
    return hashlib.sha256(data).hexdigest()


def entry_of(salt: str, person: int) -> str:
    """A person's entry in one draw: 32 hex digits."""
    return hmac.digest(bytes.fromhex(salt), str(person).encode(), "sha256").hex()[:32]


def root_of(entries: Iterable[str]) -> str:
    """The Merkle root over the sorted entries; of none, SHA-256 of nothing."""
    level = [hashlib.sha256(b"\x00" + e.encode()).digest() for e in sorted(entries)]
    if not level:
        return sha256(b"")
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(p)).digest() if len(p) == 2 else p[0] for p in pairs]
    return level[0].hex()


def seed_of(number: int, rules_hash: str, root: str, server_seed: str, beacon: str = "") -> str:
    """What decides the ranking."""
    fields = (f"{VERSION}/seed", str(number), rules_hash, root, server_seed, beacon)
    packed = b"".join(len(f.encode()).to_bytes(4, "big") + f.encode() for f in fields)
    return sha256(packed)


def ranking_of(seed: str, entries: Iterable[str]) -> list[str]:
    """All entries, the first is the first winner."""
    key = bytes.fromhex(seed)
    return sorted(entries, key=lambda e: (hmac.digest(key, e.encode(), "sha256"), e))


def record(
    *, number: int, rules: str, server_seed: str, entries: Sequence[str], beacon: str = ""
) -> dict[str, Any]:
    """All that is published of a draw; the stand-alone verifiers read this."""
    rules_hash, root = sha256(rules.encode()), root_of(entries)
    seed = seed_of(number, rules_hash, root, server_seed, beacon)
    ranking = ranking_of(seed, entries)
    return {
        "version": VERSION,
        "lottery": number,
        "rules": rules,
        "rules_hash": rules_hash,
        "commitment": sha256(bytes.fromhex(server_seed)),
        "server_seed": server_seed,
        "beacon": beacon,
        "count": len(ranking),
        "root": root,
        "seed": seed,
        "winners": ranking[: json.loads(rules)["seats"]],
        "ranking": ranking,
    }


def printed(made: dict[str, Any], room: int) -> list[str]:
    """A record as JSON in pieces of at most `room` characters, cut behind commas: pasted together they
    are the record again."""
    whole = json.dumps(made, ensure_ascii=False, separators=(", ", ": "))
    pieces = []
    while len(whole) > room:
        cut = whole.rfind('", "', 0, room) + 2
        if cut < 2:
            cut = room
        pieces.append(whole[:cut])
        whole = whole[cut:].lstrip() if whole[cut : cut + 1] == " " else whole[cut:]
    return [*pieces, whole]
