"""Each measure of docs/metrics.md says out of which views it is made, so that anybody can count it again."""

import re
from pathlib import Path

from groupbot.engine.views import VIEWS
from groupbot.features import tables

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_every_measure_names_views_that_there_are() -> None:
    tables()
    of = dict(re.findall(r"^\*\*([^*]+)\.\*\* (.+)$", PAGE.read_text("utf-8"), re.MULTILINE))
    measures = {head: text for head, text in of.items() if re.fullmatch(r"[a-z_0-9]+(, [a-z_0-9]+)*", head)}
    assert len(measures) > 45
    assert [head for head, text in measures.items() if not re.search(r"\bv_[a-z_]+", text)] == []
    named = {name for text in of.values() for name in re.findall(r"`(v_[a-z_]+)`", text)}
    assert sorted(named - VIEWS.keys()) == []
