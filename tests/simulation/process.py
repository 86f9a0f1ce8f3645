"""One process of the bot: the real App, its writer inline, a wire to the embedded Telegram; mortal."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from groupbot.app import App
from groupbot.engine.plugins import Registry
from groupbot.engine.sql import Sql
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Lost, Writer
from groupbot.surfaces.telegram.bot import PacedBot
from tests.simulation.telegram import ROW, Killed, Wire

if TYPE_CHECKING:
    from tests.simulation.sim import Sim


T = TypeVar("T")
DIALECT = open_engine("sqlite://").dialect


class Database:
    """The driver's connection, where statements fail and processes die."""

    def __init__(self, raw: Any, sim: Sim, process: Process) -> None:
        self._raw, self._sim, self._process = raw, sim, process
        self._faults = sim.faults
        self._changes = 0  # rows changed when the transaction began
        self.cursor = raw.cursor

    def execute(self, sql: str, *args: Any) -> Any:
        process = self._process
        if process.dead:
            if self._raw.in_transaction:  # what a dead process had begun is undone at once
                self._raw.rollback()
            raise Killed
        if sql == "COMMIT":
            wrote = self._raw.total_changes != self._changes  # most beats find nothing to do
            if wrote:
                process.point("commit:before")
                self._trouble("commit")
            made = self._raw.execute(sql)
            self._sim.commits += 1
            if wrote:
                process.point("commit:after")
            return made
        if sql == "BEGIN IMMEDIATE":
            self._trouble("begin")
            self._changes = self._raw.total_changes
        elif self._faults.busy and self._faults.busy[0].startswith("write") and sql[:6] == "INSERT":
            self._trouble("write")
        elif self._faults.refused and process.handling and sql[:6] in ("INSERT", "UPDATE"):
            self._faults.refused -= 1
            self._sim.planned_ids.add(process.handling)
            self._sim.met("row refused")
            raise sqlite3.IntegrityError("refused by the simulation")
        return self._raw.execute(sql, *args)

    def close(self) -> None:
        """What was begun is undone."""
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")

    def _trouble(self, where: str) -> None:
        busy = self._sim.faults.busy
        if busy and busy[0].startswith(where):
            words = busy.popleft().partition(":")[2]
            self._sim.met(f"database {words}")
            if "full" in words and self._raw.in_transaction and where == "commit":
                self._raw.execute("ROLLBACK")  # SQLite ends the transaction itself when the disk is full
            raise sqlite3.OperationalError(words)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


class SimWriter(Writer):
    """The writer with a database that fails; chance from the seed."""

    sim: Sim
    process: Process

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more, rng=random.Random(self.sim.seed * 1000 + self.process.number))

    async def submit(self, fn: Callable[..., Any], *args: Any) -> Any:
        self.process.alive()
        made = self.write(fn, *args)
        # others run before the caller hears of it, as beside a thread; after a beat those that are ready
        await asyncio.sleep(0.002 if fn.__name__ not in ("_tick", "_beat") else 0)
        self.process.alive()
        return made

    async def look(self, fn: Callable[..., Any], *args: Any) -> Any:
        self.process.alive()
        raw = self.sim.ground.reader()
        raw.execute("BEGIN")
        try:
            caches = defaultdict[str, dict[Any, Any]](dict)
            found = fn(
                *args,
                Work(
                    Sql(raw, DIALECT),
                    now=self.clock.now(),
                    rng=self.rng,
                    me=self.me,
                    caches=caches,
                    render=lambda work, effect: effect,
                    content=self.content,
                ),
            )
        finally:
            raw.execute("ROLLBACK")
        await asyncio.sleep(0.002)
        self.process.alive()
        return found

    def _connect(self) -> None:
        self._dialect = DIALECT
        self._raw = Database(self.sim.ground.writer(), self.sim, self.process)
        self._seen_revision = None

    def _others_wrote(self) -> int:
        return 0  # nobody else writes

    def _disconnect(self) -> None:
        if self._raw is not None:
            self._raw.close()
        super()._disconnect()


class Heart:
    """The heartbeat without APScheduler: the same ticks at the same distances of virtual time; all that are
    due together in half of the seeds, and slower where the script lets hours pass."""

    def __init__(self, process: Process) -> None:
        self.process = process

    def add(self, tick: Any) -> None:
        pass  # all of the registry's

    def add_async(self, *_: Any) -> None:
        pass

    def start(self) -> None:
        self.process.spawn(self._beat())
        self.process.spawn(self._sweep())
        self.process.spawn(self._ask())

    async def _beat(self) -> None:
        sim, app, loop = self.process.sim, self.process.app, self.process.sim.loop
        ticks = app.registry.ticks
        every = [float(max(1, int(t.seconds))) for t in ticks]
        due = [loop.time() + (0.5 if seconds >= 600 else seconds) for seconds in every]
        while True:
            together = []
            for i, tick in enumerate(ticks):
                if due[i] <= loop.time():
                    due[i] = loop.time() + every[i]
                    if tick.reads is None:
                        together.append(tick)
                    else:
                        await self._try(tick.name, app.dispatch.tick(tick.name, tick.fn, tick.reads))
            while together:
                found = await self._try("beat", app.dispatch.beat(together))
                ran, alone = found or (len(together), True)
                for tick in (together[ran - 1 : ran] if found else together) if alone else ():
                    await self._try(tick.name, app.dispatch.tick(tick.name, tick.fn))
                del together[:ran]
            try:
                async with asyncio.timeout(max(sim.stride, sim.beat, min(due) - loop.time())):
                    await sim.poked.wait()
                    sim.poked.clear()
            except TimeoutError:
                pass

    async def _try(self, name: str, job: Awaitable[T]) -> T | None:
        try:
            return await job
        except Lost:
            self.process.sim.note("lost", name)
        except Exception as e:
            self.process.sim.wrong("tick", f"{name}: {type(e).__name__}: {e}")
        return None

    async def _sweep(self) -> None:
        while True:
            with suppress(Lost):
                await self.process.app.sweep()
            await asyncio.sleep(max(3600.0, self.process.sim.stride))

    async def _ask(self) -> None:
        while True:
            await asyncio.sleep(max(240.0, self.process.sim.stride))  # seldom: time is long here
            with suppress(Lost):
                await self.process.app.ask_again()

    def stop(self) -> None:
        pass


