"""How far a campaign spread: each visitor once, members are not from outside, and its SQL gives it again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.campaigns import service, store
from groupbot.features.campaigns.domain.cascade import Cascade, cascade
from groupbot.features.campaigns.service.files import known
from groupbot.features.campaigns.service.spread import mark as mark_of
from groupbot.features.engagement.domain.measures import Levels
from groupbot.features.invites.store import referral
from groupbot.features.links.store import link, visit
from groupbot.features.members.store import membership
from tests.features.campaigns.test_running import launch
from tests.features.campaigns.test_running import shop as shop
from tests.features.members.group import group
from tests.features.promos.test_publish import at, said


def shared(work: Work, at: datetime, number: int, step: str, *people: int) -> None:
    """A link of the campaign, pressed twice by each of these in the shop."""
    work.sql.run(sa.insert(link).values(id=number, name=f"Lanterns/{step}", url="https://a.b", at=at))
    for person in people:
        row = {"link_id": number, "chat_id": 1, "person_id": person, "times": 2}
        work.sql.run(sa.insert(visit).values(**row, at=at))


def belongs(work: Work, chat: int, person: int, **more: datetime) -> None:
    """A member who was there before the bot."""
    row = {"chat_id": chat, "person_id": person, "evidence": "before", "removed": False}
    work.sql.run(sa.insert(membership).values(**row, **more))


def test_a_broadcast_is_flat_and_a_chain_is_deep() -> None:
    assert cascade([1, 2, 3], []) == Cascade(3, 1, 1.5, 0.0)
    assert cascade([1, 1], []) == Cascade(1, 1, None, None)
    # the campaign, 1, 2, 3 in a row: distances 1 1 1 2 2 3 of six pairs
    assert cascade([1], [(1, 2), (2, 3)]) == Cascade(3, 3, pytest.approx(10 / 6), pytest.approx(1 / 3))
    assert cascade([2], [(1, 2), (2, 1), (3, 2), (5, 5)]) == Cascade(2, 2, pytest.approx(4 / 3), 0.5)
    assert cascade([], []) == Cascade(0, 0, None, None)
    deep = cascade([], [(n, n + 1) for n in range(1, 3000)])
    assert (deep.size, deep.depth) == (3000, 3000)


def test_who_left_before_is_from_outside_and_in_no_other_group(shop: Writer) -> None:
    launch(shop)
    begun = datetime(2027, 1, 31, 1)

    def fill(work: Work) -> None:
        other = group(work, -1099, "Elsewhere")
        moment = work.now.replace(hour=1, minute=20)
        shared(work, moment, 71, "taste/tasting", 901, 902)
        before, after = moment - timedelta(minutes=10), moment + timedelta(minutes=10)
        for chat, person, left in ((1, 901, before), (other, 901, before), (1, 902, after)):
            belongs(work, chat, person, left_at=left)

    shop.write(fill)
    at(shop, begun.replace(hour=2, minute=1))
    (mark,) = shop.write(lambda w: service.spread(w, "Lanterns"))["marks"]
    assert (mark["outside"], mark["communities"]) == (1, 0)


def test_a_campaigns_spread_is_told_after_an_hour_and_again_after_a_day(shop: Writer) -> None:
    launch(shop)
    begun = datetime(2027, 1, 31, 1)

    def fill(work: Work) -> None:
        other = group(work, -1099, "Elsewhere")
        moment = work.now.replace(hour=1, minute=20)
        shared(work, moment, 71, "taste/tasting", 901, 902, 903)
        shared(work, moment, 72, "offer/offer", 901)
        belongs(work, 1, 903)  # a member: not from outside
        belongs(work, other, 902)
        row = {"chat_id": 1, "due": moment, "state": "held", "points": 0, "at": moment}
        work.sql.run(sa.insert(referral).values(**row, person_id=904, by_id=903))

    shop.write(fill)
    before = len(said(shop))
    at(shop, begun.replace(hour=2, minute=1))
    shop.write(service.watch)
    shop.write(service.watch)
    told = [t.text for t in said(shop)[before:] if "Lanterns" in str(t.text)]
    (mark,) = shop.write(lambda w: service.spread(w, "Lanterns"))["marks"]
    assert (mark["mark"], mark["outside"], mark["communities"], mark["sharers"]) == ("1h", 2, 1, 1)
    assert (mark["size"], mark["depth"], mark["converted"]) == (4, 2, 0)
    # a ratio of two people, or the shape of four, is no number
    assert (mark["spill"], mark["virality"], mark["largest"]) == (None, None, None)
    assert (mark["level"], mark["few"]) == ("L2", True)  # of a handful no level is told

    def own_thresholds(work: Work) -> str:
        campaign = structs.replace(known(work)["Lanterns"], levels=Levels(outside=9))
        row = work.sql.first(store.ONE, the_name="Lanterns")
        return str(mark_of(work, campaign, row.at, "1h")["level"])

    assert shop.write(own_thresholds) == "L0"
    again = shop.write(lambda w: [r[0] for r in w.sql.plain(mark["sql"]["outside"])])
    assert again == [901, 902]
    at(shop, begun.replace(month=2, day=1, hour=2))
    assert [m["mark"] for m in shop.write(lambda w: service.spread(w, "Lanterns"))["marks"]] == ["1h", "24h"]
    assert len(told) <= 2
