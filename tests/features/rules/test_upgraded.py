"""A group was upgraded: cases of before and the new messages with their numbers are not one another's."""

from __future__ import annotations

import pytest

from groupbot.core.effects import Ask, Delete
from groupbot.core.events import Chat, Person, Standing
from groupbot.engine.addresses import moved, upgrade
from groupbot.engine.upgrades import in_reach
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.rules import service
from tests.features.rules.test_service import WORDS, ZHAO, Room

SUPER = Chat(-1_000_000_001_001, "supergroup", "West Lake")


@pytest.fixture
def room(writer: Writer) -> Room:
    writer.render = in_reach(writer.render, moved)
    return Room(writer, "consumer", "on", kind="group")


def upgraded(room: Room) -> None:
    room.writer.write(lambda w: upgrade(w, room.here.id, SUPER.id))
    room.here = SUPER


def stranger(room: Room) -> int:
    """Here before the bot: nothing is known of them, so their first case waits."""
    _, said, _ = room.says(77, WORDS, message_id=5)
    assert [type(e) for e in said] == [Ask]
    return 77


def known(room: Room, who: int) -> list[Delete]:
    event = Standing(at=room.writer.clock.now(), chat=room.here, person=Person(who, "A"), status="member")

    def fn(work: Work) -> None:
        work.event = event
        service.standing_known(work, event)

    _, said = room.do(fn)
    return [e for e in said if isinstance(e, Delete)]


def test_a_case_that_waited_takes_its_own_message_and_after_an_upgrade_none(room: Room) -> None:
    who = stranger(room)
    upgraded(room)
    room.says(ZHAO, "see you", message_id=5)
    assert [e.messages for e in known(room, who)] == [()]
    (case,) = room.cases()
    assert (case.action != "pending", case.message_id) == (True, 5 - 1_000_000_000)


def test_a_new_message_is_judged_though_one_of_its_number_was_let_stand(room: Room) -> None:
    removed, _, _ = room.says(ZHAO, WORDS, message_id=5)
    assert removed
    (old,) = room.cases()
    room.do(lambda w: service.undo(w, old.id, 10))
    assert not room.says(ZHAO, WORDS, message_id=5)[0]  # staff said it may stand
    upgraded(room)
    assert room.says(ZHAO, WORDS, message_id=5)[0]
    assert [c.message_id for c in room.cases()] == [5 - 1_000_000_000, 5]
