"""Talk on and off the theme on both databases: sums without names, and a line that comes seldom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groupbot.core.events import Chat, Message, Person
from groupbot.core.setting import Unfit
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import OPTOUT
from groupbot.features.theme import domain, service
from tests.features.care.test_running import ANN, MEI, NOON, OLGA, ROOM, group, happen, is_admin, later, said

ON, OFF = "Our hotpot needs beef", "The football was splendid"


def themed(writer: Writer, mode: str = domain.REMIND) -> None:
    group(writer)

    def fn(work: Work) -> None:
        members.put(work, domain.THEME, "hotpot", chat=1)
        members.put(work, domain.WORDS, ["hotpot", "prefix:recipe"], chat=1)
        members.put(work, domain.TOPICS, ["42"], chat=1)
        members.put(work, domain.GUARD, mode, chat=1)

    writer.write(fn)


def writes(writer: Writer, text: str, who: Person = MEI, chat: Chat = ROOM, **more: Any) -> None:
    carriers = (("text", text),) if text else ()
    m = Message(
        at=writer.clock.now(), chat=chat, sender=who, message_id=9, text=text, carriers=carriers, **more
    )
    happen(writer, m, service.heard)


def state(writer: Writer) -> dict[str, Any]:
    def fn(work: Work) -> dict[str, Any]:
        work.chat = 1
        return service.state(work)

    return writer.write(fn)


def lines(writer: Writer) -> int:
    return sum("得空再聊回" in text for _, text in said(writer))


def test_words_and_places_count_and_what_is_neither_does_not(writer: Writer) -> None:
    themed(writer, "count")
    forum = Chat(ROOM.id, ROOM.type, ROOM.title, is_forum=True)
    writes(writer, ON)
    writes(writer, "Recipe for tonight?", ANN)
    writes(writer, OFF, chat=forum, topic=42)
    for _ in range(7):
        writes(writer, OFF)
    is_admin(writer)
    bot, out = Person(99, "Bot", is_bot=True), Person(98, "Zoe")
    writer.write(lambda work: members.wish(work, out.id, OPTOUT, True))
    writes(writer, OFF, out)
    writes(writer, OFF, OLGA)  # staff
    writes(writer, "hotpot")  # too short
    writes(writer, "/points of everybody")
    writes(writer, "")
    writes(writer, OFF, edited=True)
    writes(writer, OFF, reply_person=bot, reply_to=3)
    writes(writer, OFF, bot)
    found = state(writer)
    assert (found["n"], found["share"], found["reminders"]) == (10, 0.3, 0)
    day = NOON.date()

    def figure(work: Work) -> tuple[list[float], int]:
        one = next(f for f in reports.figures(reports.Ask(work, 1, day, day)) if f.key == "on_topic")
        return [round(float(n), 6) for n in (one.value or 0, work.sql.plain(one.sql)[0][0])], one.n

    assert writer.write(figure) == ([0.3, 0.3], 10)


def test_the_line_comes_after_twelve_once_in_two_hours_though_the_bot_restarts(writer: Writer) -> None:
    themed(writer)
    for _ in range(4):
        writes(writer, ON)
    for n in range(8):
        assert lines(writer) == 0, n
        writes(writer, OFF)
    assert lines(writer) == 1  # 8 of 12
    assert said(writer)[-1][1].endswith("得空再聊回「hotpot」吧。")
    writer.write(lambda w: w.clear("theme.last"))
    for hours in (1, 0.5):
        later(writer, hours=hours)
        for _ in range(13):
            writes(writer, OFF)
    assert lines(writer) == 1
    later(writer, hours=0.5)
    for _ in range(12):
        writes(writer, OFF)
    assert (lines(writer), state(writer)["reminders"]) == (2, 2)


def test_no_line_at_night_beside_another_notice_or_where_it_is_only_counted(writer: Writer) -> None:
    themed(writer, "count")
    for _ in range(13):
        writes(writer, OFF)
    writer.write(lambda w: members.put(w, domain.GUARD, domain.REMIND, chat=1))
    writer.write(lambda w: members.notice(w, 1))
    writes(writer, OFF)
    assert lines(writer) == 0
    later(writer, hours=12)
    for _ in range(13):
        writes(writer, OFF)
    assert lines(writer) == 0
    writer.write(lambda w: members.put(w, domain.GUARD, "", chat=1))
    writes(writer, OFF)
    assert state(writer)["n"] == 27  # nothing was counted after it was switched off


def test_minutes_leave_the_window_and_settings_are_read_in_one_spelling() -> None:
    at = datetime(2027, 1, 31, 4, tzinfo=UTC)
    minutes: tuple[domain.Minute, ...] = ()
    for n in range(40):
        minutes = domain.counted(minutes, at + timedelta(minutes=n), on=n % 2 == 0)
    assert (len(minutes), domain.strays(minutes)) == (30, False)
    assert domain.strays(((at, 4, 7),)) is False  # too few
    assert [domain.says_something(t) for t in ("火锅吗?", "今晚吃锅", "👍👍👍👍👍👍👍👍", "ok thanks")] == [
        False, True, False, True]  # fmt: skip
    assert domain.GUARD.parse("OFF") == ""
    assert domain.WORDS.parse("hotpot, so  full, prefix:price") == ["hotpot", "so full", "prefix:price"]
    assert domain.TOPICS.parse("1, 042") == ["1", "42"]
    for setting, text in ((domain.WORDS, "**"), (domain.TOPICS, "0"), (domain.GUARD, "maybe")):
        with pytest.raises(Unfit):
            setting.parse(text)
