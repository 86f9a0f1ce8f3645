"""Signs that a group hears too much: leaves after posts, wishes to be left alone, the bot blocked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.events import BotStanding, Chat, Person
from groupbot.engine.outbox_table import posted
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.store import DAYS, event
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import OPTOUT, QUIET
from groupbot.features.members.store import membership
from groupbot.features.promos.store import plan, plan_slot
from tests.conftest import START
from tests.features.engagement.test_answers import DAY, MIDNIGHT, of_week, tell
from tests.features.members.group import group, starts


def post(work: Work, number: int, hours: float, ref: str = "promo:1:x") -> None:
    """A post so many hours before the end of the span."""
    at = MIDNIGHT + timedelta(hours=16) - timedelta(hours=hours)
    row = {"bot_id": 1, "chat_id": work.chat, "message_id": number, "ref": ref, "private": False}
    work.sql.run(sa.insert(posted).values(**row, at=at))


def test_leaves_after_posts_are_held_against_the_same_hour_of_other_days(writer: Writer) -> None:
    def fn(work: Work) -> reports.Figure:
        work.chat = group(work)
        row = {"chat_id": work.chat, "units": 0, "staff": False, "kind": "leave", "message_id": None}
        for day in range(28):  # one leaves each day at nine, and nobody at another hour
            at = MIDNIGHT + timedelta(hours=1, minutes=10) - timedelta(days=day)
            work.sql.run(sa.insert(event).values(**row, person_id=900 + day, at=at))
        post(work, 1, 24 * 3 + 15)  # at nine
        return of_week(work)["leaves_after_posts"]

    found = writer.write(fn)
    assert (found.value, found.n) == (pytest.approx(1), 28)  # not 24 times what any hour would have


def test_who_wants_no_more_is_counted_where_they_are_members(writer: Writer) -> None:
    def fn(work: Work) -> list[float | None]:
        work.now = START
        other, chat = group(work, -1009, "Other"), group(work)
        for person, where in ((1, chat), (2, chat), (3, chat), (4, other)):
            row = {"chat_id": where, "person_id": person, "evidence": "own", "removed": False}
            work.sql.run(sa.insert(membership).values(**row, joined_at=START - timedelta(days=9)))
            starts(work, person)
        for person in (1, 1, 4):
            members.wish(work, person, OPTOUT, True)
        members.wish(work, 1, QUIET, True)
        for status, person in (("kicked", 2), ("kicked", 3), ("member", 3), ("kicked", 4)):
            where = Chat(person, "private")
            work.event = BotStanding(at=START, chat=where, sender=Person(person, "P"), status=status)
            members.note_people(work.event, work)
        work.chat = chat
        assert not members.reachable(work, 2)
        found = of_week(work)
        return [found["opted_out"].value, found["blocked"].value]

    assert writer.write(fn) == [1, 2]


def test_a_post_s_half_life_waits_until_its_fortnight_is_over(writer: Writer) -> None:
    def fn(work: Work) -> list[reports.Figure]:
        work.chat = group(work)
        for number, days in ((1, 20), (2, 5)):
            post(work, number, 24 * days)
            for n in range(10):
                hours = 24 * days - (n + 1) * number
                tell(work, 100 * number + n, 500 + n, hours, number)
        return [of_week(work)["half_life"]]

    (found,) = writer.write(fn)
    assert (found.value, found.n) == (pytest.approx(5), 1)  # the younger one's half is not known yet


def test_greetings_are_no_offers_and_staff_is_in_no_denominator(writer: Writer) -> None:
    def fn(work: Work) -> list[float | None]:
        work.chat = group(work)
        for number, kind in ((1, "promotion"), (2, "greeting")):
            row = {"id": number, "name": f"p{number}", "source": "", "spec": "", "hash": "", "state": "live"}
            work.sql.run(sa.insert(plan).values(**row, loaded_at=START))
            due = MIDNIGHT - timedelta(days=2)
            said = {"chat_id": work.chat, "plan_id": number, "due": due, "state": "said", "kind": kind}
            work.sql.run(sa.insert(plan_slot).values(**said, zone="UTC", at=due))
            post(work, 900 + number, 60, f"promo:{number}:x")
        for n in range(16):
            tell(work, 100 + n, 500 + n, 50)
            work.add(DAYS, work.chat, DAY - timedelta(days=2), 500 + n, False, 1, 0, 0, 0)
        work.flush()
        for n in range(8):
            tell(work, 200 + n, 1, 40)  # of staff
        for n in range(4):
            tell(work, 100 + n, 500 + n, 50, kind="removed")
        found = of_week(work)
        return [found[k].value for k in ("commerce", "bot_share", "removed")]

    assert writer.write(fn) == pytest.approx([1 / 18, 2 / 18, 4 / 16])
