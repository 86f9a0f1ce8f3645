#!/usr/bin/env python3
"""Check a draw of groupbot by yourself. Needs Python 3.9 and nothing else.

    python verify_lottery.py record.json [--card "text copied from the card in the group"]

record.json is what /verify sent you (several messages: paste them one after another into one file).
With --card the values on the card, which everybody saw before the first entry, are compared as well.
Prints ✓, or ✗ and the first check that fails; the exit code is 0 or 1.

What is checked (version groupbot-lottery-2, SHA-256 throughout):
  rules hash        = SHA-256(rules text)
  commitment        = SHA-256(server seed)                 on the card before the first entry
  entry root        = Merkle tree (RFC 6962) over the sorted lines "entry|tickets|reason" of all who entered;
                      the reason is empty for those who take part
  beacon            = SHA-256 of the signature of drand's round; the round is the first that was published
                      30 seconds or more after the list was frozen, so nobody knew it then
  seed              = SHA-256 of "groupbot-lottery-2/seed", number, rules hash, entry root, server seed,
                      beacon; each as UTF-8 behind its length in 4 bytes, big endian
  ranking           = entries sorted by their smallest lot: HMAC-SHA-256(seed, entry), and for the second
                      ticket and on HMAC-SHA-256(seed, "entry#2") ...
  winners           = the first of the ranking, as many as the rules have seats
  redraws           = each in turn: a root of its own over the ranking, a seed of "groupbot-lottery-2/redraw",
                      number, seat, attempt, rules hash, root, server seed, beacon; the first who is in and
                      has not won before
Version groupbot-lottery-1 had no tickets, reasons, beacons and redraws: its leaves are the entries alone.
"""

import argparse
import hashlib
import hmac
import json
import re
import sys
from datetime import datetime, timedelta, timezone

FIRST, VERSION = "groupbot-lottery-1", "groupbot-lottery-2"
GENESIS, PERIOD = 1692803367, 3  # drand quicknet: seconds
FIELDS = {
    "version": str,
    "lottery": int,
    "rules": str,
    "rules_hash": str,
    "commitment": str,
    "server_seed": str,
    "beacon": str,
    "count": int,
    "root": str,
    "seed": str,
    "winners": list,
    "ranking": list,
}
MORE = {"tickets": dict, "removed": dict, "frozen_at": str, "drand": dict, "redraws": list}
REDRAW = {
    "seat": int,
    "attempt": int,
    "frozen_at": str,
    "round": int,
    "beacon": str,
    "signature": str,
    "out": dict,
    "root": str,
    "seed": str,
    "winner": str,
}


def missing(record, fields):
    """The first field that is not there as it should be, or ''."""
    return next((n for n, kind in fields.items() if type(record.get(n)) is not kind), "")


