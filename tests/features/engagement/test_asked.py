"""A word that an activation asked for is written as a press, in every sum and when these are made anew."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.core.events import ANONYMOUS_ADMIN, Message, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import service
from groupbot.features.engagement.store import chat_day, chat_hour, event, member_day, member_week
from tests.conftest import START
from tests.features.engagement.test_rollups import PEOPLE, ROOMS, told

TABLES = (chat_hour, member_day, chat_day, member_week)


def said(number: int, who: int, hours: int, reply: int | None = None) -> Message:
    at = START - timedelta(hours=hours)
    return Message(at=at, chat=ROOMS[0], sender=PEOPLE[who], message_id=number, text="签到", reply_to=reply)


def test_a_word_asked_for_is_a_press_however_late_or_often_it_is_known(writer: Writer) -> None:
    words = [said(1, 0, 30), said(2, 0, 3, reply=9), said(3, 1, 3)]

    def fn(work: Work) -> list[object]:
        told(work, [*words, said(4, 0, 2)])
        work.flush()
        for word in [*words, *words]:
            service.asked(work, word)
        service.removed(work, work.chat, 3)  # it was no talk any more
        work.flush()
        return [work.sql.all(sa.select(t).order_by(*t.primary_key)) for t in TABLES]

    made = writer.write(fn)
    days = sorted((str(r.day), r.person_id, r.messages, r.replies, r.taps) for r in made[1])
    assert days == [
        ("2027-01-29", 500, 0, 0, 1), ("2027-01-30", 500, 1, 0, 1), ("2027-01-30", 501, 0, 0, 1)
    ]  # fmt: skip
    assert sum(r.messages for r in made[0]) == 1
    assert sum(r.taps for r in made[0]) == 3

    def anew(work: Work) -> tuple[bool, list[object], list[object]]:
        chat = resolve(work, ROOMS[0]).id
        changed = {service.rebuild(work, chat, day) for day in service.days_kept(work, chat)}
        acts = work.sql.plain("SELECT message_id, kind, reply_to FROM v_act WHERE NOT organic ORDER BY 1")
        kinds = work.sql.all(sa.select(event.c.kind).distinct().order_by(event.c.kind))
        return True in changed, [tuple(r) for r in acts], [r.kind for r in kinds]

    assert writer.write(anew) == (False, [(n, "asked", None) for n in (1, 2, 3)], ["asked", "message"])


def test_who_speaks_as_the_group_is_staff(writer: Writer) -> None:
    """An administrator who stays unnamed stands in no number of members."""

    def fn(work: Work) -> list[tuple[object, ...]]:
        group, nobody = ROOMS[0], Person(ANONYMOUS_ADMIN, "Group", is_bot=True)
        told(work, [Message(at=START, chat=group, sender=nobody, sender_chat=group, message_id=1, text="hi")])
        work.flush()
        work.now = START + timedelta(minutes=1)
        work.event = None
        service.removed(work, work.chat, 1)
        work.flush()
        return [(r.kind, r.staff) for r in work.sql.all(sa.select(event).order_by(event.c.id))]

    assert writer.write(fn) == [("message", True), ("removed", True)]
    assert writer.write(lambda w: w.sql.plain("SELECT COUNT(*) FROM v_act")) == [(0,)]
