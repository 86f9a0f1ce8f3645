"""A code to print: the dots are segno's, the page has its true size, words of any length fit."""

from __future__ import annotations

import struct

import pytest
import segno

from groupbot.engine.picture import charts
from groupbot.engine.picture.poster import DPI, HIGH, WIDE, Poster, dots, poster

PAGE = Poster(
    "https://t.me/+0123456789abcdef", "西湖店会员群" * 9, "收银台·早班", "扫一扫", "https://t.me/+0"
)


def test_the_dots_are_those_of_the_code_with_its_white_border() -> None:
    rows = dots(PAGE.link)
    plain = [[bool(d) for d in row] for row in segno.make(PAGE.link, error="q", micro=False).matrix]
    assert [row[4:-4] for row in rows[4:-4]] == plain
    assert not any(any(row) for row in rows[:4] + rows[-4:])


def test_a_page_is_a_picture_and_a_pdf_of_a6() -> None:
    png = poster(PAGE, "PNG")
    assert struct.unpack(">II", png[16:24]) == (WIDE, HIGH)
    pdf = poster(PAGE, "PDF")
    assert (pdf[:5], f"{WIDE * 72 / DPI:.1f}".encode() in pdf) == (b"%PDF-", True)
    assert charts.chart_png(charts.chart(PAGE)) == png
    assert charts.poster_pdf(charts.chart(PAGE))[:5] == b"%PDF-"
    with pytest.raises(ValueError, match="only a poster"):
        charts.poster_pdf(charts.chart(charts.Bars("h", (), ("a", "b"))))
