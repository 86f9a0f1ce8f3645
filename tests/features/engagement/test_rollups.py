"""The rollups always equal what the events say."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.events import CHANNEL_SENDER, Chat, Event, Joined, Left, Message, Person, Reaction, Tap
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, service
from groupbot.features.engagement.domain import Day, Week, last_seven, local_day
from groupbot.features.engagement.store import chat_day, chat_hour, event, member_day, member_week
from tests.conftest import START

ROOMS = [Chat(-1000 - n, "supergroup", f"Group {n}") for n in range(3)]
PEOPLE = [Person(500 + n, f"P{n}") for n in range(9)]


def a_day(work: Work, n: int) -> list[Event]:
    """`n` things that happen over ten days."""
    made: list[Event] = []
    for i in range(n):
        chat, who = work.rng.choice(ROOMS), work.rng.choice(PEOPLE)
        at = START + timedelta(minutes=work.rng.randint(0, 14_400))
        kind = work.rng.randint(0, 9)
        if kind < 6:
            reply = work.rng.choice([None, 7])
            made.append(Message(at=at, chat=chat, sender=who, message_id=i, text="hi 红包", reply_to=reply))
        elif kind < 8:
            made.append(Reaction(at=at, chat=chat, sender=who, message_id=i, after=("👍",)))
        elif kind < 9:
            made.append(Tap(at=at, chat=chat, sender=who, query_id=str(i), raw=""))
        else:
            made.append(
                work.rng.choice([Joined(at=at, chat=chat, people=(who,)), Left(at=at, chat=chat, person=who)])
            )
    return made


def told(work: Work, events: list[Event]) -> None:
    """As dispatch would tell the observer."""
    work.zone = "Asia/Shanghai"
    for e in events:
        work.event, work.chat = e, resolve(work, e.chat).id
        work.step(service.note, e)


def test_hours_and_days_are_the_sums_of_the_events(writer: Writer) -> None:
    for _ in range(4):
        writer.write(lambda w: told(w, a_day(w, 150)))

    def compare(work: Work) -> None:
        rows = work.sql.all(sa.select(event))
        zone = ZoneInfo("Asia/Shanghai")
        hours: dict[tuple[object, ...], int] = {}
        days: dict[tuple[object, ...], int] = {}
        for r in rows:
            if r.kind in ("message", "reply"):
                hour = (r.chat_id, r.at.replace(minute=0, second=0, microsecond=0))
                hours[hour] = hours.get(hour, 0) + 1
                day = (r.chat_id, local_day(r.at, zone), r.person_id)
                days[day] = days.get(day, 0) + 1
        kept = work.sql.all(sa.select(chat_hour).where(chat_hour.c.messages > 0))
        assert {(r.chat_id, r.hour): r.messages for r in kept} == hours
        lived = work.sql.all(sa.select(member_day).where(member_day.c.messages > 0))
        assert {(r.chat_id, str(r.day), r.person_id): r.messages for r in lived} == {
            (c, str(d), p): n for (c, d, p), n in days.items()
        }

    writer.write(compare)


def test_a_removed_message_does_not_count(writer: Writer) -> None:
    def fn(work: Work) -> tuple[int, int]:
        said = Message(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=1, text="buy now")
        told(work, [said, Message(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=2, text="sorry")])
        service.removed(work, work.chat, 1)
        work.flush()
        week = reports.week_of(work, work.chat)
        return week.messages, week.active

    assert writer.write(fn) == (1, 1)


def test_a_reaction_taken_back_and_set_again_counts_once(writer: Writer) -> None:
    """Ten times on and off; another sign for it; then a second one beside it, which is new."""
    seen: list[tuple[str, ...]] = [
        ("👍",),
        (),
        ("👍",),
        (),
        ("❤",),
        ("👍",),
        ("👍", "❤"),
        (),
        ("👍", "❤"),
        (),
    ]

    def fn(work: Work) -> list[object]:
        was: tuple[str, ...] = ()
        for n, now in enumerate(seen):
            at, who = START + timedelta(seconds=10 * n), PEOPLE[0]
            told(work, [Reaction(at=at, chat=ROOMS[0], sender=who, message_id=3, before=was, after=now)])
            was = now
        told(work, [Reaction(at=START, chat=ROOMS[0], sender=PEOPLE[1], message_id=3, after=("👍",))])
        told(work, [Reaction(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=4, after=("👍",))])
        work.flush()
        hours = [r.reactions for r in work.sql.all(sa.select(chat_hour))]
        days = {r.person_id: r.reactions for r in work.sql.all(sa.select(member_day))}
        return [hours, days, service.rebuild(work, work.chat, local_day(START, ZoneInfo("Asia/Shanghai")))]

    assert writer.write(fn) == [[4], {PEOPLE[0].id: 3, PEOPLE[1].id: 1}, False]


def test_a_join_told_twice_within_a_minute_counts_once_and_a_second_one_counts(writer: Writer) -> None:
    """By the member's update and the message in the group, and both tell of the leave between."""
    who = PEOPLE[0]

    def fn(work: Work) -> list[object]:
        for second, came in ((0, 1), (8, 1), (20, 0), (9, 1), (29, 0), (40, 1), (101, 1)):
            at = START + timedelta(seconds=second)
            doors: tuple[type[Event], dict[str, object]] = (
                (Joined, {"people": (who,)}) if came else (Left, {"person": who})
            )
            told(work, [doors[0](at=at, chat=ROOMS[0], **doors[1])])
        work.flush()
        return [(r.joined, r.gone) for r in work.sql.all(sa.select(chat_hour))]

    assert writer.write(fn) == [(3, 1)]


