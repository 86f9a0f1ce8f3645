"""Governance: how large a group is, who administers and who sits in it, each week, beside plan and voice."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain.governing import Governed, governance, governed
from groupbot.features.engagement.store import group_state
from groupbot.features.members import service as members
from groupbot.features.members.store import membership, profile
from tests.features.engagement.test_health import WEEK, lived
from tests.features.members.group import group, stands


@pytest.mark.parametrize(
    ("tier", "many", "statuses", "seated", "found"),
    [
        ("dealer", 200, ("creator", "administrator"), (True, True, True), Governed(1, 1, 1)),
        ("store", 350, ("creator",), (True, False), Governed(0.5, 0.5, 0.5)),
        ("store", 900, ("administrator",), (), Governed(0, 0, None)),
        ("consumer", 900, (), (False,), Governed(None, None, 0)),
        (None, None, (), (), Governed(None, None, None)),
    ],
)
def test_size_counts_in_the_trade_and_two_people_administer_it(
    tier: str | None, many: int | None, statuses: tuple[str, ...], seated: tuple[bool, ...], found: Governed
) -> None:
    assert governed(tier, many, statuses, seated) == found


def test_a_part_known_since_lately_moves_nothing() -> None:
    old: dict[str, float | None] = {"voice": 1.0, "admins": None}
    new: dict[str, float | None] = {"voice": 1.0, "admins": 0.0}
    assert governance([old] * 5 + [new] * 2) == [1.0] * 7
    assert governance([old] + [new] * 4) == [None] + [0.5] * 4
    assert governance([{"voice": None}] * 3) == [None] * 3
    assert governance([]) == []


def test_how_a_group_stands_is_kept_each_week_and_a_leaver_above_lowers_its_governance(
    writer: Writer,
) -> None:
    def fn(work: Work) -> tuple[list[tuple[object, ...]], list[float | None], list[tuple[object, ...]]]:
        chat = work.chat = group(work)
        lived(work)
        above = group(work, -2001, "Dealers")
        members.set_profile(work, above, tier="dealer", owner=2)
        members.set_profile(work, chat, parent=above)
        for person, status in ((1, "creator"), (3, "administrator")):
            stands(work, chat, person, status)
        row = {"chat_id": chat, "person_id": 2, "evidence": "before", "removed": False}
        work.sql.run(sa.insert(membership).values(**row))
        work.sql.run(sa.update(profile).where(profile.c.chat_id == chat).values(members=200))
        for n in range(1, 8):
            week = WEEK - timedelta(days=7 * n)
            row = {"chat_id": chat, "week": week, "size": 1.0, "admins": 1.0, "present": 1.0, "at": work.now}
            work.sql.run(sa.insert(group_state).values(**row))
        work.sql.run(sa.update(membership).where(membership.c.person_id == 2).values(left_at=work.now))
        work.empty_caches()
        while steps := list(reports.score_steps(work)):
            for step in steps:
                reports.keep_score(step, work)
        kept = work.sql.plain(
            f"SELECT size, admins, present FROM v_group_state WHERE chat_id = {chat} AND week = '{WEEK}'"
        )
        health = reports.health(reports.Ask(work, chat, WEEK, WEEK + timedelta(days=6)))
        scored = work.sql.plain(f"SELECT version, governance FROM v_health WHERE chat_id = {chat}")
        assert [work.sql.plain(s["stood"]) for s in health.sql[-2:]] == [[(1, 1, 1)], [(1, 1, 0.5)]]
        return kept, [s["governance"] for s in health.shares], scored

    kept, weeks, scored = writer.write(fn)
    assert kept == [(1, 1, 0.5)]
    # the boss was silent in both weeks: (0 + 1 + 1 + 1) / 4 before, (0 + 1 + 1 + ½) / 4 now
    assert (weeks[-2], weeks[-1]) == (0.75, 0.625)
    assert scored[0][0] == 3 and scored[0][1] is not None
