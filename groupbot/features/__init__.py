"""Floor 2: what groupbot does. Each feature is a folder: domain (pure), store (SQL), service (use cases)."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import MetaData

from groupbot.engine import (
    addresses,
    inbox,
    keeping,
    keys,
    media,
    naming,
    notes,
    outbox_table,
    polls,
    proofs,
    seen,
    writer,
)
from groupbot.engine.storage import metadata


def tables() -> MetaData:
    """All tables of the engine and of every feature."""
    # their tables are declared by import
    every = (addresses, inbox, keeping, keys, media, naming, notes, outbox_table, polls, proofs, seen, writer)
    assert all(every)
    for feature in iter_modules(__path__):
        import_module(f"{__name__}.{feature.name}.store")
    return metadata