def test_a_message_taken_away_twice_is_taken_back_once(writer: Writer) -> None:
    """As it came, again as its author edits it, and once more by hand; and by two hands."""
    first, second = (
        Message(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=n, text="buy now") for n in (1, 2)
    )

    def fn(work: Work) -> list[object]:
        told(work, [Message(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=3, text="sorry"), first])
        service.removed(work, work.chat, 1)
        told(work, [structs.replace(first, edited=True)])
        service.removed(work, work.chat, 1)
        told(work, [second])
        work.event = None
        for message in (1, 2, 2):
            service.removed(work, work.chat, message)
        work.flush()
        rows = work.sql.all(sa.select(event.c.message_id).where(event.c.kind == "removed"))
        week = reports.week_of(work, work.chat)
        return [week.messages, week.active, sorted(r.message_id for r in rows)]

    assert writer.write(fn) == [1, 1, [1, 2]]


def test_a_message_of_days_or_months_ago_is_found_when_it_is_taken_away(writer: Writer) -> None:
    """Two in three hours for 170 days, with silences between; some are answers, some reactions come later."""

    def fn(work: Work) -> list[object]:
        made: list[Event] = []
        for n in range(1, 2600):
            at = START - timedelta(days=170) + timedelta(hours=1.5 * n)
            who, day = PEOPLE[n % 9], (at - START).days
            if not -40 < day < -30 and day < -1:
                made.append(Message(at=at, chat=ROOMS[0], sender=who, message_id=n, text="buy now?"))
                late = at + timedelta(days=1)
                made.append(Reaction(at=late, chat=ROOMS[0], sender=who, message_id=n, after=("👍",)))
        told(work, sorted(made, key=lambda e: e.at))
        work.flush()
        work.event = None
        numbers = [e.message_id for e in made if isinstance(e, Message)]
        gone = [*numbers[::300], numbers[-1]]
        for n in (*gone, 99999, 0):
            service.removed(work, work.chat, n)
        work.flush()
        rows = work.sql.all(sa.select(event.c.message_id).where(event.c.kind == "removed"))
        said = work.sql.plain("SELECT SUM(messages) FROM v_day")[0][0]
        return [sorted(r.message_id for r in rows) == sorted(gone), len(numbers) - said == len(gone)]

    assert writer.write(fn) == [True, True]


@pytest.mark.parametrize("order", [(10, 11), (11, 10)])
def test_two_messages_of_one_second_are_found_in_whichever_order_they_stand(
    writer: Writer, order: tuple[int, int]
) -> None:
    def fn(work: Work) -> list[object]:
        began = START - timedelta(days=40)
        said = [
            (5, began),
            *((n, began + timedelta(hours=5)) for n in order),
            (50, began + timedelta(hours=20)),
        ]
        told(work, [Message(at=at, chat=ROOMS[0], sender=PEOPLE[0], message_id=n) for n, at in said])
        work.flush()
        work.event = None
        for n, _ in said:
            service.removed(work, work.chat, n)
        work.flush()
        rows = work.sql.all(sa.select(event.c.message_id).where(event.c.kind == "removed"))
        return sorted(r.message_id for r in rows)

    assert writer.write(fn) == [5, 10, 11, 50]


