"""docs/reliability.md names every failure and threat, and only tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reliability.md"
ROW = re.compile(r"^\| ([FT]\d+) \| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
CHEATED = re.compile(r"^\| (A\d+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
WANTED = [*(f"F{n}" for n in range(1, 29)), *(f"T{n}" for n in range(1, 20))]


def _exists(name: str) -> bool:
    path, _, test = name.partition("::")
    file = TESTS / path
    return (
        file.is_file()
        and re.search(rf"^(async )?def {test}\(", file.read_text("utf-8"), re.MULTILINE) is not None
    )


def test_every_row_names_tests_that_exist_or_says_why_there_is_none() -> None:
    rows = ROW.findall(PAGE.read_text("utf-8"))
    assert [r[0] for r in rows] == WANTED
    named = [(row, name) for row, _, tests, _ in rows for name in re.findall(r"`([^`]+)`", tests)]
    assert len(named) >= 60
    assert [n for n in named if not _exists(n[1])] == []
    assert [row for row, _, tests, why in rows if not tests.strip() and not why.strip()] == []
    assert not _exists("reliability/test_fuzz.py::test_nothing_of_the_kind")


def test_every_bad_input_of_an_activation_has_its_answer_and_its_test() -> None:
    rows = CHEATED.findall(PAGE.read_text("utf-8"))
    assert [r[0] for r in rows] == [f"A{n}" for n in range(1, 11)]
    named = [re.findall(r"`([^`]+)`", tests) for _, tests in rows]
    assert [n for n in named if not n or not all(map(_exists, n))] == []
