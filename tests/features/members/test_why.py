"""`/settings why` names the level of every setting there is."""

from __future__ import annotations

from groupbot.engine.plugins import load
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.members.service import choosing
from tests.features.guarding.test_service import Room


def test_why_names_the_level_of_every_setting(writer: Writer) -> None:
    chat = Room(writer).chat
    known = [s for s in load().settings.values() if not s.inner and not s.secret]
    assert len(known) > 150

    def levels(work: Work) -> None:
        for s in known:
            value = s.default
            shipped = choosing.describe(work, chat, s)
            assert (shipped["level"], len(shipped["levels"])) == ("shipped", 1), s.key
            members.put(work, s, value)
            members.put(work, s, value, tier="consumer")
            members.put(work, s, value, chat=chat)
            members.put(work, s, value, chat=chat, topic=7)
        members.set_profile(work, chat, tier="consumer")
        for s in known:
            told = choosing.describe(work, chat, s, 7)
            assert [v["kind"] for v in told["levels"]] == ["topic", "chat", "tier", "default", "shipped"], (
                s.key
            )
            assert told["level"] == "topic"
            assert choosing.describe(work, chat, s)["level"] == "chat"

    writer.write(levels)