def test_what_is_taken_away_from_elsewhere_is_taken_back_on_the_groups_day(writer: Writer) -> None:
    """It was said half past one at night in the group; who decides sits in London and presses in private."""
    late = START.replace(hour=17, minute=30)

    def fn(work: Work) -> list[tuple[object, ...]]:
        told(work, [Message(at=late, chat=ROOMS[0], sender=PEOPLE[0], message_id=1, text="buy now")])
        chat = work.chat
        work.flush()
        press = Tap(at=late, chat=Chat(77, "private"), sender=Person(77, "Boss"), query_id="1", raw="")
        work.event, work.chat, work.zone = press, resolve(work, press.chat).id, "Europe/London"
        service.removed(work, chat, 1)
        work.flush()
        return [
            (str(r.day), r.messages)
            for table in (member_day, chat_day)
            for r in work.sql.all(sa.select(table.c.day, table.c.messages))
        ]

    assert writer.write(fn) == [("2027-01-31", 0), ("2027-01-31", 0)]


def test_what_was_never_counted_takes_nothing_away_when_it_is_removed(writer: Writer) -> None:
    """A command, a post of the linked channel, the word of another bot."""
    robot = Person(900, "Robot", is_bot=True)

    def fn(work: Work) -> tuple[int, int]:
        told(work, [Message(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=1, text="hello")])
        for said in (
            Message(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=2, text="/buy"),
            Message(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=3, automatic_forward=True),
            Message(at=START, chat=ROOMS[0], sender=robot, message_id=4, text="buy now"),
        ):
            told(work, [said])
            service.removed(work, work.chat, said.message_id)
        work.flush()
        week = reports.week_of(work, work.chat)
        return week.messages, week.active

    assert writer.write(fn) == (1, 1)


def test_channels_that_speak_in_a_group_are_no_member_and_their_posts_keep_their_topic(
    writer: Writer,
) -> None:
    """Telegram gives all of them one id, that of a bot of its own."""
    speaker, forum = Person(CHANNEL_SENDER, "Channel", is_bot=True), structs.replace(ROOMS[0], is_forum=True)

    def fn(work: Work) -> list[object]:
        told(work, [Message(at=START, chat=forum, sender=PEOPLE[0], message_id=1, text="hello")])
        for n, said in enumerate(("news", "more news", "/start now", "bye"), start=2):
            channel = Chat(-100500 - n, "channel", f"Channel {n}")
            post = Message(at=START, chat=forum, sender=speaker, sender_chat=channel, message_id=n, text=said)
            told(work, [structs.replace(post, topic=7)])
            if n == 2:
                service.removed(work, work.chat, n)  # judged as it came
        work.flush()
        work.event = None
        service.removed(work, work.chat, 5)
        work.flush()
        week, here = reports.week_of(work, work.chat), work.chat
        acts = work.sql.plain("SELECT person_id, kind FROM v_act")
        hours = work.sql.plain("SELECT SUM(messages) FROM v_hour")
        return [week.messages, week.active, week.top, acts, hours, service.in_topics(work, here, 7, 1, 9)]

    found = writer.write(fn)
    assert found == [1, 1, (("…", 1),), [(500, "message")], [(1,)], [2, 3, 4, 5]]


