"""How the texts speak: one Chinese name for one thing."""

from __future__ import annotations

import pytest

from groupbot.engine.content import SUFFIX
from groupbot.engine.shipped import folder

DISUSED = {  # what the thing is called instead
    "炸群": "防突袭",
    "防刷群": "防突袭",
    "自动信任": "自动认可",
    "免检": "认可",
    "评选": "比赛",
    "专案": "活动",
    "搭桥": "牵线",
    "综合话题": "General",
    "常规话题": "General",
    "群员": "成员",
    "退役": "告别",
    "警告": "提醒",
    "“": "「",
}


@pytest.mark.parametrize("name", DISUSED)
def test_a_thing_has_one_chinese_name(name: str) -> None:
    shipped = folder("content_templates")
    said = [
        f"{path.relative_to(shipped)}:{n}: {line.strip()}"
        for path in (*sorted(shipped.rglob(f"*.zh{SUFFIX}")), shipped / "locale" / "zh.po")
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if name in line and not line.startswith(("msgid", "#"))
    ]
    assert not said, f"say {DISUSED[name]}"
