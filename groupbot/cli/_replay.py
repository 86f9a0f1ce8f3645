"""Messages of a file as Telegram's own bytes, and the whole bot over a scratch database to take them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.core.effects import Ask
from groupbot.core.events import Chat, Person, Standing
from groupbot.engine import migrate
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Item, Outcome
from groupbot.engine.keys import sealing_key
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.engine.work import Me, Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.features import tables
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting
from groupbot.features.rules.store import verdict
from groupbot.surfaces.telegram.intake import decode

BOT, GROUP, FIRST_SENDER = 700000001, -1001000000000, 5_000_000_000
START = datetime(2027, 1, 30, 2, 0, tzinfo=UTC)
APART = timedelta(seconds=0.5)  # between messages whose file tells no times
SPAN = timedelta(seconds=60)  # of one batch: nothing in it counts as late
BATCH = 100
_MEDIA: dict[str, dict[str, Any]] = {
    "sticker": {"sticker": {"file_id": "x", "file_unique_id": "x", "type": "regular"}},
    "video_message": {"video_note": {}},
    "voice_message": {"voice": {}},
    "animation": {"animation": {}},
    "video_file": {"video": {}},
    "audio_file": {"audio": {}},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a file: its JSON for Telegram, when it was said, how it is labelled."""

    at: datetime
    label: str
    text: str
    message: dict[str, Any]
    joins: tuple[tuple[int, datetime], ...] = ()  # who joined before it was said


JOINED = 1 << 30  # messages that tell of joins have numbers from here on


def all_new(lines: list[Line]) -> list[Line]:
    """The lines as if everybody had joined a minute before their first message."""
    seen: set[int] = set()
    made = []
    for line in lines:
        who = int(line.message["from"]["id"])
        new = who not in seen and "sender_chat" not in line.message
        seen.add(who)
        made.append(replace(line, joins=((who, line.at - timedelta(minutes=1)),) if new else ()))
    return made


def read(path: Path) -> list[Line]:
    """The messages of a CSV file (`text`, `label`) or of a Telegram Desktop export (result.json).

    Raises:
        Misfit: not there, or neither of the two.
    """
    try:
        raw = path.read_text("utf-8-sig", errors="replace")
    except OSError as e:
        raise Misfit(
            f"cannot be read: {e.strerror}", where=str(path), next="give the path of a file"
        ) from None
    if raw.lstrip().startswith("{"):
        return _export(raw, path)
    rows = list(csv.DictReader(raw.splitlines(keepends=True)))
    if not rows or "text" not in rows[0]:
        raise Misfit(
            "no column `text`",
            where=f"{path}:1",
            next="a CSV file with the columns text,label or result.json of Telegram Desktop",
        )
    return [
        Line(
            START + i * APART,
            str(r.get("label") or ""),
            r["text"] or "",
            {"from": {"id": FIRST_SENDER + i, "is_bot": False, "first_name": "A"}, "text": r["text"] or ""},
        )
        for i, r in enumerate(rows)
    ]


def _export(raw: str, path: Path) -> list[Line]:
    try:
        said = json.loads(raw)["messages"]
    except (ValueError, KeyError, TypeError):
        raise Misfit(
            "not a chat exported by Telegram Desktop",
            where=str(path),
            next="export one chat as machine-readable JSON",
        ) from None
    lines: list[Line] = []
    joins: list[tuple[int, datetime]] = []
    for m in said:
        if not isinstance(m, dict):
            continue
        if m.get("type") == "message":
            lines.append(replace(_exported(m), joins=tuple(joins)))
            joins = []
        elif m.get("action") in _JOINS:
            who = _id(m.get("actor_id"))  # (of members that others brought only the names are told)
            joins += [(who, _time(m))] if who else []
    return lines


_JOINS = ("join_group_by_link", "join_group_by_request")


def _id(who: Any) -> int:
    text = str(who)
    return int(text[4:]) if text.startswith("user") and text[4:].isdecimal() else 0


def _time(m: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(m.get("date_unixtime") or START.timestamp()), UTC)


def _exported(m: dict[str, Any]) -> Line:
    text, entities = _parts(m.get("text") or "")
    who = str(m.get("from_id") or "user0")
    digits = int("".join(c for c in who if c.isdigit()) or 0)
    message: dict[str, Any] = {}
    if who.startswith("user"):
        message["from"] = {"id": digits, "is_bot": False, "first_name": str(m.get("from") or "…")}
    else:
        message["from"] = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
        message["sender_chat"] = {
            "id": -1000000000000 - digits,
            "type": "channel",
            "title": str(m.get("from")),
        }
    if m.get("photo"):
        message |= {"photo": [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]}
    message |= _MEDIA.get(str(m.get("media_type")), {})
    media = "photo" in message or str(m.get("media_type")) in _MEDIA
    if text or not media:
        message["caption" if media else "text"] = text
    if entities:
        message["caption_entities" if media else "entities"] = entities
    if m.get("forwarded_from"):
        message["forward_origin"] = {
            "type": "hidden_user",
            "date": 1,
            "sender_user_name": str(m["forwarded_from"]),
        }
    return Line(_time(m), "", text, message)


