"""Books and orders of a quiz."""

from datetime import datetime

import pytest
import yaml

from groupbot.engine.clock import chance
from groupbot.engine.shipped import folder
from groupbot.features.promos.domain import Wrong
from groupbot.features.quiz.domain import (
    Order,
    Question,
    book_of,
    next_daily,
    next_of,
    parse,
    shuffled,
)

GOOD = {"ask": "Which?", "options": ["a", "b"], "right": 2}


def test_shipped_books_can_be_read() -> None:
    files = sorted((folder("content_templates") / "quizzes").glob("*.yaml"))
    assert [len(book_of(f.stem, yaml.safe_load(f.read_text("utf-8"))).questions) for f in files] == [5, 5]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ask": ""}, "question 1: ask has 1 to 300 letters"),
        ({"ask": "x" * 301}, "question 1: ask has 1 to 300 letters"),
        ({"options": ["a"]}, "question 1: 2 to 10 options"),
        ({"options": ["a", "a"]}, "question 1: options differ and have 1 to 100 letters"),
        ({"right": 0}, "question 1: right is the number of an option, from 1"),
        ({"right": True}, "question 1: right is the number of an option, from 1"),
        ({"right": 3}, "question 1: right is the number of an option, from 1"),
        ({"why": "a\nb\nc\nd"}, "question 1: why has at most 200 letters on three lines"),
        ({"rihgt": 1}, "question 1: no field 'rihgt'"),
    ],
)
def test_a_book_that_does_not_fit_says_where(change: dict[str, object], says: str) -> None:
    with pytest.raises(Wrong, match=says):
        book_of("tea", {"questions": [{**GOOD, **change}]})


def test_options_change_places_and_the_right_one_stays_right() -> None:
    question = Question("Which?", ("a", "b", "c", "d"), 2)
    for seed in range(20):
        made = shuffled(question, chance(seed))
        assert made.options[made.right] == "c" and sorted(made.options) == ["a", "b", "c", "d"]


def test_the_next_question_is_the_least_asked() -> None:
    assert [next_of(asked, 3) for asked in ([], [0], [0, 1], [0, 1, 2], [0, 0, 1, 2, 9])] == [0, 1, 2, 0, 1]


@pytest.mark.parametrize(
    ("args", "order"),
    [
        ("tea", Order("tea")),
        ("tea 5 1m", Order("tea", 5, 60)),
        ("tea daily 8:05 10m", Order("tea", 1, 600, "08:05")),
        ("茶 每天 20:00", Order("茶", 1, 120, "20:00")),
        ("tea 99", None),
        ("tea daily", None),
        ("tea daily 25:00", None),
        ("tea 5 1d", None),
        ("tea 5 6", None),
        ("tea x", None),
        ("", None),
    ],
)
def test_an_order_is_read_or_refused(args: str, order: Order | None) -> None:
    assert parse(args) == order


def test_the_next_day_s_question_is_tomorrow_at_the_hour() -> None:
    at = datetime(2027, 1, 30, 20, 0)
    assert next_daily("20:00", at) == datetime(2027, 1, 31, 20, 0)
    assert next_daily("20:01", at) == datetime(2027, 1, 30, 20, 1)
