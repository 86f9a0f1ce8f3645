"""What asks something is known as it comes; only questions are called unanswered."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from groupbot.core.events import Chat, Message, Person
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, service
from groupbot.features.engagement.domain.authors import Authors
from groupbot.features.engagement.domain.history import History
from groupbot.features.engagement.domain.questions import LONGEST, asks
from groupbot.features.engagement.reports.nudge import unanswered, unanswered_sql
from tests.conftest import START
from tests.features.engagement.exports import message
from tests.features.members.group import group

ROOM = Chat(-1001, "supergroup", "Tea")


@pytest.mark.parametrize(
    "text",
    [
        "明天几点开门", "请问周末营业吗", "这个多少钱", "有没有小份的", "谁知道停车方便吗?", "怎么领券",
        "好吃吗！", "在哪儿买呢",
        "快递呢", "what’s the price",
        "How much is it", "hey guys, does anyone know the address", "Open on Sunday?", "is there parking",
        "кто знает, где купить?", "Any news? https://example.org/a",
    ],
)  # fmt: skip
def test_these_ask(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "👍", "谢谢大家", "好的", "好的呢", "谢谢你们呢", "加油呢~",
        "今天到货了,大家可以来看", "我也是这么想的,没问题", "这么好",
        "Good morning everyone",
        "whatever", "I know how to do it", "https://example.org/?q=1", "see t.me/shop?start=5",
        "谁" + "很长" * LONGEST + "?",
    ],
)  # fmt: skip
def test_these_do_not(text: str) -> None:
    assert not asks(text)


def tell(work: Work, number: int, text: str, days: float, *, answers: int | None = None) -> None:
    m = Message(
        at=START - timedelta(days=days),
        chat=ROOM,
        sender=Person(500 + number % 7, "P"),
        message_id=number,
        text=text,
        reply_to=answers,
    )
    work.event = m
    work.step(service.note, m)


def test_only_questions_are_told_as_unanswered_and_the_sql_gives_them_again(writer: Writer) -> None:
    def fn(work: Work) -> None:
        work.chat, work.zone = group(work), "UTC"
        tell(work, 1, "Open on Sunday?", 5)
        tell(work, 2, "Thanks everybody", 4)
        tell(work, 3, "", 4)  # a sticker
        tell(work, 4, "How much is the box?", 4)
        tell(work, 5, "60", 4, answers=4)
        tell(work, 6, "Is there parking?", 3)
        tell(work, 7, "And now? https://bad.example", 3)
        work.flush()
        service.removed(work, work.chat, 7)
        tell(work, 8, "Anyone here?", 0.5)  # has not had its day
        work.flush()

    writer.write(fn)

    def look(work: Work) -> tuple[list[str], list[int]]:
        (chat,) = (r[0] for r in work.sql.plain("SELECT id FROM chat WHERE type = 'supergroup'"))
        today = START.date()
        ask = reports.Ask(work, chat, today - timedelta(days=6), today)
        return unanswered(ask), [r[0] for r in work.sql.plain(unanswered_sql(ask))]

    links, numbers = writer.write(look)
    assert (links, numbers) == (["https://t.me/c/1/6", "https://t.me/c/1/1"], [6, 1])


def test_an_import_knows_questions_as_the_bot_does() -> None:
    history = History(77, lambda: UTC, frozenset(), Authors())
    texts = ("几点开门?", ["请问", {"type": "bold", "text": "周末"}, "开吗"], "好的")
    told = [history.tell(message(n, 501, n, text=text)) for n, text in enumerate(texts, 3)]
    assert [[a.kind for a in t.acts] for t in told if t is not None] == [
        ["message", "question"],
        ["message", "question"],
        ["message"],
    ]


def test_what_a_message_is_besides_text_is_kept_live_and_imported_alike(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[str, str | None]]:
        work.chat, work.zone = group(work), "UTC"
        for number, kind in enumerate(("text", "photo", "voice", "sticker"), 1):
            who = Person(500, "P")
            m = Message(at=START, chat=ROOM, sender=who, message_id=number, kind=kind)
            work.event = m
            work.step(service.note, m)
        work.flush()
        return [(r[0], r[1]) for r in work.sql.plain("SELECT kind, medium FROM v_event ORDER BY message_id")]

    live = writer.write(fn)
    assert live == [("message", None), ("message", "photo"), ("message", "voice"), ("message", "sticker")]
    history = History(77, lambda: UTC, frozenset(), Authors())
    sent: list[dict[str, str]] = [
        {}, {"photo": "a.jpg"}, {"media_type": "voice_message", "file": "a.ogg"}, {"media_type": "sticker"},
    ]  # fmt: skip
    told = [history.tell(message(n, 501, n, **more)) for n, more in enumerate(sent, 3)]
    assert [("message", t.acts[0].medium) for t in told if t is not None] == live
