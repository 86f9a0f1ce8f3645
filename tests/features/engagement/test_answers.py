"""Who answers whom and how soon: what staff, removed messages and the end of the span do to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.store import event
from tests.conftest import START
from tests.features.engagement.test_digest import forgets
from tests.features.members.group import group

DAY = START.date()
MIDNIGHT = START.replace(hour=0)
STAFF = (1, 2)


def tell(
    work: Work, number: int, person: int, hours: float, answers: int | None = None, *, kind: str = ""
) -> None:
    """A message so many hours before the end of the span's last day."""
    row = {"chat_id": work.chat, "units": 1, "staff": person in STAFF, "reply_to": answers}
    at = MIDNIGHT + timedelta(hours=16) - timedelta(hours=hours)  # its midnight in Shanghai
    row |= {"kind": kind or ("message" if answers is None else "reply"), "message_id": number}
    work.sql.run(sa.insert(event).values(**row, person_id=person, at=at))
    if row["kind"] == "message":  # what opens a talk here asks something
        work.sql.run(sa.insert(event).values(**row | {"kind": "question"}, person_id=person, at=at))


def of_week(work: Work) -> dict[str, reports.Figure]:
    found = {f.key: f for f in reports.figures(reports.Ask(work, work.chat, DAY - timedelta(days=6), DAY))}
    for f in found.values():
        if f.value is not None and not f.how:
            assert float(work.sql.plain(f.sql)[0][0] or 0) == pytest.approx(f.value), f.key
    return found


def test_questions_that_nobody_answered_within_a_day_are_orphans(writer: Writer) -> None:
    def fn(work: Work) -> dict[str, reports.Figure]:
        work.chat = group(work)
        for n in range(12):
            tell(work, 100 + n, 500 + n, 100)
        for n in range(6):
            tell(work, 200 + n, 600, 99, 100 + n)  # six are answered an hour later
        tell(work, 206, 600, 75, 106)  # one a day and an hour later
        tell(work, 207, 600, 99, 107)  # one by what was taken away
        tell(work, 207, 600, 99, kind="removed")
        tell(work, 300, 510, 8)  # this one has not had its day yet
        return of_week(work)

    found = writer.write(fn)
    assert (found["orphans"].value, found["orphans"].n) == (pytest.approx(6 / 12), 12)
    assert (found["answer_half"].value, found["answer_half"].n) == (None, 13)  # six of thirteen
    assert found["reply_pairs"].value == 7


def test_a_span_that_is_not_over_has_orphans_only_of_what_had_its_day(writer: Writer) -> None:
    def fn(work: Work) -> tuple[object, ...]:
        work.chat = group(work)
        for n in range(12):
            tell(work, 100 + n, 500 + n, 60)
            tell(work, 200 + n, 500 + n, 26)  # twenty hours ago: the span's last day has six hours to go
        found = of_week(work)
        return found["orphans"].value, found["orphans"].n

    assert writer.write(fn) == (1, 12)


def test_openings_of_who_was_forgotten_wait_for_no_answer(writer: Writer) -> None:
    def fn(work: Work) -> tuple[object, ...]:
        work.chat = group(work)
        for n in range(20):
            tell(work, 100 + n, 501 if n < 8 else 502, 100)
            tell(work, 200 + n, 600, 99, 100 + n)
        forgets(work, 501)
        found = of_week(work)
        return (
            found["orphans"].value, found["orphans"].n, found["answer_half"].value, found["answer_half"].n,
            found["member_answers"].n,
        )  # fmt: skip

    assert writer.write(fn) == (0, 12, pytest.approx(1), 12, 12)


def test_what_is_too_young_to_be_answered_counts_only_while_it_was_watched(writer: Writer) -> None:
    def fn(work: Work) -> float | None:
        work.chat = group(work)
        for n in range(6):
            tell(work, 100 + n, 500 + n, 50)
            tell(work, 200 + n, 600, 49, 100 + n)
        for n in range(8):
            tell(work, 300 + n, 520 + n, 0.5)  # half an hour before the end
        return of_week(work)["answer_half"].value

    assert writer.write(fn) == pytest.approx(1)  # of the six that could be, all were


def test_ties_are_of_members_staff_stands_in_none(writer: Writer) -> None:
    def fn(work: Work) -> tuple[float | None, float | None, float | None, int, float | None]:
        work.chat = group(work)
        for n in range(10):
            tell(work, 100 + n, 500 + n, 50)
            tell(work, 200 + n, 500 + (n + 1) % 10, 49, 100 + n)
            tell(work, 300 + n, STAFF[0], 48, 100 + n)  # staff answers all of them
            tell(work, 400 + n, 500 + n, 47, 300 + n)  # and they answer staff
        for n in range(12):
            tell(work, 600 + n, STAFF[n % 2], 30)
        found = of_week(work)
        return (
            found["reply_pairs"].value, found["reciprocity"].value, found["member_answers"].value,
            found["speakers_in_20_min"].n, found["speakers_in_20_min"].value,
        )  # fmt: skip

    assert writer.write(fn) == (10, 0, pytest.approx(2 / 3), 0, 10)


@pytest.mark.parametrize(("topic", "advice"), [(None, "topics"), (7, "sibling")])
def test_forty_speakers_at_once_are_advised_to_part(writer: Writer, topic: int | None, advice: str) -> None:
    def fn(work: Work) -> list[object]:
        work.chat = group(work)
        for n in range(39):
            tell(work, n + 1, 500 + n, 50)
        ask = reports.Ask(work, work.chat, DAY - timedelta(days=6), DAY)
        before = reports.crowded(ask, of_week(work)["speakers_in_20_min"])
        tell(work, 90, 539, 50)
        work.sql.run(sa.update(event).values(topic=topic))
        told = reports.review(work, work.chat, "week").more["crowded"]
        return [before, reports.crowded(ask, of_week(work)["speakers_in_20_min"]), told]

    assert writer.write(fn) == ["", advice, advice]
