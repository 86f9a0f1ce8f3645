"""How the texts speak: one Chinese name for one thing, and in English one point."""

from __future__ import annotations

import re
from typing import Any

import pytest

from groupbot.engine.content import SUFFIX, Content
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
    "总论区": "General",
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


MEMBERS_READ = (  # folders, or single texts
    "checkin",
    "contest",
    "coupons",
    "federation/imported",
    "federation/list",
    "gathering",
    "invites",
    "ledger",
    "links/uses",
    "lottery",
    "moderation/purged",
    "privacy",
    "promos/coupon",
    "quiz",
    "redpacket",
    "shop",
)
ONE = re.compile(
    r"(?<![\d.,:#/])1 (?:[a-z]+ )?(?:people|days|[a-z]{3,}[a-rt-z]s)\b"
)  # and what ends as many do


def ones(value: Any) -> Any:
    """The same data, and every number in it is 1."""
    if isinstance(value, dict):
        return {key: ones(v) for key, v in value.items()}
    if isinstance(value, list):
        return [ones(v) for v in value]
    return 1 if type(value) is int else value


def test_what_members_read_in_english_is_singular_where_there_is_one() -> None:
    shipped, looked = folder("content_templates"), 0
    content = Content([shipped])
    many = []
    for path in sorted(shipped.rglob(f"*.en{SUFFIX}")):
        name = str(path.relative_to(shipped)).removesuffix(f".en{SUFFIX}")
        if not name.startswith(MEMBERS_READ):
            continue
        data = ones(content.compile(path, "en").front.get("sample") or {})
        for more in ({}, {"rest": 1, "back": True}):
            said = content.render(name, "en", {**data, **more}).formatted.text
            many += [f"{name}: {found}" for found in ONE.findall(said)]
        looked += 1
    assert looked > 100
    assert not many, "\n".join(many)


@pytest.mark.parametrize(
    ("lang", "needs", "said"),
    [
        ("en", {"captcha": True}, "To join: join check passed"),
        ("en", {"active": 1, "boost": True}, "To join: 1 message in 7 days; a boost of this group"),
        ("zh", {"captcha": True}, "条件:已过入群验证"),
        ("zh", {"active": 1, "boost": True}, "条件:近 7 天发言 1 条、给本群助力(boost)"),
    ],
)
def test_what_a_draw_asks_for_is_a_list(lang: str, needs: dict[str, Any], said: str) -> None:
    content = Content([folder("content_templates")])
    sample = content.sources("lottery/card", lang)[0].front["sample"]
    none = dict.fromkeys(sample["needs"], 0)
    text = content.render("lottery/card", lang, {**sample, "needs": {**none, **needs}}).formatted.text
    assert said in text.splitlines()
