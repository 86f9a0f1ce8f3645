"""The stage of a group is judged once a week over eight weeks, dated, and does not flicker."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from groupbot.core.events import Chat, Message, Person
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain import measures as m
from groupbot.features.engagement.reports.stages import changed_since
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from tests.features.engagement.test_digest import MONDAY, at, groups, tell, ticks
from tests.features.members.group import group

FIRST = date(2026, 11, 30)  # the Monday of the first of the weeks lived here
ROOM = Chat(-1009, "supergroup", "西湖店会员群")


def lived(writer: Writer, *weeks: int, known: int = 30) -> int:
    """A group in Shanghai in whose weeks so many people said something on Wednesday."""

    def fn(work: Work) -> int:
        work.chat, work.zone = group(work, ROOM.id, ROOM.title), "Asia/Shanghai"
        members.put(work, ZONE, work.zone, chat=work.chat)
        for n, people in enumerate(weeks):
            day = datetime(2026, 12, 2, 4, tzinfo=UTC) + timedelta(weeks=n)
            for i in range(known if n == 0 else people):
                who, number = Person(500 + i, f"P{i}"), n * 100 + i + 1
                tell(work, Message(at=day, chat=ROOM, sender=who, message_id=number, text="hi"))
        work.flush()
        return work.chat

    return writer.write(fn)


def judged(writer: Writer, week: int) -> int:
    """Every judgement the heartbeat makes on the Tuesday after the week of this number; how many."""
    at(writer, datetime(2026, 12, 8, 4, tzinfo=UTC) + timedelta(weeks=week))
    found = writer.read(lambda w: list(reports.stage_steps(w)))
    writer.write(lambda w: [reports.keep_stage(one, w) for one in found])
    assert writer.read(lambda w: list(reports.stage_steps(w))) == []
    return len(found)


def shown(writer: Writer, chat: int, week: int) -> tuple[str, str, date]:
    found = writer.write(lambda w: reports.stage_of(w, chat, FIRST + timedelta(weeks=week)))
    assert found is not None and found.week == FIRST + timedelta(weeks=week)
    return found.was, found.stage, found.since


def test_a_week_is_judged_once_on_eight_weeks_and_dated(writer: Writer) -> None:
    chat = lived(writer, 30, 30, 29, 30, 31, 30, 30, 29, 30)
    assert [judged(writer, 7), judged(writer, 7)] == [1, 0]
    assert shown(writer, chat, 7) == ("", "mature", FIRST + timedelta(weeks=7))
    assert judged(writer, 8) == 1
    assert shown(writer, chat, 8) == ("mature", "mature", FIRST + timedelta(weeks=7))
    kept = writer.write(lambda w: reports.stage_of(w, chat, FIRST + timedelta(weeks=8)))
    assert kept is not None and (kept.active, kept.known) == ((30, 29, 30, 31, 30, 30, 29, 30), 31)
    assert writer.write(reports.untold) == []


def test_a_group_that_fell_asleep_is_dormant_after_two_weeks_and_stays_so_for_months(writer: Writer) -> None:
    chat = lived(writer, 30, 30, 30, 30, 30, 30, 30, 30, 1, 0, 0)
    seen = []
    for week in range(7, 22):
        judged(writer, week)
        seen.append(shown(writer, chat, week)[1])
    assert seen[:2] == ["mature", "mature"]
    assert seen[-10:] == ["dormant"] * 10  # never "forming" again, though all eight weeks are empty
    changes = writer.write(lambda w: changed_since(w, MONDAY - timedelta(days=300)))
    assert [(s.was, s.stage) for s in changes] == [("mature", "dormant")]


def test_a_change_is_told_once_and_an_old_one_not_at_all(writer: Writer) -> None:
    chat = lived(writer, 30, 30, 30, 30, 30, 30, 30, 30, 0, 0, 0, 0)
    for week in range(7, 11):
        judged(writer, week)
    (change,) = writer.write(reports.untold)
    assert (change.chat, change.stage) == (chat, "dormant")
    first = writer.write(lambda w: reports.told(w, chat, change.week))
    again = writer.write(lambda w: reports.told(w, chat, change.week))
    assert (first, again, writer.write(reports.untold)) == (True, False, [])


@pytest.mark.parametrize(
    ("weeks", "before", "stage"),
    [
        ((10, 10, 11, 11, 11, 12, 12, 13, 13), "growing", "growing"),  # 4 % a week keeps what 5 % began
        ((10, 10, 11, 11, 11, 12, 12, 13, 13), "mature", "mature"),
        ((30, 30, 30, 30, 30, 30, 30, 30, 1), "mature", "mature"),  # one bad week
        ((30, 30, 30, 30, 30, 30, 2, 0, 4), "dormant", "dormant"),  # four words are no awakening
        ((30, 30, 30, 30, 30, 30, 2, 3, 14), "dormant", "dormant"),  # read once only
        ((30, 2, 2, 2, 2, 12, 14, 20, 26), "dormant", "growing"),
        ((3, 3, 3, 3, 2, 3, 3, 2, 3), "mature", "mature"),  # it is small now, it does not form again
    ],
)
def test_what_holds_is_left_later_than_it_is_entered(weeks: tuple[int, ...], before: str, stage: str) -> None:
    assert m.stage(weeks, known=12 if weeks[0] == 3 else 50, before=before) == stage


def test_the_digest_names_who_changed_since_the_last_one_and_reports_are_dated(writer: Writer) -> None:
    (other,) = groups(writer, "Asia/Shanghai")
    chat = lived(writer, *[30] * 6, 0, 0, 0)
    for week in (5, 6, 7):
        assert judged(writer, week) == 2
    at(writer, MONDAY)
    for step in writer.read(lambda w: list(reports.stage_steps(w))):
        writer.write(lambda w, step=step: reports.keep_stage(step, w))
    _, post = ticks(writer)
    assert post.data["stages"] == [{"title": ROOM.title, "was": "mature", "stage": "dormant"}]
    health = writer.write(
        lambda w: reports.health(reports.Ask(w, chat, date(2027, 1, 25), date(2027, 1, 31)))
    )
    assert (health.stage, health.since) == ("dormant", date(2027, 1, 25))
    assert writer.write(lambda w: reports.stage_of(w, other, date(2027, 1, 25))) is not None
