"""Real bot processes for tests: started, killed and stopped by their id.

Importing takes a second or two, so a parent that has imported everything, features and handlers too,
waits for orders and forks: each child runs `groupbot run` as the console script does. The file `wrong` in
its folder holds by how many seconds the machine's clock is set wrong; nobody but the bot is told.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PARENT = """
import datetime, os, signal, sys
import apscheduler.schedulers.base, groupbot.app, groupbot.cli.run, groupbot.engine.clock
from pathlib import Path
from groupbot.cli import main
from groupbot.engine.plugins import load
load(Path("nothing"))


class Machine(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        try:
            wrong = float(Path("wrong").read_text() or 0)
        except FileNotFoundError:
            wrong = 0.0
        return datetime.datetime.now(tz) + datetime.timedelta(seconds=wrong)


for module in (apscheduler.schedulers.base, groupbot.engine.clock):  # all others ask these
    module.datetime = Machine
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        log = os.open(line.strip(), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1), os.dup2(log, 2)
        code = 0
        try:
            main(["run"])
        except SystemExit as e:
            code = e.code if isinstance(e.code, int) else 1
        except BaseException:
            import traceback
            traceback.print_exc()
            code = 1
        os._exit(code)
    print(pid, flush=True)
"""


def environment(folder: Path, base_url: str, token: str, **more: str) -> dict[str, str]:
    """The environment of a bot in `folder` beside a sandbox."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GROUPBOT_", "COV_", "COVERAGE_"))}
    return kept | {
        "GROUPBOT_TOKEN": token,
        "GROUPBOT_BASE_URL": base_url,
        "GROUPBOT_WORKSPACE": str(folder),
        "GROUPBOT_HEALTH": "false",
        "GROUPBOT_RATE": "1000",
        "PYTHONPATH": str(ROOT),
        **more,
    }


class Forks:
    """Starts bots in a few milliseconds; `log` holds what they wrote."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.log = folder / "bot.log"
        self.env = env
        self._children: list[int] = []
        self._parent = subprocess.Popen(
            [sys.executable, "-c", _PARENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            cwd=folder,
            text=True,
        )
        assert self._parent.stdout is not None
        assert self._parent.stdout.readline() == "ready\n"

    def start(self) -> int:
        """A new bot; its process id."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(f"{self.log}\n")
        self._parent.stdin.flush()
        self._children.append(int(self._parent.stdout.readline()))
        return self._children[-1]

    def said(self) -> str:
        """The end of what the bots wrote."""
        return self.log.read_text()[-3000:] if self.log.exists() else ""

    def close(self) -> None:
        """End the children that are left, and the parent."""
        for pid in self._children:
            kill(pid)
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait(10)
        self._parent.stdout.close()


@contextmanager
def forks(folder: Path, env: dict[str, str]) -> Iterator[Forks]:
    """`Forks`, closed at the end."""
    made = Forks(folder, env)
    try:
        yield made
    finally:
        made.close()


def alive(pid: int) -> bool:
    """Is this process there?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill(pid: int) -> None:
    """SIGKILL, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


async def ended(pid: int, *, seconds: float) -> float:
    """Wait until the process is gone; the seconds it took."""
    start = time.monotonic()
    while alive(pid):
        assert time.monotonic() - start < seconds, f"process still there after {seconds} s"
        await asyncio.sleep(0.01)
    return time.monotonic() - start
