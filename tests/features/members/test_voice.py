"""A person reads in their language; a group's business is told in the group's time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Send
from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import service, store
from groupbot.features.members.domain import ZONE
from tests.conftest import START
from tests.features.members.group import group, starts

MEI = 41


def opened(work: Work) -> int:
    chat = group(work)
    starts(work, MEI)
    work.sql.run(sa.update(store.person).values(language="en"))
    service.put(work, ZONE, "Asia/Shanghai", chat=chat)
    return chat


def muted(work: Work, chat: int) -> str:
    """The notice of a mute until 12:00 UTC, as Mei reads it."""
    work.chat = chat
    until: datetime = START + timedelta(hours=2)
    data = {"rule": "links", "number": 7, "at": START, "until": until, "article": 1, "nth": 1, "today": True}
    data |= {"span": 7200, "helper": {"id": 0, "name": ""}}
    said = work.say(Send(user=MEI, template="rules/muted", data=data))
    assert isinstance(said, Send)
    return said.text


def test_mute_is_told_in_the_groups_time_and_the_persons_language(writer: Writer) -> None:
    writer.render = Content([folder("content_templates")]).renderer(service.voice, b"k" * 32)
    text = writer.write(muted, writer.write(opened))
    assert "You can write again from 20:00" in text
    assert "Your message of 18:00" in text


@pytest.mark.parametrize(("language", "zone"), [("en", "UTC"), ("zh-hans", "Asia/Shanghai")])
def test_outside_a_group_the_zone_is_the_persons(writer: Writer, language: str, zone: str) -> None:
    writer.write(opened)

    def alone(work: Work) -> tuple[str, str]:
        work.sql.run(sa.update(store.person).values(language=language))
        work.chat = resolve(work, Chat(MEI, "private")).id
        return service.voice(work, work.chat, None)

    assert writer.write(alone) == (language[:2], zone)
