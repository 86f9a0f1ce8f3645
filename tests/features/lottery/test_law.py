"""Prizes and claim terms stand before the first entry; where a highest value is set nothing above it, and
nothing without value or terms, is published. Docs: docs/law.md."""

import json
from datetime import timedelta
from typing import Any

import pytest

from groupbot.core.effects import Edit, Send
from groupbot.core.setting import Unfit
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.lottery import service
from groupbot.features.lottery.domain import MINORS, PRIZE_CAP, TERMS, Prize, parse
from groupbot.features.members import service as members
from tests.features.lottery.test_domain import verifier
from tests.features.lottery.test_service import enter, room


def opened(work: Work, line: str, **set_: Any) -> dict[str, Any]:
    """What the card says of the draw ordered with `line`, or the refusal."""
    chat = room(work)
    for setting, value in ((PRIZE_CAP, "cap"), (TERMS, "terms"), (MINORS, "minors")):
        if value in set_:
            members.put(work, setting, setting.check(set_[value]), chat=chat, by=50)
    order = parse(line)
    assert order is not None
    try:
        number = work.step(lambda w: service.open_lottery(w, order, by=50))
    except Refusal as no:
        return {"refused": no.template, **no.data}
    card = next(e for e in work.effects if isinstance(e, Send) and e.template == "lottery/card")
    return {**card.data, "number": number}


@pytest.mark.parametrize(
    ("line", "prize"),
    [
        ("Gift box worth300 x3 24h", Prize("Gift box", 3, value=300)),
        ("Gift box x3 worth:300CNY", Prize("Gift box", 3, value=300, currency="CNY")),
        ("礼盒 价值300元 x3 24h", Prize("礼盒", 3, value=300, currency="CNY")),
        ("coupon3 worth20 x5", Prize("coupon3", 5, "coupon", pool=3, value=20)),
        ("Best value 300 x3", Prize("Best value 300", 3)),
        ("worth300 x3", Prize("worth300", 3)),
    ],
)
def test_value_of_a_prize_is_read_wherever_it_stands(line: str, prize: Prize) -> None:
    order = parse(line)
    assert order is not None
    assert order.prizes == (prize,)


def test_every_card_of_a_draw_with_prizes_says_its_terms(writer: Writer) -> None:
    made = writer.write(lambda w: opened(w, "Gift box worth300CNY x3"))
    assert made["terms"] == {"hours": 72, "text": "", "guardian": False}
    assert made["prizes"] == [{"name": "Gift box", "seats": 3, "kind": "item", "value": "300 CNY"}]
    rules = json.loads(made["rules"])
    assert rules["terms"] == {"minors": "out", "text": ""}  # sealed before the first entry
    assert rules["prizes"] == [{"kind": "item", "name": "Gift box", "seats": 3, "value": "300 CNY"}]


def test_a_card_says_how_guardians_come_in_where_minors_may_take_part(writer: Writer) -> None:
    made = writer.write(lambda w: opened(w, "Gift box x3", minors=True, terms="At the counter"))
    assert made["terms"] == {"hours": 72, "text": "At the counter", "guardian": True}
    assert json.loads(made["rules"])["terms"] == {"minors": "guardian", "text": "At the counter"}


def test_points_alone_are_no_prize_to_hand_over(writer: Writer) -> None:
    made = writer.write(lambda w: opened(w, "50points x3"))
    assert (made["terms"], "terms" in json.loads(made["rules"])) == (None, False)


@pytest.mark.parametrize(
    ("line", "terms", "said"),
    [
        ("Car worth50000 x1", "", {"refused": "lottery/no_terms"}),
        ("Car x1", "Here", {"refused": "lottery/no_value", "prize": "Car", "most": 50000, "currency": "CNY"}),
        (
            "Car worth9USD x1",
            "Here",
            {"refused": "lottery/no_value", "prize": "Car", "most": 50000, "currency": "CNY"},
        ),
        (
            "Tea worth9 x9 + Car worth50001 x1",
            "Here",
            {"refused": "lottery/over_cap", "prize": "Car", "value": 50001, "most": 50000, "currency": "CNY"},
        ),
    ],
)
def test_where_a_limit_is_set_nothing_is_published_against_it(
    writer: Writer, line: str, terms: str, said: dict[str, Any]
) -> None:
    assert writer.write(lambda w: opened(w, line, cap="cn", terms=terms)) == said
    assert writer.write(lambda w: service.undrawn(w) if room(w) else None) == []


def test_at_the_limit_a_draw_is_published_and_changed_only_within_it(writer: Writer) -> None:
    made = writer.write(lambda w: opened(w, "Car worth50000 x1", cap="cn", terms="Here"))
    assert made["prizes"][0]["value"] == "50000 CNY"

    def change(work: Work, line: str) -> str:
        room(work)
        order = parse(line)
        assert order is not None
        try:
            work.step(lambda w: service.edit(w, None, order, by=50))
        except Refusal as no:
            return no.template
        return next(str(e.data["prizes"][0]["value"]) for e in work.effects if isinstance(e, Edit))

    assert writer.write(lambda w: change(w, "Car worth50001 x1")) == "lottery/over_cap"
    assert writer.write(lambda w: change(w, "Car worth8 x1")) == "8 CNY"


def test_a_draw_with_terms_is_verified_like_any_other(writer: Writer) -> None:
    made = writer.write(lambda w: opened(w, "Box worth5 x1 1h", cap="50 eur", terms="Here", minors=True))
    writer.write(lambda w: [enter(w, made["number"], p) for p in range(1, 5)])
    writer.clock.shift(timedelta(hours=1))
    writer.write(service.end_due)
    assert verifier()(writer.write(service.public_record, made["number"])) == ""


@pytest.mark.parametrize(
    ("said", "kept"), [("cn", "50000 CNY"), ("中国", "50000 CNY"), ("5,000 eur", "5000 EUR"), ("", "")]
)
def test_limit_is_an_amount_with_its_currency_or_a_country(said: str, kept: str) -> None:
    assert PRIZE_CAP.check(said) == kept


@pytest.mark.parametrize("said", ["50000", "CNY", "0 CNY", "much CNY", "xx"])
def test_limit_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(Unfit):
        PRIZE_CAP.check(said)


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        (
            "en",
            "Prizes: press Claim below the result within 72 h. At the counter. "
            "Minors: a guardian agrees and collects.",
        ),
        ("zh", "领奖:开奖后 72 小时内点结果下面的[领奖]。At the counter。未成年人由监护人同意并代领。"),
    ],
)
def test_the_terms_are_a_line_of_the_card_of_their_own(writer: Writer, lang: str, line: str) -> None:
    made = writer.write(lambda w: opened(w, "Box x3 keyword:tea", minors=True, terms=" At the counter"))
    told = Content([folder("content_templates")]).render(
        "lottery/card", lang, {k: v for k, v in made.items() if k != "number"}
    )
    assert line in told.formatted.text.splitlines()
