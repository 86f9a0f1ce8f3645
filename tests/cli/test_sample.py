"""The invented week of the demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from groupbot.cli._sample import sample_week


@pytest.mark.parametrize("hour", [15, 20])  # before and after midnight in Shanghai
def test_sample_week_has_no_empty_day_at_any_hour(tmp_path: Path, hour: int) -> None:
    weeks = sample_week(tmp_path, datetime(2026, 11, 22, hour, tzinfo=UTC))
    assert [(w.title, min(d.messages for d in w.days) > 0) for w in weeks] == [
        ("华东经销商群", True),
        ("西湖店会员群", True),
        ("山楂粉丝群", True),
    ]
    assert all(w.trend is not None and w.trend > 1.2 for w in weeks)
