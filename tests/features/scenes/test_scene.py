"""A scene as written: what fits, and what each mistake says."""

from typing import Any

import pytest

from groupbot.features.promos.domain import Wrong
from groupbot.features.scenes.domain import CARD, scene_of

WRITTEN = {"name": "hotpot", "phrases": ["hotpot", "ate too much", "prefix:so full", "火锅", "salt*"]}


def test_a_scene_is_read_whole() -> None:
    made = scene_of({**WRITTEN, "data": {"text": "Tea"}, "url": "https://shop.example/tea"})
    assert [p.line for p in made.phrases] == ["hotpot", '"ate too much"', 'prefix:"so full"', "火锅", "salt*"]
    assert (made.name, made.template, made.data, made.counted) == (
        "hotpot",
        CARD,
        {"text": "Tea"},
        "scene/hotpot",
    )


@pytest.mark.parametrize(
    ("change", "field", "what"),
    [
        ({"name": ""}, "name", "name: '', expected a name of 1 to 60 characters without commas"),
        ({"phrases": "hotpot"}, "phrases", "phrases: 'hotpot', expected a list of 1 to 30 phrases"),
        ({"phrases": ["hotpot", "**"]}, "phrases[1]", "phrases[1]: '**' is nothing but wildcards"),
        ({"phrases": [None]}, "phrases[0]", "phrases[0]: '' holds no word"),
        ({"phrase": ["a"]}, "phrase", "phrase: no such field"),
        ({"only": {"teir": "store"}}, "only", "only: hotpot: no field 'teir'"),
        (
            {"only": {"type": "work"}},
            "only.type",
            "only.type: ['work'], expected commercial: cards are said in such groups alone",
        ),
        ({"template": "card"}, "template", "template: 'card', expected a template, folder/name"),
        ({"url": "shop.example"}, "url", "url: 'shop.example', expected an https address"),
        ({"data": ["text"]}, "data", "data: ['text'], expected a mapping"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(change: dict[str, Any], field: str, what: str) -> None:
    with pytest.raises(Wrong) as caught:
        scene_of({**WRITTEN, **change})
    assert (caught.value.field, caught.value.what) == (field, what)
    assert caught.value.next
