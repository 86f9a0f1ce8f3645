"""A month's review asks no question of the answers twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from tests.features.engagement.test_figures import four_weeks


def test_a_month_s_review_asks_no_figure_twice(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()
    plain = reports.Ask.figure

    def counting(self: reports.Ask, key: str, select: str, **more: Any) -> reports.Figure:
        asked[f"{key} {self.first} {self.last}"] += 1
        return plain(self, key, select, **more)

    monkeypatch.setattr(reports.Ask, "figure", counting)

    def fn(work: Work) -> None:
        four_weeks(work)
        work.flush()
        assert reports.review(work, work.chat, "month").twin is not None

    writer.write(fn)
    assert [q for q, n in asked.items() if n > 1] == []


@pytest.mark.parametrize(("lang", "word"), [("zh", "覆盖 ?"), ("en", "coverage ?")])
@pytest.mark.parametrize("span", ["week", "month"])
def test_every_number_of_a_review_has_words_in_its_language(
    writer: Writer, lang: str, word: str, span: str
) -> None:
    def fn(work: Work) -> dict[str, Any]:
        four_weeks(work)
        return reports.review(work, work.chat, span).more

    more = writer.write(fn)
    content = Content([folder("content_templates")])
    text = content.render("engagement/review_details", lang, more).formatted.text
    assert word in text  # what lacks a word is said in the other language
    assert len(text) < 4096
