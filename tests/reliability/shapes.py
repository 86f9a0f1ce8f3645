"""Updates made from the Bot API's own description, and what damage does to them."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from tests import traffic

DEPTH = 5
GROUPS = (-1001234567890, -1009876543210, -42)
STATUSES = ("creator", "administrator", "member", "restricted", "left", "kicked")
TEXTS = (
    *("hello", "山楂 59元", "/ping", "/help@test_bot x", "签到", "", "a" * 300, "\u200b\u3164", "<b>&"),
    *("👩‍👩‍👧" * 9, "https://t.me/+abc", "{{ 7*7 }}", "%s%n", "\u202egnirts", "加薇信 jdd886", "1e999"),
)
INTS = (0, 1, -1, 41, 2**31, 2**53, -(2**62), 1801303200)
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**63, 2**70, -(2**64), 1.5, 1e308, "", "x", "\x00", "\ud800"),
    *([], {}, [[]], {"": {}}, [None] * 50, "🧧" * 400),
)


def build(kind: str, rng: random.Random, depth: int = 0) -> Any:
    """A value of an API type. Optional fields grow rarer with depth."""
    if kind.startswith("Array of "):
        return [build(kind[9:], rng, depth + 1) for _ in range(rng.choice((0, 1, 1, 2)))]
    if kind == "Integer":
        return rng.choice(INTS)
    if kind == "String":
        return rng.choice(TEXTS)
    if kind in ("Boolean", "True"):
        return kind == "True" or rng.random() < 0.5
    if kind == "Float":
        return rng.choice((0.0, 1.5, -90.0, 180.0))
    found = _types()[kind]
    if found.get("subtypes"):
        return build(rng.choice(found["subtypes"]), rng, depth)
    made: dict[str, Any] = {}
    for f in found.get("fields", ()):
        if f["required"] or (depth < DEPTH and rng.random() < 0.25 / (depth + 1)):
            made[f["name"]] = _field(kind, f, rng, depth)
    return made


def _field(owner: str, f: dict[str, Any], rng: random.Random, depth: int) -> Any:
    name = f["name"]
    if owner == "Chat" and name == "id":
        return rng.choice(GROUPS)
    if owner == "Chat" and name == "type":
        return rng.choice(("supergroup", "supergroup", "group", "private", "channel"))
    if owner == "User" and name == "id":
        return rng.randrange(1, 60)
    if name == "date" or name.endswith("_date"):
        return 1801303200 + rng.randrange(-90_000, 60)
    if name == "status":  # of a chat member: the description names it in words
        words = f.get("description", "")
        return next(
            (w for w in ("creator", "administrator", "member", "restricted", "left", "kicked") if w in words),
            "x",
        )
    if depth >= 12:
        return {}
    return build(rng.choice(f["types"]), rng, depth + 1)


@cache
def _types() -> dict[str, Any]:
    place = next(p for p in Path(traffic.checker().__file__).parents if (p / "api.json").is_file())
    types: dict[str, Any] = json.loads((place / "api.json").read_text("utf-8"))["types"]
    return types


def update(rng: random.Random, number: int) -> dict[str, Any]:
    """An update with one of the kinds the description knows, or one it does not."""
    fields = [f for f in _types()["Update"]["fields"] if f["name"] != "update_id"]
    chosen = rng.choice([*fields, *[f for f in fields if "message" in f["name"] or "member" in f["name"]]])
    made = {"update_id": number, chosen["name"]: build(chosen["types"][0], rng)}
    if rng.random() < 0.1:
        made[f"unknown_{rng.randrange(9)}"] = build("Message", rng, 3)
    return made


def damaged(value: dict[str, Any], rng: random.Random) -> bytes:
    """The update as bytes, with one to four things wrong."""
    for _ in range(rng.randrange(1, 4)):
        node: Any = value
        for _ in range(rng.randrange(1, 7)):
            inner = [
                v
                for v in (node.values() if isinstance(node, dict) else node)
                if isinstance(v, dict | list) and v
            ]
            if not inner:
                break
            node = rng.choice(inner)
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            continue
        at, how = rng.choice(keys), rng.randrange(4)
        if how == 0:
            del node[at]
        elif how == 1 and isinstance(node, dict):
            node[f"new_{rng.randrange(99)}"] = deepcopy(rng.choice(ODD))
        else:
            node[at] = deepcopy(rng.choice(ODD))
    raw = json.dumps(value).encode("utf-8", "surrogatepass")
    how = rng.randrange(12)
    if how == 0:
        raw = raw[: rng.randrange(len(raw))]
    elif how == 1:
        cells = bytearray(raw)
        for _ in range(rng.randrange(1, 9)):
            cells[rng.randrange(len(cells))] = rng.randrange(256)
        raw = bytes(cells)
    elif how == 2:
        raw = raw.replace(b"{", b"[", 1) if rng.random() < 0.5 else b"[" * 5000 + raw
    return raw
