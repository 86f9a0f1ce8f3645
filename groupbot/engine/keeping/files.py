"""What an export reads like."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from groupbot.engine.words import zone as zone_of

WORDS = frozenset(("kind", "state", "evidence"))  # columns whose values have words in the catalogs


def as_json(parts: dict[str, Any]) -> str:
    """The same for machines."""
    return json.dumps(parts, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else repr(value)


def readable(
    parts: dict[str, Any], say: Callable[[str], str] = str, zone: str = "UTC", chats: Mapping[int, str] = {}
) -> Iterator[str]:
    """Lines for people: in the words of `say`, at the time of `zone`, groups by their titles."""
    clock = zone_of(zone)

    def cell(column: str, value: Any) -> str:
        if isinstance(value, datetime):
            return (
                f"{(value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(clock):%Y-%m-%d %H:%M}"
            )
        if column == "chat_id" and value in chats:
            return chats[value]
        if column in WORDS:
            word = say(told := f"kept.{value}")
            return word if word != told else str(value)
        return say(value) if value in ("you", "somebody else") else str(value)

    yield say("Times are of {zone}.").format(zone=zone)
    yield ""
    for name, part in parts.items():
        yield f"== {say(part['about'] or name)} =="
        if part["keeps"]:
            yield f"({say(part['keeps'])})"
        for table, rows in part.items():
            if table in ("about", "keeps"):
                continue
            yield f"-- {say(table.replace('_', ' '))}: {len(rows)}"
            for row in rows:
                cells = row.items() if isinstance(row, dict) else [("", row)]
                yield "   " + "; ".join(
                    f"{say(c.replace('_', ' ')) if c else ''} {cell(c, v)}".strip()
                    for c, v in cells
                    if v not in (None, "", [])
                )
        yield ""
