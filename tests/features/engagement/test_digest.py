"""The week of all groups is posted once, whatever happens, and a group's review says what it rests on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Send
from groupbot.core.events import Chat, Joined, Message, Person
from groupbot.engine.addresses import resolve, set_state
from groupbot.engine.clock import FixedClock
from groupbot.engine.content import Content
from groupbot.engine.keeping.declared import erase, former
from groupbot.engine.shipped import folder
from groupbot.engine.sql import write_bulk
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, service
from groupbot.features.engagement.domain import DIGEST
from groupbot.features.engagement.reports.digest import active_in, active_sql
from groupbot.features.engagement.reports.look import Seen, questions
from groupbot.features.engagement.reports.nudge import unanswered, unanswered_sql
from groupbot.features.engagement.store import digest
from groupbot.features.engagement.store.days import DAYS
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, ZONE
from tests.features.members.group import group

OPS = -777
MONDAY = datetime(2027, 2, 1, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
TUESDAY = datetime(2027, 1, 26, 4, 0, tzinfo=UTC)  # of the week before


def at(writer: Writer, moment: datetime) -> None:
    assert isinstance(writer.clock, FixedClock)
    writer.clock.at = moment


def groups(writer: Writer, *zones: str, people: int = 9, lang: str = "zh") -> list[int]:
    """Groups in these zones in which nine people say two things each, and one joins; the operators sit in
    Shanghai."""
    writer.me = structs.replace(writer.me, ops_chat=OPS)

    def fn(work: Work) -> list[int]:
        ops = group(work, OPS, "Ops")
        members.put(work, LANGUAGE, lang, chat=ops)
        members.put(work, ZONE, "Asia/Shanghai", chat=ops)
        made = []
        for n, name in enumerate(zones):
            room = Chat(-1001 - n, "supergroup", f"群 {n + 1}")
            work.chat, work.zone = group(work, room.id, room.title), name
            members.put(work, ZONE, name, chat=work.chat)
            made.append(work.chat)
            for i in range(2 * people):
                who = Person(500 + i % people, f"P{i % people}")
                when = TUESDAY + timedelta(minutes=i)
                tell(work, Message(at=when, chat=room, sender=who, message_id=i + 1, text="hi?"))
            tell(work, Joined(at=TUESDAY, chat=room, people=(Person(600, "New"),)))
        work.flush()
        return made

    return writer.write(fn)


def tell(work: Work, event: Any) -> None:
    work.event = event
    work.step(lambda w: (members.note_people(event, w), service.note(event, w)))


def forgets(work: Work, person: int) -> None:
    """What `/forget` does to the feature's rows."""
    for kept in service.KEPT:
        erase(work, kept, person, former(work.rng), -(2**62), 2**62)


def ticks(writer: Writer) -> list[Send]:
    """Every step the heartbeat would take now, and what was said."""
    said: list[Send] = []

    def fn(work: Work) -> bool:
        more = bool(steps) and all(reports.digest(step, work) for step in steps)
        said.extend(e for e in work.effects if isinstance(e, Send))
        work.effects.clear()
        return more

    for _ in range(20):
        steps = writer.read(lambda w: list(reports.digest_steps(w)))
        if not writer.write(fn):
            return said
    raise AssertionError("it does not end")


def test_the_week_is_posted_once_on_monday_at_nine_and_not_again_after_a_restart(writer: Writer) -> None:
    groups(writer, "Asia/Shanghai", "Asia/Shanghai")
    at(writer, MONDAY - timedelta(minutes=1))
    assert ticks(writer) == []
    at(writer, MONDAY)
    step = writer.read(lambda w: next(reports.digest_steps(w)))
    writer.write(lambda w: reports.digest(step, w))  # one group seen, and the bot stops
    writer.write(lambda w: w.empty_caches())
    _, post = ticks(writer)
    assert post.ref == "digest:2027-01-25"
    writer.write(lambda w: w.empty_caches())
    assert [*ticks(writer), *ticks(writer)] == []
    at(writer, MONDAY + timedelta(days=6))
    assert ticks(writer) == []
    kept = writer.write(lambda w: [tuple(r) for r in w.sql.all(sa.select(digest.c.chat_id))])
    assert kept == [(0,)]


def test_a_group_where_the_bot_lacks_a_right_counts_in_the_week_like_any_other(writer: Writer) -> None:
    _, second = groups(writer, "Asia/Shanghai", "Asia/Shanghai")
    writer.write(lambda w: set_state(w, second, "limited", "delete"))
    at(writer, MONDAY)
    _, post = ticks(writer)
    assert post.data is not None
    assert (post.data["groups"], post.data["messages"]) == (2, 36)

    def scored(work: Work) -> set[int]:
        return {step.chat for step in reports.score_steps(work)}

    assert second in writer.write(scored)


def test_its_numbers_have_window_least_and_coverage_and_people_of_two_groups_count_once(
    writer: Writer,
) -> None:
    groups(writer, "Asia/Shanghai", "Asia/Shanghai")
    at(writer, MONDAY)
    picture, post = ticks(writer)
    data = post.data
    assert (data["first"], data["last"], data["groups"]) == ("2027-01-25", "2027-01-31", 2)
    assert (data["messages"], data["active"], data["joined"], data["left"]) == (36, 9, 2, 0)
    assert data["grades"] == [{"grade": "?", "n": 2}]
    assert json.loads((picture.photo or "").removeprefix("chart:"))["page"]["squares"] == [
        ["green", "群 1"], ["green", "群 2"]
    ]  # fmt: skip


