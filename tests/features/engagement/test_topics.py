"""A forum's topics stand beside each other by name, and each number comes again by its SQL."""

from __future__ import annotations

from datetime import UTC, timedelta

from msgspec import structs

from groupbot.core.events import Chat, Message, Person, Service
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, service
from groupbot.features.engagement.domain.authors import Authors
from groupbot.features.engagement.domain.history import History
from groupbot.features.engagement.reports.nudge import unanswered
from tests.conftest import START
from tests.features.engagement import exports
from tests.features.members.group import group

ROOM = Chat(-1001, "supergroup", "Tea", is_forum=True)
TODAY = START.date()


def tell(
    work: Work, number: int, topic: int | None, text: str, days: float, answers: int | None = None
) -> None:
    who = Person(500 + number % 3, "P")
    at = START - timedelta(days=days)
    m = Message(at=at, chat=ROOM, sender=who, message_id=number, text=text, topic=topic, reply_to=answers)
    work.event = m
    work.step(service.note, m)


def named(work: Work, title: str, days: float, kind: str = "forum_topic_created") -> None:
    at = START - timedelta(days=days)
    event = Service(at=at, chat=ROOM, sender=None, message_id=12, kind=kind, topic=12, text=title)
    work.step(service.topic_named, event)


def test_topics_by_name_with_questions_nobody_answered(writer: Writer) -> None:
    def fn(work: Work) -> None:
        work.chat, work.zone = group(work, ROOM.id, ROOM.title), "UTC"
        named(work, "Brewing", 20)
        named(work, "Brewing and cups", 10, "forum_topic_edited")
        named(work, "Late word", 15, "forum_topic_edited")
        named(work, "", 1, "forum_topic_closed")
        tell(work, 31, 12, "Good morning", 9)
        for number in range(40, 45):
            tell(work, number, 12, "How hot must the water be?", 5)
        tell(work, 50, 12, "90", 5, answers=40)
        tell(work, 51, None, "hello", 4)
        work.flush()

    def look(work: Work) -> tuple[list[reports.Topic], int, list[reports.Topic]]:
        (chat,) = (r[0] for r in work.sql.plain("SELECT id FROM chat WHERE type = 'supergroup'"))
        ask = reports.Ask(work, chat, TODAY - timedelta(days=6), TODAY)
        (n,) = {r[1] for r in work.sql.plain(reports.topics_asked(ask)["topics"]) if r[0] == 12}
        early = reports.Ask(work, chat, TODAY - timedelta(days=60), TODAY - timedelta(days=50))
        return reports.topics(ask), n, reports.topics(early)

    writer.write(fn)
    found, by_sql, none = writer.write(look)
    assert found == [
        reports.Topic(12, "Brewing and cups", 6, 3, 1, 5, 4),
        reports.Topic(0, "", 1, 1, 0, 0, 0),
    ]
    assert (by_sql, none) == (6, [])


def test_an_import_brings_the_names_of_topics(writer: Writer) -> None:
    made = exports.service(12, 501, 1, "topic_created", title="Brewing")
    told = History(77, lambda: UTC, frozenset(), Authors()).tell(made)
    assert told is not None

    def fn(work: Work) -> list[tuple[int, str]]:
        begun = service.begin(work, "private_supergroup", 2100000001, "Tea")
        assert service.bring(work, begun, (12, 12), [told], 1) == 0
        return [(r[0], r[1]) for r in work.sql.plain("SELECT topic, title FROM v_topic")]

    writer.me = structs.replace(writer.me, id=1)
    assert writer.write(fn) == [(12, "Brewing")]


def test_late_answers_and_those_taken_away_are_none(writer: Writer) -> None:
    def fn(work: Work) -> None:
        work.chat, work.zone = group(work, ROOM.id, ROOM.title), "UTC"
        tell(work, 40, 12, "How hot?", 6)
        tell(work, 41, 12, "90", 3, answers=40)
        tell(work, 43, 12, "And how long?", 1.9)
        tell(work, 44, 12, "buy at bad.example", 1.8, answers=43)
        tell(work, 46, 12, "Which cup?", 5)
        tell(work, 47, 12, "a small one", 4.5, answers=46)
        work.flush()
        service.removed(work, work.chat, 44)
        work.flush()

    def look(work: Work) -> tuple[int, int, list[str]]:
        (chat,) = (r[0] for r in work.sql.plain("SELECT id FROM chat WHERE type = 'supergroup'"))
        ask = reports.Ask(work, chat, TODAY - timedelta(days=6), TODAY)
        (one,) = reports.topics(ask)
        return one.asked, one.unanswered, unanswered(ask)

    writer.write(fn)
    assert writer.write(look) == (3, 2, ["https://t.me/c/1/43"])  # who was answered late waits no more


def test_words_that_an_activation_asks_for_are_no_question(writer: Writer) -> None:
    def fn(work: Work) -> int:
        work.chat, work.zone = group(work, ROOM.id, ROOM.title), "UTC"
        tell(work, 40, 12, "今天喝茶了吗", 3)
        assert isinstance(work.event, Message)
        service.asked(work, work.event)
        return int(work.sql.plain("SELECT COUNT(*) FROM v_event WHERE kind = 'question'")[0][0])

    assert writer.write(fn) == 0
