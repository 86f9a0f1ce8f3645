"""Telegram Desktop's export of an invented group, written as it writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

GROUP = 2100000001
START = 1_790_000_000  # 21 September 2026


def message(n: int, person: int, minute: int, **more: Any) -> dict[str, Any]:
    """One message as exports have them; the exporter lives at UTC+8."""
    from datetime import UTC, datetime

    stamp = START + 60 * minute
    local = datetime.fromtimestamp(stamp + 8 * 3600, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "id": n, "type": "message", "date": local, "date_unixtime": str(stamp), "from": f"P{person}",
        "from_id": f"user{person}", "text": "机密词 canary",
        "text_entities": [{"type": "plain", "text": "机密词"}],
    } | more  # fmt: skip


def service(n: int, person: int, minute: int, action: str, **more: Any) -> dict[str, Any]:
    made = message(n, person, minute, type="service", action=action, **more)
    return made | {"actor": made["from"], "actor_id": made["from_id"]}


def small() -> list[dict[str, Any]]:
    """Twelve messages with something of every sort."""
    react = {"type": "emoji", "count": 3, "emoji": "👍"}
    recent = [{"from": "P502", "from_id": "user502", "date": "2026-09-21T22:30:00"}]
    return [
        service(1, 501, 0, "create_group", members=["P501"]),
        service(2, 501, 1, "invite_members", members=["P501", "Nobody known"]),
        message(3, 501, 2),
        message(4, 502, 3, reply_to_message_id=3),
        message(5, 502, 4, reply_to_message_id=4),  # answers herself: no reply
        message(6, 501, 5, text=[{"type": "bot_command", "text": "/help"}]),
        message(7, 501, 6, photo="(File not included)", reactions=[react | {"recent": recent}]),
        message(8, 700000001, 7),  # the bot itself
        {"id": 9, "type": "hologram", "date": "2026-09-21T22:00:00"},
        service(10, 503, 9, "join_group_by_link", inviter="P501"),
        service(11, 503, 10, "remove_members", members=["P503"]),
        message(12, 502, 11, from_id="channel77"),
    ]


def write(path: Path, messages: Iterable[dict[str, Any]], *, cut: int = 0, chat: int = GROUP) -> Path:
    """An export of one group; `cut` takes so many bytes off its end."""
    with path.open("w", encoding="utf-8") as file:
        file.write(
            f'{{\n "name": "山楂粉丝群",\n "type": "private_supergroup",\n "id": {chat},\n "messages": ['
        )
        for i, m in enumerate(messages):
            text = json.dumps(m, ensure_ascii=False, indent=1).replace("\n", "\n  ")
            file.write(("," if i else "") + "\n  " + text)
        file.write("\n ]\n}")
    if cut:
        raw = path.read_bytes()
        path.write_bytes(raw[:-cut])
    return path


def many(n: int, people: int = 400, *, days: int = 300) -> Iterator[dict[str, Any]]:
    """A busy group: a third are replies, some carry reactions."""
    for i in range(n):
        more: dict[str, Any] = {}
        if i % 3 == 1:
            more["reply_to_message_id"] = i - (i % 7) - 1
        if i % 11 == 0:
            more["reactions"] = [{"type": "emoji", "count": 2, "emoji": "👍", "recent": []}]
        minute = i * days * 1440 // n - days * 1440
        yield message(i + 1, 1000 + (i * i + i // 5) % people, minute, **more)
