"""A disk whose power may be cut: what SQLite wrote and synced, and what of it is left after a cut.

`recorded()` puts a layer under this process's SQLite (a copy of its own VFS, see
https://www.sqlite.org/vfs.html) that notes every write, truncation, sync and deletion of databases and logs
and passes it on. `Disk` plays the notes up to any of them: what was synced is there; of what was not, each
sector of 512 bytes is there, is not, or holds rubbish, as SQLite's own crash tests have it
(https://www.sqlite.org/atomiccommit.html, section 2).
"""

from __future__ import annotations

import ctypes
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from typing import Any, NamedTuple

SECTOR = 512  # bytes: what a disk writes whole
DATABASE, JOURNAL, LOG = 0x100, 0x800, 0x80000  # SQLITE_OPEN_MAIN_DB, _MAIN_JOURNAL, _WAL

OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
CLOSE = CFUNCTYPE(c_int, c_void_p)
WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class Vfs(Structure):
    """sqlite3_vfs, version 3; what is not looked at is a bare pointer."""

    _fields_ = (
        ("iVersion", c_int), ("szOsFile", c_int), ("mxPathname", c_int), ("pNext", c_void_p),
        ("zName", c_char_p), ("pAppData", c_void_p), ("xOpen", c_void_p), ("xDelete", c_void_p),
        *((f"_{n}", c_void_p) for n in range(14)),
    )  # fmt: skip


