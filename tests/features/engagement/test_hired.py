"""Joins that look bought come and go in no number, nor does what they pressed stand in a picture."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.core.events import Joined, Left, Link, Person
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.engagement import reports, service, store
from groupbot.features.engagement.reports.responses import GONE
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import OPTOUT
from groupbot.features.members.store import membership
from tests.features.engagement.test_digest import at, groups
from tests.features.engagement.test_nudge import NOON, ROOM, press
from tests.features.members.group import group

CROWD = range(900, 906)


def come_and_go(work: Work, chat: int) -> None:
    """Six at once by one link, over the turn of a minute, one by themselves; next day all press, in three
    days three of the six go."""
    for n, person in enumerate((*CROWD, 950)):
        who = Person(person, "P")
        link = Link("https://t.me/+x", "till") if person in CROWD else None
        joined = Joined(at=NOON + timedelta(seconds=n - 3), chat=ROOM, sender=who, people=(who,), link=link)
        work.event, work.chat, work.zone = joined, chat, "Asia/Shanghai"
        service.note(joined, work)
        members.note_people(joined, work)
        press(work, chat, person)
    for person in CROWD[:3]:
        left = Left(at=NOON + timedelta(days=3), chat=ROOM, person=Person(person, "P"))
        work.event = left
        service.note(left, work)
        members.note_people(left, work)
    work.flush()


def test_that_a_join_looked_bought_is_forgotten_with_the_stay(writer: Writer) -> None:
    def come(work: Work) -> None:
        chat = group(work)
        came = work.now - timedelta(days=200)
        for person, left in ((901, work.now - timedelta(days=190)), (902, None)):
            row = {"chat_id": chat, "person_id": person, "evidence": "own", "removed": False}
            work.sql.run(sa.insert(membership).values(**row, joined_at=came, left_at=left))
            row = {"chat_id": chat, "person_id": person, "crowd": 9, "at": came}
            work.sql.run(sa.insert(store.hired_join).values(**row))

    writer.write(come)
    writer.write(members.sweep)
    writer.write(service.sweep)
    assert writer.write(lambda w: w.sql.plain("SELECT person_id FROM v_hired")) == [(902,)]


def numbers(work: Work, chat: int) -> dict[str, object]:
    last = NOON.date() + timedelta(days=3)
    ask = reports.Ask(work, chat, last - timedelta(days=6), last)
    value = {f.key: f.value for f in reports.figures(ask)}
    week = reports.week_of(work, chat, until=last)
    dots = reports.review(work, chat, "week").picture.panels[0].dots
    return {
        "joined": value["joined"], "left": value["left"], "week": (week.joined, week.left),
        "gone": len(ask.rows(ask.sql(GONE))), "dots": sum(dots),
    }  # fmt: skip


def test_who_came_in_a_bought_crowd_neither_comes_nor_goes(writer: Writer) -> None:
    (chat,) = groups(writer, "Asia/Shanghai")

    def fn(work: Work) -> tuple[dict[str, object], dict[str, object]]:
        quiet = numbers(work, chat)
        come_and_go(work, chat)
        before = numbers(work, chat)
        assert before["joined"] == quiet["joined"] + 7  # type: ignore[operator]
        while service.look_for_hired(work):
            pass
        assert work.sql.value(sa.select(sa.func.count()).select_from(membership)) > 6
        return quiet, numbers(work, chat)

    at(writer, NOON + timedelta(days=4))
    quiet, now = writer.write(fn)
    joined, left = quiet["week"]  # type: ignore[misc]
    assert now == {
        "joined": quiet["joined"] + 1, "left": quiet["left"], "week": (joined + 1, left),  # type: ignore[operator,has-type]
        "gone": quiet["gone"], "dots": quiet["dots"] + 1,  # type: ignore[operator]
    }  # fmt: skip


def test_of_who_opted_out_nobody_asks_a_word_that_would_not_be_written_down(writer: Writer) -> None:
    """900 opts out before the guard looks, 901 after."""
    (chat,) = groups(writer, "Asia/Shanghai")

    def asked(work: Work) -> list[int]:
        found = []
        for person in CROWD:
            try:
                service.speak_first(work, chat, Person(person, "P"))
            except Refusal:
                found.append(person)
        return found

    def fn(work: Work) -> tuple[list[int], list[int]]:
        come_and_go(work, chat)
        members.wish(work, 900, OPTOUT, True)
        while service.look_for_hired(work):
            pass
        first = asked(work)
        members.wish(work, 901, OPTOUT, True)
        return first, asked(work)

    at(writer, NOON + timedelta(days=4))
    assert writer.write(fn) == (list(CROWD)[1:], list(CROWD)[2:])

    def known(work: Work) -> set[int]:
        while service.look_for_hired(work):
            pass
        return {r.person_id for r in work.sql.all(store.KNOWN_HIRED, chat=chat)}

    at(writer, NOON + timedelta(days=5))
    assert writer.write(known) == set(CROWD[2:])
