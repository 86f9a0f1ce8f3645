"""Titles as members write them, on every picture: rare and traditional characters, emoji, dollar signs."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from groupbot.engine.picture import Bubble, Panel, drawn
from groupbot.engine.picture.charts import Bars, chart, chart_png
from groupbot.engine.picture.month import Entry, MonthPicture
from groupbot.engine.picture.page import Page
from groupbot.engine.picture.poster import Poster
from groupbot.engine.picture.signs import drawable, runs

Drawing = Callable[[str], bytes]


def week(title: str) -> bytes:
    panel = Panel(title, ("一",), (3,), (1,), title)
    return chart_png(chart(Bars(title, (panel,), (title, title), title)))


def page(title: str) -> bytes:
    return chart_png(chart(Page(title, title, (("green", title),), (), ((title, (title,)),), title)))


def printed(title: str) -> bytes:
    return chart_png(chart(Poster("https://t.me/+0", title, title, title, "t.me")))


def month(title: str) -> bytes:
    return named("month", MonthPicture(title, title, ("一",), 0, (), (Entry("A", title, title),), (title,)))


def bubble(title: str) -> bytes:
    return named("bubble", Bubble(title, title, (title,)))


def named(name: str, spec: msgspec.Struct) -> bytes:
    return drawn(name, msgspec.json.encode(spec).decode())


@pytest.mark.parametrize("picture", [week, page, printed, month, bubble])
def test_rare_characters_emoji_and_dollar_signs_are_drawn_each_as_itself(picture: Drawing) -> None:
    one, other = map(picture, ("🍎喆開 5$_$ 店", "🍊珺馬 5$_$ 店"))  # "$_$" is no formula
    assert one.startswith(b"\x89PNG")
    assert one != other  # boxes, rings and holes would be the same


def test_each_sign_has_a_font_that_knows_it_and_a_ring_stands_for_what_none_knows() -> None:
    assert drawable("🍎喆哥 開心馬店 Ђ\u200d\ufe0f👍🏽 \U000e0001\U0001f8ff") == "🍎喆哥 開心馬店 Ђ👍 ○"
    assert [(font.name, part) for font, part in runs("🍎喆a Ѭ")] == [
        ("NotoEmoji.ttf", "🍎"), ("NotoSansSC.otf", "喆a "), ("DejaVuSans.ttf", "Ѭ"),
    ]  # fmt: skip
