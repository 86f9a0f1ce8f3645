"""A silent boss is reminded once, their lead once, and joins that look bought are left out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Send
from groupbot.core.events import Chat, Message, Person, Reaction, Tap
from groupbot.engine.addresses import set_state
from groupbot.engine.outbox_table import posted
from groupbot.engine.plugins import load
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.engagement import reports, service
from groupbot.features.engagement.domain import guard
from groupbot.features.engagement.reports.look import after_glow
from groupbot.features.engagement.reports.nudge import unanswered
from groupbot.features.links.store import link, visit
from groupbot.features.members import service as members
from groupbot.features.members.store import membership, profile
from tests.conftest import START
from tests.features.engagement.test_digest import OPS, at, groups, tell
from tests.features.members.group import stands, starts

ROOM = Chat(-1001, "supergroup", "群 1")
BOSS = Person(77, "Boss")
NOON = datetime(2027, 1, 20, 4, tzinfo=START.tzinfo)


def said(writer: Writer, when: datetime) -> list[tuple[str, int]]:
    at(writer, when)
    found: list[tuple[str, int]] = []

    def fn(work: Work) -> None:
        reports.nudge(work)
        found.extend((str(e.template), e.user or 0) for e in work.effects if isinstance(e, Send))
        work.effects.clear()

    writer.write(fn)
    writer.write(lambda w: w.empty_caches())
    writer.write(fn)
    return found


def test_the_boss_is_reminded_once_then_the_operators_and_a_word_begins_anew(writer: Writer) -> None:
    (chat,) = groups(writer, "Asia/Shanghai")
    room = Chat(-1001, "supergroup", "群 1")

    def speaks(work: Work) -> None:
        starts(work, BOSS.id)
        work.sql.run(sa.update(profile).where(profile.c.chat_id == chat).values(owner_id=BOSS.id))
        work.empty_caches()
        work.chat, work.zone = chat, "Asia/Shanghai"
        n = 1000 + work.now.day
        tell(work, Message(at=work.now, chat=room, sender=BOSS, message_id=n, text="hello"))
        work.flush()

    at(writer, NOON)
    writer.write(speaks)
    assert said(writer, NOON + timedelta(days=6)) == []
    assert said(writer, NOON + timedelta(days=7, hours=12)) == []  # midnight: later
    writer.write(lambda w: set_state(w, chat, "limited", "delete"))  # the bot lacks a right: all else goes on
    assert said(writer, NOON + timedelta(days=8)) == [("engagement/silent", BOSS.id)]
    assert said(writer, NOON + timedelta(days=9)) == []
    assert said(writer, NOON + timedelta(days=15)) == [("engagement/silent_lead", 0)]
    assert said(writer, NOON + timedelta(days=40)) == []
    writer.write(speaks)
    assert said(writer, NOON + timedelta(days=48)) == [("engagement/silent", BOSS.id)]
    assert writer.write(lambda w: w.chat) != OPS


def test_a_boss_silent_for_longer_than_events_are_kept_is_told_of_once(writer: Writer) -> None:
    """After 180 days their last word is forgotten, and with each day another one of the group's events."""
    (chat,) = groups(writer, "Asia/Shanghai")

    def lived(work: Work) -> None:
        starts(work, BOSS.id)
        work.sql.run(sa.update(profile).where(profile.c.chat_id == chat).values(owner_id=BOSS.id))
        work.empty_caches()
        work.chat, work.zone = chat, "Asia/Shanghai"
        tell(work, Message(at=NOON, chat=ROOM, sender=BOSS, message_id=5000, text="hello"))
        for day in range(190):
            when = NOON + timedelta(days=day, hours=1)
            tell(work, Message(at=when, chat=ROOM, sender=Person(500, "P"), message_id=6000 + day, text="hi"))
        work.flush()

    def told(day: int) -> list[tuple[str, int]]:
        at(writer, NOON + timedelta(days=day))
        while writer.write(service.sweep):
            pass
        return said(writer, NOON + timedelta(days=day))

    writer.write(lived)
    assert told(8) == [("engagement/silent", BOSS.id)]
    assert told(15) == [("engagement/silent_lead", 0)]
    assert [told(day) for day in (181, 182, 183, 188)] == [[], [], [], []]


def test_what_nobody_answered_is_linked(writer: Writer) -> None:
    (chat,) = groups(writer, "Asia/Shanghai")
    at(writer, datetime(2027, 1, 28, 4, tzinfo=START.tzinfo))
    week = datetime(2027, 1, 22).date(), datetime(2027, 1, 28).date()
    found = writer.write(lambda w: unanswered(reports.Ask(w, chat, *week)))
    assert found == [f"https://t.me/c/1/{n}" for n in (18, 17, 16)]


