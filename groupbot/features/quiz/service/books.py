"""Reads `quizzes/*.yaml`: the operator's folder over the shipped one, each file again when it changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
import yaml

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.quiz import domain
from groupbot.features.quiz.domain import Book

log = structlog.get_logger(__name__)
FOLDER = "quizzes"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOKS = "quiz.books"


def books(work: Work) -> dict[str, Book]:
    """Every book that can be read, by the name of its file; of two of one name the operator's."""
    found: dict[str, Book] = {}
    for folder in reversed(work.content.folders if work.content is not None else []):
        for path in sorted((folder / FOLDER).glob("*.yaml")):
            made = _read(work, path)
            if made is not None:
                found[made.name] = made
    return found


def book(work: Work, name: str) -> Book:
    """The book of this name.

    Raises:
        Refusal: there is none.
    """
    known = books(work)
    if name.lower() not in known:
        raise Refusal("quiz/no_book", name=name[:40], names=sorted(known))
    return known[name.lower()]


def _read(work: Work, path: Path) -> Book | None:
    """One file, as it was read last while it is the same; a broken one is named in the log and left out."""
    try:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        known = work.cached(_BOOKS).get(str(path))
        if known is not None and known[0] == stamp:
            return known[1]  # type: ignore[no-any-return]
        made: Book | None = domain.book_of(
            path.stem.lower()[:40], yaml.load(path.read_text("utf-8"), _LOADER)
        )
    except (OSError, ValueError, yaml.YAMLError) as e:
        log.error("misfit", what=f"{path}: {e}")
        return None
    work.put(_BOOKS, str(path), (stamp, made))
    return made