class Methods(Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = (
        ("iVersion", c_int), ("xClose", c_void_p), ("xRead", c_void_p), ("xWrite", c_void_p),
        ("xTruncate", c_void_p), ("xSync", c_void_p), *((f"_{n}", c_void_p) for n in range(13)),
    )  # fmt: skip


class Note(NamedTuple):
    """One thing that was done to a file, or, with kind "told", what was said to the world after it."""

    kind: str  # write, truncate, sync, delete, told
    file: str = ""
    at: int = 0  # offset, or the new size
    data: Any = b""


def library() -> ctypes.CDLL:
    """The SQLite that this Python's `sqlite3` uses.

    Raises:
        OSError: it shows no functions to others (linked into the interpreter with hidden names).
    """
    import _sqlite3

    found: ctypes.CDLL | None = None
    try:
        lines = Path("/proc/self/maps").read_text("ascii", "replace").splitlines()
        names = dict.fromkeys(line.split()[-1] for line in lines if "libsqlite3" in line)
    except OSError:
        names = {}
    for name in (*names, getattr(_sqlite3, "__file__", None), None):
        found = ctypes.CDLL(name)
        if hasattr(found, "sqlite3_vfs_register"):
            found.sqlite3_vfs_find.restype = POINTER(Vfs)
            found.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
            return found
    raise OSError("this Python's SQLite shows no sqlite3_vfs_register")


class Layer:
    """The VFS that notes and passes on."""

    def __init__(self, notes: list[Note]) -> None:
        self.notes, self.sqlite = notes, library()
        self.below = self.sqlite.sqlite3_vfs_find(None)
        self.vfs = Vfs.from_buffer_copy(self.below.contents)
        self.vfs.zName, self.vfs.pNext = b"noting", None
        self._open, self._delete = OPEN(self.below.contents.xOpen), DELETE(self.below.contents.xDelete)
        self._kept: list[Any] = [OPEN(self.open), DELETE(self.delete)]  # C holds them, Python must
        self.vfs.xOpen, self.vfs.xDelete = (ctypes.cast(f, c_void_p).value for f in self._kept)
        self._files: dict[int, str] = {}
        self._methods: dict[int, Methods] = {}

    def open(self, _vfs: int, name: int, file: int, flags: int, out: int) -> int:
        done = self._open(ctypes.addressof(self.below.contents), name, file, flags, out)
        if done == 0 and name and flags & (DATABASE | JOURNAL | LOG):
            self._files[file] = Path(os.fsdecode(ctypes.string_at(name))).name
            spot = ctypes.cast(file, POINTER(c_void_p))  # sqlite3_file: its first field is its methods
            spot[0] = ctypes.addressof(self._noting(int(spot[0] or 0)))
        return int(done)

    def _noting(self, below: int) -> Methods:
        if below not in self._methods:
            made = Methods.from_buffer_copy(Methods.from_address(below))
            close, write = CLOSE(made.xClose), WRITE(made.xWrite)
            truncate, sync = TRUNCATE(made.xTruncate), SYNC(made.xSync)

            def noted_close(file: int) -> int:
                self._files.pop(file, None)
                return int(close(file))

            def noted_write(file: int, data: int, size: int, at: int) -> int:
                self.notes.append(Note("write", self._files[file], at, ctypes.string_at(data, size)))
                return int(write(file, data, size, at))

            def noted_truncate(file: int, size: int) -> int:
                self.notes.append(Note("truncate", self._files[file], size))
                return int(truncate(file, size))

            def noted_sync(file: int, flags: int) -> int:
                done = int(sync(file, flags))
                self.notes.append(Note("sync", self._files[file]))
                return done

            mine = [CLOSE(noted_close), WRITE(noted_write), TRUNCATE(noted_truncate), SYNC(noted_sync)]
            self._kept += mine
            made.xClose, made.xWrite, made.xTruncate, made.xSync = (
                ctypes.cast(f, c_void_p).value for f in mine
            )
            self._methods[below] = made
        return self._methods[below]

    def delete(self, _vfs: int, name: bytes, sync: int) -> int:
        done = int(self._delete(ctypes.addressof(self.below.contents), name, sync))
        if done == 0:
            self.notes.append(Note("delete", Path(os.fsdecode(name)).name))
        return done


@contextmanager
def recorded() -> Iterator[list[Note]]:
    """Notes of all that SQLite does in this process to files opened meanwhile, which are to be closed
    before the end."""
    notes: list[Note] = []
    layer = Layer(notes)
    mine, below = ctypes.addressof(layer.vfs), ctypes.addressof(layer.below.contents)
    layer.sqlite.sqlite3_vfs_register(mine, 1)
    try:
        yield notes
    finally:
        layer.sqlite.sqlite3_vfs_register(below, 1)
        layer.sqlite.sqlite3_vfs_unregister(c_void_p(mine))


class Disk:
    """The files as a disk holds them while the notes are played."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.safe = {name: bytearray(data) for name, data in files.items()}
        self._loose: dict[str, list[Note]] = {}

    def play(self, note: Note) -> None:
        """The next note."""
        if note.kind == "sync":
            file = self.safe.setdefault(note.file, bytearray())
            for loose in self._loose.pop(note.file, ()):
                _do(file, loose)
        elif note.kind == "delete":
            self.safe.pop(note.file, None)
            self._loose.pop(note.file, None)
        elif note.kind != "told":
            self._loose.setdefault(note.file, []).append(note)

    def cut(self, rng: random.Random) -> dict[str, bytes]:
        """What is found when the power is back."""
        left = {name: bytearray(data) for name, data in self.safe.items()}
        for name, loose in self._loose.items():
            file = left.setdefault(name, bytearray())
            luck = rng.choice((0.0, 0.3, 0.7, 1.0))  # some disks had written nearly all of it
            for note in loose:
                if note.kind == "truncate":
                    if rng.random() < luck:
                        _do(file, note)
                    continue
                for at in range(0, len(note.data), SECTOR):
                    part = note.data[at : at + SECTOR]
                    if rng.random() < luck:
                        _do(file, Note("write", name, note.at + at, part))
                    elif rng.random() < 0.1:
                        _do(file, Note("write", name, note.at + at, rng.randbytes(len(part))))
        return {name: bytes(data) for name, data in left.items()}


def _do(file: bytearray, note: Note) -> None:
    if note.kind == "truncate":
        del file[note.at :]
        file.extend(bytes(note.at - len(file)))
        return
    file.extend(bytes(max(0, note.at - len(file))))
    file[note.at : note.at + len(note.data)] = note.data
