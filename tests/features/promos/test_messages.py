"""A core message in changing dress: its spacing over all of them, and how often each member met it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members.store import membership
from groupbot.features.promos import service
from groupbot.features.promos.store import core_recall
from tests.features.members.group import stands
from tests.features.promos.test_publish import at, chats, plan, publish, slots, take_in
from tests.features.promos.test_publish import said as sends

TEXT = "---\n{front}\n---\nTea in a tin.\n"
DAY = datetime(2027, 1, 31, 2)


@pytest.fixture
def room(writer: Writer, tmp_path: Path) -> Writer:
    (tmp_path / "x").mkdir()
    for name, front in (
        ("tin", "core: 3\nmessage: tin"),
        ("song", "core: 3\nmessage: tin"),
        ("alone", "core: 3"),
        ("plain", "title: nothing"),
    ):
        for lang in ("zh", "en"):
            path = tmp_path / "x" / f"{name}.{lang}.html.j2"
            path.write_text(TEXT.replace("{front}", front), "utf-8")
    writer.content = Content([tmp_path, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    chats(writer, 2)
    return writer


def said(room: Writer) -> list[tuple[str, str | None]]:
    return [(s[2], s[3]) for s in slots(room) if s[0] == 1 and s[2] != "waiting"]


def test_another_dress_of_the_same_message_waits_its_days_and_another_message_does_not(room: Writer) -> None:
    daily = {"rrule": "FREQ=DAILY;COUNT=1"}
    later = {"start": datetime(2027, 1, 31, 14), **daily}
    take_in(room, plan("a", pool=("x/tin",), **daily), plan("b", pool=("x/song",), **later))
    at(room, DAY)
    publish(room)
    at(room, DAY + timedelta(hours=4))
    publish(room)
    assert said(room) == [("said", None), ("skipped", "spacing")]
    take_in(room, plan("c", pool=("x/alone",), start=datetime(2027, 1, 31, 18), **daily))
    at(room, DAY + timedelta(hours=8))
    publish(room)
    assert said(room)[-1] == ("said", None)


def test_a_member_met_what_was_said_while_they_were_here(room: Writer) -> None:
    def people(work: Work) -> None:
        for person, joined in ((50, None), (51, datetime(2027, 2, 5)), (52, datetime(2027, 3, 1))):
            row = {"chat_id": 1, "person_id": person, "evidence": "before", "removed": False}
            moment = joined and joined.replace(tzinfo=work.now.tzinfo)
            work.sql.run(sa.insert(membership).values(**row, joined_at=moment))
        gone = {"chat_id": 1, "person_id": 53, "evidence": "before", "removed": False, "left_at": work.now}
        work.sql.run(sa.insert(membership).values(**gone))
        work.sql.run(sa.delete(membership).where(membership.c.person_id == 7))

    assert room.write(service.exposures) == {"rows": [], "more": 0}
    room.write(people)
    take_in(
        room,
        plan("a", pool=("x/tin",), rrule="FREQ=DAILY;INTERVAL=4;COUNT=3"),  # 31 January, 4 and 8 February
        plan("b", pool=("x/plain",), start=datetime(2027, 1, 31, 14)),
    )
    for days in range(0, 9, 4):
        at(room, DAY + timedelta(days=days))
        publish(room)
    (found,) = room.write(service.exposures)["rows"]
    assert found == {
        "message": "tin",
        "posts": 6,
        "dresses": 1,
        "groups": 2,
        "members": 3,
        "mean": 1.3,
        "never": 1,  # who joins in March
        "some": 1,
        "often": 1,
    }


def answers(room: Writer, person: int, answer: int, month: int = 202701) -> None:
    def fn(work: Work) -> None:
        work.chat = 1
        service.recalled(work, person, service.Recalled(month, answer))

    room.write(fn)


def questions(room: Writer) -> list[tuple[int | None, str]]:
    return [(s.chat, str(s.text)) for s in sends(room) if "promos.recall:" in str(s.ref)]


def test_where_it_is_switched_on_one_question_a_month_tells_how_many_remember(room: Writer) -> None:
    take_in(room, plan("a", pool=("x/tin",), rrule="FREQ=DAILY;INTERVAL=10"))
    at(room, DAY)
    publish(room)
    at(room, DAY + timedelta(hours=4))
    room.write(service.ask_recall)
    assert questions(room) == []  # off until switched on
    room.write(lambda w: members.put(w, service.RECALL, True, chat=1))
    at(room, DAY + timedelta(hours=15))  # in quiet hours
    room.write(service.ask_recall)
    assert questions(room) == []
    at(room, DAY + timedelta(days=1))
    for _ in range(3):
        room.write(service.ask_recall)
    assert questions(room) == [(1, "这个月只问一件事:在群里听过这句吗?\n\ntin\n\n只看总数,不点名。")]
    room.write(lambda w: stands(w, 1, 60, "administrator"))
    with pytest.raises(Refusal):
        answers(room, 60, 2, 202702)  # who is of the staff is not asked
    for person in range(50, 54):
        answers(room, person, 2, 202702)
    assert room.write(service.remembered) == {"tin": {"answered": 4, "remember": 4, "share": None}}
    answers(room, 54, 0, 202702)
    answers(room, 53, 1, 202702)  # thinks again
    assert room.write(service.remembered) == {"tin": {"answered": 5, "remember": 3, "share": 60}}
    with pytest.raises(Refusal):
        answers(room, 55, 2, 202701)
    at(room, DAY + timedelta(days=9))
    with pytest.raises(Refusal):
        answers(room, 55, 2, 202702)
    at(room, datetime(2027, 3, 2, 2))
    publish(room)
    at(room, datetime(2027, 3, 2, 8))
    room.write(service.ask_recall)
    assert len(questions(room)) == 2
    at(room, datetime(2027, 9, 1))
    room.write(service.sweep_recall)
    assert room.write(lambda w: w.sql.value(sa.select(sa.func.count()).select_from(core_recall))) == 0
