"""Who answers for a group and is silent in it: what is said of them is what was done, and any act counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Send
from groupbot.core.events import Message, Reaction, Tap
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import OPTOUT
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


def test_a_reaction_a_press_and_a_word_all_begin_the_count_anew(writer: Writer) -> None:
    chat = spoke_then_owns(writer)
    writer.write(starts, BOSS.id)
    assert told(writer, *range(1, 7)) == []
    then = NOON + timedelta(days=6)
    acts(writer, chat, Reaction(at=then, chat=ROOM, sender=BOSS, message_id=1, before=(), after=("👍",)))
    assert told(writer, *range(7, 13)) == []
    then = NOON + timedelta(days=12)
    acts(writer, chat, Tap(at=then, chat=ROOM, sender=BOSS, query_id="1", raw="", message_id=5))
    assert told(writer, *range(13, 20)) == [(19, ME, None)]
    then = NOON + timedelta(days=19)
    acts(writer, chat, Message(at=then, chat=ROOM, sender=BOSS, message_id=7001, text="/plan"))
    assert told(writer, *range(20, 27)) == [(26, ME, None)]


def test_of_an_owner_who_opted_out_nobody_can_say_that_they_were_silent(writer: Writer) -> None:
    chat = spoke_then_owns(writer)
    writer.write(starts, BOSS.id)
    writer.write(members.wish, BOSS.id, OPTOUT, True)
    then = NOON + timedelta(days=1)
    acts(writer, chat, Message(at=then, chat=ROOM, sender=BOSS, message_id=7001, text="good morning"))
    assert told(writer, *range(7, 20)) == []

    def seen(work: Work) -> tuple[int | None, list[str]]:
        found = reports.look(work, chat, (NOON + timedelta(days=30)).date())
        return found.voice, [r.kind for r in found.reasons]

    assert writer.write(seen) == (None, [])


def test_the_time_they_had_opted_out_is_no_silence(writer: Writer) -> None:
    chat = spoke_then_owns(writer)
    writer.write(starts, BOSS.id)
    writer.write(members.wish, BOSS.id, OPTOUT, True)
    assert told(writer, *range(1, 21)) == []
    writer.write(members.wish, BOSS.id, OPTOUT, False)
    assert [day for day, _, _ in told(writer, *range(21, 30))] == [27]

    def voice(work: Work, after: int) -> int | None:
        return reports.look(work, chat, (NOON + timedelta(days=after)).date()).voice

    assert [writer.write(voice, day) for day in (22, 35)] == [None, None]
    then = NOON + timedelta(days=40)
    acts(writer, chat, Message(at=then, chat=ROOM, sender=BOSS, message_id=7002, text="good morning"))
    assert writer.write(voice, 44) == 4
