"""The composition root: the only file that knows every part."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Any

import structlog
from msgspec import structs

from groupbot.core.effects import Ask
from groupbot.core.events import Chat, Event, Fetched, GiftOffers, Person, Standing
from groupbot.core.pacing import Pace, Pacer
from groupbot.engine import inbox, neighbours, retention
from groupbot.engine.addresses import ops_chat, place_of
from groupbot.engine.clock import Clock, ticking
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Item, Outcome
from groupbot.engine.figures import Health
from groupbot.engine.memory import one_heap, settle
from groupbot.engine.menus import menus
from groupbot.engine.outbox import Outbox, Target
from groupbot.engine.plugins import Registry, load
from groupbot.engine.revision import ensure
from groupbot.engine.schedule import Heartbeat
from groupbot.engine.shipped import content_folders
from groupbot.engine.writer import Writer, patiently
from groupbot.errors import Misfit
from groupbot.features import tables
from groupbot.features.operations import service as operations
from groupbot.settings import Settings
from groupbot.surfaces import entrances
from groupbot.surfaces.beacon import Beacon
from groupbot.surfaces.telegram.bot import hook, introduce, make_bot
from groupbot.surfaces.telegram.gateway import TelegramGateway
from groupbot.surfaces.telegram.outfit import fit_out
from groupbot.surfaces.telegram.rawptb import RawHandlers
from groupbot.surfaces.telegram.runner import Collector, Poller
from groupbot.surfaces.telegram.watch import EVERY, Watch, ahead, told
from groupbot.surfaces.telegram.web import Web

log = structlog.get_logger(__name__)
STOP_PATIENCE = 5.0
LONGEST_STOP = 9.0  # seconds after a signal; then the process ends as it stands


class App:
    """One running bot. `start`, then `run` until cancelled, then `stop`."""

    make_writer: type[Writer] = Writer  # a simulation's fails and dies on purpose
    make_heart: type[Heartbeat] = Heartbeat  # a conversation's beats when its time is moved

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        registry: Registry | None = None,
        dropped: Sequence[Misfit] = (),
    ) -> None:
        self.settings, self.dropped = settings, dropped
        self.clock, self.health = clock or Clock(), Health()
        self.registry = registry or load(settings.folder / "handlers", safe=settings.safe)
        self.content = Content(content_folders(settings.folder))
        self.bot = make_bot(settings.token.reveal(), settings.base_url)
        self._tasks: list[asyncio.Task[Any]] = []
        self._seen, self._open = Watch(), AsyncExitStack()  # what `start` opened: `stop` closes it in reverse

    async def start(self) -> None:
        """Open everything.

        Raises:
            Misfit: token, database or server do not fit.
        """
        one_heap()
        sys.setswitchinterval(0.0005)  # a busy writer thread else holds the loop 20 ms at a time
        tables()
        self.poller = Poller(self.bot, self.feed)
        self.web = Web(self, Collector(self.feed)) if self.settings.listens else None
        self._open.push_async_callback(self.bot.shutdown)
        await asyncio.to_thread(ensure, self.settings.database)
        self.username, bot_id = await introduce(self.bot, self.settings.base_url)
        self.writer = self.make_writer(self.settings.database, clock=self.clock, bot_id=bot_id)
        self._open.push_async_callback(asyncio.to_thread, self.writer.close)
        self.dispatch, self.privacy = await fit_out(
            self.writer, self.settings, self.registry, self.content, self.username, self._after
        )
        await self.privacy.start()
        await self.writer.submit(ops_chat)  # what only reads must find it
        self.gateway = TelegramGateway(self.bot, self.clock, ephemeral=self.settings.ephemeral)
        self.outbox = Outbox(
            self.writer,
            self.gateway,
            pacer=Pacer(Pace(rate=self.settings.rate)),
            inform=lambda event: self.feed([Item(event=event)]),
        )
        raw, aside = self.registry.ptb_handlers, self.dispatch.failed
        self.ptb = RawHandlers(self.bot, raw, aside) if self.registry.has_ptb else None
        if self.ptb is not None:
            await self.ptb.start()
            self._open.push_async_callback(self.ptb.stop)
        self.heart = self.make_heart(self.dispatch)
        for tick in self.registry.ticks:
            self.heart.add(tick)
        self.heart.add_async("sweep", 3600, self.sweep)
        self.heart.add_async("watch", EVERY, self.watch)
        if self.settings.mirrors:
            beacon = Beacon(self.settings.mirrors, self.clock)
            self.heart.add_async("beacon", 3, lambda: beacon.serve(self.writer.submit, self.dispatch.tick))
        self.heart.add_async("privacy", 2, self.keep_promises)
        self.heart.add_async("parked", 30, self.ask_again)
        self.heart.add_async("entrances", 600, lambda: entrances.look(self.writer.submit, self.dispatch.tick))
        self._open.push_async_callback(self._calm)
        for line in self.registry.notices:
            log.warning("plugin.replaces", what=line)
        for misfit in await self.writer.submit(neighbours.amiss):
            log.warning("database.shared", what=misfit.line())
        for misfit in [*self.registry.misfits, *self.content.check_own()]:
            log.error("misfit", what=misfit.line())

    async def run(self) -> None:
        """Work until cancelled or until a part fails for good."""
        self._tasks = [asyncio.create_task(self.outbox.run(), name="outbox")]
        await self.ask_again(at_once=True)
        if await self.writer.submit(menus, self.content):
            self.outbox.wake()
        self.heart.start()
        if self.web is not None:
            await self.web.start()
        if self.settings.webhook_url:
            await self.web_hook()
        else:
            self._tasks.append(asyncio.create_task(self.poller.run(), name="poller"))
        amiss = partial(operations.amiss, (*self.dropped, *self.registry.misfits))
        await self.dispatch.tick("operations:amiss", amiss)
        settle()
        database = self.writer.url.split(":")[0]
        log.info("running", bot=self.username, routers=len(self.registry.routers), database=database)
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Close what `start` opened, however far it came, within ten seconds at any backlog."""
        await self._open.aclose()

    async def _calm(self) -> None:
        """Take nothing in any more, and send what is ready."""
        for task in self._tasks:
            if task.get_name() == "poller":
                task.cancel()
        self.heart.stop()
        self.dispatch.forget()
        if self.web is not None:
            await self.web.stop()
        await self.outbox.stop(STOP_PATIENCE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def web_hook(self) -> None:
        """Tell Telegram where to deliver."""
        await hook(self.bot, self.settings.webhook_url, self.settings.webhook_secret.reveal())

    async def feed(self, items: Sequence[Item]) -> Outcome:
        """Handle and commit a batch."""
        outcome = await self.dispatch.feed(items)
        h = self.health
        h.handled += outcome.handled
        h.batches += 1
        h.quarantined += outcome.quarantined
        h.duplicates += outcome.duplicates
        if outcome.newest is not None:
            h.lag = max(0.0, (self.clock.now() - outcome.newest).total_seconds())
        h.last_commit = ticking()
        if self.ptb is not None and outcome.fed:
            self.ptb.feed(outcome.fed)
        return outcome

    async def _after(self, outcome: Outcome) -> None:
        for answer in outcome.answers:
            self.outbox.answer(answer)
        for ask in outcome.asks:
            await self._ask(ask)
        if outcome.said:
            self.outbox.wake()

    async def _ask(self, ask: Ask) -> None:
        look = partial(self.writer.submit, place_of, ask.chat or 0)  # a chat may be parked until it is asked
        place = await patiently(look, "ask.waits", chat=ask.chat, member=ask.member)
        if place is None:
            log.error("ask.nowhere", chat=ask.chat, member=ask.member)
            return

        async def back(events: tuple[Event, ...]) -> None:
            here = Chat(place.telegram_id, place.type, place.title)
            found = [Item(event=structs.replace(e, chat=here)) for e in events]
            if not found and (ask.file or ask.gifts):
                kind = Fetched if ask.file else GiftOffers
                lost = kind(at=self.clock.now(), chat=here, ref=ask.ref, trouble="unreachable")
                found = [Item(event=lost)]
            elif not found and (ask.facts or (ask.member and not ask.boosts)):
                about = Person(inbox.FACTS if ask.facts else ask.member)
                unknown = Standing(at=self.clock.now(), chat=here, person=about, status="")
                found = [Item(event=unknown, undecided=True)]
            if found:
                await self.feed(found)

        self.outbox.ask(ask, Target(place.telegram_id, place.group), back)

    async def sweep(self) -> None:
        """Forget what the engine kept long enough, a slice a transaction."""
        await self.dispatch.tick("tick:engine.sweep", retention.sweep)
        await self.privacy.tidy()

    async def watch(self) -> None:
        """Alarms about what only this process knows."""
        alarms = self._seen.look(self.outbox.figures, self.poller, self.settings.database, ahead(self))
        if self.settings.webhook_url:
            alarms += await self._seen.deliveries(self.bot, self.clock.now())
        for alarm in alarms:
            await self.dispatch.tick("operations:alarm", partial(told, alarm))

    async def keep_promises(self) -> None:
        """Send people their data, forget who asked for it."""
        if await self.privacy.run():
            self.outbox.wake()

    async def ask_again(self, *, at_once: bool = False) -> None:
        """Ask again for what events wait for: since before a start, or as the answer was lost."""
        for ask in await self.writer.submit(inbox.unanswered, inbox.AT_ONCE if at_once else inbox.LOST):
            log.info("ask.again", chat=ask.chat, member=ask.member)
            await self._ask(ask)


async def serve(app: App) -> None:
    """Start, run and stop; SIGTERM or Ctrl-C ends it at any moment, within ten seconds.

    Should a thread not come back by then (a locked database, a migration waiting), the process ends as it
    stands, with exit code 0: nothing unconfirmed is lost, as after a crash.
    """
    loop = asyncio.get_running_loop()
    life = asyncio.create_task(_live(app))

    def end() -> None:
        life.cancel()
        last = threading.Timer(LONGEST_STOP, _leave)
        last.daemon = True
        last.start()

    for sig in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(sig, end)
        except NotImplementedError:  # Windows
            signal.signal(sig, lambda *_: loop.call_soon_threadsafe(end))
    try:
        with suppress(asyncio.CancelledError):
            await life
    finally:
        await app.stop()


async def _live(app: App) -> None:
    await app.start()
    await app.run()


def _leave() -> None:
    log.warning("stop.forced", after=LONGEST_STOP)
    os._exit(0)
