"""Only who agreed is on the map; nobody is reached before they say yes."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.bridges import service
from groupbot.features.bridges.domain import AskThem, Bridge, overlaps, proposed
from groupbot.features.engagement.store import member_day
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import BRIDGE, QUIET
from tests.conftest import START
from tests.features.members.group import group, starts


def test_a_way_few_know_is_worth_more_and_each_way_is_proposed_once_first() -> None:
    days = {n: {1: 10, 2: 10} for n in range(1, 8)} | {20: {1: 4, 3: 4}, 21: {1: 9, 3: 9}, 22: {4: 5}}
    assert [(o.one, o.other, o.both, o.share) for o in overlaps(days)] == [(1, 2, 7, 1.0), (1, 3, 2, None)]
    assert [(b.person, b.inside, b.outside) for b in proposed(days, {1})] == [
        (21, 1, 3), (1, 1, 2), (20, 1, 3), (2, 1, 2), (3, 1, 2)
    ]  # fmt: skip
    assert proposed(days, {4}) == []


def test_the_map_holds_who_agreed_and_contact_comes_with_a_yes(writer: Writer) -> None:
    def fn(work: Work) -> None:
        one, two = group(work), group(work, -1002, "Fans")
        for person in (501, 502, 503):
            starts(work, person)
            for chat, n in ((one, 3), (two, 2)):
                for d in range(n):
                    row = {"chat_id": chat, "person_id": person, "staff": False, "messages": 1, "replies": 0}
                    day = (START - timedelta(days=d)).date()
                    work.sql.run(sa.insert(member_day).values(**row, reactions=0, taps=0, day=day))
        starts(work, 99)
        for person in (501, 503):
            members.wish(work, person, BRIDGE, True)
        members.wish(work, 503, QUIET, True)
        since = START - timedelta(days=9)
        assert members.quiet_within(work, since, work.now) == [503]  # agreeing is no complaint
        assert service.bridges(work, "") == [Bridge(501, one, two, 3, 2)]
        data, rows = service.told(work, "")
        assert (data["bridges"][0]["state"], len(rows[0])) == ("new", 1)
        them = AskThem(501, "", one, two)
        for other in (502, 503):
            with pytest.raises(Refusal, match="bridges/not_now"):
                service.ask(work, AskThem(other, "", one, two), 99)
        service.ask(work, them, 99)
        with pytest.raises(Refusal, match="bridges/not_now"):
            service.ask(work, them, 99)
        with pytest.raises(Refusal, match="common/old_button"):
            service.said(work, 1, 502, True)
        assert service.told(work, "")[0]["bridges"][0]["state"] == "asked"
        service.said(work, 1, 501, True)
        with pytest.raises(Refusal, match="common/old_button"):
            service.said(work, 1, 501, False)
        said = [(e.user, e.template, "person" in e.data) for e in work.effects if type(e) is Send]
        assert said == [(501, "bridges/ask", False), (99, "bridges/agreed", True)]
        members.wish(work, 501, BRIDGE, False)
        assert service.bridges(work, "") == []

    writer.write(fn)


def test_who_declined_is_not_asked_about_it_again_and_others_are_after_half_a_year(writer: Writer) -> None:
    def before(work: Work) -> None:
        group(work), group(work, -1002, "Fans")
        for person in (501, 502, 503):
            starts(work, person)
            members.wish(work, person, BRIDGE, True)
            service.ask(work, AskThem(person, "", 1, 2), 99)
        service.said(work, 1, 501, False)
        service.said(work, 2, 502, True)

    def after(work: Work) -> list[int]:
        service.sweep(work)
        again = []
        for person in (501, 502, 503):
            with suppress(Refusal):
                service.ask(work, AskThem(person, "", 1, 2), 99)
                again.append(person)
        return again

    writer.write(before)
    writer.clock.at = START + timedelta(days=181)  # type: ignore[attr-defined]
    assert writer.write(after) == [502, 503]


def test_the_map_looks_at_twenty_eight_days_with_today(writer: Writer) -> None:
    def fn(work: Work) -> list[int]:
        for chat in (group(work), group(work, -1002, "Fans")):
            for person, ago in ((501, 27), (502, 28)):
                row = {"chat_id": chat, "person_id": person, "staff": False, "messages": 1, "replies": 0}
                day = (START - timedelta(days=ago)).date()
                work.sql.run(sa.insert(member_day).values(**row, reactions=0, taps=0, day=day))
        for person in (501, 502):
            members.wish(work, person, BRIDGE, True)
        return [b.person for b in service.bridges(work, "")]

    assert writer.write(fn) == [501]
