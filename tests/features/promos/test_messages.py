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
from groupbot.features.members import service as members
from groupbot.features.members.store import membership
from groupbot.features.promos import service
from tests.features.promos.test_publish import at, chats, plan, publish, slots, take_in

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
