"""Find routers in three places and check that they fit together.

Order: the shipped `handlers` folder → entry points `groupbot.handlers` of installed packages → the
operator's own `./handlers`. A broken plug-in is named and skipped; a clash of two names is a Misfit.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
import traceback
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from groupbot.core.setting import Setting
from groupbot.engine.router import CommandRoute, Idle, Router, TapRoute, Tick
from groupbot.engine.shipped import folder
from groupbot.errors import Misfit


@dataclass(slots=True)
class Registry:
    """All routers, flattened into what dispatch looks up."""

    routers: list[Router] = field(default_factory=list)
    commands: dict[str, CommandRoute] = field(default_factory=dict)
    words: dict[str, CommandRoute] = field(default_factory=dict)
    taps: dict[type[Any], TapRoute] = field(default_factory=dict)
    ticks: list[Tick] = field(default_factory=list)
    observers: list[tuple[str, Callable[..., None]]] = field(default_factory=list)
    guards: list[tuple[str, Callable[..., bool | None]]] = field(default_factory=list)
    happenings: dict[type[Any], list[tuple[str, Callable[..., None]]]] = field(default_factory=dict)
    idle: dict[Callable[..., None], Idle] = field(default_factory=dict)
    ptb_handlers: list[Any] = field(default_factory=list)
    settings: dict[str, Setting] = field(default_factory=dict)
    conditions: dict[str, Callable[..., None]] = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    replaced: dict[str, Router] = field(default_factory=dict)

    @property
    def has_ptb(self) -> bool:
        return bool(self.ptb_handlers)

    @property
    def steps(self) -> dict[str, Callable[..., Any]]:
        """Observers, guards and happenings by the name that quarantine records."""
        found: dict[str, Callable[..., Any]] = dict(self.observers)
        found.update(self.guards)
        for handlers in self.happenings.values():
            found.update(handlers)
        return found

    @property
    def every_command(self) -> list[CommandRoute]:
        """Each command once, in the order loaded."""
        return [c for r in self.routers for c in r.commands]

    @property
    def needs(self) -> set[str]:
        """The rights all routers together need."""
        return {right for r in self.routers for right in r.needs}

    def add(self, router: Router) -> None:
        """Take a router in, wholly or not at all.

        Raises:
            Misfit: a command, word, button kind or router name is already taken, or what it replaces is
                not there (any more).
        """
        if not router.replaces:
            self._check(router)
            self._take(router)
            return
        gone = next((r for r in self.routers if r.name == router.replaces), None)
        first = self.replaced.get(router.replaces)
        if first is not None and (gone is None or gone is first):
            raise Misfit(
                f"router {router.replaces!r} is replaced already, by {first.name!r} of {first.source}",
                where=router.source,
                next="keep one of the two",
            )
        if gone is None:
            raise Misfit(
                f"replaces={router.replaces!r} names no router",
                where=router.source,
                next="known: " + ", ".join(r.name for r in self.routers),
            )
        fresh = Registry(misfits=self.misfits, notices=self.notices)
        for other in self.routers:
            if other is not gone:
                fresh._take(other)
        fresh._check(router)
        fresh._take(router)
        fresh.replaced = self.replaced | {router.replaces: router}
        shipped = Path(gone.source).parent == folder("handlers").resolve()
        whose = f"the shipped {gone.name!r}" if shipped else f"{gone.name!r} of {gone.source}"
        fresh.notices.append(f"{router.source}: router {router.name!r} replaces {whose}")
        for name in self.__slots__:
            setattr(self, name, getattr(fresh, name))

    def _check(self, router: Router) -> None:
        for other in self.routers:
            if other.name == router.name:
                raise Misfit(
                    f"two routers are named {router.name!r}: {other.source} and {router.source}",
                    where=router.source,
                    next=f"rename yours, or give it replaces={router.name!r}",
                )
        taken = self._clash(router)
        if taken:
            raise Misfit(taken, where=router.source, next="rename it, or use replaces=")

    def _take(self, router: Router) -> None:
        self.routers.append(router)
        for c in router.commands:
            for name in (c.name, *c.aliases):
                self.commands[name] = c
            for word in c.words:
                self.words[word] = c
        for t in router.taps:
            self.taps[t.type] = t
        self.ticks += router.ticks
        self.observers += [(f"observe:{_step(router, f)}", f) for f in router.observers]
        self.guards += [(f"guard:{_step(router, f)}", f) for f in router.guards]
        for type_, fn in router.happenings:
            self.happenings.setdefault(type_, []).append((f"on:{_step(router, fn)}", fn))
        self.idle |= router.idle
        self.ptb_handlers += router.ptb_handlers
        for s in router.settings:
            self.settings[s.key] = s if s.module else replace(s, module=router.name)
        self.conditions |= router.conditions

    def _clash(self, router: Router) -> str:
        for c in router.commands:
            for name in (c.name, *c.aliases):
                if name in self.commands:
                    return f"/{name} belongs to router {self.commands[name].router!r} already"
            for word in c.words:
                if word in self.words:
                    return f"the word {word!r} belongs to router {self.words[word].router!r} already"
        kinds = {t.kind: t for t in self.taps.values()}
        for t in router.taps:
            if t.kind in kinds:
                return f"the button kind {t.kind!r} belongs to router {kinds[t.kind].router!r} already"
        for s in router.settings:
            if s.key in self.settings:
                return f"the setting {s.key!r} is declared by {self.settings[s.key].module!r} already"
        return ""


def _step(router: Router, fn: Callable[..., Any]) -> str:
    return f"{router.name}.{fn.__name__}"


def load(local: Path | None = None, *, shipped: bool = True, safe: bool = False) -> Registry:
    """All routers from the three places; with `safe` only the shipped ones. Broken files are named in
    `misfits`, never fatal."""
    registry = Registry()
    if shipped:
        _load_folder(registry, folder("handlers"), _shipped_name())
    if not safe:
        for point in entry_points(group="groupbot.handlers"):
            _load_point(registry, point)
        if local is not None and local.is_dir() and local.resolve() != folder("handlers").resolve():
            _load_folder(registry, local, "groupbot_handlers.local")
    return registry


def _shipped_name() -> str:
    """`handlers` when that import name means the shipped folder (a checkout), else a private name."""
    path = folder("handlers")
    found = sys.modules.get("handlers")
    if found is None:
        spec = importlib.util.find_spec("handlers")
        places = list(spec.submodule_search_locations or ()) if spec is not None else []
    else:
        places = list(getattr(found, "__path__", ()))
    return (
        "handlers" if [Path(p).resolve() for p in places] == [path.resolve()] else "groupbot_handlers.shipped"
    )


def _package(name: str, path: Path) -> None:
    """Make `name` a package whose modules are the files of `path`, without touching sys.path."""
    if name == "handlers":
        importlib.import_module(name)
        return
    parts = name.split(".")
    for i in range(1, len(parts) + 1):
        part = ".".join(parts[:i])
        if part not in sys.modules:
            module = types.ModuleType(part)
            module.__path__ = []
            sys.modules[part] = module
    package = sys.modules[name]
    if list(package.__path__) not in ([], [str(path)]):  # another workspace in the same process
        for loaded in [n for n in sys.modules if n.startswith(f"{name}.")]:
            del sys.modules[loaded]
    package.__path__ = [str(path)]
    importlib.invalidate_caches()


def _load_folder(registry: Registry, path: Path, name: str) -> None:
    path = path.resolve()  # as tracebacks name it
    _package(name, path)
    for file in sorted(path.glob("*.py")):
        if file.stem.startswith("_"):
            continue
        try:
            module = importlib.import_module(f"{name}.{file.stem}")
        except (Exception, SystemExit) as e:
            registry.misfits.append(_broken(file, e))
            continue
        _take(registry, module, str(file))


def _load_point(registry: Registry, point: Any) -> None:
    try:
        found = point.load()
    except (Exception, SystemExit) as e:
        registry.misfits.append(
            Misfit(
                f"{type(e).__name__}: {e}",
                where=f"plug-in {point.name}",
                next="mend or uninstall it",
            )
        )
        return
    if isinstance(found, Router):
        found = types.SimpleNamespace(router=found)
    _take(registry, found, f"plug-in {point.name}")


def _take(registry: Registry, module: Any, source: str) -> None:
    router = getattr(module, "router", None)
    if not isinstance(router, Router):
        registry.misfits.append(
            Misfit("no `router = Router(...)` in it", where=source, next="see docs/plugins.md")
        )
        return
    router.source = source
    try:
        registry.add(router)
    except Misfit as e:
        registry.misfits.append(e)


def _broken(file: Path, error: BaseException) -> Misfit:
    line = 0
    if isinstance(error, SyntaxError):
        line = error.lineno or 0
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename) == file:
            line = frame.lineno or line
    return Misfit(
        f"{type(error).__name__}: {error}",
        where=f"{file}:{line}" if line else str(file),
        next="mend the file; the bot runs without it",
    )


def forget_local() -> None:
    """Drop the operator's modules, so that `load` reads the files again (hot reload)."""
    for name in [n for n in sys.modules if n.startswith("groupbot_handlers.")]:
        del sys.modules[name]