def _parts(text: Any) -> tuple[str, list[dict[str, Any]]]:
    """A text of an export (a string, or a list of strings and marked parts) and its entities."""
    if isinstance(text, str):
        return text, []
    whole, marks = "", []
    for part in text:
        piece = part if isinstance(part, str) else str(part.get("text") or "")
        if isinstance(part, dict) and part.get("type") == "text_link":
            at, size = (len(s.encode("utf-16-le")) // 2 for s in (whole, piece))
            marks.append({"type": "text_link", "offset": at, "length": size, "url": str(part.get("href"))})
        whole += piece
    return whole, marks


def batches(lines: Sequence[Line]) -> Iterator[list[tuple[int, Line]]]:
    """The lines with their numbers, at most a hundred and at most a minute in one batch."""
    batch: list[tuple[int, Line]] = []
    for number, line in enumerate(lines, 1):
        if batch and (len(batch) == BATCH or abs(line.at - batch[0][1].at) > SPAN):
            yield batch
            batch = []
        batch.append((number, line))
    if batch:
        yield batch


class Rehearsal:
    """The bot with everything but the network: intake, every router, the writer on a scratch database.
    What it says stays in the outbox there."""

    def __init__(self, place: Path, workspace: Path) -> None:
        url = f"sqlite:///{place / 'rehearsal.db'}"
        tables()
        migrate.upgrade(url)
        self.clock = FixedClock(START)
        self.registry = load(workspace / "handlers")
        self.writer = Writer(url, clock=self.clock, rng=chance(1), bot_id=BOT)
        self.writer.me = Me(BOT, "rehearsal_bot", settings=self.registry.settings)
        content = Content(
            [p for p in (workspace / "content_templates", folder("content_templates")) if p.is_dir()]
        )
        knowledge = members.Knowledge()
        key = self.writer.write(sealing_key)
        self.writer.content = content
        self.writer.render = content.renderer(knowledge.voice, key)
        self.dispatch = Dispatch(
            self.writer,
            self.registry,
            knowledge,
            decode=decode,
            username="rehearsal_bot",
            key=key,
            after=self._answer,
        )

    def set_up(self, tier: str, settings: dict[str, Any]) -> None:
        """Make the group of the rehearsal, with these setting values of its own."""

        def write(work: Work) -> None:
            place = resolve(work, Chat(GROUP, "supergroup", "Rehearsal"))
            work.chat = place.id
            members.set_profile(work, place.id, tier=tier)
            for key, value in settings.items():
                members.put(work, members_setting(key), value, chat=place.id)

        added = {
            "update_id": 1,
            "my_chat_member": {
                "chat": {"id": GROUP, "type": "supergroup", "title": "Rehearsal"},
                "from": {"id": 1, "is_bot": False, "first_name": "Owner"},
                "date": int(START.timestamp()),
                "old_chat_member": _me("left"),
                "new_chat_member": _me("administrator"),
            },
        }
        self.writer.write(self.dispatch.batch, [Item(raw=json.dumps(added).encode())])
        self.writer.write(write)

    async def replay(self, batch: list[tuple[int, Line]]) -> Outcome:
        """One batch through the whole bot, the clock at its last message."""
        self.clock.at = max(line.at for _, line in batch)
        items = []
        for number, line in batch:
            items += [Item(raw=_joined(number, n, *j)) for n, j in enumerate(line.joins)]
            items.append(Item(raw=_raw(number, line)))
        return await self.dispatch.feed(items)

    async def _answer(self, outcome: Outcome) -> None:
        """Whoever is asked about is an ordinary member."""
        known = [
            Standing(
                at=self.clock.now(), chat=Chat(GROUP, "supergroup"), person=Person(a.member), status="member"
            )
            for a in outcome.asks
            if isinstance(a, Ask)
        ]
        if known:
            await self.dispatch.feed([Item(event=e) for e in known])

    def verdicts(self) -> list[Any]:
        """The cases: rule, matched words, action, number of the line."""
        v = verdict.c
        return self.writer.write(
            lambda w: w.sql.all(sa.select(v.rule, v.matched, v.action, v.message_id).order_by(v.id))
        )

    def close(self) -> None:
        """Let go of the database."""
        self.writer.close()


def members_setting(key: str) -> Any:
    """A setting known only by its key."""
    return Setting(key, None, "")


def _me(status: str) -> dict[str, Any]:
    rights = {"can_delete_messages": True, "can_restrict_members": True}
    me = {"id": BOT, "is_bot": True, "first_name": "bot", "username": "rehearsal_bot"}
    return {"status": status, "user": me, **(rights if status == "administrator" else {})}


def _joined(number: int, n: int, who: int, at: datetime) -> bytes:
    person = {"id": who, "is_bot": False, "first_name": "A"}
    message = {
        "message_id": JOINED + number * 100 + n % 100,
        "date": int(at.timestamp()),
        "chat": {"id": GROUP, "type": "supergroup", "title": "Rehearsal"},
        "from": person,
        "new_chat_members": [person],
    }
    return json.dumps({"update_id": (JOINED + number) * 100 + n % 100, "message": message}).encode()


def _raw(number: int, line: Line) -> bytes:
    message = {
        "message_id": number,
        "date": int(line.at.timestamp()),
        "chat": {"id": GROUP, "type": "supergroup", "title": "Rehearsal"},
        **line.message,
    }
    return json.dumps({"update_id": 100 + number, "message": message}, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
