"""A month's review asks no question of the answers twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

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
