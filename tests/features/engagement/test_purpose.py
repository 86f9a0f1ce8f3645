"""A group's aim: what suits it, and what its reports say of it."""

from datetime import date
from typing import Any

import pytest

from groupbot.cli._numbers import numbers
from groupbot.cli._told import lines
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain.purpose import GOODS, KPI, PACKS, PURPOSE, mismatch, packs, said
from groupbot.features.members import service as members
from groupbot.features.promos.service import packs as shelf
from tests.features.promos.test_publish import chats

LAST = date(2027, 1, 29)


@pytest.mark.parametrize(
    ("aim", "goods", "better"),
    [
        ("sell", "seldom", "brand"),
        ("brand", "often", "sell"),
        ("sell", "often", ""),
        ("brand", "seldom", ""),
        ("", "seldom", ""),
        ("sell", "", ""),
    ],
)
def test_goods_bought_seldom_suit_a_brand_and_goods_bought_often_suit_selling(
    aim: str, goods: str, better: str
) -> None:
    assert mismatch(aim, goods) == better


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("sell", {"purpose": "sell"}),
        ("卖货、常买", {"purpose": "sell", "goods": "often"}),
        ("Seldom, BRAND", {"goods": "seldom", "purpose": "brand"}),
    ],
)
def test_words_name_aim_and_goods_in_any_order(text: str, found: dict[str, str]) -> None:
    assert said(text) == found


def test_a_word_that_is_neither_is_named() -> None:
    with pytest.raises(ValueError, match="rarely"):
        said("sell rarely")


def test_an_aim_names_packs_that_ship_and_of_tiers_only_its_own() -> None:
    known, wrong = shelf.read([folder("content_templates")])
    assert (wrong, {p for some in PACKS.values() for p in some} - set(known)) == ([], set())
    assert (packs("sell", "store"), packs("brand", "store")) == (
        ("store", "landing"),
        ("review", "voice", "fans"),
    )


@pytest.mark.parametrize(
    ("aim", "goods", "expected"),
    [
        ("", "", ["  aim: nobody said (/purpose in the group)"]),
        (
            "sell",
            "seldom",
            [
                "  aim: sell, of goods bought seldom · orders_per_active too few · repurchase_30 too few"
                " · repurchase_90 too few",
                "  goods bought seldom suit the aim brand better (/purpose)",
            ],
        ),
        (
            "brand",
            "seldom",
            [
                "  aim: brand, of goods bought seldom · tagged_question 0 · member_answers too few"
                " · joined_by_friends 0"
            ],
        ),
    ],
)
def test_the_aim_and_its_measures_stand_on_the_report_and_in_the_review(
    writer: Writer, aim: str, goods: str, expected: list[str]
) -> None:
    chats(writer)

    def fn(work: Work) -> tuple[list[str], dict[str, Any]]:
        for setting, value in ((PURPOSE, aim), (GOODS, goods)):
            if value:
                members.put(work, setting, value, chat=1)
        one = numbers(work, 1, "Store 1", LAST, 7)
        return lines(one)[1:3], reports.review(work, 1, "week").more

    told, more = writer.write(fn)
    assert told[: len(expected)] == expected
    assert (more["aim"], more["goods"], [f["key"] for f in more["kpi"]]) == (aim, goods, [*KPI.get(aim, ())])
    assert more["better"] == mismatch(aim, goods)
