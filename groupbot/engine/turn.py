"""The turn file: how other processes get their turn beside a busy SQLite writer.

SQLite's busy handler polls, so a writer that commits back to back starves everybody else: without
this 42 of 60 commands of a second process ended "database is locked", with it none. Who wants a turn
holds a lock on `<database>.turn`; the bot tries that lock before each BEGIN and, finding it taken,
waits until it is free, at most 250 ms.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if os.name == "nt":
    import msvcrt

    def _try(fd: int) -> bool:
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True

    def _free(fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
else:
    import fcntl

    def _try(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _free(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)


YIELD = 0.25
_STEP = 0.002


class Turn:
    """The turn file of one database; `None` for databases that need none."""

    def __init__(self, database: Path | None) -> None:
        self._fd = -1
        if database is not None:
            path = database.with_name(database.name + ".turn")
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def give_way(self) -> float:
        """The bot, before each BEGIN: wait while another holds the file. Seconds waited."""
        if self._fd < 0:
            return 0.0
        start = time.monotonic()
        while not _try(self._fd):
            if time.monotonic() - start > YIELD:
                return time.monotonic() - start
            time.sleep(_STEP)
        _free(self._fd)
        return time.monotonic() - start

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Another process, around its transaction: ask for a turn, first come first served."""
        if self._fd < 0:
            yield
            return
        while not _try(self._fd):
            time.sleep(_STEP)
        try:
            yield
        finally:
            _free(self._fd)

    def close(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
