"""Puzzles, answers, times, endings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groupbot.engine.clock import chance
from groupbot.features.entry import domain

NOW = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
QUIZ = ["What do we sell? | Hawthorn | Cars | Shoes"]


@pytest.mark.parametrize("mode", domain.MODES)
def test_the_right_answer_is_right_and_no_other(mode: str) -> None:
    rng = chance(3)
    for _ in range(200):
        made = domain.puzzle(mode, rng, QUIZ)
        if mode == "math":
            a, sign, b = made.shown["sum"].split()
            assert made.answer == str(int(a) + int(b) if sign == "+" else int(a) - int(b))
            assert int(made.answer) > 0
        elif mode == "text":
            assert made.answer == "".join(map(str, made.shown["digits"]))
        elif mode == "image":
            assert made.answer == domain.folded(made.drawn)
            assert len(made.drawn) == 5
        elif mode == "quiz":
            assert made.choices[int(made.answer)] == "Hawthorn"
        else:
            assert (made.answer, made.typed) == ("0", False)


def test_answers_differ_from_round_to_round() -> None:
    rng = chance(5)
    assert len({domain.puzzle("image", rng).answer for _ in range(100)}) == 100
    assert {domain.puzzle("quiz", rng, QUIZ).answer for _ in range(50)} == {"0", "1", "2"}
    assert domain.puzzle("quiz", rng, []) == domain.Puzzle("0")


@pytest.mark.parametrize(
    ("said", "folded"), [(" kQ 7w", "kq7w"), ("ＫＱ７", "kq7"), ("１２", "12"), ("= 12.", "12"), ("", "")]
)
def test_width_case_and_marks_do_not_matter(said: str, folded: str) -> None:
    assert domain.folded(said) == folded


def test_questions_need_a_right_and_a_wrong_answer() -> None:
    assert domain.question("a? | b | c") == ["a?", "b", "c"]
    assert domain.question("a?｜b｜c") == ["a?", "b", "c"]
    for wrong in ("", "a?", "a? | b", "a? | b | b", "a? | | c", "a? | b | " + "x" * 65, "|".join("abcdefgh")):
        assert domain.question(wrong) is None, wrong


@pytest.mark.parametrize(
    ("kick", "kick_time", "mute_time", "request_", "what", "after"),
    [
        (True, 300, 0, False, "kick", 300),
        (True, 300, 86400, False, "kick", 300),
        (True, 7200, 3600, False, "free", 3600),
        (False, 300, 3600, False, "free", 3600),
        (False, 300, 0, False, "", None),
        (False, 300, 0, True, "decline", 285),
        (True, 60, 0, True, "decline", 60),
    ],
)
def test_what_comes_first_ends_it(
    kick: bool, kick_time: int, mute_time: int, request_: bool, what: str, after: int | None
) -> None:
    made = domain.ending(NOW, kick=kick, kick_time=kick_time, mute_time=mute_time, request=request_)
    at = None if after is None else NOW + timedelta(seconds=after)
    assert made == domain.Ending(what, at)
