"""What is said of a draw fits one message, however many win and however long their names are."""

from datetime import UTC, datetime
from typing import Any

import pytest

from groupbot.core.text import TEXT_LIMIT, units
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.features.lottery.domain.order import MOST_PRIZES
from groupbot.features.lottery.domain.words import MOST_SEATS, PRIZE

SEED = "9f" * 32


def fullest(letter: str) -> dict[str, Any]:
    """Fifty winners of as many prizes as may be, all with the longest names."""
    prizes: list[dict[str, Any]] = [
        {"name": f"{n}".ljust(PRIZE, letter), "seats": 7 if n else 1, "kind": "item"}
        for n in range(MOST_PRIZES)
    ]
    names = [p["name"] for p in prizes for _ in range(p["seats"])]
    return {
        "id": 123456, "edition": 12, "prize": " + ".join(names), "seats": MOST_SEATS, "prizes": prizes,
        "count": 100_000, "removed": 9_999, "missed": True, "unused": 0, "round": 31_415_926,
        "version": "groupbot-lottery-2", "commitment": SEED, "rules_hash": SEED, "root": SEED,
        "server_seed": SEED, "deadline": datetime(2027, 12, 22, 10, tzinfo=UTC),
        "winners": [{"name": letter * 128, "number": "3fa2c1d4", "prize": n} for n in names],
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("letter", ["W", "阿", "😀"])
@pytest.mark.parametrize("name", ["winners", "ended"])
def test_the_result_of_the_fullest_draw_is_not_cut(name: str, letter: str, lang: str) -> None:
    data = fullest(letter)
    assert len(data["winners"]) == MOST_SEATS
    text = Content([folder("content_templates")]).render(f"lottery/{name}", lang, data).formatted.text
    assert units(text) <= TEXT_LIMIT
    assert text.count(letter * 19 + "…") == MOST_SEATS
    assert (SEED in text) == (name == "ended")
    assert [p["name"] in text for p in data["prizes"]] == [True] * MOST_PRIZES
