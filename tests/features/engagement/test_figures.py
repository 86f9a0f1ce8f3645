"""The numbers of a review: each can be had again by its own SQL, and too few people make none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.core.events import Chat, Joined, Left, Message, Person, Reaction, Tap
from groupbot.engine.addresses import resolve, upgrade
from groupbot.engine.outbox_table import posted, posted_as
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, service
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.members.store import membership
from tests.conftest import START
from tests.features.members.group import group

ROOM = Chat(-1001, "supergroup", "山楂粉丝群")
CAST = [Person(500 + n, f"P{n}") for n in range(12)]
BEGIN = START - timedelta(days=27, hours=4)


def four_weeks(work: Work) -> None:
    """Twelve people who all joined on the first day; nobody answers the openers of the second half. A post a
    day; two press it, and one leaves after one of them."""
    work.chat, work.zone = resolve(work, ROOM).id, "Asia/Shanghai"
    n = 0
    tell = []
    for person in CAST:
        tell.append(Joined(at=BEGIN, chat=ROOM, people=(person,)))
    for day in range(28):
        at = BEGIN + timedelta(days=day, minutes=30)
        for i, person in enumerate(CAST[: 10 if day < 14 else 8]):
            n += 1
            tell.append(
                Message(at=at + timedelta(minutes=i), chat=ROOM, sender=person, message_id=n, text="hi?")
            )
            if day < 14 and i < 4:  # answers of 0 to 1, 1 to 0, 2 to 3, 3 to 2
                n += 1
                later = at + timedelta(hours=1 + i)
                tell.append(
                    Message(at=later, chat=ROOM, sender=CAST[i ^ 1], message_id=n, text="yes", reply_to=n - 1)
                )
        n += 1
        post = at + timedelta(hours=6)
        row = {"bot_id": 1, "chat_id": work.chat, "message_id": n, "ref": f"promo:{day}", "private": False}
        work.sql.run(sa.insert(posted).values(**row, at=post))
        for person in CAST[:2]:
            tell.append(Tap(at=post + timedelta(minutes=5), chat=ROOM, sender=person, query_id=str(n), raw="",
                            message_id=n))  # fmt: skip
        tell.append(Reaction(at=post, chat=ROOM, sender=CAST[3], message_id=n, after=("👍",)))
    tell.append(Left(at=START - timedelta(days=2, hours=-3, minutes=-10), chat=ROOM, person=CAST[11]))
    for event in sorted(tell, key=lambda e: e.at):
        work.event = event
        work.step(lambda w, e=event: (members.note_people(e, w), service.note(e, w)))
    work.flush()


@pytest.fixture
def ask(writer: Writer) -> tuple[Writer, int]:
    def fill(work: Work) -> int:
        four_weeks(work)
        return work.chat

    return writer, writer.write(fill)


def test_every_number_is_right_and_its_sql_gives_it_again(ask: tuple[Writer, int]) -> None:
    writer, chat = ask

    def look(work: Work) -> dict[str, float | None]:
        month = reports.Ask(work, chat, START.date() - timedelta(days=27), START.date())
        found = reports.figures(month)
        for f in found:
            rows = work.sql.plain(f.sql)
            if f.value is not None and not f.how:
                assert float(rows[0][0] or 0) == pytest.approx(f.value), f.key
        assert len({f.key for f in found}) == len(found)
        told = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text("utf-8")
        named = [f.key for f in found if not f.key.startswith("answer_newcomers")]
        assert [k for k in named if k not in told] == []
        return {f.key: None if f.value is None else round(f.value, 3) for f in found}

    assert writer.write(look) == {
        "messages": 308, "reactions": 28, "presses": 56, "active": 10, "active_organic": 10,
        "active_by_presses": 0,
        "active_a_day": 9.0, "stickiness": 0.9, "incentivised": 0.143, "bot_share": 0.083, "commerce": 0.083,
        "top_three": 0.409, "gini": 0.182, "speakers_in_20_min": 10, "joined": 12, "left": 1,
        "joined_by_named_link": 0, "joined_by_request": 0, "joined_brought": 0, "joined_by_token": 0,
        "joined_by_link": 0,
        "joined_unknown": 12, "before_me": 0, "activated": 0.833,
        "reply_pairs": 4, "tie_days": None, "reciprocity": None, "member_answers": 1.0, "answer_half": None,
        "answer_nine_tenths": None, "answer_newcomers_half": None, "answer_newcomers_nine_tenths": None,
        "orphans": 0.77, "opted_out": 0, "blocked": 0,
        "posts": 28, "rhythm": -1.0, "half_life": None, "leaves_after_posts": None, "removed": 0.0,
        "restored": None, "appeals": None, "spam": 0.0, "spam_mistaken": None, "plan_kept": None,
        "on_topic": None, "weeks_on_plan": None, "care_per_promotion": None, "points_paid": 0,
        "staff_minutes": 0,
    }  # fmt: skip


def test_where_midnight_is_no_full_hour_of_utc_who_came_and_went_is_counted_on_their_day(
    writer: Writer,
) -> None:
    """In India midnight is 18:30 UTC: three come before it, one after it comes and goes."""

    def fn(work: Work) -> list[object]:
        work.chat, work.zone = group(work, ROOM.id, ROOM.title), "Asia/Kolkata"
        members.put(work, ZONE, work.zone, chat=work.chat)
        midnight = datetime(2027, 1, 29, 18, 30, tzinfo=UTC)
        for n in range(3):
            before, after = midnight - timedelta(minutes=20), midnight + timedelta(minutes=20 + n)
            tell: list[Joined | Left] = [Joined(at=before, chat=ROOM, people=(CAST[n],))]
            if not n:
                tell.append(Joined(at=after, chat=ROOM, people=(CAST[9],)))
                tell.append(Left(at=after, chat=ROOM, person=CAST[9]))
            for event in tell:
                work.event = event
                work.step(lambda w, e=event: (members.note_people(e, w), service.note(e, w)))
        work.flush()
        found: list[object] = []
        for day in (29, 30, 31):
            ask = reports.Ask(work, work.chat, date(2027, 1, day), date(2027, 1, day))
            of = {f.key: f.value for f in reports.figures(ask)}
            found.append((of["joined"], of["joined_unknown"], of["left"]))
        week = reports.week_of(work, work.chat, until=date(2027, 1, 30))
        later = reports.week_of(work, work.chat, until=date(2027, 1, 29))
        return [*found, *[[(d.joined, d.left) for d in w.days[-2:]] for w in (week, later)]]

    assert writer.write(fn) == [(3, 3, 0), (1, 1, 1), (0, 0, 0), [(3, 0), (1, 1)], [(0, 0), (3, 0)]]


def test_the_sources_of_a_span_are_those_of_its_days(writer: Writer) -> None:
    def fn(work: Work) -> list[list[tuple[str, int]]]:
        chat = group(work)
        for n in range(5):
            row = {"chat_id": chat, "person_id": 500 + n, "evidence": "link", "link_name": "till"}
            at = START - timedelta(days=20 - 4 * n)
            work.sql.run(sa.insert(membership).values(**row, joined_at=at, removed=False))
        last = (START - timedelta(days=14)).date()
        week = reports.Ask(work, chat, last - timedelta(days=6), last)
        return [[(s.source, s.came) for s in reports.sources(work, chat, span)] for span in (week, None)]

    assert writer.write(fn) == [[("till", 2)], [("till", 5)]]


def test_cohorts_keep_leavers_in_the_denominator(ask: tuple[Writer, int]) -> None:
    writer, chat = ask
    day = START.date()
    made = writer.write(lambda w: reports.cohorts(reports.Ask(w, chat, day - timedelta(days=6), day)))
    first = next(c for c in made if c.joined)
    assert (first.joined, first.active[:3]) == (12, (10, 10, 8))
    assert all(c.active == () for c in made if c.joined < 10)


def test_a_post_has_its_presses_reactions_and_leaves(ask: tuple[Writer, int]) -> None:
    writer, chat = ask
    day = START.date()
    made = writer.write(lambda w: reports.posts(reports.Ask(w, chat, day - timedelta(days=6), day)))
    assert {(p.presses, p.replies, p.reactions, p.people) for p in made} == {(2, 0, 1, 3)}
    assert sum(p.leaves for p in made) <= 1


def test_what_was_posted_before_the_group_s_upgrade_stays_counted_and_no_name_finds_it(
    writer: Writer,
) -> None:
    def fn(work: Work) -> list[object]:
        work.chat = chat = group(work, -7, "Store")
        for n in (5, 6):
            row = {
                "bot_id": work.bot_id,
                "chat_id": chat,
                "message_id": n,
                "ref": "promo:1:1",
                "private": False,
            }
            work.sql.run(sa.insert(posted).values(**row, at=START - timedelta(hours=n)))
        room = Chat(-7, "group", "Store")
        work.event = Tap(at=START, chat=room, sender=CAST[0], query_id="1", raw="", message_id=5)
        work.step(lambda w: service.note(work.event, w))
        work.flush()
        assert posted_as(work, "promo:1:1", chat) == (5, 6)
        upgrade(work, -7, -1_000_000_000_007)
        work.chat = chat
        day = reports.Ask(work, chat, START.date() - timedelta(days=1), START.date())
        presses = [(p.ref, p.presses) for p in reports.posts(day)]
        count = {f.key: f.value for f in reports.figures(day)}["posts"]
        return [count, presses, reports.week_of(work, chat).bot_posts, posted_as(work, "promo:1:1", chat)]

    assert writer.write(fn) == [2, [("promo:1:1", 1), ("promo:1:1", 0)], 2, ()]


def test_health_of_a_small_group_says_it_knows_too_little(ask: tuple[Writer, int]) -> None:
    writer, chat = ask
    day = START.date()
    made = writer.write(lambda w: reports.health(reports.Ask(w, chat, day - timedelta(days=6), day)))
    assert (made.stage, made.score, made.drivers) == ("forming", None, ())


def test_habits_are_counted_on_the_group_s_clock_and_weeks_go_by_the_first_act(writer: Writer) -> None:
    monday = datetime(2027, 1, 4, 17, 30, tzinfo=UTC)  # half past one on Tuesday in Shanghai

    def fn(work: Work) -> int:
        room = Chat(-1001, "supergroup", "g")
        work.chat, work.zone = group(work, room.id, room.title), "Asia/Shanghai"
        members.put(work, ZONE, work.zone, chat=work.chat)
        said = [(501, 0), (502, 0), (501, 1), (501, 7), (503, 7), (502, 15), (503, 22)]
        for n, (who, day) in enumerate(said):
            at = monday + timedelta(days=day)
            work.event = Message(at=at, chat=room, sender=Person(who, f"P{who}"), message_id=n + 1, text="hi")
            service.note(work.event, work)
        return work.chat

    chat = writer.write(fn)
    ask = lambda work: reports.Ask(work, chat, date(2027, 1, 5), date(2027, 1, 31))  # noqa: E731
    assert writer.read(lambda w: reports.active_days(ask(w))) == {
        date(2027, 1, 5): 2, date(2027, 1, 6): 1, date(2027, 1, 12): 2,
        date(2027, 1, 20): 1, date(2027, 1, 27): 1,
    }  # fmt: skip
    hours = writer.read(lambda w: reports.hours(ask(w)))
    assert {(d, h): n for d, row in enumerate(hours) for h, n in enumerate(row) if n} == {
        (1, 1): 4,
        (2, 1): 3,
    }
    assert [(str(k.week), k.active) for k in writer.read(lambda w: reports.kept(ask(w)))] == [
        ("2027-01-04", (2, 1, 1, 0)), ("2027-01-11", (1, 0, 1))
    ]  # fmt: skip
