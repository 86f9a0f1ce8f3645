"""Front matter that YAML reads otherwise than its author meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.engine.front import labels_of, split_front
from groupbot.errors import Misfit

HERE = Path("x.zh.html.j2")


@pytest.mark.parametrize("word", ["on", "off", "yes", "no"])
def test_button_named_like_a_truth_value_is_refused(word: str) -> None:
    front, body, line = split_front(f"---\nbuttons: {{{word}: 开启}}\n---\nhi", HERE)
    assert (body, line) == ("hi", 4)
    with pytest.raises(Misfit, match="no text for YAML"):
        labels_of(front, HERE)


@pytest.mark.parametrize("word", ["Yes", "No", "On", "Off"])
def test_label_that_yaml_reads_as_a_truth_value_is_refused(word: str) -> None:
    front, _, _ = split_front(f"---\nbuttons: {{sure: {word}}}\n---\nhi", HERE)
    with pytest.raises(Misfit, match="label of button 'sure'"):
        labels_of(front, HERE)


def test_quoted_name_is_kept() -> None:
    front, _, _ = split_front('---\nbuttons: {"on": 开启}\n---\nhi', HERE)
    assert labels_of(front, HERE) == {"on": "开启"}


@pytest.mark.parametrize("value", ["go", ["go"], 7])
def test_buttons_that_are_no_mapping_are_named_with_an_example(value: object) -> None:
    with pytest.raises(Misfit, match="does not fit") as e:
        labels_of({"buttons": value}, HERE)
    assert e.value.next == "write it like this: buttons: {go: Have a look}"