def merkle(leaves):
    """RFC 6962, 2.1: split at the largest power of two below the size."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + merkle(leaves[:half]) + merkle(leaves[half:])).digest()


def root_of(record, removed):
    """The root over everybody in the ranking and everybody removed."""
    everybody = set(record["ranking"]) | set(removed)
    if record["version"] == FIRST:
        lines = list(everybody)
    else:
        lines = [f"{e}|{record['tickets'].get(e, 1)}|{removed.get(e, '')}" for e in everybody]
    return merkle(sorted(line.encode("utf-8") for line in lines)).hex()


def packed(*fields):
    """SHA-256 over the fields, each behind its length."""
    digest = hashlib.sha256()
    for field in fields:
        raw = str(field).encode("utf-8")
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.digest()


def ranked(seed, entries, tickets):
    """Entries by their smallest lot."""

    def lot(text):
        return hmac.new(seed, text.encode("utf-8"), hashlib.sha256).digest()

    def smallest(entry):
        return min([lot(entry)] + [lot(f"{entry}#{i}") for i in range(2, tickets.get(entry, 1) + 1)])

    return sorted(entries, key=lambda e: (smallest(e), e))


def round_after(frozen_at, margin):
    """The first drand round that is published `margin` seconds or more after."""
    at = datetime.strptime(frozen_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)  # noqa: UP017
    seconds = int((at + timedelta(seconds=margin)).timestamp()) - GENESIS
    return max(1, -(-seconds // PERIOD) + 1)


def beacon_trouble(network, frozen_at, number, beacon, signature):
    """What is wrong with an outside random number, or ''."""
    if network == "none":
        return "a beacon stands there that the rules do not know" if beacon or number else ""
    try:
        if round_after(frozen_at, network["margin"]) != number:
            return "beacon round differs"
        if beacon and hashlib.sha256(bytes.fromhex(signature)).hexdigest() != beacon:
            return "beacon differs from its signature"
    except (ValueError, KeyError, TypeError):
        return "beacon cannot be read"
    return ""


def trouble(record, card=""):
    """The name of the first check that fails, or ''."""
    if not isinstance(record, dict):
        return "this is not a record"
    name = missing(record, FIELDS)
    if not name and record["version"] == VERSION:
        name = missing(record, MORE)
    if name:
        return f"field {name} is missing or of another kind"
    if record["version"] not in (FIRST, VERSION):
        return "version differs"
    first = record["version"] == FIRST
    if first:
        record = {**record, "tickets": {}, "removed": {}, "redraws": []}
    entries, removed, tickets = record["ranking"], record["removed"], record["tickets"]
    if not all(isinstance(e, str) for e in entries + record["winners"] + list(removed.values())):
        return "an entry is no text"
    if hashlib.sha256(record["rules"].encode("utf-8")).hexdigest() != record["rules_hash"]:
        return "rules hash differs"
    try:
        server_seed = bytes.fromhex(record["server_seed"])
        rules = json.loads(record["rules"])
        seats, network = rules["seats"], rules.get("beacon", "none")
        chance = rules["chance"]
        most = 1 if chance == "equal" else chance["most"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "server seed or rules cannot be read"
    if type(seats) is not int or seats < 1 or type(most) is not int:
        return "server seed or rules cannot be read"
    if hashlib.sha256(server_seed).hexdigest() != record["commitment"]:
        return "commitment differs"
    if len(entries) != record["count"]:
        return "entry count differs"
    if len(set(entries)) != len(entries):
        return "an entry stands twice"
    if set(entries) & set(removed) or "" in removed.values():
        return "a removed entry takes part, or has no reason"
    if not all(type(n) is int and 1 <= n <= most for n in tickets.values()):
        return "tickets differ from the rules"
    if root_of(record, removed) != record["root"]:
        return "entry root differs"
    if not first:
        drand = record["drand"]
        wrong = beacon_trouble(
            network, record["frozen_at"], drand.get("round", 0), record["beacon"], drand.get("signature", "")
        )
        if wrong:
            return wrong
    seed = packed(
        record["version"] + "/seed",
        record["lottery"],
        record["rules_hash"],
        record["root"],
        record["server_seed"],
        record["beacon"],
    )
    if seed.hex() != record["seed"]:
        return "seed differs"
    order = ranked(seed, entries, tickets)
    if order != entries:
        return "ranking differs"
    if record["winners"] != order[:seats]:
        return "winners differ"
    return redraw_trouble(record, network) or card_trouble(record, card)


def redraw_trouble(record, network):
    """The first thing wrong with the seats that were drawn again, or ''."""
    won = set(record["winners"])
    attempts = {}
    for n, r in enumerate(record["redraws"], 1):
        if not isinstance(r, dict) or missing(r, REDRAW):
            return f"redraw {n}: it is not whole"
        attempts[r["seat"]] = attempts.get(r["seat"], 0) + 1
        if r["attempt"] != attempts[r["seat"]] or not 1 <= r["seat"] <= len(record["winners"]):
            return f"redraw {n}: seat or attempt differs"
        if not set(r["out"]) <= set(record["ranking"]) or not all(r["out"].values()):
            return f"redraw {n}: somebody is out who never took part, or without a reason"
        if root_of(record, r["out"]) != r["root"]:
            return f"redraw {n}: entry root differs"
        wrong = beacon_trouble(network, r["frozen_at"], r["round"], r["beacon"], r["signature"])
        if wrong:
            return f"redraw {n}: {wrong}"
        seed = packed(
            VERSION + "/redraw",
            record["lottery"],
            r["seat"],
            r["attempt"],
            record["rules_hash"],
            r["root"],
            record["server_seed"],
            r["beacon"],
        )
        if seed.hex() != r["seed"]:
            return f"redraw {n}: seed differs"
        order = ranked(seed, record["ranking"], record["tickets"])
        winner = next((e for e in order if e not in won and e not in r["out"]), "")
        if winner != r["winner"]:
            return f"redraw {n}: winner differs"
        won.add(winner)
    return ""


def card_trouble(record, card):
    """What the card in the group shows otherwise, or ''."""
    for name in ("commitment", "rules_hash"):
        if card and record[name] not in card:
            return "the card shows another " + name.replace("_", " ")
    if re.search(r"\broot\W{1,3}[0-9a-f]{64}", card) and record["root"] not in card:
        return "the card shows another entry root"
    said = re.search(r"\bdrand\W{0,3}(\d+)", card)
    if said and int(said[1]) != record.get("drand", {}).get("round", 0):
        return "the card shows another beacon round"
    return ""


def strength(record):
    """How much the outside had a say, in words."""
    drand = record.get("drand") or {}
    if not record["beacon"]:
        if drand.get("round"):
            return (
                f"weaker: drand round {drand['round']} was announced but not reached; commit and reveal only"
            )
        return "weaker: commit and reveal only, no outside beacon"
    if not drand:
        return f"beacon {record['beacon']}"
    return (
        f"beacon: drand round {drand['round']}, {drand.get('mirrors', 1)} mirrors agreed, signature not "
        f"verified; compare https://api.drand.sh/{drand.get('chain', '')}/public/{drand['round']}"
    )


def read(text):
    """The record; lines that an app puts between copied messages (who said it, when) are passed over."""
    try:
        return json.loads(text)
    except ValueError:
        return json.loads("".join(line for line in text.splitlines() if re.search(r'["{}]', line)))


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("record", help="file with the record, or - for standard input")
    options.add_argument("--card", default="", help="text copied from the card in the group")
    given = options.parse_args()
    try:
        if given.record == "-":
            text = sys.stdin.read()
        else:
            with open(given.record, encoding="utf-8") as file:
                text = file.read()
        record = read(text)
    except (OSError, ValueError) as error:
        print(f"✗ the record cannot be read: {error}")
        return 1
    wrong = trouble(record, given.card)
    if wrong:
        print(f"✗ {wrong}")
        return 1
    print(f"✓ draw #{record['lottery']}: {record['count']} entries, {len(record['winners'])} won")
    print("  " + strength(record))
    for entry, reason in record.get("removed", {}).items():
        print(f"  removed before the draw: {entry[:8]} ({reason})")
    for r in record.get("redraws", []):
        print(f"  seat {r['seat']} drawn again: {r['winner'][:8] or 'nobody was left'}")
    if not given.card:
        print("  now compare with the card in the group:")
        print(f"  commitment {record['commitment']}")
        print(f"  rules {record['rules_hash']}")
    return 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