def test_a_whole_week_is_asked_of_the_weekly_sums_and_counts_as_its_days_do(writer: Writer) -> None:
    monday = datetime(2027, 1, 25, tzinfo=UTC).date()

    def fn(work: Work) -> None:
        chats = [group(work, -1001 - n, f"群 {n + 1}") for n in range(3)]

        def did(
            chat: int, day: int, person: int, *, staff: bool = False, messages: int = 0, taps: int = 0
        ) -> Any:
            return chats[chat], monday + timedelta(days=day), person, staff, messages, 0, 0, taps

        rows = [
            did(0, 0, 1, messages=3), did(1, 6, 1, messages=1),  # in two groups, once
            did(0, 3, 2, taps=1),  # only pressed
            did(0, 2, 3, messages=5, staff=True),
            did(1, 2, 4, messages=1, staff=True), did(1, 3, 4, messages=1),  # staff for a day only
            did(0, -1, 5, messages=1), did(0, 7, 6, messages=1),  # the day before and the day after
            did(1, 5, 7),  # what they said was removed
            did(2, 4, 8, messages=1),  # in a group that is not asked about
        ]  # fmt: skip
        for row in rows:
            write_bulk(work.sql, DAYS, [row])
        for first, days, people, told in (
            (monday, 7, 3, "v_member_week"),
            (monday, 14, 4, "v_member_week"),
            (monday - timedelta(days=1), 7, 4, "v_member_day"),
            (monday, 6, 3, "v_member_day"),
        ):
            last = first + timedelta(days=days - 1)
            assert active_in(work, chats[:2], first, last) == people, (first, days)
            assert told in active_sql(chats[:2], first, last)

    writer.write(fn)


def test_too_few_people_make_no_number_and_grey_squares(writer: Writer) -> None:
    groups(writer, "Asia/Shanghai", people=6)
    at(writer, MONDAY)
    _, post = ticks(writer)
    assert (post.data["active"], post.data["grey"], post.data["least"]) == (None, 1, 7)
    content = Content([folder("content_templates")])
    for lang, few in (("zh", "人太少(不到 7 人不报数)"), ("en", "too few people active (no number under 7)")):
        assert few in content.render("engagement/digest", lang, post.data, "Asia/Shanghai").formatted.text


def test_a_group_west_of_the_operators_is_waited_for(writer: Writer) -> None:
    groups(writer, "Asia/Shanghai", "America/Los_Angeles")
    at(writer, MONDAY)
    assert ticks(writer) == []
    at(writer, datetime(2027, 2, 1, 8, 0, tzinfo=UTC))  # midnight in Los Angeles
    assert [e.template for e in ticks(writer)] == ["engagement/digest_picture", "engagement/digest"]


def test_nothing_is_posted_of_a_week_without_anything_or_when_switched_off(writer: Writer) -> None:
    groups(writer, "Asia/Shanghai")
    writer.write(lambda w: members.put(w, DIGEST, False, chat=resolve(w, Chat(OPS, "supergroup", "")).id))
    at(writer, MONDAY)
    assert ticks(writer) == []
    writer.write(lambda w: members.put(w, DIGEST, True, chat=resolve(w, Chat(OPS, "supergroup", "")).id))
    at(writer, MONDAY + timedelta(days=14))
    assert ticks(writer) == []


def test_who_was_forgotten_stops_no_digest(writer: Writer) -> None:
    """What they opened has no number any more: nobody can answer it, and no link leads to it."""
    (chat,) = groups(writer, "Asia/Shanghai")
    writer.write(forgets, 508)  # wrote messages 9 and 18
    at(writer, MONDAY)
    _, post = ticks(writer)
    assert (post.data["messages"], post.data["active"]) == (18, 9)

    def asked(work: Work) -> tuple[list[str], list[int]]:
        ask = reports.Ask(work, chat, TUESDAY.date(), MONDAY.date())
        return unanswered(ask), [n for (n,) in work.sql.plain(unanswered_sql(ask))]

    assert writer.write(asked) == ([f"https://t.me/c/1/{n}" for n in (17, 16, 15)], [17, 16, 15])


def test_a_review_is_whole_days_of_the_group_and_names_denominators(writer: Writer) -> None:
    (chat,) = groups(writer, "Asia/Shanghai")
    at(writer, MONDAY)
    week = writer.write(lambda w: reports.review(w, chat, "week"))
    assert (week.open["first"], week.open["last"]) == ("2027-01-25", "2027-01-31")
    assert (week.open["messages"], week.open["active"], week.open["before"]) == (18, 9, 0)
    assert week.picture.panels[0].values == (0, 18, 0, 0, 0, 0, 0)
    lines = {f["key"]: f for f in week.more["figures"]}
    three = lines["top_three"]
    assert (three["value"], three["n"], three["least"]) == ("33%", 9, 7)
    assert (lines["removed"]["few"], lines["activated"]["few"]) == (False, True)
    month = writer.write(lambda w: reports.review(w, chat, "month"))
    assert (month.open["first"], month.picture.panels[0].values) == ("2027-01-04", (0, 0, 0, 18))
    content = Content([folder("content_templates")])
    for lang in ("zh", "en"):
        text = content.render("engagement/review_details", lang, month.more, "Asia/Shanghai").formatted.text
        assert len(text) < 4096


def test_questions_are_of_as_many_groups_as_can_be() -> None:
    def group(title: str, *links: str) -> Seen:
        return Seen(1, title, "green", "A", 1, 0, 0, asked=links)

    some = [group("a", "1", "2", "3"), group("b"), group("c", "4")]
    assert questions(some) == [("a", "1"), ("c", "4"), ("a", "2")]
