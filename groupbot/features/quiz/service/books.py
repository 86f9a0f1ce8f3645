"""Reads `quizzes/*.yaml`: the operator's folder over the shipped one. What does not fit is named with file
and line, and only that book is left out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import structlog

from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Wrong
from groupbot.features.promos.service import files
from groupbot.features.quiz import domain
from groupbot.features.quiz.domain import FIELDS, Book

log = structlog.get_logger(__name__)
FOLDER = "quizzes"
Found = tuple[dict[str, tuple[Book, str]], list[Misfit]]


def read(folders: Sequence[Path]) -> Found:
    """Every book by the name of its file, with file:line, and what does not fit. `folders` the operator's
    first: of two of one name the operator's."""
    return _read(tuple(folders), files.stamp(folders, FOLDER))


@lru_cache(4)
def _read(folders: tuple[Path, ...], _stamp: files.Stamp) -> Found:
    found: dict[str, tuple[Book, str]] = {}
    misfits: list[Misfit] = []
    for path in files.in_folder(folders, FOLDER):
        name = path.stem.lower()[:40]
        try:
            data, lines = files.whole(path)
            found.setdefault(name, (domain.book_of(name, data), f"{path}:1"))
        except Misfit as e:
            misfits.append(e)
        except Wrong as e:
            line = lines.get(e.field) or lines.get(e.field.rpartition(".")[0]) or 1
            misfits.append(Misfit(e.what, where=f"{path}:{line}", next=e.next))
    for misfit in misfits:
        log.error("misfit", what=misfit.line())
    return found, misfits


def books(work: Work) -> dict[str, Book]:
    """Every book that can be read, by its name."""
    folders = work.content.folders if work.content is not None else []
    return {name: made for name, (made, _) in read(folders)[0].items()}


def book(work: Work, name: str) -> Book:
    """The book of this name.

    Raises:
        Refusal: there is none.
    """
    known = books(work)
    if name.lower() not in known:
        raise Refusal("quiz/no_book", name=name[:40], names=sorted(known))
    return known[name.lower()]


def broken(work: Work, name: str) -> bool:
    """Is there a file of this name that does not fit now?"""
    folders = work.content.folders if work.content is not None else []
    wrong = read(folders)[1]
    return any(Path(m.where.rpartition(":")[0]).stem.lower()[:40] == name.lower() for m in wrong)


def _alone(work: Work, book: Book) -> None:
    """A book needs nothing else."""


KIND = promos.Kind("quiz book", FOLDER, FIELDS, read, _alone, whole=True)
