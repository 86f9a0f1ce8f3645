"""Work: one transaction, one `now`, one `rng`, one list of effects.

A decision reads and writes through this and nothing else. Each observer, guard and handler is a
*step*: its savepoint is opened at its first write, and its effects, buffered rows and cache changes
are marked, so that a failing step loses only its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Set
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from groupbot.core.chance import Chance
from groupbot.core.effects import Admit, Answer, Effect, Send
from groupbot.core.events import Event
from groupbot.core.setting import Setting
from groupbot.engine.away import Away
from groupbot.engine.notes import Notes
from groupbot.engine.router import CommandRoute
from groupbot.engine.sql import Bulk, Sql, write_bulk

if TYPE_CHECKING:
    from groupbot.engine.content import Content

LATE = timedelta(minutes=5)
AWAITED = "dispatch.awaited"  # the cache of who is awaited in which chat, made of those that are watched


class Me(Struct, frozen=True):
    """The bot itself: its id and username, the rights its routers need, the commands it knows, the settings
    by key and when they may be set; `whispers`: it may try messages that one member of a group sees alone."""

    id: int = 0
    username: str = ""
    needs: frozenset[str] = frozenset()
    commands: tuple[CommandRoute, ...] = ()
    settings: dict[str, Setting] = {}
    conditions: dict[str, Callable[..., None]] = {}
    whispers: bool = False
    kept: tuple[Any, ...] = ()  # every column that names a person (keeping.Kept)
    modules: tuple[tuple[str, frozenset[str]], ...] = ()  # what each router is for and needs
    wants: tuple[tuple[str, Setting, frozenset[str]], ...] = ()  # likewise, where the setting is moved
    beacon: bool = False  # public random numbers can be asked for
    vault: bytes = b""  # the key of short secrets at rest
    ops_chat: int = 0  # Telegram's id of the operators' chat; 0: none
    operators: tuple[int, ...] = ()
    stars: int = 0  # what one paid broadcast may cost at most
    gift_stars: int = 0  # what the gifts of one draw may cost; 0: only operators promise any
    routers: tuple[tuple[str, str], ...] = ()  # each router's name and what it is for


class Work:
    """What a decision may touch. Made by the writer for one transaction."""

    def __init__(
        self,
        sql: Sql,
        *,
        now: datetime,
        rng: Chance,
        me: Me,
        caches: defaultdict[str, dict[Any, Any]],
        render: Callable[[Work, Effect], Effect],
        content: Content | None = None,
        watched: Set[str] = frozenset(),
    ) -> None:
        self.sql = sql
        self.watched = watched  # caches of what somebody may wait for
        self.content = content  # the templates, to look at before something is said
        self.now = now
        self.rng = rng
        self.me = me
        self.bot_id = me.id
        self.event: Event | None
        self.chat: int  # our own id of the event's chat
        self.cause = ""
        self.away: Away | None = None  # the command in hand was given in private and acts on a group
        self.afresh()
        self.effects: list[Effect] = []
        self.shadow: list[Effect] = []
        self.emitted: list[Any] = []
        self._rows: list[tuple[Bulk, tuple[Any, ...]]] = []
        self.cached: Callable[[str], dict[Any, Any]] = (
            caches.__getitem__
        )  # a cache, to read; `put` changes it
        self._caches = caches
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        self._finals: dict[Any, Callable[[Work], Any]] = {}
        self._render = render
        self._in_step = False
        self._flushed = False  # the step has flushed
        self._mark = (0, 0, 0, 0, 0, 0)  # lengths of all these before the step

    # --- what handlers use
    @property
    def late(self) -> bool:
        """True when the event is older than five minutes: delete and record, but never mute for rate,
        greet or reply."""
        return self.event is not None and self.now - self.event.at > LATE

    def say(self, effect: Effect, *, shadow: bool = False) -> Effect:
        """Say an effect; its template is rendered now. With `shadow` it is recorded, not performed."""
        if not effect.cause:
            update = self.event.update_id if self.event is not None else 0
            effect = structs.replace(effect, cause=self.cause, update=update)
        made = self._made(effect)
        (self.shadow if shadow else self.effects).append(made)
        return made

    def _made(self, effect: Effect) -> Effect:
        """Rendered, and with it what is said instead or ahead of it."""
        if self.away is not None:
            effect = self.away.turn(effect)
        made = self._render(self, effect)
        if self.away is not None:
            made = self.away.head(made)
        if isinstance(made, Send) and made.fallback is not None:
            other = structs.replace(made.fallback, cause=made.fallback.cause or effect.cause)
            made = structs.replace(made, fallback=self._made(other))
        elif isinstance(made, Admit) and made.words is not None:
            made = structs.replace(made, words=self._made(made.words))
        return made

    def emit(self, happening: Any) -> None:
        """Tell other features what happened: each `router.on(type)` handler gets it after this step."""
        self.emitted.append(happening)

    def finally_(self, key: Any, fn: Callable[[Work], Any]) -> None:
        """Have `fn(work)` run once when the batch's events are handled, however often it was asked for
        under `key`: fifty grabs of a batch redraw their card once."""
        self._finals.setdefault(key, fn)

    def add(self, bulk: Bulk, *row: Any) -> None:
        """Buffer a row; it is written at flush and cannot be read before."""
        self._rows.append((bulk, row))

    def put(self, name: str, key: Any, value: Any) -> None:
        """Change a cache; undone with the step or the transaction."""
        cache = self.cached(name)
        self._undo.append((cache, key, cache.get(key, _NOTHING)))
        cache[key] = value
        if name in self.watched:
            self._caches[AWAITED].clear()

    def drop(self, name: str, key: Any) -> None:
        """Forget a cached value, so that the next reader asks the database."""
        cache = self.cached(name)
        if key in cache:
            self._undo.append((cache, key, cache.pop(key)))
            if name in self.watched:
                self._caches[AWAITED].clear()

    def clear(self, name: str) -> None:
        """Forget everything in a cache."""
        for key in list(self.cached(name)):
            self.drop(name, key)

    def empty_caches(self) -> None:
        """Forget all that is resident, after rows were changed behind the features' backs. Legal only
        outside a step; should the commit fail, they are emptied anyway."""
        if self._in_step:
            raise RuntimeError("work.empty_caches() within a step")
        for cache in self._caches.values():  # whoever holds one sees it fill again
            cache.clear()

    def flush(self) -> None:
        """Write the buffered rows now. Legal only before the step's first write (but for what an earlier
        flush of the step wrote). Rows of this step stay undoable with it."""
        if not self._in_step:
            self._write_rows()
            return
        if self.sql._open and not self._flushed:
            raise RuntimeError("work.flush() after the step's first write")
        effects, shadow, earlier, undo, emitted, finals = self._mark
        own = self._rows[earlier:]
        del self._rows[earlier:]
        if self._rows:
            self.sql._guarded = False
            try:
                self._write_rows()
            finally:
                self.sql._guarded = True
        self._mark = (effects, shadow, 0, undo, emitted, finals)
        self._rows += own
        self._write_rows()
        self._flushed = True

    def notes(self, router: str, chat: int | None = None) -> Notes:
        """Small state of a plug-in in the event's chat: `.get(key)`, `.set(key, value)`, `.drop(key)`."""
        return Notes(self, router, chat)

    # --- what dispatch uses
    @property
    def idle(self) -> bool:
        """True while the transaction has changed nothing and says nothing: it may as well not have been."""
        left = self.effects, self.shadow, self.emitted, self._rows, self._finals
        return not (self.sql.wrote or any(left))

    def afresh(self) -> None:
        """Nothing that a step before had in hand is in hand any more."""
        self.event, self.chat = None, 0
        self.lang, self.zone = "en", "UTC"

    def step(self, fn: Callable[..., Any], *args: Any) -> Any:
        """Run `fn(*args, self)` as a step. An error undoes the step and is raised again."""
        self.begin()
        try:
            result = fn(*args, self)
        except BaseException:
            self.undo()
            raise
        self.end()
        return result

    def begin(self) -> None:
        """Here a step begins."""
        self._mark = (
            len(self.effects),
            len(self.shadow),
            len(self._rows),
            len(self._undo),
            len(self.emitted),
            len(self._finals),
        )
        sql = self.sql
        sql._guarded, sql._open = True, False
        self._in_step, self._flushed = True, False

    def end(self) -> None:
        """The step is done; what it wrote stays."""
        self._in_step = False
        if self.sql._open:
            self.sql.end_step(True)
        else:
            self.sql._guarded = False

    def undo(self) -> None:
        """The step failed: nothing of it stays."""
        self._in_step = False
        effects, shadow, rows, undo, emitted, finals = self._mark
        del self.effects[effects:], self.shadow[shadow:], self._rows[rows:], self.emitted[emitted:]
        for cache, key, old in reversed(self._undo[undo:]):
            if old is _NOTHING:
                cache.pop(key, None)
            else:
                cache[key] = old
        del self._undo[undo:]
        for key in list(self._finals)[finals:]:
            del self._finals[key]
        if not self.sql.gone():
            self.sql.end_step(False)

    def finals(self) -> Iterator[tuple[Any, Callable[[Work], Any]]]:
        """What was left for the end, each taken out as it comes."""
        while self._finals:
            key = next(iter(self._finals))
            yield key, self._finals.pop(key)

    def _write_rows(self) -> None:
        if not self._rows:
            return
        tables: dict[str, tuple[Bulk, list[tuple[Any, ...]]]] = {}
        for bulk, row in self._rows:
            found = tables.get(bulk.name)
            if found is None:
                tables[bulk.name] = (bulk, [row])
            else:
                found[1].append(row)
        for bulk, rows in list(tables.values()):
            if bulk.also is not None:
                for other, more in bulk.also(rows):
                    tables.setdefault(other.name, (other, []))[1].extend(more)
        for name in sorted(tables):
            bulk, rows = tables[name]
            write_bulk(self.sql, bulk, bulk.merged(rows))
        self._rows.clear()

    def answers(self) -> list[Answer]:
        """The toasts said so far."""
        return [e for e in self.effects if isinstance(e, Answer)]


class _Nothing:
    __slots__ = ()


_NOTHING = _Nothing()
