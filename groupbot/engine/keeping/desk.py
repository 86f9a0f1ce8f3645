"""The privacy desk's hands: exports and erasures, done in slices beside the running bot.

Order of an erasure: asked (a row) → written (a line in the journal) → every feature's functions → every
column stated → what was drawn is drawn anew → the file scrubbed → done. A crash anywhere begins it again:
each step can be done twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from groupbot.core.effects import Send
from groupbot.engine.clock import ticking
from groupbot.engine.keeping import declared, journal, scrubbing, store
from groupbot.engine.keeping.declared import Kept, former
from groupbot.engine.keeping.files import as_json, readable
from groupbot.engine.keys import sealing_key
from groupbot.engine.storage import sqlite_path
from groupbot.engine.work import Work

if TYPE_CHECKING:
    from groupbot.engine.router import Router
    from groupbot.engine.writer import Writer

T = TypeVar("T")
Voice = Callable[[Work, int | None, int | None], tuple[str, str]]  # (chat, person): language, time zone
log = structlog.get_logger(__name__)
SLICE = 0.02  # seconds of one transaction, roughly
PATIENCE = timedelta(seconds=60)  # for the receipt to leave before its address is erased
LOG_TRIES, LOG_PAUSE = 20, 0.5  # seconds between them: a reader may hold the log for a moment
FIRST = 4  # of the first slice: ids, or chats


class PrivacyDesk:
    """`start` once before events are taken, then `run` now and then."""

    def __init__(
        self, writer: Writer, routers: list[Router], folder: Path, voice: Voice = lambda *_: ("en", "UTC")
    ) -> None:
        self.writer, self.routers, self.voice = writer, routers, voice
        self.path = folder / journal.NAME
        self._busy, self._again = asyncio.Lock(), False

    @property
    def kept(self) -> list[Kept]:
        """Every column stated, the engine's last: they hold the way to the person."""
        return [k for r in self.routers for k in r.kept] + list(store.ENGINE)

    async def start(self) -> int:
        """Replay the erasures that the journal has and the database has not: it was restored from a
        backup. How many were replayed."""
        entries = await asyncio.to_thread(journal.read, self.path)
        known = {r.code for r in await self.writer.submit(lambda w: w.sql.all(store.ALL))}
        missing = [e for e in entries if e.code not in known]
        if missing:
            log.warning("erasures.replayed", erasures=len(missing))
            await self._replay(missing)
        await self._write(entries)
        return len(missing)

    async def run(self) -> bool:
        """Answer every export and carry out every erasure that waits; True when something was said."""
        async with self._busy:
            asked = await self.writer.submit(lambda w: w.sql.all(store.REQUESTS))
            for row in asked:
                await self._export(row.person_id)
            due = await self.writer.submit(_due)
            if due:
                await self._write(await asyncio.to_thread(journal.read, self.path))
            for row in due:
                rest = row.asked_at if row.state == "rest" else None
                await self._erase(row.id, row.person_id, dict(row.counts), rest)
            if due:
                await self.scrub()
            return bool(asked or due)

    # --- erasing
    async def _erase(self, number: int, person: int, counts: dict[str, int], rest: datetime | None) -> None:
        """All of it, or only the `rest` of what was asked for at that time: what waited, and what came of it
        (points of a contest); where the person came back, not what they did since."""
        to = await self.writer.submit(lambda w: former(w.rng))
        if not rest:
            await self._functions([r.erase for r in self.routers if r.erase is not None], person, to)
            await self._functions([store.forget_private], person, to)
        known = [k for k in self.kept if k.knows]
        back = rest is not None and any([await self.writer.submit(declared.named, k, person) for k in known])
        upto = rest if back else None
        waiting = 0
        for kept in sorted(self.kept, key=lambda k: k.waits is None):  # what came of an end once all ended
            if kept.table is store.erasure or (kept.waits is None and rest and (back or waiting)):
                continue
            changed = await self._rows(kept, partial(declared.erase, person=person, to=to, upto=upto))
            if changed:
                counts[kept.table.name] = counts.get(kept.table.name, 0) + changed
            if kept.waits is not None:
                waits = partial(declared.left, person=person, waiting=True, upto=upto)
                waiting += await self._rows(kept, waits)
        for router in self.routers:
            if router.redraw is not None:
                await self.writer.submit(router.redraw, to)
        await self._functions([store.forget_toasts], person, to)  # last: no name is left to be said anew
        await self.writer.submit(_end, number, None if not waiting else person, counts)

    async def _functions(self, fns: list[Callable[..., bool]], person: int, to: int) -> None:
        for fn in fns:
            while await self.writer.submit(_emptied, fn, person, to):
                pass

    async def _walk(self, kept: Kept, fn: Callable[..., T]) -> AsyncIterator[T]:
        """What `fn` makes of a table, or of part after part of it, in ranges that take the writer a moment
        each: as long as others wait. A slice's own wait for its turn says nothing of its length."""
        step, seen = FIRST, set[str]()
        while (found := await self.writer.submit(declared.part, kept, seen)) is not None:
            part, low, high = found
            seen.add(part.table.name)
            while low < high:
                upto = min(low + step, high)
                made, took = await self.writer.submit(_sliced, partial(fn, kept=part), low, upto)
                yield made
                if upto - low == step:  # what a short rest took says nothing of a longer slice
                    step = _next(step, took)
                low = upto

    async def _rows(self, kept: Kept, fn: Callable[..., int]) -> int:
        return sum([n async for n in self._walk(kept, fn)])

    async def scrub(self) -> None:
        """Take what was deleted out of the files too. SQLite overwrites it at once (`secure_delete`), and its
        log is emptied. PostgreSQL's tables are written anew, its log over; what is left is told."""
        if sqlite_path(self.writer.url) is None:
            left = await asyncio.to_thread(scrubbing.scrub, self.writer.url, self.kept)
            for one in left:
                log.warning("scrub.left", what=one.what, next=one.next)
            self._again = any(one.passing for one in left)
            return
        for _ in range(LOG_TRIES):
            if await self.writer.empty_log():
                return
            await asyncio.sleep(LOG_PAUSE)
        log.warning("scrub.busy")

    async def tidy(self) -> None:
        """Empty SQLite's log, once an hour: it holds what was deleted since, such as a command that waited
        for Telegram's word on its sender. PostgreSQL's is gone on with where something was in the way."""
        if self._again or sqlite_path(self.writer.url) is not None:
            await self.scrub()

    # --- the journal
    async def _write(self, entries: list[journal.Entry]) -> None:
        """What the database has and the journal has not."""
        there = {e.code for e in entries}
        rows = await self.writer.submit(lambda w: w.sql.all(store.ALL))
        new = [journal.Entry(r.code, r.seal, r.asked_at.isoformat()) for r in rows if r.code not in there]
        if new:
            await asyncio.to_thread(journal.append, self.path, new)
        for r in rows:
            if not r.written:
                await self.writer.submit(lambda w, c: w.sql.run(store.WRITTEN, the_code=c), r.code)

    async def _replay(self, entries: list[journal.Entry]) -> None:
        key = await self.writer.submit(sealing_key)
        wanted = {e.seal: e for e in entries}
        found: dict[str, int] = {}
        seen: set[int] = set()
        for kept in self.kept:
            async for ids in self._walk(kept, declared.people):
                for person in set(ids) - seen:
                    sign = journal.seal(key, person)
                    if sign in wanted:
                        found[sign] = person
                seen.update(ids)
        for e in entries:
            whom = found.get(e.seal)
            row = await self.writer.submit(_again, e, whom)
            if whom is not None:
                await self._erase(row, whom, {}, None)
        await self.scrub()

    # --- exporting
    async def _export(self, person: int) -> None:
        parts: dict[str, Any] = {}
        for router in self.routers:
            parts[router.name] = await self._part(router, person)
        parts["engine"] = {
            "about": "Messages on their way, the private chat",
            "keeps": "messages to you until they are sent; their record and what names you in groups 30 days",
            "private chat": await self.writer.submit(store.said, person),
            "notes": await self.writer.submit(store.noted, person),
        } | await self._tables([k for k in store.ENGINE if k.table is not store.data_request], person)
        parts = {n: p for n, p in parts.items() if set(p) - {"about", "keeps"}}
        await self.writer.submit(_answer, person, parts, self.voice)

    async def _part(self, router: Router, person: int) -> dict[str, Any]:
        part: dict[str, Any] = {"about": router.about, "keeps": router.keeps}
        part |= await self._tables(router.kept, person)
        if router.export is not None:
            part |= {n: v for n, v in (await self.writer.submit(router.export, person)).items() if v}
        return part

    async def _tables(self, kepts: Any, person: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        seen: set[tuple[str, str]] = set()
        naming = {(k.table.name, k.who) for k in self.kept}
        for kept in kepts:
            walk = self._walk(kept, partial(declared.rows, person=person))
            rows = [row async for part in walk for row in part]
            if sum(k.table is kept.table for k in kepts) > 1:  # a row that names them twice is told once
                marks = [(kept.table.name, repr(row)) for row in rows]
                rows = [row for row, mark in zip(rows, marks, strict=True) if mark not in seen]
                seen.update(marks)
            for row in rows:
                for column in [c for c in row if (kept.table.name, c) in naming]:
                    row[column] = "you" if row[column] == person else "somebody else" if row[column] else None
            if rows:
                found.setdefault(kept.table.name, []).extend(rows)
        return found


def _sliced(work: Work, fn: Callable[..., T], low: int, high: int) -> tuple[T, float]:
    began = ticking()
    made = fn(work, low=low, high=high)
    if made:
        work.empty_caches()
    return made, ticking() - began


def _emptied(work: Work, fn: Callable[..., bool], person: int, to: int) -> bool:
    more = fn(work, person, to)
    work.empty_caches()
    return bool(more)


def _next(step: int, took: float) -> int:
    """The next slice: twice as much while it was quick, half when it was slow."""
    return step * 2 if took < SLICE / 2 else max(1, step // 2) if took > SLICE * 2 else step


def _due(work: Work) -> list[Any]:
    found = []
    for row in work.sql.all(store.OPEN):
        if row.state == "rest":
            if work.now - (row.done_at or row.asked_at) >= timedelta(hours=1):
                found.append(row)
        elif work.now - row.asked_at >= PATIENCE or not work.sql.first(
            store.TO_SAY, bot=work.bot_id, who=row.person_id
        ):
            found.append(row)
    return found


def _end(work: Work, number: int, person: int | None, counts: dict[str, int]) -> None:
    work.sql.run(
        store.BECOMES,
        the_id=number,
        becomes="done" if person is None else "rest",
        at=work.now,
        the_counts=counts,
        who=person,
    )


def _again(work: Work, entry: journal.Entry, person: int | None) -> int:
    row = work.sql.returning(
        store.NEW,
        code=entry.code,
        person_id=person,
        seal=entry.seal,
        state="done" if person is None else "asked",
        asked_at=datetime.fromisoformat(entry.at).astimezone(UTC),
        counts={},
        written=True,
    )[0]
    return int(row.id)


def _answer(work: Work, person: int, parts: dict[str, Any], voice: Voice) -> None:
    work.sql.run(store.ANSWERED, who=person)
    day = f"{work.now:%Y-%m-%d}"
    lang, zone = voice(work, None, person)
    say = str if work.content is None else partial(work.content.gettext, lang)
    titles = {r.id: r.title for r in work.sql.all(store.TITLES) if r.title}
    lines = readable(parts, say, zone, titles)
    files = ((f"mydata-{day}.txt", "\n".join(lines)), (f"mydata-{day}.json", as_json(parts)))
    for name, content in files:
        work.say(
            Send(
                user=person,
                template="privacy/file",
                data={"json": name.endswith(".json"), "parts": len(parts)},
                document=name,
                content=content,
            )
        )
