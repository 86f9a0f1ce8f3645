"""The month as a picture: letters, days, what is held, in both languages."""

from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest

from groupbot.engine.content import Content
from groupbot.engine.picture import drawn
from groupbot.engine.picture.month import MonthPicture
from groupbot.engine.shipped import folder
from groupbot.features.promos.service.month import Limits, month
from groupbot.features.promos.service.monthly import day_note, picture, said_in, spans
from tests.features.promos.test_publish import plan


def made(lang: str, count: int = 2) -> MonthPicture:
    plans = [
        plan("每周问答", start=datetime(2027, 2, 2, 19), rrule="FREQ=WEEKLY;BYDAY=TU"),
        plan("撞车", start=datetime(2027, 2, 2, 20), rrule="FREQ=WEEKLY;BYDAY=TU"),
    ][:count]
    content = Content([folder("content_templates")])
    return picture(month(plans, [Limits("a", None)], date(2027, 2, 1)), plans, lang, said_in(content, lang))


def test_plans_have_letters_in_the_order_they_come_and_held_days_say_why() -> None:
    zh, en = made("zh"), made("en")
    assert (zh.title, zh.under, zh.weekdays[:2]) == (
        "2027年2月 发帖日历", "1个群 · 2条计划 · 虚线:被限额挡下", ("一", "二"),
    )  # fmt: skip
    assert [(e.letter, e.name, e.when, e.held) for e in zh.entries] == [
        ("A", "每周问答", "19:00 · 2, 9, 16, 23日 → 1个群", ""),
        ("B", "撞车", "", "挡下:2, 9, 16, 23: 离上一条太近"),
    ]
    assert en.under == "1 group · 2 plans · dotted: held by a limit"
    assert (en.title, en.entries[0].when) == ("Posts of February 2027", "19:00 · 2, 9, 16, 23 → 1 group")
    assert (zh.start, len(zh.cells), zh.cells[1].marks) == (0, 28, (("A", False), ("B", True)))


def test_one_plan_is_one_plan() -> None:
    assert made("en", 1).under == "1 group · 1 plan · dotted: held by a limit"
    assert made("zh", 1).under == "1个群 · 1条计划 · 虚线:被限额挡下"


def test_days_carry_their_festival_or_their_lunar_day() -> None:
    notes = [day_note(date(2027, 2, d)) for d in (5, 6, 7, 20)] + [day_note(date(2027, 4, 5))]
    assert notes == ["除夕", "春节", "初二", "元宵节", "清明"]
    assert (spans([1, 3, 4, 5, 9, 9]), spans([2])) == ("1, 3-5, 9", "2")


def test_the_picture_is_a_png_of_a_phones_width(tmp_path: Path) -> None:
    data = drawn("month", msgspec.json.encode(made("zh")).decode())
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    assert width == 780
    assert 800 < height < 3000
    with pytest.raises(ValueError, match="no picture"):
        drawn("nothing", "{}")