def test_a_silent_crowd_of_one_minute_and_way_looks_bought_until_it_speaks() -> None:
    def crowd(n: int, acted: int, via: str = "x") -> list[guard.Came]:
        return [guard.Came(i, NOON + timedelta(seconds=i), via, i < acted) for i in range(n)]

    now = NOON + timedelta(hours=49)
    assert guard.hired(crowd(5, 0), now) == dict.fromkeys(range(5), 5)
    assert guard.hired(crowd(5, 1), now) == dict.fromkeys(range(1, 5), 5)
    assert guard.hired(crowd(5, 2), now) == {}
    assert guard.hired(crowd(4, 0), now) == {}
    assert guard.hired(crowd(9, 0, ""), now) == {}
    assert guard.hired(crowd(9, 0), NOON + timedelta(hours=40)) == {}


def press(work: Work, chat: int, person: int) -> None:
    """Somebody presses the button of the group's post, the day after."""
    at = NOON + timedelta(days=1)
    row = {"bot_id": 1, "chat_id": chat, "message_id": 5, "ref": "promo:1", "private": False, "at": at}
    if person == 900:
        work.sql.run(sa.insert(posted).values(**row))
    tap = Tap(at=at, chat=ROOM, sender=Person(person, "P"), query_id="1", raw="", message_id=5)
    work.event, work.chat, work.zone = tap, chat, "Asia/Shanghai"
    work.step(service.note, tap)
    work.flush()


def heated(work: Work, ask: reports.Ask) -> dict[str, float]:
    """The numbers that a bought crowd would like to move."""
    found = {f.key: f.value or 0 for f in reports.figures(ask)}
    kept = reports.kept(ask)
    return {
        **{k: found[k] for k in ("presses", "active", "active_a_day")},
        "post": sum(p.people for p in reports.posts(ask)),
        "week": reports.week_of(work, ask.chat, until=ask.last).active,
        "kept": sum(k.active[0] for k in kept),
    }


def test_bought_joins_are_in_no_number(writer: Writer) -> None:
    (chat,) = groups(writer, "Asia/Shanghai")

    def fn(work: Work) -> tuple[object, ...]:
        for person in range(900, 906):
            work.sql.run(
                sa.insert(membership).values(
                    chat_id=chat,
                    person_id=person,
                    joined_at=NOON,
                    evidence="link",
                    link="u",
                    link_name="till",
                )
            )
            press(work, chat, person)
        day = NOON.date() + timedelta(days=1)
        ask = reports.Ask(work, chat, day - timedelta(days=6), day + timedelta(days=1))
        heat = lambda: heated(work, ask)  # noqa: E731
        hot = heat()
        before = reports.sources(work, chat)
        while service.look_for_hired(work):
            pass
        cool = heat()
        lost = {k: hot[k] - cool[k] for k in hot}
        assert lost == {"presses": 6, "active": 6, "active_a_day": 0.75, "post": 6, "week": 6, "kept": 6}
        months = sum(reports.active_days(ask.back(28)).values())
        assert months == sum(d.active for d in reports.week_of(work, chat, until=ask.last).days)
        with pytest.raises(Refusal, match="engagement/speak_first"):
            service.speak_first(work, chat, Person(900, "P"))
        return (
            [(s.source, s.came) for s in before], reports.sources(work, chat), service.hired(work, chat, 900),
            members.count_here(work, chat) > 0,
        )  # fmt: skip

    at(writer, NOON + timedelta(days=3))
    assert writer.write(fn) == ([("till", 6)], [], True, True)


def test_who_answers_for_a_quiet_group_is_told_once_that_people_come_by_themselves(writer: Writer) -> None:
    (chat,) = groups(writer, "Asia/Shanghai")

    def come(work: Work) -> None:
        starts(work, BOSS.id)
        stands(work, chat, BOSS.id, "administrator")
        for n in range(6):
            row = {"chat_id": chat, "person_id": 700 + n, "evidence": "own", "joined_at": NOON}
            work.sql.run(sa.insert(membership).values(**row, removed=False))

    def said(day: int) -> list[tuple[int | None, int, int]]:
        at(writer, NOON + timedelta(days=day))

        def fn(work: Work) -> list[tuple[int | None, int, int]]:
            while reports.glow(work):
                pass
            return [
                (e.user, e.data["came"], e.data["quiet"])
                for e in work.effects
                if type(e) is Send and e.template == "engagement/glow"
            ]

        return writer.write(fn)

    writer.write(come)
    assert [said(day) for day in (1, 1, 2, 9, 20)] == [[(77, 6, 14)], [], [], [], []]


