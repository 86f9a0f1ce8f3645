#!/usr/bin/env python3
"""Check a draw of groupbot by yourself. Needs Python 3.9 and nothing else.

    python verify_lottery.py record.json [--card "text copied from the card in the group"]

record.json is what /verify sent you (several messages: paste them one after another into one file).
With --card the values on the card, which everybody saw before the first entry, are compared as well.
Prints ✓, or ✗ and the first check that fails; the exit code is 0 or 1.

What is checked (version groupbot-lottery-1, SHA-256 throughout):
  rules hash        = SHA-256(rules text)
  commitment        = SHA-256(server seed)                 on the card before the first entry
  entry root        = Merkle tree (RFC 6962) over the sorted entries
  seed              = SHA-256 of "groupbot-lottery-1/seed", number, rules hash, entry root, server seed,
                      beacon; each as UTF-8 behind its length in 4 bytes, big endian
  ranking           = entries sorted by HMAC-SHA-256(seed, entry)
  winners           = the first of the ranking, as many as the rules have seats
"""

import argparse
import hashlib
import hmac
import json
import re
import sys

VERSION = "groupbot-lottery-1"
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


def seed_of(record):
    digest = hashlib.sha256()
    for field in (
        VERSION + "/seed",
        str(record["lottery"]),
        record["rules_hash"],
        record["root"],
        record["server_seed"],
        record["beacon"],
    ):
        raw = field.encode("utf-8")
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.digest()


def trouble(record, card=""):
    """The name of the first check that fails, or ''."""
    if not isinstance(record, dict):
        return "this is not a record"
    for name, kind in FIELDS.items():
        if type(record.get(name)) is not kind:
            return f"field {name} is missing or of another kind"
    if record["version"] != VERSION:
        return "version differs"
    entries = record["ranking"]
    if not all(isinstance(e, str) for e in entries + record["winners"]):
        return "an entry is no text"
    if hashlib.sha256(record["rules"].encode("utf-8")).hexdigest() != record["rules_hash"]:
        return "rules hash differs"
    try:
        server_seed = bytes.fromhex(record["server_seed"])
        seats = json.loads(record["rules"])["seats"]
    except (ValueError, KeyError, TypeError):
        return "server seed or rules cannot be read"
    if type(seats) is not int or seats < 1:
        return "server seed or rules cannot be read"
    if hashlib.sha256(server_seed).hexdigest() != record["commitment"]:
        return "commitment differs"
    if len(entries) != record["count"]:
        return "entry count differs"
    if len(set(entries)) != len(entries):
        return "an entry stands twice"
    if merkle(sorted(e.encode("utf-8") for e in entries)).hex() != record["root"]:
        return "entry root differs"
    seed = seed_of(record)
    if seed.hex() != record["seed"]:
        return "seed differs"
    order = sorted(entries, key=lambda e: hmac.new(seed, e.encode("utf-8"), hashlib.sha256).digest())
    if order != entries:
        return "ranking differs"
    if record["winners"] != order[:seats]:
        return "winners differ"
    for name in ("commitment", "rules_hash"):
        if card and record[name] not in card:
            return "the card shows another " + name.replace("_", " ")
    if re.search(r"\broot\W{1,3}[0-9a-f]{64}", card) and record["root"] not in card:
        return "the card shows another entry root"
    return ""


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
        record = json.loads(text)
    except (OSError, ValueError) as error:
        print(f"✗ the record cannot be read: {error}")
        return 1
    wrong = trouble(record, given.card)
    if wrong:
        print(f"✗ {wrong}")
        return 1
    print(f"✓ draw #{record['lottery']}: {record['count']} entries, {len(record['winners'])} won")
    print(
        "  "
        + (f"beacon {record['beacon']}" if record["beacon"] else "commit and reveal only: no outside beacon")
    )
    if not given.card:
        print("  now compare with the card in the group:")
        print(f"  commitment {record['commitment']}")
        print(f"  rules {record['rules_hash']}")
    return 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
