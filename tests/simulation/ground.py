"""What all runs of a process share: plug-ins, templates, a workspace with plans, a migrated database."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from groupbot.engine.content import Content
from groupbot.engine.plugins import load as load_plugins
from groupbot.engine.revision import ensure
from groupbot.engine.shipped import folder
from groupbot.errors import Misfit
from groupbot.settings import Settings, load

SECRET = "AAHsimulated-canary-that-opens-no-door"
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


class Checked(Content):
    """The templates, looked through once."""

    def check(self) -> list[Misfit]:
        return []


class Ground:
    """Made once a process; a run takes a fresh copy of the database."""

    def __init__(self) -> None:
        fast = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="groupbot-sim-", dir=fast if fast.is_dir() else None))
        plans = self.folder / "content_templates" / "plans"
        plans.mkdir(parents=True)
        (plans / "own.yaml").write_text(PLANS, "utf-8")
        (self.folder / "vault.key").write_text("5a" * 32 + "\n", "ascii")
        self.registry = load_plugins(self.folder / "handlers", safe=True)
        self.content = Checked([self.folder / "content_templates", folder("content_templates")])
        self.database = self.folder / "run.db"
        self._new = self.folder / "new.db"
        made = os.environ.get("GROUPBOT_SIM_DATABASE")  # by a process that made one already
        if made:
            shutil.copyfile(made, self._new)
        else:
            ensure(f"sqlite:///{self._new}")
        self._made: Settings | None = None

    def settings(self, operator: int) -> Settings:
        """A bot on a fresh database."""
        for old in self.folder.glob("run.db*"):
            old.unlink()
        shutil.copyfile(self._new, self.database)
        if self._made is None:
            given: dict[str, Any] = {
                "health": False,
                "log_level": "debug",
                "webhook_url": "",
                "operators": (operator,),
                "database_url": f"sqlite:///{self.database}",
            }
            self._made = load(self.folder, token=TOKEN, base_url="http://telegram", **given)
        return self._made

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def ground() -> Ground:
    """This process's."""
    made = Ground()
    atexit.register(made.close)
    return made
