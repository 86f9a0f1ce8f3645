"""A month's review asks no question of the answers twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from groupbot.core.text import units
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from tests.features.engagement.test_figures import four_weeks

FULL = {"value": "12345.6", "before": "12345.6", "n": 12345, "few": False}
PLAN = {"plan": "Weekend offer of the store by the lake, for early birds", "due": 120, "said": 98,
        "why": [["campaign", 10], ["commerce", 10], ["overtaken", 10], ["free_day", 10]]}  # fmt: skip
SOURCE = {"source": "Counter of the second floor, 2pm", "came": 12345, "here": 10000, "spoke": 9999}
POST = {"name": "Weekend offer of the store", "kind": "planned post", "when": "2026-11-18T18:30",
        "link": "https://t.me/c/1234567890/123456", "people": 999, "presses": 799, "replies": 299,
        "reactions": 399, "leaves": 10, "usual": "0.04"}  # fmt: skip
TOPIC = {"number": 123456, "title": "Everything about brewing, cups and water " * 3, "messages": 12345,
         "people": 1234, "before": 12345, "asked": 1234, "unanswered": 1234}  # fmt: skip


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
    full = more | {
        "title": "West Lake store " * 4,
        "plans": [PLAN] * 6,
        "sources": [SOURCE] * 10,
        "posts": [POST] * 3,
        "topics": [TOPIC] * 5,
    }
    for lines in ("kpi", "figures"):
        full[lines] = [line | FULL for line in more[lines]]
    for part in ("details", "posts"):
        assert units(content.render(f"engagement/review_{part}", lang, full).formatted.text) <= 4096, part


def test_a_step_that_half_took_on_the_day_itself_is_no_step_of_nought_days() -> None:
    content = Content([folder("content_templates")])
    row = {"before": "joined", "after": "activated", "grade": "", "source": "", "n": 20, "waiting": 4}
    data = {"title": "G", "first": "2027-01-01", "last": "2027-01-28", "made": True, "least": 10}
    data["rows"] = [row | {"share": "80%", "days": 0}]
    said = [content.render("engagement/ways", lang, data).formatted.text for lang in ("en", "zh")]
    assert ["half on the same day" in said[0], "半数当天" in said[1]] == [True, True]
