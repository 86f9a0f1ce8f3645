"""The tests of an area: collected once, walked once to learn who covers which line, then run for each mutant
in a fork of its own."""

from __future__ import annotations

import gc
import importlib
import os
import random
import signal
import sys
import time
import types
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol
from _pytest.warnings import catch_warnings_for_item

from tests.mutation.areas import Area
from tests.mutation.equivalent import EQUIVALENT, key
from tests.mutation.mutants import Mutant, at_import, held, mutants, place

ENOUGH = 10.0  # seconds of processor of covering tests for one mutant, the quickest first
KILLED, ALIVE = 1, 0


@dataclass(slots=True)
class Told:
    """What became of an area's mutants."""

    killed: list[Mutant] = field(default_factory=list)
    alive: list[Mutant] = field(default_factory=list)
    unseen: list[Mutant] = field(default_factory=list)  # no test walks there: alive as well
    skipped: int = 0  # what runs at import
    equivalent: int = 0  # listed with a reason in equivalent.py

    def of(self, module: str) -> tuple[int, int]:
        """(killed, all) of a module."""
        killed = sum(m.module == module for m in self.killed)
        return killed, killed + sum(m.module == module for m in self.alive + self.unseen)


class _Root:
    """As a next test that shares nothing but the session."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[Any]:
        return [self.session]


class Trial:
    """A pytest plug-in whose test loop tries mutants."""

    def __init__(self, area: Area, *, sample: int, seed: int, jobs: int, heard: Any) -> None:
        self.area, self.sample, self.seed, self.jobs, self.heard = area, sample, seed, jobs, heard
        self.told = Told()
        self.failed: list[str] = []

    def pytest_configure(self) -> None:
        """The same examples each time, none kept and none made smaller."""
        from hypothesis import Phase, settings  # pytest itself wants to be first to import it

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", derandomize=True, deadline=None, database=None, phases=phases)
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = [i for i in session.items if "postgresql" not in i.nodeid]
        modules = [importlib.import_module(m) for m in self.area.modules]
        took, covering = self._walk(session, items, [str(m.__file__) for m in modules])
        chosen = []
        for module in modules:
            imported = at_import(module)
            for mutant in mutants(module):
                if key(mutant) in EQUIVALENT:
                    self.told.equivalent += 1
                elif mutant.function in imported and not covering[mutant.path, mutant.line]:
                    self.told.skipped += 1
                else:
                    chosen.append(mutant)
        if self.sample and self.sample < len(chosen):
            chosen = random.Random(self.seed).sample(chosen, self.sample)
        self._try(session, chosen, took, covering)
        return True

    def _walk(
        self, session: pytest.Session, items: list[pytest.Item], files: list[str]
    ) -> tuple[dict[pytest.Item, float], dict[tuple[str, int], list[pytest.Item]]]:
        """Seconds of processor of each test, and the tests of each line."""
        said = os.dup(1)  # what the tests say is of no interest
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        cover = coverage.Coverage(data_file=None, include=files, config_file=False)
        took: dict[pytest.Item, float] = {}
        caches = _caches()
        cover.start()
        for n, item in enumerate(items):
            cover.switch_context(str(n))
            for kept in caches:
                kept.cache_clear()
            start = time.process_time()
            if _fails(session, item) and _fails(session, item):
                self.failed.append(item.nodeid)
                continue
            took[item] = time.process_time() - start
        cover.stop()
        sys.stdout.flush()
        os.dup2(said, 1)
        data = cover.get_data()
        covering: dict[tuple[str, int], list[pytest.Item]] = defaultdict(list)
        for file in files:
            for line, contexts in data.contexts_by_lineno(file).items():
                covering[file, line] = [items[int(c)] for c in contexts if c and items[int(c)] in took]
        return took, covering

    def _try(
        self,
        session: pytest.Session,
        chosen: list[Mutant],
        took: dict[pytest.Item, float],
        covering: dict[tuple[str, int], list[pytest.Item]],
    ) -> None:
        functions = held({m.path for m in chosen})
        for kept in _caches():
            kept.cache_clear()
        gc.collect()
        gc.freeze()  # or a collection in each child would copy all there is
        running: dict[int, Mutant] = {}
        waiting = list(reversed(chosen))
        while waiting or running:
            while waiting and len(running) < self.jobs:
                mutant = waiting.pop()
                if place(mutant) not in functions:
                    self.told.skipped += 1
                    continue
                walked = covering[mutant.path, mutant.line] or _around(mutant, covering)
                if not walked:
                    self.told.unseen.append(mutant)
                    self.heard(mutant, "no test walks here")
                    continue
                tests = sorted(walked, key=took.__getitem__)
                pid = os.fork()
                if pid == 0:
                    os._exit(_child(session, mutant, functions[place(mutant)], tests, took))
                running[pid] = mutant
            pid, status = os.wait() if running else (0, 0)
            if pid in running:
                mutant = running.pop(pid)
                if status == 0:
                    self.told.alive.append(mutant)
                    self.heard(mutant, "ALIVE")
                else:
                    self.told.killed.append(mutant)


def _around(mutant: Mutant, covering: dict[tuple[str, int], list[pytest.Item]]) -> list[pytest.Item]:
    """The tests of a statement over several lines, of which some count as none (an `if (`)."""
    return list(dict.fromkeys(item for line in mutant.near for item in covering[mutant.path, line]))


def _child(
    session: pytest.Session,
    mutant: Mutant,
    functions: list[types.FunctionType],
    tests: list[pytest.Item],
    took: dict[pytest.Item, float],
) -> int:
    """0 when all tests pass with the mutant; ended by the alarm when they take far too long."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    spent = 0.0
    for function in functions:
        function.__code__ = mutant.code
    for item in tests:
        spent += took[item]
        if spent > ENOUGH and item is not tests[0]:
            break
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, 2 + 5 * took[item])  # a loop without an end
        signal.alarm(int(60 + 20 * took[item]))  # or a wait
        if _fails(session, item) and _fails(session, item):  # once may be the machine, which is busy
            return KILLED
    return ALIVE


def _caches() -> list[Any]:
    """What keeps results: those of before a change must not stand, nor hide who calls what."""
    modules = [m for name, m in sys.modules.items() if name.split(".")[0] in ("groupbot", "handlers")]
    return [v for m in modules for v in vars(m).values() if hasattr(v, "cache_clear")]


def _fails(session: pytest.Session, item: pytest.Item) -> bool:
    try:
        with catch_warnings_for_item(item.config, item.ihook, "runtest", item=item):
            reports = runtestprotocol(item, log=False, nextitem=_Root(session))  # type: ignore[arg-type]
    except BaseException:  # noqa: BLE001
        return True
    return any(r.failed for r in reports)


def run(area: Area, *, sample: int = 0, seed: int = 1, jobs: int = 2, heard: Any = lambda *_: None) -> Trial:
    """Try an area's mutants; `heard(mutant, word)` for each that lives."""
    trial = Trial(area, sample=sample, seed=seed, jobs=jobs, heard=heard)
    args = ["-s", "-n", "0", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", *area.tests]
    sys.stdout.flush()
    code = pytest.main(args, plugins=[trial])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"pytest ended with {code}")
    return trial
