"""Cases of one chat are not read from another."""

from __future__ import annotations

import pytest

from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.rules import service
from tests.features.members.group import group
from tests.features.rules.test_service import WORDS, ZHAO, Room


def test_cases_of_another_chat_are_not_found(writer: Writer) -> None:
    room = Room(writer, "store", "on")
    room.says(ZHAO, WORDS)
    other = writer.write(group, -2002, "East Gate")
    number = room.cases()[0].number
    assert writer.write(service.by_number, room.chat, number) == room.cases()[0].id
    with pytest.raises(Refusal):
        writer.write(service.by_number, other, number)
    assert len(writer.write(service.own_cases, ZHAO, room.chat)) == 1
    assert writer.write(service.own_cases, ZHAO, other) == []
