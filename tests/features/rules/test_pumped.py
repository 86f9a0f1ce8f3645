"""Every expression of the rules and of the spam score that reads what members write comes through long,
repetitive texts in time near linear in their length.

Work, not waiting: the time of this thread is measured, the text grows fourfold each time, and the bound is
dozens of times what a linear expression takes.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from itertools import product
from time import thread_time

import pytest

from groupbot.features import rules, spam
from groupbot.features.rules.domain import contact
from groupbot.features.spam.domain import signs

BOUND = 0.3  # seconds of work; what is linear takes 0.01 at most
LENGTHS = (500, 2_000, 8_000)  # Telegram's longest text has 4,096 characters
BEFORE = ("", "中 a1 ", "z", "#", "a@")
AGAIN = (
    *("a", "1", "я", "微", " ", ".", "-", "a ", "1 ", "я ", "a.", "a-", "1-", "v-", "wx-", "@a", "a@", "#1"),
    *("zаа", "аz", "中 ", "扣1", "加v", "http://", "t.me/", "a.ru/", "!a", "пиши ", "\n", "+7", "零 "),
)


@cache
def expressions() -> dict[str, re.Pattern[str]]:
    """Each expression by where it stands."""
    found: dict[str, re.Pattern[str]] = {}
    for package in (rules, spam):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(info.name)).items():
                if isinstance(value, re.Pattern):
                    found[f"{info.name.removeprefix('groupbot.features.')}.{name}"] = value
    del found["rules.domain.locks.words._COMMAND"]  # only asked about the beginning of a text
    return found | {f"rules.domain.contact {i}": p for i, p in enumerate(contact._patterns())}


def work(pattern: re.Pattern[str], text: str) -> float:
    """How long the expression looks through a text."""
    began = thread_time()
    for _ in pattern.finditer(text):
        pass
    return thread_time() - began


@pytest.mark.parametrize("where", expressions())
def test_no_text_keeps_an_expression_busy(where: str) -> None:
    pattern = expressions()[where]
    for before, again in product(BEFORE, AGAIN):
        for length in LENGTHS:
            text = before + (again * length)[:length]
            assert work(pattern, text) < BOUND, (before, again, length)


@pytest.mark.parametrize("text", ["z" + "а" * 2_000, "а" * 2_000 + "z-", "z" + "а" * 1_000 + "z" * 1_000])
def test_letters_of_two_alphabets_are_found_without_going_back(text: str) -> None:
    """Of what the score reads of a message, one such word took 0.2 s; eight times as much for each double."""
    assert work(signs._LATIN_INSIDE, text) < BOUND
