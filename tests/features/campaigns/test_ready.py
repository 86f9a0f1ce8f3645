"""What a group lacks to go live, and promotions that wait for it, on both databases."""

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.campaigns import service, store
from groupbot.features.campaigns.service.readiness import CODES
from groupbot.features.engagement.domain.purpose import GOODS, PURPOSE
from groupbot.features.members import service as members
from groupbot.features.promos.domain import CONTACT, PRIVACY_NOTICE, READY_FIRST, Plan
from groupbot.features.promos.service.month import Limits, ahead
from groupbot.features.rules.domain.policy import TEXT
from tests.features.promos.test_publish import at, chats, plan, publish, slots, take_in

DAY = datetime(2027, 1, 31, 1)  # 09:00 in Shanghai
POOL = ("promos/notice", "promos/greeting")


def lacks(writer: Writer) -> list[tuple[str, int]]:
    return [(g["code"], g["n"]) for g in writer.write(lambda w: service.lacks(w, 1))]


def weekly(name: str, **more: Any) -> Plan:
    return plan(name, **{"rrule": "FREQ=WEEKLY", **more})


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        ([], ([0, 0, 0, 0], 0)),
        ([weekly("a")], ([1, 1, 1, 1], 1)),
        ([weekly("a", rrule="FREQ=WEEKLY;COUNT=2")], ([1, 1, 0, 0], 1)),
        ([weekly("a", pool=POOL), weekly("b", data={"text": "x"})], ([1, 1, 1, 1], 2)),  # one minute: a gap
        ([weekly("a", start=datetime(2027, 1, 31, 3))], ([0, 0, 0, 0], 0)),  # in quiet hours
        ([plan("a", pool=POOL)], ([7, 7, 7, 7], 2)),
    ],
)
def test_four_weeks_are_what_the_limits_let_through(plans: list[Plan], expected: Any) -> None:
    assert ahead(plans, Limits("A", None), date(2027, 1, 31)) == expected


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("template", ["late", "eve", "gaps", "board"])
def test_every_gap_of_a_campaign_has_words_wherever_gaps_are_listed(template: str, lang: str) -> None:
    content = Content([folder("content_templates")])
    sample = content.sources(f"campaigns/{template}", lang)[0].front["sample"]
    codes = ("nobody", "posts", "stock", "flagship", *(c for c in CODES if c != "contact"))
    for code in codes:
        gaps = [{"code": code, "where": "West Lake", "n": 3}]
        said = content.render(f"campaigns/{template}", lang, {**sample, "gaps": gaps}).formatted.text
        assert "·" not in [line.strip() for line in said.splitlines()], code


def test_a_group_names_its_gaps_one_by_one_until_none_is_left(writer: Writer) -> None:
    at(writer, DAY)
    chats(writer, 1, zone="")
    every = ["owner", "backup", "rules", "zone", "purpose", "contact", "privacy", "weeks"]
    assert lacks(writer) == [(c, 4 if c == "weeks" else 0) for c in every]

    def mend(work: Any) -> None:
        for setting, value in (
            (TEXT, "Be kind"),
            (CONTACT, "@zhou"),
            (PRIVACY_NOTICE, "Kept"),
            (GOODS, "often"),
        ):
            members.put(work, setting, value, chat=1)

    writer.write(mend)
    assert ("purpose", 0) in lacks(writer)  # of two words one
    writer.write(lambda w: members.put(w, PURPOSE, "sell", chat=1))
    take_in(writer, weekly("short", start=datetime(2027, 2, 1, 10), rrule="FREQ=WEEKLY;COUNT=3"))
    assert lacks(writer)[-1] == ("weeks", 1)
    take_in(writer, weekly("tea", pool=POOL), weekly("cake", start=datetime(2027, 2, 2, 10)))
    assert lacks(writer)[-1] == ("pieces", 3)
    take_in(
        writer, *(weekly(f"p{n}", start=datetime(2027, 2, n, 10), data={"n": str(n)}) for n in range(1, 5))
    )
    assert [c for c, _ in lacks(writer)] == ["owner", "backup", "zone"]


def test_a_plan_of_a_campaign_fills_no_week(writer: Writer) -> None:
    at(writer, DAY)
    chats(writer)
    take_in(writer, weekly("tea", campaign="Lanterns/taste"))
    assert lacks(writer)[-1] == ("weeks", 4)


def test_promotions_wait_until_the_group_is_opened_and_who_did_in_spite_of_what_is_kept(
    writer: Writer,
) -> None:
    chats(writer)
    writer.write(lambda w: members.put(w, READY_FIRST, True, chat=1))
    take_in(writer, plan("offer", kind="promotion"), plan("word", start=datetime(2027, 1, 31, 15)))
    for hour in (2, 7):
        at(writer, datetime(2027, 1, 31, hour))
        publish(writer)
    assert [s[2:4] for s in slots(writer) if s[2] != "waiting"] == [("skipped", "unready"), ("said", None)]
    with pytest.raises(Refusal) as e:
        writer.write(lambda w: service.open_chat(w, 1, 7))
    assert (e.value.template, e.value.data["waits"]) == ("campaigns/ready", True)
    writer.write(lambda w: service.open_chat(w, 1, 7, "the fair is tomorrow"))
    at(writer, datetime(2027, 2, 1, 2))
    publish(writer)
    assert [s[2] for s in slots(writer) if s[2] != "waiting"] == ["skipped", "said", "said"]
    writer.write(lambda w: service.close_chat(w, 1, 7))
    (opened, closed) = writer.write(lambda w: w.sql.all(sa.select(store.word).order_by(store.word.c.id)))
    assert (opened.name, opened.what, opened.by_id, opened.detail) == (
        "group:1",
        "override",
        7,
        "the fair is tomorrow (owner, backup, rules, purpose, contact, privacy, pieces)",
    )
    assert (closed.name, closed.what) == ("group:1", "close")
    assert writer.write(lambda w: service.readiness(w, 1))["opened"] is False