def test_starts_by_old_links_of_a_group_are_people_who_come_by_themselves(writer: Writer) -> None:
    """Two join and two open the bot by an old link of the group's: four. A fifth makes a glow. 701 joined too
    and counts once, 703 came by a new link, 704 is a member, 705 came out of another group."""
    (chat,) = groups(writer, "Asia/Shanghai")
    then = NOON + timedelta(days=20)

    def opens(work: Work, person: int, number: int, where: int) -> None:
        row = {"link_id": number, "chat_id": where, "person_id": person, "times": 1}
        work.sql.run(sa.insert(visit).values(**row, at=then))

    def lived(work: Work) -> None:
        for number, made in ((1, NOON), (2, then - timedelta(days=6))):
            work.sql.run(sa.insert(link).values(id=number, name=f"promo:{number}/x", url="u", at=made))
        for person, since in ((700, then), (701, then), (704, NOON)):
            row = {"chat_id": chat, "person_id": person, "evidence": "own", "removed": False}
            work.sql.run(sa.insert(membership).values(**row, joined_at=since))
        for person, number, where in (
            (701, 1, 0),
            (702, 1, 0),
            (703, 2, 0),
            (704, 1, 0),
            (705, 1, 1),
            (706, 1, 0),
        ):
            opens(work, person, number, chat + where)

    def seen(work: Work) -> tuple[int, int] | None:
        day = then.date() + timedelta(days=1)
        return after_glow(reports.Ask(work, chat, day, day))

    writer.write(lived)
    assert writer.write(seen) is None
    writer.write(opens, 707, 1, chat)
    assert writer.write(seen) == (5, 14)


def test_first_words_of_a_newcomer_that_nobody_answers_are_told_once(writer: Writer) -> None:
    """700 got an answer, 701 a reaction, 703 spoke before, 704 is here for long; 702 nobody answered."""
    (chat,) = groups(writer, "Asia/Shanghai")

    def lived(work: Work) -> None:
        starts(work, BOSS.id)
        stands(work, chat, BOSS.id, "administrator")
        for n in range(5):
            since = NOON - timedelta(days=40 if n == 4 else 1)
            row = {"chat_id": chat, "person_id": 700 + n, "evidence": "own", "joined_at": since}
            work.sql.run(sa.insert(membership).values(**row, removed=False))
        work.chat, work.zone = chat, "Asia/Shanghai"

        def says(person: int, number: int, hours: float, to: int | None = None) -> None:
            at = NOON + timedelta(hours=hours)
            who = Person(person, f"P{person}")
            reply = None if to is None else Person(to - 2000, f"P{to}")
            tell(work, Message(at=at, chat=ROOM, sender=who, message_id=number, text="hello there everybody",
                               reply_to=to, reply_person=reply))  # fmt: skip

        says(703, 2600, -20)
        says(709, 2601, -19, 2600)
        for n in range(5):
            says(700 + n, 2700 + n, 0)
        says(702, 2800, 1, 2700)
        after = NOON + timedelta(hours=1)
        tell(work, Reaction(at=after, chat=ROOM, sender=BOSS, message_id=2701, before=(), after=("👍",)))
        says(702, 2802, 2)
        work.flush()

    def said(hours: float) -> list[tuple[int | None, int, list[str]]]:
        at(writer, NOON + timedelta(hours=hours))

        def fn(work: Work) -> list[tuple[int | None, int, list[str]]]:
            while reports.newcomers(work):
                pass
            return [
                (e.user, e.data["n"], e.data["links"])
                for e in work.effects
                if type(e) is Send and e.template == "engagement/newcomers"
            ]

        return writer.write(fn)

    at(writer, NOON)
    writer.write(lived)
    found = [x for hours in (2, 26, 50, 74) for x in said(hours)]
    assert found == [(BOSS.id, 1, ["https://t.me/c/1/2702"])]


def test_every_reminder_is_due_by_the_router() -> None:
    (router,) = (r for r in load().routers if r.name == "engagement")
    assert {t.fn.__name__ for t in router.ticks} == {
        "sweep",
        "guard",
        "weekly",
        "nudge",
        "scores",
        "stages",
        "glow",
        "newcomers",
    }
