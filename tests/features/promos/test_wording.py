"""Short, one idea, one thing to do."""

import pytest

from groupbot.features.promos.domain.wording import advice, width


@pytest.mark.parametrize(
    ("text", "more", "found"),
    [
        ("山楂2提59元,到店说一声。", 1, []),
        ("山" * 121, 0, ["long: 242 signs of 240 (a Chinese one is two)"]),
        ("one\n\ntwo\n \nthree", 0, ["3 paragraphs: one idea a post"]),
        ("one\n\ntwo\n", 0, []),
        (
            "ask with /ask, or https://a.example",
            0,
            ["2 things to do (links, commands, buttons): ask for one"],
        ),
        ("/ask and again /ask; 3/4 and/or", 0, []),
        ("go", 2, ["2 things to do (links, commands, buttons): ask for one"]),
    ],
)
def test_a_post_is_advised_on_length_ideas_and_actions(text: str, more: int, found: list[str]) -> None:
    assert advice(text, more) == found


def test_a_chinese_sign_counts_twice_and_space_not_at_all() -> None:
    assert width("山楂 ab,\n") == 7
