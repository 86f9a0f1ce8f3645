"""The stage of `play`: an embedded Telegram and a bot that is exchanged when its files change."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from groupbot.app import App
from groupbot.cli._cast import ops_room
from groupbot.engine import plugins
from groupbot.engine.clock import Clock
from groupbot.engine.content import SUFFIX, render_source
from groupbot.engine.plugins import Registry
from groupbot.engine.shipped import content_folders
from groupbot.errors import Misfit
from groupbot.features.promos.service import files
from groupbot.settings import FILE, Settings, known
from groupbot.surfaces.sandbox.world import World

Stamps = dict[Path, tuple[int, int]]
GOES_ON = "  the version before goes on; save again when it is mended"
LOOK = 1.0  # seconds between looks at the files
_SPAN = re.compile(r"(\d{1,99})\s*(d|h|m|s)")
_FURTHEST = timedelta(days=3650)  # one step of the clock; the calendar of Python has an end
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class SandboxTime(Clock):
    """The bot's clock: always where the sandbox's stands, whoever moved that."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def now(self) -> datetime:
        self.offset = timedelta(seconds=self._world.clock.offset)
        return super().now()


class Stage:
    """One bot at a time before one world. `say` prints a line for the person at the terminal; `settle`
    reads the settings as they are now, and names what does not fit."""

    def __init__(
        self,
        settings: Settings,
        world: World,
        say: Callable[[str], None],
        settle: Callable[[list[Misfit]], Settings],
    ) -> None:
        self.settings, self.world, self.say, self._settle = settings, world, say, settle
        self.clock = SandboxTime(world)
        self.app = App(settings, clock=self.clock)
        self._run: asyncio.Task[None] | None = None
        self._seen = self._stamps()

    async def start(self) -> None:
        """Let the bot work."""
        await self.app.start()
        self._run = asyncio.create_task(self.app.run())

    async def stop(self) -> None:
        """Let the bot end what it does."""
        if self._run is not None:
            self._run.cancel()
            await asyncio.gather(self._run, return_exceptions=True)
            self._run = None
            await self.app.stop()

    async def watch(self) -> None:
        """Follow the files until cancelled. Raises what the bot itself died of."""
        while True:
            await asyncio.sleep(LOOK)
            if self._run is not None and self._run.done():
                self._run.result()
            await self.look()

    async def look(self) -> None:
        """Take in what changed since the last look."""
        now = await asyncio.to_thread(self._stamps)
        changed = sorted(p for p in {*now, *self._seen} if now.get(p) != self._seen.get(p))
        self._seen = now
        code = []
        for path in changed:
            if path.name == FILE:
                await self._settings()
            elif path.suffix == ".yaml":
                self._told_plans(path)
            elif path.name.endswith(SUFFIX):
                self._told_template(path)
            else:
                code.append(path)
        if code:
            await self._exchange(code)

    async def _exchange(self, changed: list[Path]) -> None:
        names = ", ".join(str(p.relative_to(self.settings.folder)) for p in changed)
        old = {m.line() for m in self.app.registry.misfits}
        plugins.forget_local()
        registry: Registry = plugins.load(self.settings.folder / "handlers", safe=self.settings.safe)
        broken = [m for m in registry.misfits if m.line() not in old or _stands_in(m, changed)]
        if broken:
            for misfit in broken:
                self.say(f"✗ {misfit.where}: {misfit.what}")
            self.say(GOES_ON)
            return
        await self._begin_anew(registry)
        self.say(f"✓ {names}: taken in")
        for notice in registry.notices:
            self.say(f"• {notice}")

    async def _begin_anew(self, registry: Registry) -> None:
        await self.stop()
        self.app = App(self.settings, clock=self.clock, registry=registry)
        await self.start()

    async def _settings(self) -> None:
        """Settings count from the start of a bot on: a changed one begins anew."""
        wrong: list[Misfit] = []
        try:
            made = self._settle(wrong)
        except Misfit as e:
            wrong = [e]
        if wrong:
            for misfit in wrong:
                self.say(f"✗ {misfit.line()}")
            self.say(GOES_ON)
            return
        changed = [n for n in known() if getattr(made, n) != getattr(self.settings, n)]
        ops_room(self.world, made.token.reveal(), made.ops_chat, made.operators[0])
        if not changed:
            self.say(
                f"• {FILE}: nothing in it is new here; token, database, address and operators are play's"
            )
            return
        self.settings = made
        registry = self.app.registry
        if "safe" in changed:
            plugins.forget_local()
            registry = plugins.load(made.folder / "handlers", safe=made.safe)
        await self._begin_anew(registry)
        self.say(f"✓ {FILE}: {', '.join(changed)} taken in, the bot began anew")

    def _told_template(self, path: Path) -> None:
        name = path.relative_to(self.settings.folder)
        if not path.is_file():
            self.say(f"✓ {name}: gone")
            return
        lang = path.name.removesuffix(SUFFIX).rpartition(".")[2]
        try:
            source = self.app.content.compile(path, lang)
            render_source(source, source.front.get("sample") or {})
        except Misfit as e:
            self.say(f"✗ {e.where}: {e.what}")
            return
        self.say(f"✓ {name}: taken in")

    def _told_plans(self, path: Path) -> None:
        shelf = files.read(content_folders(self.settings.folder))
        wrong = [m for m in shelf.misfits if _stands_in(m, [path])]
        for misfit in wrong:
            self.say(f"✗ {misfit.where}: {misfit.what} -> {misfit.next}")
        if not wrong:
            self.say(f"✓ {path.relative_to(self.settings.folder)}: taken in")

    def _stamps(self) -> Stamps:
        found: Stamps = {}
        texts = self.settings.folder / "content_templates"
        code = (self.settings.folder / "handlers").rglob("*.py")
        own = self.settings.folder / FILE
        for path in (own, *code, *texts.rglob(f"*{SUFFIX}"), *(texts / files.FOLDER).glob("*.yaml")):
            try:
                stat = path.stat()
            except OSError:  # gone between listing and looking
                continue
            found[path] = (stat.st_mtime_ns, stat.st_size)
        if texts.is_dir():
            found[texts] = (0, 0)  # its first appearance makes a new bot, which then searches it
        return found


def _stands_in(misfit: Misfit, changed: list[Path]) -> bool:
    return any(misfit.where.rsplit(":", 1)[0] == str(p) or misfit.where == str(p) for p in changed)


def span(text: str) -> timedelta:
    """`+1d`, `+3h`, `+1d12h`: how far to move the clock. Zero when it is none of these, or over ten years."""
    body = text.strip().removeprefix("+")
    parts = _SPAN.findall(body)
    if not text.strip().startswith("+") or not parts or _SPAN.sub("", body).strip():
        return timedelta()
    sums = {_UNITS[unit]: sum(int(n) for n, u in parts if u == unit) for _, unit in parts}
    try:
        by = timedelta(**sums)
    except OverflowError:
        return timedelta()
    return by if by <= _FURTHEST else timedelta()
