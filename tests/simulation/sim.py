"""One simulation: the world, the bot's lives, the script; a trace of it all, and what was wrong."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import logging
import random
import time
import warnings
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from groupbot.engine.clock import tick_by
from groupbot.engine.work import Work
from groupbot.features.invites.domain import HOLD
from groupbot.features.invites.domain import ON as REFERRALS
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, QUIET_SETUP, ZONE
from groupbot.features.redpacket.domain import DAILY, FROM, MEMBERS, TENURE, UNTIL
from groupbot.surfaces.sandbox.methods import Methods
from groupbot.surfaces.sandbox.world import RIGHTS, ChatRoom, Forbidden, World
from tests.simulation.business import Business
from tests.simulation.checks import Checks
from tests.simulation.ground import TOKEN, Ground, spared
from tests.simulation.loop import TelegramClock, VirtualClock, VirtualLoop
from tests.simulation.people import People
from tests.simulation.process import Process
from tests.simulation.script import Script
from tests.simulation.tally import note_held, shown
from tests.simulation.telegram import Faults
from tests.simulation.trouble import Trouble

DRAINING = 5.0  # virtual seconds between two beats of the heart while what is owed is done
CALM = 600.0  # virtual seconds in which all due work must be done once nothing goes wrong any more
WORDS = ("casino", "viagra", "roulette")
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York")
TITLES = ("Alpha", "Beta", "Gamma")


@dataclass
class Verdict:
    """What became of a run. `wrong` is empty when everything held."""

    seed: int
    trace: str
    wrong: list[tuple[str, str]]
    events: int
    commits: int
    calls: int
    lives: int
    seconds: float  # virtual
    faults: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)  # what other goals than G1 speak of
    log: list[str] = field(default_factory=list)
    cpu: float = 0.0  # seconds of processor it took

    @property
    def kinds(self) -> set[str]:
        """The checks that failed."""
        return {kind for kind, _ in self.wrong}


class Sim(Checks, People, Business, Trouble):
    """Everything one run needs. `people` and `trouble` act on it, `checks` looks at it."""

    token = TOKEN

    def __init__(self, script: Script, ground: Ground, *, loud: bool = False) -> None:
        self.script, self.ground, self.seed = script, ground, script.seed
        self.sim = self
        self.loop = VirtualLoop()
        start = datetime.fromisoformat(script.start).replace(tzinfo=UTC)
        self.clock = VirtualClock(self.loop, start)
        self.world = Telegram(clock=TelegramClock(self.loop, start))  # type: ignore[arg-type]
        self.methods = Methods(self.world)
        self.settings = ground.settings(OPERATOR)
        self.rng = random.Random(script.seed + 1)
        self.faults = Faults()
        self.loud, self.log = loud, list[str]()
        self.hash = hashlib.blake2b(digest_size=16)
        self.failures: list[tuple[str, str]] = []
        self.events = self.commits = self.lives = 0
        self.acted: Counter[str] = Counter()
        self.stride = 1.0
        self.beat = (1.0, 2.0, 1.0, 3.0)[script.seed % 4]  # seconds: the heart of a busy machine beats late
        self.jump: tuple[float, int] | None = None
        self.poked = asyncio.Event()
        self.stepped = False
        self.away = 0.0  # seconds that a bot which died is not started again; 0: a few
        self.own_tasks: set[asyncio.Task[Any]] = set()
        self.process: Process
        self.calm = False
        self.resting: set[int] = set()  # groups that were retired in this run
        self.begin_checks()

    # --- what happened
    def note(self, kind: str, value: Any) -> None:
        """Into the trace."""
        self.events += 1
        line = f"{self.loop.time():.3f} {kind} {value!r}"
        self.hash.update(line.encode("utf-8", "surrogatepass"))
        if self.loud:
            self.log.append(line)

    def wrong(self, kind: str, what: str) -> None:
        """Something does not hold."""
        if len(self.failures) < 20:
            self.failures.append((kind, what[:400]))
            self.note("WRONG", (kind, what[:400]))

    def met(self, fault: str) -> None:
        """A fault took place."""
        self.faults.met[fault] += 1
        self.note("fault", fault)

    # --- the world
    def build(self) -> None:
        """Three groups, their people, the bot."""
        w = self.world
        self.bot = w.add_bot(TOKEN)
        self.owner = w.add_user("Olga", language="en")
        self.boss = w.add_user("Bo", language="zh-hans")
        self.dan = w.add_user("Dan", language="en")
        self.members = [self.dan, *(w.add_user(f"M{i}", language=("en", "zh-hans")[i % 2]) for i in range(7))]
        self.ever_staff = {self.owner, self.boss}
        rooms = [
            w.add_chat(t, self.owner, type=("supergroup", "supergroup", "group")[i])
            for i, t in enumerate(TITLES)
        ]
        self.homes = {room.id: room.id for room in rooms}
        self.words = {room.id: WORDS[i] for i, room in enumerate(rooms)}
        self.decoys = {room.id: w.add_user(f"Decoy{room.title}", language="en") for room in rooms}
        person = type(rooms[0].members[self.owner])
        for room in rooms:
            for user in (*self.members, self.decoys[room.id]):
                room.members[user] = person()
            room.members[self.boss] = person("administrator", set(RIGHTS))
        self.channels = []
        for user in self.members[1:3]:
            self.channels.append(w.add_chat(f"Channel of {user}", user, type="channel").id)
        w.make_forum(rooms[1].id)
        for user in (self.owner, self.boss, *self.members[:4]):
            w.private(user)
            w.bots[TOKEN].started.add(user)
        w.listeners.append(self.heard)

    def groups(self) -> list[ChatRoom]:
        """The groups as they are now."""
        return [r for i, r in self.world.chats.items() if i in self.homes and not r.migrated_to]

    def home(self, room: ChatRoom) -> int:
        """A group's first id."""
        return self.homes[room.id]

    def inside(self, room: ChatRoom) -> list[int]:
        return [u for u in self.members if self.world.member(room, u).inside]

    def plain(self, room: ChatRoom) -> list[int]:
        """Members who are no administrators."""
        return [u for u in self.inside(room) if not self.world.member(room, u).staff]

    def staff(self, room: ChatRoom) -> list[int]:
        return [u for u in (self.boss, self.owner, self.dan) if self.world.member(room, u).staff]

    @property
    def queue(self) -> deque[dict[str, Any]]:
        return self.world.bots[TOKEN].updates

    def ring(self) -> None:
        """Something waits for the bot."""
        self.world.bots[TOKEN].arrived.set()

    def inject(self, body: dict[str, Any]) -> None:
        bot = self.world.bots[TOKEN]
        bot.updates.append({"update_id": bot.next_update, **body, "_until": self.world.clock.now() + 86400})
        bot.next_update += 1
        self.ring()

    def inject_raw(self, text: str) -> None:
        """Bytes as they are; `%d` is the id that it has when it is given."""
        self.inject({"_raw": text})

    def recent(self) -> list[dict[str, Any]]:
        return list(self.given)

    def again(self, update: dict[str, Any]) -> None:
        """Delivered once more with the next batch."""
        self.extras.append(update)

    def lane(self, update: dict[str, Any]) -> Any:
        """Telegram keeps the order of messages per chat, of the rest per person."""
        kind, body = next(((k, v) for k, v in update.items() if k not in ("update_id", "_until")), ("", {}))
        if not isinstance(body, dict):
            return kind
        if kind in ("message", "edited_message"):
            return ("chat", body.get("chat", {}).get("id"))
        return ("person", (body.get("from") or body.get("user") or {}).get("id"))

    def hold(self, update: dict[str, Any], seconds: float) -> None:
        """It comes later, under the id that is next then."""
        self.held.append(update)
        self.held_ids.add(update["update_id"])
        self.loop.call_later(seconds, self._release, update)

    def _release(self, update: dict[str, Any]) -> None:
        if update in self.held:
            self.held.remove(update)
            if "callback_query" not in update or update["_until"] > self.world.clock.now():
                bot = self.world.bots[TOKEN]
                update["update_id"], bot.next_update = bot.next_update, bot.next_update + 1
                update["_until"] = max(update["_until"], self.world.clock.now() + 1)
                bot.updates.append(update)
                self.ring()

    def grow(self) -> None:
        for room in self.groups():
            if room.type == "group":
                heard = self.world.member(room, self.bot).inside
                note_held(self, room.id)
                new = self.world.upgrade(room.id, self.owner)
                if not heard:
                    self.strange.add(new)
                self.homes[new] = self.homes[room.id]
                self.upgraded.add(room.id)

    def make_whole(self, which: float = 1.0) -> None:
        """The bot is where it was and may what it may, topics are open."""
        w = self.world
        for room in self.groups():
            m = w.member(room, self.bot)
            if not m.inside or m.status == "member":
                w.add_bot_to(TOKEN, room.id, self.owner, set(RIGHTS))
            elif not set(RIGHTS) <= m.rights:
                w.promote(room.id, self.bot, self.owner, set(RIGHTS))
            for topic in room.topics.values():
                if topic.closed:
                    w.change_topic(room, self.owner, topic, closed=False)

    def let_pass(self, seconds: float, parts: int = 25) -> None:
        """So long nobody does anything; the bot looks round so many times."""
        self.jump = (seconds, parts)

    # --- the run
    def run(self) -> Verdict:
        """Play the script to its end."""
        tick_by(self.loop.time)
        before = structlog.get_config()
        structlog.configure(processors=[self.logged])
        root, lines = logging.getLogger(), Lines(self)
        kept, root.handlers = root.handlers, [lines]
        silenced = warnings.catch_warnings()
        silenced.__enter__()
        warnings.simplefilter("ignore")  # the library's own, of what it will change one day
        gc_was = gc.isenabled()
        gc.disable()
        asyncio.set_event_loop(self.loop)
        try:
            with spared():
                self.loop.run_until_complete(self._play())
        finally:
            tick_by(time.monotonic)
            structlog.configure(**before)
            root.handlers = kept
            silenced.__exit__(None, None, None)
            asyncio.set_event_loop(None)
            self.loop.close()
            if gc_was:
                gc.enable()
        for context in self.loop.troubles:
            error = context.get("exception")
            if error is None or type(error).__name__ not in ("Killed", "CancelledError"):
                self.wrong("task", f"{context.get('message')} {error!r}")
        return Verdict(
            self.seed, self.hash.hexdigest(), self.failures, self.events, self.commits,
            len(self.calls), self.lives, self.loop.time() - 1000.0, self.faults.met, self.acted, shown(self),
            self.log,
        )  # fmt: skip

    def logged(self, _logger: Any, method: str, event: dict[str, Any]) -> Any:
        self.heard_log(method, event)
        raise structlog.DropEvent

    async def _play(self) -> None:
        self.build()
        me = asyncio.current_task()
        assert me is not None
        keeper = self.loop.create_task(self._keep())
        self.own_tasks |= {me, keeper}
        try:
            await self._set_up()
            for step in self.script.steps:
                await self._step(step)
                if self.failures:
                    break
            if not self.failures:
                await self._recover()
            self.look(final=True)
        except Exception as e:
            self.wrong("simulation", f"{type(e).__name__}: {e}")
            if self.loud:
                raise
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await self.process.bury()

    async def _keep(self) -> None:
        """A supervisor: the bot is started again a little after it died."""
        while True:
            self.process = Process(self, self.lives, self.ground.registry, self.ground.content)
            self.lives += 1
            self.note("started", self.process.number)
            process = self.process
            self.born_again(process.number)
            process.spawn(process.live())
            await process.died.wait()
            await process.bury()
            self.look(final=False)
            await asyncio.sleep(self.away or 0.5 + 5 * self.rng.random() ** 3)

    async def _set_up(self) -> None:
        w = self.world
        await self._quiet(60)
        for room in self.groups():
            w.add_bot_to(TOKEN, room.id, self.owner, set(RIGHTS))
        for user in (self.owner, self.boss):
            w.say(user, user, "/start")
        await self._quiet(60)
        await self.process.app.writer.submit(self._prepare)
        for room in self.groups():
            lines = [
                f"/addblocklist {self.words[room.id]}",
                "/rules on",
                "/flood off",
                "/save hours from 9 to 18",
            ]
            for line in lines:
                w.say(self.owner, room.id, line)
            if room.is_forum:
                w.open_topic(room, self.owner, "Tea")
        await self._quiet(60)
        self.note("ready", len(self.calls))

    def _prepare(self, work: Work) -> None:
        for p in members.profiles(work):
            if p.title not in TITLES:
                continue
            which = TITLES.index(p.title)
            members.set_profile(work, p.chat, tier=self.script.tier, owner=self.owner)
            for setting, value in (
                (DAILY, 100), (FROM, 0), (UNTIL, 24), (TENURE, 0), (MEMBERS, True),
                (LANGUAGE, ("zh", "en", "en")[which]), (ZONE, ZONES[which]), (QUIET_SETUP, False),
                (REFERRALS, True), (HOLD, 600),
            ):  # fmt: skip
                members.put(work, setting, value, chat=p.chat)

    async def _step(self, step: list[Any]) -> None:
        pause, act, *numbers = step
        await asyncio.sleep(pause)
        self.note(act, numbers)
        fn: Callable[..., None] = getattr(self, act)
        try:
            fn(*numbers)
            self.acted[act] += 1
        except Forbidden:
            pass
        if self.jump is not None:
            await self._pass(*self.jump)
            self.jump = None
        if self.events - self.looked > 400:
            self.look(final=False)

    async def _pass(self, seconds: float, parts: int) -> None:
        self.stride = max(1.0, seconds / parts)
        await asyncio.sleep(seconds)
        self.stride = 1.0
        self.poked.set()

    async def _quiet(self, most: float) -> float:
        """Until the bot has nothing to do; the virtual seconds it took, `most` if it never had."""
        started = self.loop.time()
        calm = 0
        while self.loop.time() - started < most:
            await asyncio.sleep(0.2)
            outbox = getattr(getattr(self.process, "app", None), "outbox", None)
            polling = self.world.bots[TOKEN].poller is not None
            idle = outbox is not None and not self.process.dead and outbox.idle and polling and not self.queue
            calm = calm + 1 if idle else 0
            if calm >= 3:
                break
        return self.loop.time() - started

    async def _recover(self) -> None:
        """Nothing goes wrong any more: all that is owed is done within ten minutes, and new things soon."""
        self.faults.clear()
        self.clock.offset *= 0
        for update in list(self.held):
            self._release(update)
        self.make_whole()
        self.calm = True
        self.stride = DRAINING  # how soon a queue is empty is the pacer's affair, not the heart's
        took = await self._quiet(CALM)
        self.stride = 1.0
        while took < CALM and self.owes():  # what was refused waits for its time
            await self._pass(20, parts=5)
            took += 20 + await self._quiet(CALM)
        self.note("quiet after", round(took, 1))
        if took >= CALM:
            self.wrong("liveness", f"not quiet after {CALM} s: {self.unrest()}")
            return
        if self.resting:
            self.wake_up()
            await self._quiet(60)
        await self._pass(70, parts=7)  # what was refused a minute ago may go
        wanted = [until for (life, _), until in self.silent.items() if life == self.process.number]
        if (left := max(wanted, default=0.0) - self.loop.time()) > 0:  # Telegram wants still more silence
            await self._pass(left + 1, parts=5)
        await self.probe()

    def __repr__(self) -> str:
        return f"<Sim {self.seed}>"


class Telegram(World):
    """A world that remembers which updates were never asked for in time."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.expired: set[int] = set()

    def drop_old(self, bot: Any, most: int = 1) -> None:
        before = {u["update_id"] for u in bot.updates}
        super().drop_old(bot, most)
        self.expired |= before.difference(u["update_id"] for u in bot.updates)


class Lines(logging.Handler):
    """What libraries log is heard too."""

    def __init__(self, sim: Sim) -> None:
        super().__init__()
        self.sim = sim

    def emit(self, record: logging.LogRecord) -> None:
        self.sim.heard_log(record.levelname, {"event": record.getMessage()})


OPERATOR = 7_000_000_001  # Olga: the first of the world's people
