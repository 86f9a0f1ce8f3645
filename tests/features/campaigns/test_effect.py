"""What a campaign did beside other groups, and the lot that lets half of its groups begin later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.engine.addresses import set_state
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.campaigns import service
from groupbot.features.campaigns.domain.campaign import campaign_of
from groupbot.features.campaigns.domain.effect import Effect, effect, later
from groupbot.features.campaigns.service.effect import effect_of
from groupbot.features.campaigns.service.launching import find, row_of
from groupbot.features.campaigns.service.lots import begin_later, lot_over
from groupbot.features.engagement.store import DAYS
from groupbot.features.members import service as members
from groupbot.features.members.store import membership
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Audience, Wrong
from tests.features.campaigns.test_running import FILES
from tests.features.campaigns.test_running import shop as shop
from tests.features.members.group import group
from tests.features.promos.test_publish import at

GATE = "Lanterns/taste"


def test_half_of_six_groups_begin_later_by_lot_and_nobody_chooses() -> None:
    half = later("Lanterns", "2027-01-31T01:00:00", range(1, 8))
    assert half == later("Lanterns", "2027-01-31T01:00:00", range(7, 0, -1))
    assert (len(half), later("Lanterns", "x", range(5))) == (3, frozenset())
    drawn = [later("Lanterns", f"{n}", range(8)) for n in range(400)]
    assert all(150 < sum(c in d for d in drawn) < 250 for c in range(8))


def test_the_effect_is_the_difference_of_differences() -> None:
    assert effect([], [1, 2], "lot") is None
    assert effect([1, 3], [1], "siblings") == Effect("uncontrolled", 2, 0, 2)
    few = effect([4, 2], [1, 1], "siblings")
    assert few == Effect("siblings", 2, 2, 3, 1)
    assert few.effect == 2
    many = effect([4, 5, 6, 5], [1, 0, 1, 2], "lot")
    assert many is not None
    assert (many.effect, many.low) == (4, pytest.approx(4 - (many.high or 0) + 4))
    assert 2.5 < (many.low or 0) < 3


def test_a_lot_is_a_number_of_days() -> None:
    raw = {
        "name": "A", "reason": "b", "audience": "all", "start": "2027-01-31", "end": "2027-02-03",
        "contact": "c", "stop": {"leaves": "2%", "complaints": 2}, "phases": [{"name": "x"}],
    }  # fmt: skip
    known = {"all": Audience("all")}
    assert campaign_of(raw, known).lot == 0
    assert campaign_of(raw | {"lot": 7}, known).lot == 7
    for lot in (29, -1, True, "7"):
        with pytest.raises(Wrong, match="0 to 28 days"):
            campaign_of(raw | {"lot": lot}, known)


def lives(work: Work, chat: int, before: int, after: int) -> None:
    """Ten members; so many of them do something each day, from 14 days before on, and after now."""
    for n in range(10):
        row = {"chat_id": chat, "person_id": 9000 + n, "evidence": "before", "removed": False}
        work.sql.run(sa.insert(membership).values(**row))
    today = work.now.date()
    for day in range(-14, 14):
        for n in range(before if day < 0 else after):
            work.add(DAYS, chat, today + timedelta(days=day), 9000 + n, False, 1, 0, 0, 0)


@pytest.mark.parametrize("drawn", [True, False])
def test_late_groups_wait_for_their_day_and_are_what_the_others_are_held_against(
    shop: Writer, tmp_path: Path, drawn: bool
) -> None:
    if drawn:
        path = tmp_path / "plans/campaigns/a.yaml"
        path.write_text(FILES["plans/campaigns/a.yaml"] + "  lot: 7\n", "utf-8")

    def launch(work: Work) -> list[int]:
        for chat in {p.chat for p in members.profiles(work)}:
            members.set_profile(work, chat, tier="dealer")
        here = [group(work, -5000 - n, f"S{n}") for n in range(8)]
        for chat in here:
            members.set_profile(work, chat, tier="store")
        service.launch(work, "Lanterns", 1, "we try it")
        shut = [c for c in here if promos.shut(work, GATE, c)]
        for chat in here:
            lives(work, chat, 3, 3 if chat in shut else 5)
        work.flush()
        assert len(shut) == (4 if drawn else 0)
        return shut

    shut = shop.write(launch)
    now = shop.read(lambda w: row_of(w, "Lanterns").at)
    found = shop.read(lambda w: effect_of(w, find(w, "Lanterns"), row_of(w, "Lanterns")))
    assert found is None  # its days are not over
    at(shop, (now + timedelta(days=14)).replace(tzinfo=None))

    def look(work: Work) -> list[object]:
        campaign, row = find(work, "Lanterns"), row_of(work, "Lanterns")
        told = effect_of(work, campaign, row)
        assert told is not None
        change = {c: float(x) for c, x in work.sql.plain(told["sql"])}
        own = [change[c] for c in told["own"]]
        assert told["change"] == pytest.approx(sum(own) / len(own))
        if drawn:
            assert lot_over(work, campaign, row)
            begin_later(work, campaign, row)
        assert [c for c in shut if promos.shut(work, GATE, c)] == []
        return [told[k] for k in ("how", "groups", "others", "change", "effect")]

    expected = ["lot", 4, 4, 20, 20] if drawn else ["uncontrolled", 8, 0, 20, None]
    assert shop.write(look) == expected


def test_groups_of_the_tier_that_are_not_in_it_stand_beside_it(shop: Writer) -> None:
    """One where the bot lacks a right is among them, the operators' own is not."""
    shop.me = structs.replace(shop.me, ops_chat=-5006)

    def fn(work: Work) -> list[object]:
        campaign = find(work, "Lanterns")
        for profile in members.profiles(work):
            members.set_profile(work, profile.chat, tier="dealer")
        chats = [group(work, -5000 - n, f"S{n}") for n in range(7)]
        set_state(work, chats[5], "limited", "delete")
        for n, chat in enumerate(chats):
            members.set_profile(work, chat, tier="store")
            lives(work, chat, 3, 5 if n < 3 else 4)
        work.flush()
        half = structs.replace(campaign.whom, chats=("S0", "S1", "S2"))
        service.launch(work, "Lanterns", 1, "we try it")
        row = row_of(work, "Lanterns")
        work.now += timedelta(days=14)
        found = effect_of(work, structs.replace(campaign, whom=half), row)
        told = service.review(work, "Lanterns")["effect"]
        assert found is not None
        assert (told["how"], told["change"], told["theirs"]) == ("uncontrolled", "+14.29", None)
        return [found[k] for k in ("how", "groups", "others", "change", "theirs", "effect", "low")]

    assert shop.write(fn) == ["siblings", 3, 3, 20, 10, 10, None]
