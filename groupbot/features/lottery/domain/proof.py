"""How a draw is sealed, frozen and ranked, written down so that others can recompute it. Pure.

Version `groupbot-lottery-2`. All hashes are SHA-256, all hex is lower case.
- commitment = SHA-256(server seed), rules hash = SHA-256(rules as published): both stand on the card
  before the first entry.
- entry = first 32 hex of HMAC(salt, user id): the salt stays private, so that nobody reads user ids
  out of a record by trying them all; its hash stands in the rules.
- root: Merkle tree (RFC 6962, section 2.1) over the leaves `entry|tickets|reason`, sorted as text, of all
  who entered; the reason is empty for those who take part. It stands on the card at the close.
- seed = SHA-256 over length-prefixed fields (4 bytes, big endian): `groupbot-lottery-2/seed`, number,
  rules hash, root, server seed, beacon. The beacon is the randomness of a drand round that did not exist
  when the root was published; where there is none that field is empty: commit and reveal only, weaker.
- ranking: ticket 1 of an entry is HMAC(seed, entry), ticket i HMAC(seed, entry#i); entries by their
  smallest ticket. The smallest of w equal lots is first with probability w over all lots, at every place:
  the exponential race of Efraimidis and Spirakis (2006) in whole numbers. No modulo, no floats, no bias.
- a redraw of one seat: root over all of the ranking again, with the reasons of that moment; seed over
  `groupbot-lottery-2/redraw`, number, seat, attempt, rules hash, that root, server seed, later beacon;
  the first of that ranking who has not won yet.

Version 1 had no tickets, reasons, beacons or redraws; its leaves were the entries alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

VERSION, FIRST_VERSION = "groupbot-lottery-2", "groupbot-lottery-1"


def sha256(data: bytes) -> str:
    """In hex."""
    return hashlib.sha256(data).hexdigest()


def entry_of(salt: str, person: int) -> str:
    """A person's entry in one draw: 32 hex digits."""
    return hmac.digest(bytes.fromhex(salt), str(person).encode(), "sha256").hex()[:32]


def leaf(entry: str, tickets: int = 1, reason: str = "") -> str:
    """One line of the frozen list."""
    return f"{entry}|{tickets}|{reason}"


def root_of(leaves: Iterable[str]) -> str:
    """The Merkle root over the sorted leaves; of none, SHA-256 of nothing."""
    level = [hashlib.sha256(b"\x00" + e.encode()).digest() for e in sorted(leaves)]
    if not level:
        return sha256(b"")
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(p)).digest() if len(p) == 2 else p[0] for p in pairs]
    return level[0].hex()


def _packed(fields: Sequence[str]) -> str:
    return sha256(b"".join(len(f.encode()).to_bytes(4, "big") + f.encode() for f in fields))


def seed_of(
    number: int, rules_hash: str, root: str, server_seed: str, beacon: str = "", version: str = VERSION
) -> str:
    """What decides the ranking."""
    return _packed((f"{version}/seed", str(number), rules_hash, root, server_seed, beacon))


def redraw_seed(
    number: int, seat: int, attempt: int, rules_hash: str, root: str, server_seed: str, beacon: str = ""
) -> str:
    """What decides who takes an empty seat."""
    head = (f"{VERSION}/redraw", str(number), str(seat), str(attempt))
    return _packed((*head, rules_hash, root, server_seed, beacon))


def ranking_of(seed: str, entries: Iterable[str], tickets: Mapping[str, int] | None = None) -> list[str]:
    """All entries, the first is the first winner. `tickets` names those with more than one."""
    key, more = bytes.fromhex(seed), tickets or {}

    def smallest(entry: str) -> bytes:
        first = hmac.digest(key, entry.encode(), "sha256")
        others = (
            hmac.digest(key, f"{entry}#{i}".encode(), "sha256") for i in range(2, more.get(entry, 1) + 1)
        )
        return min((first, *others))

    return sorted(entries, key=lambda e: (smallest(e), e))


def seats_of(rules: str) -> int:
    """How many win, by published rules."""
    return int(json.loads(rules)["seats"])


def won_by(ranking: Sequence[str], out: Mapping[str, str], winners: Iterable[str]) -> str:
    """Who takes an empty seat: the first who is in and has not won; "" when nobody is left."""
    before = set(winners)
    return next((e for e in ranking if e not in before and e not in out), "")


def record(
    *,
    number: int,
    rules: str,
    server_seed: str,
    entries: Iterable[str],
    beacon: str = "",
    tickets: Mapping[str, int] | None = None,
    removed: Mapping[str, str] | None = None,
    frozen_at: datetime | None = None,
    drand: Mapping[str, Any] | None = None,
    redraws: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """All that is published of a draw; the stand-alone verifiers read this. `entries` are those who take
    part; `removed` names the others with their reasons; `tickets` those with more than one."""
    version = json.loads(rules).get("version", FIRST_VERSION)
    many = {e: n for e, n in sorted((tickets or {}).items()) if n > 1}
    gone = dict(sorted((removed or {}).items()))
    taking = list(entries)
    first = version == FIRST_VERSION
    leaves = taking if first else [leaf(e, many.get(e, 1), gone.get(e, "")) for e in (*taking, *gone)]
    rules_hash, root = sha256(rules.encode()), root_of(leaves)
    seed = seed_of(number, rules_hash, root, server_seed, beacon, version)
    ranking = ranking_of(seed, taking, many)
    made = {
        "version": version,
        "lottery": number,
        "rules": rules,
        "rules_hash": rules_hash,
        "commitment": sha256(bytes.fromhex(server_seed)),
        "server_seed": server_seed,
        "beacon": beacon,
        "count": len(ranking),
        "root": root,
        "seed": seed,
        "winners": ranking[: seats_of(rules)],
        "ranking": ranking,
    }
    if not first:
        at = frozen_at.strftime("%Y-%m-%dT%H:%M:%SZ") if frozen_at is not None else ""
        made |= {"tickets": many, "removed": gone, "frozen_at": at}
        made |= {"drand": dict(drand or {}), "redraws": [dict(r) for r in redraws]}
    return made


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
