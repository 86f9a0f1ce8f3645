"""Which short answers thank for what they answer or say that it helped."""

from __future__ import annotations

import time
from datetime import UTC, timedelta

import pytest
import sqlalchemy as sa

from groupbot.engine.sql import write_bulk
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, store
from groupbot.features.engagement.domain.authors import Authors
from groupbot.features.engagement.domain.history import History
from groupbot.features.engagement.domain.thanks import LONGEST, thanked
from groupbot.features.engagement.reports import Ask
from groupbot.features.members.store import membership
from tests.conftest import START
from tests.features.engagement.exports import message
from tests.features.members.group import group


@pytest.mark.parametrize(
    "text",
    [
        "谢谢", "谢谢!", "谢谢你",
        "好的,谢谢老师🙏", "多谢多谢", "太感谢了", "谢啦~", "解决了", "搞定了,谢谢",
        "已经解决了",
        "懂了", "明白了 谢谢", "真有用", "学到了!", "Thanks", "thanks a lot!", "Thank you so much", "thx",
        "ok thanks",
        "That worked, thanks!", "it works now", "solved", "Perfect, thank you 🙏",
    ],
)  # fmt: skip
def test_these_thank(text: str) -> None:
    assert thanked(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "👍", "不用谢", "没解决", "还没懂", "没有用", "谢谢,但是还是打不开",
        "谢谢参与本次活动的所有同学们",
        "解决了吗", "明白吗?", "解决了?", "懂了？",
        "no thanks", "not solved", "thanks to whom?", "works not here", "it never worked", "好的", "ok",
        "什么有用",
        "thanks, but it still does not open", "谢绝推销", "知道在哪买吗",
    ],
)  # fmt: skip
def test_these_do_not(text: str) -> None:
    assert not thanked(text)


def test_no_short_text_takes_long() -> None:
    began = time.process_time()
    for word in ("嗯", "哦", "好的", "ok", "it ", "谢谢", "thanks ", "you ", "的"):
        for end in ("", "x"):
            thanked((word * 24)[: LONGEST - 1] + end)
    assert time.process_time() - began < 0.5  # a millisecond here; hours where a pattern goes back and forth


def test_mavens_are_told_by_topic_and_thanks_count_twice(writer: Writer) -> None:
    """501 helped most in topic 7, 502 after them there; 503 is the best of topic 9; 504 thanks themselves
    and staff reacts to them; 506 helped most of all, and left."""

    def fn(work: Work) -> list[tuple[int, str]]:
        work.chat = group(work)
        rows, at = [], START - timedelta(days=3)

        def act(person: int, kind: str, message: int, topic: int | None, to: int | None, staff: bool) -> None:
            rows.append(
                (work.chat, at, person, kind, 0, message, topic, staff, to, None, at, at.date(), None)
            )

        number = 100
        for person, topic, reactions, thanks in (
            (501, 7, 3, 2), (501, 9, 1, 0), (502, 7, 4, 0), (503, 9, 1, 1), (505, None, 1, 0),
            (506, 7, 9, 9),
        ):  # fmt: skip
            for n in range(max(reactions, thanks)):
                number += 1
                act(person, "reply", number, topic, 1, False)
                if n < reactions:
                    act(600 + n, "reaction", number, None, None, False)
                if n < thanks:
                    act(601, "thanks", number, None, None, False)
        number += 1
        act(504, "reply", number, 7, 1, False)
        act(504, "thanks", number, None, None, False)
        act(900, "reaction", number, None, None, True)
        write_bulk(work.sql, store.EVENTS, rows)
        work.sql.run(store.NAME_TOPIC, chat_id=work.chat, topic=7, title="Storage", at=START)
        for person, gone in ((501, True), (501, False), (506, True)):  # one came again, one did not
            row = {"chat_id": work.chat, "person_id": person, "evidence": "own", "removed": False}
            work.sql.run(sa.insert(membership).values(**row, left_at=START if gone else None))
        found = reports.key_people(Ask(work, work.chat, START.date(), START.date()))
        assert work.sql.plain("SELECT COUNT(*) FROM v_act WHERE kind = 'thanks'")[0][0] == 0
        return [(p.person, p.evidence) for p in found if p.kind == "maven"]

    assert writer.write(fn) == [
        (501, "answers others reacted to: 3 (people: 3), 2 with thanks, in topic Storage"),
        (503, "answers others thanked for: 1 (people: 2), in topic 9"),
        (505, "answers others reacted to: 1 (people: 1)"),
        (502, "answers others reacted to: 4 (people: 4), in topic Storage"),
    ]


def test_an_imported_history_has_its_thanks() -> None:
    history = History(77, lambda: UTC, frozenset(), Authors())
    told = [
        history.tell(message(3, 501, 2)),
        history.tell(message(4, 502, 3, reply_to_message_id=3)),
        history.tell(message(5, 501, 4, text="谢谢!", reply_to_message_id=4)),
        history.tell(message(6, 501, 5, text="谢谢!")),
    ]
    acts = [(a.kind, a.person, a.message_id) for t in told if t is not None for a in t.acts]
    assert acts[2:] == [("reply", 501, 5), ("thanks", 501, 4), ("message", 501, 6)]