def test_a_chats_day_is_what_its_members_days_say_whoever_becomes_staff_and_whatever_is_taken_away(
    writer: Writer,
) -> None:
    """Many small commits: a member's day is met again and again."""

    def promote(work: Work) -> None:
        facts = {p.id: (work.rng.choice(["administrator", "member"]), work.now, ()) for p in PEOPLE[:4]}
        work.put("members.staff", resolve(work, ROOMS[0]).id, facts)

    def take_away(work: Work) -> None:
        row = work.rng.choice(work.sql.all(sa.select(event).where(event.c.kind.in_(["reply", "message"]))))
        work.event, work.chat, work.zone, work.now = None, row.chat_id, "Asia/Shanghai", row.at
        service.removed(work, row.chat_id, row.message_id)

    def undone(work: Work) -> None:
        """A step that took a message away and failed."""

        def step(w: Work) -> None:
            take_away(w)
            w.flush()
            raise RuntimeError("no")

        with contextlib.suppress(RuntimeError):
            work.step(step)

    def compare(work: Work) -> int:
        d = member_day.c
        own, took = d.messages + d.reactions, d.messages + d.reactions + d.taps
        counted = [sa.case((d.staff, 0), else_=c) for c in (d.messages, d.replies, d.reactions, d.taps)]
        counted += [sa.case((sa.and_(~d.staff, n > 0), 1), else_=0) for n in (took, own)]
        rows = work.sql.all(
            sa.select(d.chat_id, d.day, *(sa.func.sum(c).label(f"n{i}") for i, c in enumerate(counted)))
            .group_by(d.chat_id, d.day)
            .order_by(d.chat_id, d.day)
        )
        key = (chat_day.c.chat_id, chat_day.c.day)
        assert [tuple(r) for r in work.sql.all(sa.select(chat_day).order_by(*key))] == [
            tuple(r) for r in rows
        ]
        compare_weeks(work)
        return len(rows)

    def compare_weeks(work: Work) -> None:
        """Its members' weeks too: days they opened talk, answered, spoke or reacted, took part."""
        made: dict[tuple[int, date, int], list[int]] = {}
        for d in work.sql.all(sa.select(member_day)):
            own = d.messages + d.reactions
            found = (d.messages > d.replies, d.replies > 0, own > 0, own + d.taps > 0)
            day = date.fromisoformat(str(d.day))
            row = made.setdefault((d.chat_id, day - timedelta(days=day.weekday()), d.person_id), [0] * 4)
            for i, yes in enumerate(found):
                row[i] += yes and not d.staff
        weeks = work.sql.all(sa.select(member_week).order_by(*member_week.primary_key))
        assert [(r[0], str(r[1]), *r[2:]) for r in weeks] == [
            (k[0], str(k[1]), k[2], *made[k]) for k in sorted(made)
        ]

    for n in range(12):
        writer.write(lambda w, n=n: told(w, a_day(w, 1 + 9 * n)))
        writer.write(promote)
        writer.write(take_away)
        writer.write(undone)
    assert writer.write(compare) > 20


def test_what_is_taken_away_in_the_moment_of_a_new_word_leaves_the_member_s_week(writer: Writer) -> None:
    """An answer goes and something is opened; then that goes and something is answered: the message counts
    up by none."""

    def says(n: int, to: int | None = None) -> Message:
        at = START + timedelta(minutes=n)
        return Message(at=at, chat=ROOMS[0], sender=PEOPLE[0], message_id=n, text="hi", reply_to=to)

    def week(work: Work) -> list[object]:
        work.chat = resolve(work, ROOMS[0]).id
        same = not service.rebuild(work, work.chat, local_day(START, ZoneInfo("Asia/Shanghai")))
        return [[(r.opened, r.answered) for r in work.sql.all(sa.select(member_week))], same]

    def swapped(work: Work, gone: int, said: Message) -> None:
        work.event, work.chat = None, resolve(work, ROOMS[0]).id
        service.removed(work, work.chat, gone)
        told(work, [said])

    writer.write(lambda w: told(w, [says(1), says(2, to=77)]))
    writer.write(lambda w: swapped(w, 2, says(3)))
    assert writer.write(week) == [[(1, 0)], True]
    writer.write(lambda w: swapped(w, 1, says(4, to=77)))
    writer.write(lambda w: swapped(w, 3, says(5, to=77)))
    assert writer.write(week) == [[(0, 1)], True]


def test_who_spoke_last_and_whether_somebody_spoke_since(writer: Writer) -> None:
    def fn(work: Work) -> list[object]:
        told(work, [Message(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=1, text="hi")])
        work.flush()
        before, who = START - timedelta(hours=1), PEOPLE[0].id
        return [
            service.last_spoke(work, work.chat, before),
            service.last_spoke(work, work.chat, START + timedelta(seconds=1)),
            service.spoke_since(work, work.chat, who, before),
            service.spoke_since(work, work.chat, who, START),
        ]

    assert writer.write(fn) == [START, None, True, False]


def test_a_week_has_every_day_and_asks_for_enough_people(writer: Writer) -> None:
    def fn(work: Work) -> Week:
        told(work, [Message(at=START, chat=ROOMS[0], sender=PEOPLE[0], message_id=1, text="hi")])
        work.flush()
        return reports.week_of(work, work.chat)

    week = writer.write(fn)
    today = local_day(START, ZoneInfo("Asia/Shanghai"))
    assert [d.day for d in week.days] == last_seven(today)
    assert (week.few, week.trend, week.top_three_share) == (True, None, None)
    assert week.top == (("…", 1),)


def test_trend_compares_three_days_with_three_days() -> None:
    days = tuple(
        Day(d, messages=n) for d, n in zip(last_seven(START.date()), (9, 1, 2, 3, 2, 4, 6), strict=True)
    )
    week = Week(1, "", days, active=20, known=20, bot_posts=3)
    assert (week.trend, week.bot_share) == (2.0, 0.1)
    assert Week(1, "", days, active=6, known=20, bot_posts=3).bot_share is None
