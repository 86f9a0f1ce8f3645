"""Who answers for a group and is silent in it: what is said of them is what was done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Send
from groupbot.core.events import Message
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.members import service as members
from tests.features.engagement.test_digest import at, groups, tell
from tests.features.engagement.test_nudge import BOSS, NOON, ROOM
from tests.features.members.group import starts

ME, LEAD = "engagement/silent", "engagement/silent_lead"


def spoke_then_owns(writer: Writer) -> int:
    """Our id of a group in which the boss spoke on the first day, and became its owner later."""
    (chat,) = groups(writer, "Asia/Shanghai")
    acts(writer, chat, Message(at=NOON, chat=ROOM, sender=BOSS, message_id=7000, text="hello"))
    writer.write(lambda w: members.set_profile(w, chat, owner=BOSS.id))
    return chat


def acts(writer: Writer, chat: int, event: Any) -> None:
    """Something is done in the group."""

    def fn(work: Work) -> None:
        work.chat, work.zone = chat, "Asia/Shanghai"
        tell(work, event)
        work.flush()

    at(writer, event.at)
    writer.write(fn)


def told(writer: Writer, *days: int) -> list[tuple[int, str, bool | None]]:
    """What is said on each of these days, and whether it says that they were reminded."""
    found = []

    def fn(work: Work) -> list[Send]:
        while reports.nudge(work):
            pass
        return [e for e in work.effects if isinstance(e, Send)]

    for day in days:
        at(writer, NOON + timedelta(days=day))
        sent = writer.write(fn)
        found += [(day, str(e.template), e.data.get("reminded")) for e in sent]
    return found


def test_an_owner_set_late_is_reminded_before_anybody_is_told_that_they_were(writer: Writer) -> None:
    spoke_then_owns(writer)
    writer.write(starts, BOSS.id)
    assert told(writer, *range(20, 40)) == [(20, ME, None), (27, LEAD, True)]


def test_of_an_owner_who_cannot_be_written_to_it_is_said_so(writer: Writer) -> None:
    spoke_then_owns(writer)
    assert told(writer, *range(5, 14)) == []
    assert told(writer, *range(14, 30)) == [(14, LEAD, False)]


def test_an_owner_who_starts_the_bot_in_between_is_reminded_first(writer: Writer) -> None:
    spoke_then_owns(writer)
    assert told(writer, *range(5, 13)) == []
    writer.write(starts, BOSS.id)
    assert told(writer, *range(13, 30)) == [(13, ME, None), (20, LEAD, True)]
