"""Whether a group runs by itself, by known numbers that their SQL gives again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.store import DAYS, event
from groupbot.features.members.store import staff
from groupbot.features.reports.store import report
from tests.conftest import START

BOSS, COLLEAGUE, HELPER = 1, 2, 700
TODAY = START.date()


def talks(work: Work) -> None:
    """Twelve talks that were answered, nine opened by members; eight answers are of members."""
    for n in range(12):
        for message, person, reply_to in ((2 * n + 1, 500 + n, None), (2 * n + 2, 600 + n, 2 * n + 1)):
            by_staff = n >= 9 if reply_to is None else n >= 8
            boss = COLLEAGUE if reply_to else BOSS
            work.sql.run(
                sa.insert(event).values(
                    chat_id=work.chat, at=START - timedelta(days=2), person_id=boss if by_staff else person,
                    kind="reply" if reply_to else "message", units=3, message_id=message, staff=by_staff,
                    reply_to=reply_to,
                )
            )  # fmt: skip
    lone = {"chat_id": work.chat, "at": START - timedelta(days=2), "person_id": BOSS, "kind": "message"}
    work.sql.run(sa.insert(event).values(**lone, units=3, message_id=99, staff=True))


def order(work: Work) -> None:
    """Six reports were decided, three of them by a helper; one waits."""
    row = {
        "chat_id": work.chat,
        "person_id": BOSS,
        "status": "administrator",
        "rights": [],
        "checked_at": START,
    }
    work.sql.run(sa.insert(staff).values(row))
    for n, who in enumerate((HELPER, HELPER, HELPER, BOSS, BOSS, BOSS, None)):
        at = None if who is None else START - timedelta(days=3)
        made = {
            "message_id": n,
            "actor": 500,
            "name": "",
            "text": "",
            "at": START - timedelta(days=3),
            "cards": [],
        }
        work.sql.run(sa.insert(report).values(chat_id=work.chat, **made, decided_by=who, decided_at=at))


def weeks(work: Work) -> None:
    """Seven weeks with twenty messages of the boss and forty of members; in the eighth the boss is away, and
    members write thirty."""
    monday = TODAY - timedelta(days=TODAY.weekday())
    for n in range(1, 9):
        day: date = monday - timedelta(days=7 * n)
        away = n == 3
        work.add(DAYS, work.chat, day, BOSS, True, 1 if away else 20, 0, 0, 0)
        for person in range(500, 510):
            work.add(DAYS, work.chat, day, person, False, 3 if away else 4, 0, 0, 0)


def spoken(work: Work, *ago: int, boss: int = 20) -> None:
    for n in ago:
        day = TODAY - timedelta(days=TODAY.weekday() + 7 * n)
        work.add(DAYS, work.chat, day, BOSS, True, boss, 0, 0, 0)
        for person in range(500, 510):
            work.add(DAYS, work.chat, day, person, False, 4, 0, 0, 0)


def of_month(work: Work, last: date = TODAY) -> list[reports.Figure]:
    ask = reports.Ask(work, work.chat, last - timedelta(days=27), last)
    answers = next(f for f in reports.figures(ask) if f.key == "member_answers")
    return reports.leading(ask, answers)


def test_the_index_is_the_mean_of_its_parts_and_says_when_more_can_be_left_to_members(writer: Writer) -> None:
    def fn(work: Work) -> tuple[dict[str, float | None], bool]:
        work.chat = resolve(work, Chat(-100200, "supergroup", "Store")).id
        for fill in (talks, order, weeks):
            fill(work)
        work.flush()
        found = of_month(work)
        for f in found:
            if not f.how:
                assert f.value == pytest.approx(float(work.sql.plain(f.sql)[0][0])), f.key
        return {f.key: f.value for f in found}, reports.hand_over(found)

    value, more = writer.write(fn)
    assert list(value) == list(reports.LEADING)
    assert (value["started_by_members"], value["member_answers"]) == (0.75, pytest.approx(2 / 3))
    assert (value["decided_by_members"], value["week_alone"]) == (0.5, 0.75)
    assert value["self_running"] == pytest.approx(100 * (0.75 + 2 / 3 + 0.5 + 0.75) / 4)
    assert more


def test_a_week_in_which_everybody_fell_silent_is_one_without_staff(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[float | None, int]]:
        work.chat = resolve(work, Chat(-100200, "supergroup", "Store")).id
        spoken(work, 1, 2, 4, 5, 6, 7, 8)
        work.flush()
        return [(f.value, f.n) for f in of_month(work) if f.key == "week_alone"]

    assert writer.write(fn) == [(0.0, 1)]


def test_on_a_monday_too_the_last_eight_weeks_are_looked_at(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[float | None, int]]:
        work.chat = resolve(work, Chat(-100200, "supergroup", "Store")).id
        spoken(work, *range(1, 9))
        spoken(work, 9, boss=0)
        work.flush()
        sunday = TODAY - timedelta(days=TODAY.weekday() + 1)
        return [(f.value, f.n) for f in of_month(work, sunday) if f.key == "week_alone"]

    assert writer.write(fn) == [(None, 0)]


def test_one_part_makes_no_index_and_a_group_that_never_had_staff_is_not_alone(writer: Writer) -> None:
    def fn(work: Work) -> tuple[dict[str, float | None], bool]:
        work.chat = resolve(work, Chat(-100200, "supergroup", "Store")).id
        order(work)
        for n in range(60):
            work.add(DAYS, work.chat, TODAY - timedelta(days=n), 500, False, 9, 0, 0, 0)
        work.flush()
        found = of_month(work)
        return {f.key: f.value for f in found}, reports.hand_over(found)

    value, more = writer.write(fn)
    assert value == dict.fromkeys(reports.LEADING, None) | {"decided_by_members": 0.5}
    assert not more
