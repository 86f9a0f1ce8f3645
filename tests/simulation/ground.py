"""What all runs of a process share: plug-ins, templates, a workspace with plans, a migrated database."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import groupbot.app
from groupbot.engine.content import Content
from groupbot.engine.plugins import load as load_plugins
from groupbot.engine.rendering import Source
from groupbot.engine.revision import ensure
from groupbot.engine.shipped import folder
from groupbot.errors import Misfit
from groupbot.features.promos.service import files
from groupbot.settings import Settings, load

SECRET = "AAHsimulated-canary-that-opens-no-door"
WARM = 50  # runs after which there is nothing new to keep
TOKEN = f"700000001:{SECRET}"
PLANS = """
- name: greeting
  audience: 全部
  kind: greeting
  template: promos/greeting
  data: {text: 大家好}
  start: 2026-12-01 00:07
  rrule: FREQ=DAILY;BYHOUR=0,4,8,12,16,20
  quiet: override
  reason: a simulation

  state: live
- name: notice
  audience: 全部
  kind: notice
  template: promos/greeting
  data: {text: notice}
  start: 2026-12-01 02:30
  rrule: FREQ=DAILY
  quiet: override
  reason: a simulation
  class: at least once
  state: live
- name: promotion
  audience: 全部
  kind: promotion
  template: promos/greeting
  data: {text: 山楂陈皮}
  start: 2026-12-01 00:30
  rrule: FREQ=DAILY
  quiet: override
  reason: a simulation
  missed: skip after 15m
  state: live
"""
CAMPAIGN = """
- name: Spring {n}
  reason: a simulation
  audience: 全部
  start: {start}
  end: {end}
  contact: "@olga"
  stop: {{leaves: 50%, complaints: 9}}
  phases: [{{name: taste}}]
"""
OF_IT = """
- name: of spring {n}
  audience: 全部
  campaign: Spring {n}/taste
  kind: promotion
  template: promos/greeting
  data: {{text: 春天}}
  start: {start} 00:17
  rrule: FREQ=DAILY;BYHOUR=1,5,9,13,17,21
  quiet: override
  reason: a simulation
  state: live
"""
SPANS = [  # of the campaigns: one lasts for 120 days at most
    {"n": n, "start": date(2026, 12, 1) + timedelta(100 * n), "end": date(2027, 3, 10) + timedelta(100 * n)}
    for n in range(4)
]


class Checked(Content):
    """The templates, looked through once, and not looked for again: nobody edits them."""

    def check(self) -> list[Misfit]:
        return []

    def sources(self, name: str, lang: str) -> list[Source]:
        return self._found.get((name, lang)) or super().sources(name, lang)


class Ground:
    """Made once a process; a run takes a fresh copy of the database.

    The database lives in memory, where connections share it (SQLite's `memdb`). A process that dies leaves
    what it committed and nothing else, as on a disk;
    power cuts are tried elsewhere (`tests/reliability/power.py`).
    """

    def __init__(self) -> None:
        fast = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="groupbot-sim-", dir=fast if fast.is_dir() else None))
        plans = self.folder / "content_templates" / "plans"
        plans.mkdir(parents=True)
        (plans / "own.yaml").write_text(PLANS + "".join(OF_IT.format(**x) for x in SPANS), "utf-8")
        (plans / "campaigns").mkdir()
        campaigns = "".join(CAMPAIGN.format(**x) for x in SPANS)
        (plans / "campaigns" / "own.yaml").write_text(campaigns, "utf-8")
        (self.folder / "vault.key").write_text("5a" * 32 + "\n", "ascii")
        self.registry = load_plugins(self.folder / "handlers", safe=True)
        self.content = Checked([self.folder / "content_templates", folder("content_templates")])
        new = Path(os.environ.get("GROUPBOT_SIM_DATABASE") or self.folder / "new.db")
        if not new.exists():
            ensure(f"sqlite:///{new}")
        self._new = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(new)) as made:
            made.backup(self._new)
        whole = self._new.serialize()
        self._new.deserialize(whole[:18] + b"\1\1" + whole[20:])  # memory knows no write-ahead log
        self._reader: sqlite3.Connection
        self._writer: sqlite3.Connection
        self.database: sqlite3.Connection  # a second connection to the run's, for those who look
        self._made: Settings | None = None
        self._runs = 0
        gc.collect()
        gc.freeze()  # what all runs share is not walked after each

    def settings(self, operator: int) -> Settings:
        """A bot on a fresh database."""
        if self._runs:
            self._reader.close()
            self._writer.close()
            self.database.close()  # the last of its connections: it is gone
        self._runs += 1
        self.database = self.connect()
        self._new.backup(self.database)
        self._reader, self._writer = self.connect(), self.connect()
        if self._made is None:
            given: dict[str, Any] = {
                "health": False,
                "log_level": "debug",
                "webhook_url": "",
                "operators": (operator,),
                "database_url": "sqlite://",
            }
            self._made = load(self.folder, token=TOKEN, base_url="http://telegram", **given)
        return self._made

    def connect(self) -> sqlite3.Connection:
        """A connection to the run's database."""
        made = sqlite3.connect(
            f"file:/groupbot-sim-{self._runs}?vfs=memdb",
            uri=True,
            isolation_level=None,
            cached_statements=1000,
        )
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "foreign_keys=ON", "temp_store=MEMORY"):
            made.execute(f"PRAGMA {pragma}")
        return made

    def reader(self) -> sqlite3.Connection:
        """The run's connection of those who look beside the writer, one after the other."""
        return self._reader

    def writer(self) -> sqlite3.Connection:
        """The connection of the one process that lives, as good as new: what another had begun is undone.
        What it has read of the schema and compiled it keeps, from one life to the next."""
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")
        return self._writer

    def rest(self) -> None:
        """After a run: its cycles go, and what the first runs made for all (templates, statements) is walked
        no more."""
        gc.collect()
        if self._runs <= WARM:
            gc.freeze()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def spared() -> Iterator[None]:
    """An App starts here without what a run has no need of."""
    kept = vars(groupbot.app)["ensure"], vars(groupbot.app)["settle"], files.stamp
    vars(groupbot.app).update(ensure=_made_already, settle=_settled)
    files.stamp = _as_it_was
    try:
        yield
    finally:
        vars(groupbot.app).update(ensure=kept[0], settle=kept[1])
        files.stamp = kept[2]


def _as_it_was(folders: Sequence[Path], name: str = files.FOLDER) -> files.Stamp:
    """Nobody edits plans either."""
    return _stamp(tuple(folders), name)


_stamp = cache(files.stamp)


def _made_already(url: str) -> None:
    """The database of a run is a copy of one that was migrated."""


def _settled() -> None:
    """Memory is looked after between the runs, not in each life of the bot."""


@cache
def ground() -> Ground:
    """This process's."""
    made = Ground()
    atexit.register(made.close)
    return made
