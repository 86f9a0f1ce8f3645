"""The score of a group: what its parts are made of, that it is kept each week, and the mean of its tier."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.store import DAYS, health_score
from groupbot.features.market import service as market
from groupbot.features.members import service as members
from groupbot.features.members.store import membership
from tests.features.engagement.test_answers import DAY, MIDNIGHT, tell
from tests.features.members.group import group

BOSS = 1
WEEK = date(2027, 1, 18)  # the last whole one before START


def lived(work: Work, *, busy: int = 1) -> int:
    """Forty known; twenty newcomers a week, each with one opening, half of these answered; in the last week
    the boss speaks, and `busy` times as much is said by twenty people."""
    chat = work.chat
    members.set_profile(work, chat, tier="store", owner=BOSS)
    for n in range(40):
        row = {"chat_id": chat, "person_id": 400 + n, "evidence": "before", "removed": False}
        work.sql.run(sa.insert(membership).values(**row))
    for week in range(9):
        for n in range(20):
            person = 1000 + 100 * week + n
            hours = 24 * (7 * week + 1) + n / 10
            at = MIDNIGHT + timedelta(hours=16) - timedelta(hours=hours + 1)
            row = {"chat_id": chat, "person_id": person, "evidence": "own", "removed": False}
            gone = at + timedelta(days=1)
            work.sql.run(sa.insert(membership).values(**row, joined_at=at, left_at=gone))
            tell(work, 1000 * (week + 1) + n, person, hours)
            if n % 2:
                tell(work, 1000 * (week + 1) + 500 + n, 400 + n, hours - 1, 1000 * (week + 1) + n)
            day = DAY - timedelta(days=7 * week + 1)
            work.add(DAYS, chat, day, 400 + n, False, 5 * (busy if week == 0 else 1), 0, 0, 0)
    tell(work, 9999, BOSS, 30)
    work.flush()
    return chat


def test_parts_count_first_answers_complaints_and_whether_the_boss_was_heard(writer: Writer) -> None:
    def fn(work: Work) -> reports.Health:
        work.chat = group(work)
        lived(work)
        now, work.now = work.now, MIDNIGHT - timedelta(days=1)
        for n in range(3):
            market.put(work, 1000 + n, None, "complaint", "", BOSS)
        work.now = now
        return reports.health(reports.Ask(work, work.chat, DAY - timedelta(days=6), DAY))

    found = writer.write(fn)
    last, before = found.shares[-1], found.shares[-2]
    # those who joined spoke within the week all, and half of them were answered within a day
    assert (last["newcomers"], last["activity"]) == (pytest.approx(0.75, abs=0.01), 0.5)
    assert (last["cleanliness"], before["cleanliness"]) == (pytest.approx(1 - 3 / 30), 1)
    assert (last["governance"], before["governance"]) == (1, 0)
    assert {"owner_heard", "complaints", "newcomers_unanswered", "acts", "tier"} <= {*found.sql[-1]}


def test_a_score_is_kept_once_a_week_and_the_tier_s_mean_is_of_others_in_the_week_before(
    writer: Writer,
) -> None:
    def fn(work: Work) -> tuple[list[tuple[object, ...]], dict[str, float], int, int]:
        chat = work.chat = group(work)
        lived(work)
        others = [group(work, -2000 - n, f"G{n}") for n in range(4)]
        for n, other in enumerate(others):
            members.set_profile(work, other, tier="store" if n < 3 else "dealer")
            parts = dict.fromkeys(measures.WEIGHTS, 30.0 + 10 * n)
            row = {"version": measures.HEALTH_VERSION, "stage": "mature", "flagged": False, "at": work.now}
            work.sql.run(
                sa.insert(health_score).values(chat_id=other, week=WEEK - timedelta(days=7), **row, **parts)
            )
        steps = 0
        while found_now := list(reports.score_steps(work)):
            for step in found_now:
                reports.keep_score(step, work)
                steps += 1
        ask = reports.Ask(work, chat, WEEK, WEEK + timedelta(days=6))
        found = reports.health(ask)
        asked = work.sql.plain(found.sql[-1]["tier"])[0]
        assert (asked[0], float(asked[1])) == (3, 40)
        kept = work.sql.plain(f"SELECT week, version, score FROM v_health WHERE chat_id = {chat}")
        again = measures.health(found.shares, members.count_here(work, chat), None, found.tier)
        assert again is not None
        assert [(str(w), v, s) for w, v, s in kept] == [("2027-01-18", measures.HEALTH_VERSION, again[0])]
        return kept, dict(found.tier), steps, again[0]

    _, tier, steps, score = writer.write(fn)  # two steps a group: how it stood, and its score
    assert (tier, steps) == (
        dict.fromkeys(measures.WEIGHTS, 40),
        10,
    )
    assert 0 < score < 100


def test_who_came_back_in_the_fifth_week_counts_on_whichever_day_a_week_ends(writer: Writer) -> None:
    def fn(work: Work) -> list[float | None]:
        work.chat = group(work)
        lived(work)
        for week in range(9):
            for n in range(15):  # of twenty
                day = DAY - timedelta(days=7 * week + 2) + timedelta(days=30)
                work.add(DAYS, work.chat, day, 1000 + 100 * week + n, False, 1, 0, 0, 0)
        work.flush()
        ends = [DAY - timedelta(days=n) for n in range(7)]
        asked = [reports.Ask(work, work.chat, last - timedelta(days=6), last) for last in ends]
        return [reports.health(ask).shares[-1]["retention"] for ask in asked]

    assert writer.write(fn) == [0.75] * 7


def test_a_tier_of_two_others_has_no_mean(writer: Writer) -> None:
    def fn(work: Work) -> dict[str, float]:
        chat = work.chat = group(work)
        members.set_profile(work, chat, tier="store")
        return dict(reports.health(reports.Ask(work, chat, WEEK, WEEK + timedelta(days=6))).tier)

    assert writer.write(fn) == {}
