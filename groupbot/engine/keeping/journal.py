"""The journal of erasures: what a restored backup must be told again.

A file of its own beside the database, one JSON line an erasure, only ever added to. A backup of the database
does not hold it, so restoring one cannot take it back; and it names nobody: a person stands in it as
HMAC-SHA256 of their id under a key that lies in the database. Each alone says nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

import msgspec
from msgspec import Struct

NAME = "erasures.jsonl"


class Entry(Struct, frozen=True):
    """One erasure: its code, the keyed hash of the person, when it was asked for."""

    code: str
    seal: str
    at: str


def seal(key: bytes, person: int) -> str:
    """A person in the journal."""
    inner = hmac.digest(key, b"groupbot.erasure", "sha256")
    return hmac.new(inner, str(person).encode(), hashlib.sha256).hexdigest()


def read(path: Path) -> list[Entry]:
    """All whole lines; one cut short by a crash was not confirmed and is passed over."""
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(msgspec.json.decode(line, type=Entry))
        except msgspec.DecodeError:
            continue
    return found


def append(path: Path, entries: list[Entry]) -> None:
    """Add lines, and return only when they are on the disk."""
    torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        lines = b"".join(msgspec.json.encode(e) + b"\n" for e in entries)
        os.write(fd, (b"\n" if torn else b"") + lines)
        os.fsync(fd)
    finally:
        os.close(fd)