class Process:
    """One life of the bot."""

    def __init__(self, sim: Sim, number: int, registry: Registry, content: Any) -> None:
        self.sim, self.number = sim, number
        self.dead = False
        self.died = asyncio.Event()
        self.tasks: list[asyncio.Task[Any]] = []
        self.handling = 0  # the update that a handler is at work on

        class Mine(SimWriter):
            pass

        Mine.sim, Mine.process = sim, self
        self.app = App(sim.settings, clock=sim.clock, registry=registry)
        self.app.content = content
        self.app.make_writer = Mine
        self.app.make_heart = lambda beats: Heart(self)  # type: ignore[assignment, return-value]
        self.app.bot = PacedBot(
            sim.token,
            base_url="http://telegram/bot",
            base_file_url="http://telegram/file/bot",
            request=Wire(sim, self, updates=False),
            get_updates_request=Wire(sim, self, updates=True),
        )

    # --- life and death
    def spawn(self, job: Any) -> asyncio.Task[Any]:
        task = self.sim.loop.create_task(job)
        self.tasks.append(task)
        return task

    def alive(self) -> None:
        """Raises Killed when the process is dead."""
        if self.dead:
            raise Killed

    def point(self, name: str) -> None:
        """A place where a process may die: `commit:before`, `commit:after`, `call:before`, `call:after`."""
        self.alive()
        left = self.sim.faults.dead_at.get(name)
        if left is None:
            return
        if left > 0:
            self.sim.faults.dead_at[name] = left - 1
            return
        del self.sim.faults.dead_at[name]
        self.sim.met(f"killed {name}")
        self.kill()
        raise Killed

    def kill(self) -> None:
        self.dead = True
        self.sim.note("killed", self.number)
        self.died.set()

    async def live(self) -> None:
        """Start and run until killed."""
        try:
            await self.app.start()
            perform = self.app.outbox._perform

            async def known(entry: Any) -> None:
                ROW.set(entry.id)
                self.sim.leaving(entry, self.number)
                await perform(entry)

            self.app.outbox._perform = known  # type: ignore[method-assign]
            self._stretch()
            self._name_steps()
            await self.app.run()
        except Killed:
            pass
        except asyncio.CancelledError:
            raise
        except BaseException as e:
            if isinstance(e, Lost) and not self.dead:  # a supervisor starts it again
                self.kill()
            elif not self.dead:
                self.sim.wrong("process ended", f"{type(e).__name__}: {e}")
                self.kill()

    def _name_steps(self) -> None:
        """So that rows can be refused to handlers alone: what they were asked is put aside and told, and
        nothing else of the bot's knowledge is missing afterwards."""
        step = self.app.dispatch._step

        def named(work: Any, name: str, fn: Any, args: Any, item: Any, update_id: int, *more: Any) -> Any:
            self.handling = update_id if name.startswith("handle:") else 0
            if self.handling and self.sim.faults.broken:
                self.sim.faults.broken -= 1
                self.sim.planned_ids.add(update_id)
                self.sim.met("handler broken")
                fn = _broken(fn)
            try:
                return step(work, name, fn, args, item, update_id, *more)
            finally:
                self.handling = 0

        self.app.dispatch._step = named  # type: ignore[method-assign]

    def _stretch(self) -> None:
        """Where hours pass the idle sender looks round as seldom as the heart beats, not each second."""
        outbox, sim = self.app.outbox, self.sim
        one_round = outbox._round

        async def seldom() -> float:
            pause = await one_round()
            if sim.stride <= 1 or pause <= 0 or outbox.hand.entries or outbox.hand.held or outbox._tasks:
                return pause
            due = outbox.hand.next_due
            return min(sim.stride, (due - sim.clock.now()).total_seconds() + 0.001 if due else sim.stride)

        outbox._round = seldom  # type: ignore[method-assign]

    async def bury(self) -> None:
        """After a kill: nothing of it runs on, and its connection is closed, uncommitted as it was."""
        self.dead = True
        me = asyncio.current_task()
        left = [t for t in asyncio.all_tasks() if t is not me and t not in self.sim.own_tasks]
        for task in left:
            task.cancel()
        if left:
            await asyncio.gather(*left, return_exceptions=True)
        writer = getattr(self.app, "writer", None)
        if writer is not None:
            writer._disconnect()
            writer._turn.close()


def _broken(fn: Callable[..., Any]) -> Callable[..., Any]:
    """It does all, and fails."""

    def failing(*args: Any) -> None:
        fn(*args)
        raise sqlite3.IntegrityError("broken by the simulation")

    return failing
