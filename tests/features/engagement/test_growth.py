"""Roles, the way of a member, links that spread, and who holds a group together, by known numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.events import Chat, Joined, Person
from groupbot.engine.sql import write_bulk
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain import graph
from groupbot.features.engagement.reports import Ask, Figure
from groupbot.features.engagement.store import DAYS, hired_join
from groupbot.features.invites.store import referral
from groupbot.features.links.store import link, visit
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import BRIDGE, OPTOUT, QUIET
from groupbot.features.members.store import consent, membership
from groupbot.features.orders import service as orders
from groupbot.features.orders.domain import Line, together
from tests.conftest import START
from tests.features.engagement.test_figures import four_weeks
from tests.features.members.group import group, stands


def test_growth_is_right_and_its_sql_gives_it_again(writer: Writer) -> None:
    def fn(work: Work) -> tuple[dict[str, Figure], dict[str, Figure], dict[str, float | None]]:
        four_weeks(work)
        chat = work.chat
        friend = {"chat_id": chat, "by_id": 500, "due": START, "points": 0}
        friends = ((502, 20, "paid"), (503, 19, "held"), (510, 18, "left"))
        for person, back, state in (*friends, (600, 17, "hired"), (601, 17, "held")):
            at = START - timedelta(days=back)
            gone = at + timedelta(days=1) if state == "left" else None
            work.sql.run(
                sa.insert(referral).values(**friend, person_id=person, at=at, state=state, left_at=gone)
            )
        bought = {"chat_id": chat, "person_id": 601, "crowd": 9, "at": START - timedelta(days=17)}
        work.sql.run(sa.insert(hired_join).values(**bought))  # not settled yet
        work.sql.run(sa.insert(link).values(id=1, name="promo:1/x", url="https://a.b", at=START))
        for person in (500, 901, 902):
            row = {"link_id": 1, "chat_id": chat, "person_id": person, "times": 2}
            work.sql.run(sa.insert(visit).values(**row, at=START - timedelta(days=1)))
        day = START.date()
        ask = Ask(work, chat, day - timedelta(days=6), day)
        later = Ask(work, chat, day + timedelta(days=22), day + timedelta(days=28))
        found = {f.key: f for f in reports.growth(ask)}
        again = {k: ask.number(f.sql) for k, f in found.items() if not f.how and f.value is not None}
        assert {k: found[k].value for k in again} == again
        return found, {f.key: f for f in reports.growth(later)}, again

    now, later, _ = writer.write(fn)
    value = {k: f.value for k, f in now.items()}
    # of eleven who are here: eight opened talk on all days, two on fourteen; one never spoke
    assert (value["creators"], value["followers"]) == (pytest.approx(10 / 11), 0)
    assert value["onlookers"] == pytest.approx(1 / 11)
    # three friends, two of them spoke, of ten who are active; of those one left within a week never spoke
    assert (value["joined_by_friends"], value["k"], value["k_net"]) == (3, 0.2, 0.2)
    assert value["k_ceiling"] == pytest.approx(1.25)
    assert (value["invites_each"], value["joins_an_invite"], value["k_cohort"]) == (0.3, None, None)
    # of the cohort ten took part, and two friends of one of them did
    assert (later["k_cohort"].value, later["k_cohort"].n) == (pytest.approx(0.2), 10)
    assert (now["cycle"].value, now["cycle"].n) == (None, 3)
    # 500 is a member: not from outside
    assert (value["outside"], value["outside_joined"], value["spill"]) == (2, 0, 0.2)
    assert (now["ignition"].value, now["ignition"].how[:7]) == (2, "warming")
    assert now["journey_activated"].value is None
    assert (later["journey_joined"].value, later["journey_activated"].value) == (12, pytest.approx(10 / 12))
    assert (later["journey_regular"].value, later["journey_lapsed"].value) == (0, pytest.approx(10 / 12))
    assert later["journey_advocate"].value == pytest.approx(1 / 12)
    assert later["journey_first_act"].value == pytest.approx(0.57, abs=0.05)


def test_who_added_a_crowd_that_looks_bought_is_no_advocate(writer: Writer) -> None:
    def fn(work: Work) -> float | None:
        chat = work.chat = group(work)
        row = {"chat_id": chat, "evidence": "own", "removed": False}
        came, at = START - timedelta(days=40), START - timedelta(days=5)
        for person in range(500, 510):
            work.sql.run(sa.insert(membership).values(**row, person_id=person, joined_at=came))
        for person, by in ((601, 500), (602, 501)):
            work.sql.run(sa.insert(membership).values(**row, person_id=person, joined_at=at, added_by=by))
        work.sql.run(sa.insert(hired_join).values(chat_id=chat, person_id=602, crowd=9, at=at))
        found = reports.growth(Ask(work, chat, START.date(), START.date()))
        return next(f.value for f in found if f.key == "journey_advocate")

    assert writer.write(fn) == pytest.approx(0.1)


def test_roles_are_shares_of_who_is_here_neither_staff_nor_hired(writer: Writer) -> None:
    """Twenty opened talk on four days; eight left since, one became staff, one came by a bought link."""

    def fn(work: Work) -> dict[str, tuple[float | None, int | None]]:
        chat = work.chat = group(work)
        for person in range(500, 520):
            left = START - timedelta(days=2) if person < 508 else None
            row = {"chat_id": chat, "person_id": person, "evidence": "own", "removed": False}
            came = START - timedelta(days=20)
            work.sql.run(sa.insert(membership).values(**row, joined_at=came, left_at=left))
            for days in (5, 6, 7, 8):
                day = START.date() - timedelta(days=days)
                write_bulk(work.sql, DAYS, [(chat, day, person, False, 1, 0, 0, 0)])
        stands(work, chat, 508, "administrator")
        bought = {"chat_id": chat, "person_id": 509, "crowd": 9, "at": START - timedelta(days=20)}
        work.sql.run(sa.insert(hired_join).values(**bought))
        found = {f.key: f for f in reports.growth(Ask(work, chat, START.date(), START.date()))}
        roles = {k: found[k] for k in ("creators", "followers", "onlookers")}
        for f in roles.values():
            assert float(work.sql.plain(f.sql)[0][0] or 0) == pytest.approx(f.value)
        return {k: (f.value, f.n) for k, f in roles.items()}

    assert writer.write(fn) == {"creators": (1, 10), "followers": (0, 10), "onlookers": (0, 10)}


def test_who_holds_two_halves_together_stands_between_them() -> None:
    left = [(a, b) for a in range(1, 16) for b in range(a + 1, 16)]
    right = [(a, b) for a in range(17, 32) for b in range(a + 1, 32)]
    ways = graph.betweenness([*left, (15, 16), (16, 17), *right])
    best = sorted(ways, key=lambda p: (-ways[p], p))[:3]
    assert (best, ways[1]) == ([16, 15, 17], 0)
    assert ways[16] == pytest.approx(15 * 15 * 2 / (30 * 29))
    assert graph.betweenness(left) == {}  # under thirty nobody's place is told


def test_key_people_have_their_evidence_and_the_same_order_each_time(writer: Writer) -> None:
    def fn(work: Work) -> list[list[tuple[str, int, str]]]:
        four_weeks(work)
        row = {"chat_id": work.chat, "by_id": 500, "at": START - timedelta(days=20), "due": START}
        work.sql.run(sa.insert(referral).values(**row, person_id=502, state="paid", points=20))
        other = group(work, -1002, "Fans")
        for person, days, willing in ((503, 3, True), (501, 9, True), (502, 9, False)):
            for n in range(days):
                day = START.date() - timedelta(days=n)
                write_bulk(work.sql, DAYS, [(other, day, person, False, 1, 0, 0, 0)])
            if willing:
                members.wish(work, person, BRIDGE, True)
        ((_, code),) = orders.codes(work, ["c"])
        orders.bind(work, 502, code)
        bought = Line("1", "online", START - timedelta(days=2), "c", "", 1, 100, "done", "")
        orders.bring(work, list(together([bought]).values()))
        ask = Ask(work, work.chat, START.date(), START.date())
        score = next(p.score for p in reports.key_people(ask) if p.kind == "salesman")
        assert score == pytest.approx(2 / 6)  # who stayed and ordered is one friend
        return [[(p.kind, p.person, p.evidence) for p in reports.key_people(ask)] for _ in range(2)]

    one, two = writer.write(fn)
    assert (
        one
        == two
        == [
            ("connector", 501, "active elsewhere: groups 1, days 9"),
            ("salesman", 500, "1 of 1 friends stayed, 1 ordered"),
            ("connector", 503, "active elsewhere: groups 1, days 3"),
        ]
    )


def test_a_join_soon_after_a_counted_link_is_known_by_it_unless_there_is_better(writer: Writer) -> None:
    def fn(work: Work) -> dict[int, str]:
        chat = group(work)
        work.sql.run(sa.insert(link).values(id=1, name="promo:1/x", url="https://a.b", at=START))
        for person, days, named in ((1, 6, None), (2, 8, None), (3, 6, "Till"), (4, -1, None)):
            row = {"chat_id": chat, "person_id": person, "removed": False, "evidence": "own"}
            work.sql.run(sa.insert(membership).values(**row, joined_at=START, link_name=named))
            row = {"link_id": 1, "chat_id": chat, "person_id": person, "times": 1}
            work.sql.run(sa.insert(visit).values(**row, at=START - timedelta(days=days)))
        return {int(p): str(g) for p, g in work.sql.plain("SELECT person_id, grade FROM v_join")}

    assert writer.write(fn) == {1: "token", 2: "none", 3: "exact", 4: "none"}


def test_who_had_opted_out_when_they_joined_is_not_counted_as_a_join(writer: Writer) -> None:
    """2 opted out later, 3 was counted again by then, 4 only later; 5 asked for something else."""

    def fn(work: Work) -> list[int]:
        chat = group(work)
        for person in range(1, 6):
            row = {"chat_id": chat, "person_id": person, "removed": False, "evidence": "own"}
            work.sql.run(sa.insert(membership).values(**row, joined_at=START))
        words = ((1, -1, True), (2, 1, True), (3, -2, True), (3, -1, False), (4, -2, True), (4, 1, False))
        for person, days, given in words:
            row = {"person_id": person, "given": given, "at": START + timedelta(days=days)}
            work.sql.run(sa.insert(consent).values(**row, kind=OPTOUT))
        row = {"person_id": 5, "given": True, "at": START - timedelta(days=1)}
        work.sql.run(sa.insert(consent).values(**row, kind=QUIET))
        return [p for (p,) in work.sql.plain("SELECT person_id FROM v_join ORDER BY person_id")]

    assert writer.write(fn) == [2, 3, 5]


def test_love_fades_by_a_tenth_a_month_and_is_told_beside_the_people_a_group_leans_on(writer: Writer) -> None:
    """F4 with the worth of our acts: 4 a day that talk was opened, 2 a day of answers, 2 a friend."""

    def fn(work: Work) -> None:
        chat = group(work)
        last = START.date() - timedelta(days=START.weekday() + 1)  # a Sunday
        for person, ages, answers in ((501, (1, 1, 3), 0), (502, (0, 1), 1), (503, (14,), 0)):
            for n, age in enumerate(ages):
                day = last - timedelta(days=28 * age + n)
                write_bulk(work.sql, DAYS, [(chat, day, person, False, 1, answers, 0, 0)])
        late = last + timedelta(days=1)
        write_bulk(work.sql, DAYS, [(chat, late, 501, False, 1, 0, 0, 0)])
        friend = {"chat_id": chat, "due": START, "points": 0, "by_id": 502}
        for person, state, gone in ((601, "held", None), (602, "left", START), (603, "paid", START)):
            at = START - timedelta(days=70)
            row = friend | {"person_id": person, "state": state, "left_at": gone}
            work.sql.run(sa.insert(referral).values(**row, at=at))
        ask = Ask(work, chat, last, last)
        found = reports.love(ask, {501, 502, 503, 504})
        assert found == {
            501: (pytest.approx(4 * 0.9 + 4 * 0.9 + 4 * 0.9**3), pytest.approx(4 + 4 + 4 * 0.9**2)),
            502: (pytest.approx(2 + 2 * 0.9 + 2 * 0.9**2), pytest.approx(2 + 2 * 0.9)),
            503: (0, 0),  # over a year ago
            504: (0, 0),
        }
        sql = reports.love_sql(ask, {501, 502})
        assert [(p, w) for p, _, w in ask.rows(sql["love_weeks"])] == [(501, 4), (501, 8), (502, 2), (502, 2)]
        assert [p for p, _ in ask.rows(sql["love_friends"])] == [502]
        assert ask.rows(reports.love_sql(ask, ())["love_weeks"]) == []

    writer.write(fn)


def test_a_join_has_a_first_and_a_last_touch_and_an_approved_request_is_no_adding(writer: Writer) -> None:
    def fn(work: Work) -> tuple[list[tuple[str, int, int]], dict[str, float | None]]:
        chat = work.chat = group(work)
        for number, name in ((1, "Lanterns/taste/x"), (2, "Lanterns/offer/y")):
            work.sql.run(sa.insert(link).values(id=number, name=name, url=f"https://a.b/{number}", at=START))
        at = START - timedelta(days=2)
        for number, person, days in ((1, 1, 9), (2, 1, 1), (1, 2, 20), (1, 3, 3), (2, 4, -1)):
            row = {"link_id": number, "chat_id": chat, "person_id": person, "times": 1}
            work.sql.run(sa.insert(visit).values(**row, at=at - timedelta(days=days)))
        for person, named in ((2, "Till"), (1, None), (3, None), (4, None)):
            row = {"chat_id": chat, "person_id": person, "removed": False, "evidence": "own"}
            work.sql.run(sa.insert(membership).values(**row, joined_at=at, link_name=named))
        here = Chat(-1001, "supergroup", "West Lake")
        for n, (person, requested) in enumerate(((5, True), (6, False))):
            work.event = Joined(
                at=at + timedelta(minutes=n), chat=here, sender=Person(77, "Boss"),
                people=(Person(person, "P"),), request=requested,
            )  # fmt: skip
            members.note_people(work.event, work)
        work.flush()
        day = START.date()
        ask = Ask(work, chat, day - timedelta(days=6), day)
        keys = (
            "joined_by_named_link",
            "joined_by_request",
            "joined_brought",
            "joined_by_token",
            "joined_unknown",
        )
        found = {f.key: f.value for f in reports.figures(ask)}
        again = [tuple(r) for r in work.sql.plain(reports.touches_sql(ask))]
        told = [(t.source, t.first, t.last) for t in reports.touches(ask)]
        assert again == told
        return told, {k: found[k] for k in keys}

    told, grades = writer.write(fn)
    assert sorted(told) == [
        ("Lanterns/offer/y", 0, 1), ("Lanterns/taste/x", 3, 1), ("Till", 0, 1), ("added", 1, 1),
        ("none", 1, 1), ("request", 1, 1),
    ]  # fmt: skip
    assert [*grades.values()] == [1, 1, 1, 2, 1]
