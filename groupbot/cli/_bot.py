"""The bot as a process of its own, which a tour can kill and start again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from groupbot.errors import Misfit


class BotProcess:
    """`groupbot run` against a sandbox. Its log goes to a file in the folder."""

    def __init__(self, folder: Path, base_url: str, token: str, *, operator: int) -> None:
        self.folder = folder
        self.log = folder / "bot.log"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GROUPBOT_")}
        self._env = kept | {
            "GROUPBOT_TOKEN": token,
            "GROUPBOT_BASE_URL": base_url,
            "GROUPBOT_WORKSPACE": str(folder),
            "GROUPBOT_OPERATORS": f"[{operator}]",
            "GROUPBOT_HEALTH": "false",
            "GROUPBOT_LOG_LEVEL": "warning",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its own handlers folder is the demo's, never the current one."""
        command = [sys.executable, "-P", "-m", "groupbot", "run"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self._env, stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    async def stop(self) -> int:
        """SIGTERM, ten seconds at most; its exit code."""
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.to_thread(self._process.wait, 10)
        except subprocess.TimeoutExpired:
            self.kill()
            return -9

    def check(self) -> None:
        """Raises Misfit when it died by itself, with the last line of its log."""
        if self._process is not None and self._process.poll() not in (None, -9):
            lines = self.log.read_text("utf-8", "replace").strip().splitlines()
            raise Misfit(
                f"the bot ended: {lines[-1] if lines else 'no reason given'}",
                where=str(self.log),
                next="read the log",
            )
