"""Sessions with experts: questions queued, answers posted, an end with a recap or a stand-in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Effect, Send, from_json
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import outbox
from groupbot.engine.shipped import folder
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.experts import service, store
from groupbot.features.experts.domain import FALLBACK, HOUR, cost, ended, parts
from groupbot.features.experts.service import sessions
from groupbot.features.members import service as members
from tests.features.notices.test_notices import does, people

START = datetime(2027, 1, 30, 10, tzinfo=UTC)
NOW = timedelta(0)
MIN = timedelta(minutes=1)


def said(writer: Writer, template: str) -> list[dict[str, Any]]:
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload).order_by(outbox.c.id)))
    found: list[Effect] = [from_json(r.payload) for r in rows if r.payload]
    return [e.data for e in found if isinstance(e, Send) and e.template == template]


def begin(writer: Writer, after: timedelta = NOW) -> None:
    people(writer, 1, 2)
    does(writer, service.register, 1, "储存； 晚上")
    does(writer, service.plan, 1, "山楂怎么存", after)


def test_questions_are_queued_answered_and_repeated_at_the_end(writer: Writer) -> None:
    begin(writer, HOUR)
    assert does(writer, service.experts, 1) == [{"name": "P1", "topic": "储存", "hours": "晚上"}]
    assert [does(writer, service.ask, 2, q) for q in ("能放多久?", "要冷藏吗?")] == [1, 2]
    writer.clock.shift(HOUR)
    does(writer, service.in_time)
    does(writer, service.answer, 1, 1, "一年")
    with pytest.raises(Refusal, match="not_yours"):
        does(writer, service.answer, 2, 2, "我猜要")
    with pytest.raises(Refusal, match="no_question"):
        does(writer, service.answer, 1, 9, "x")
    assert [q["text"] for q in does(writer, service.queue, 1)["waiting"]] == ["要冷藏吗?"]
    assert said(writer, "experts/answer") == [
        {"number": 1, "question": "能放多久?", "answer": "一年", "name": "P1"}
    ]
    (mine,) = does(writer, service.answers, 1)["answers"]
    assert (mine["topic"], mine["number"], mine["answer"]) == ("山楂怎么存", 1, "一年")
    assert does(writer, service.answers, 2) == {"answers": []}
    writer.clock.shift(HOUR)
    for _ in range(2):
        does(writer, service.in_time)
    (recap,) = said(writer, "experts/recap")
    assert (recap["asked"], recap["answered"], [a["answer"] for a in recap["answers"]]) == (2, 1, ["一年"])
    (held,) = does(writer, service.report, 1)
    assert held.pop("ends") - held.pop("starts") == HOUR
    assert [held] == [
        {
            "when": "01-30 19:00",
            "name": "P1",
            "topic": "山楂怎么存",
            "asked": 2,
            "answered": 1,
            "missed": False,
            "plan_id": None,
        }
    ]
    with pytest.raises(Refusal, match="none_on"):
        does(writer, service.ask, 2, "noch eine")
    writer.clock.shift(timedelta(days=181))
    does(writer, service.sweep)
    assert writer.write(lambda w: w.sql.all(sa.select(store.question))) == []


def test_an_expert_who_does_not_come_is_stood_in_for_once(writer: Writer) -> None:
    begin(writer)
    writer.write(lambda w: members.put(w, FALLBACK, "https://example.com/video", chat=1))
    does(writer, service.ask, 2, "能放多久?")
    writer.clock.shift(14 * MIN)
    does(writer, service.in_time)
    assert said(writer, "experts/missed") == []
    writer.clock.shift(MIN)
    for _ in range(2):
        does(writer, service.in_time)
    (told,) = said(writer, "experts/missed")
    assert (told["instead"], told["asked"]) == ("https://example.com/video", 1)
    assert does(writer, service.report, 1)[0]["missed"] is True


def test_one_session_at_a_time_by_an_expert_and_three_questions_each(writer: Writer) -> None:
    begin(writer)
    for who, why in ((1, "on_already"), (2, "no_expert")):
        with pytest.raises(Refusal, match=why):
            does(writer, service.plan, who, "x", NOW)
    for n in range(3):
        does(writer, service.ask, 2, f"q{n}")
    with pytest.raises(Refusal, match="enough") as own:
        does(writer, service.ask, 2, "q4")
    assert own.value.data == {"each": 3, "full": False}
    assert does(writer, service.call_off) == "山楂怎么存"
    does(writer, service.plan, 1, "", HOUR)
    assert does(writer, service.strike, 1)["topic"] == ""
    with pytest.raises(Refusal, match="no_expert"):
        does(writer, service.strike, 1)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "这场的问题已经排满了,谢谢;答过的会放进回顾。"),
        ("en", "This session has all the questions it can take; its answers come in the recap."),
    ],
)
def test_who_comes_to_a_full_session_reads_that_it_is_full(
    writer: Writer, monkeypatch: pytest.MonkeyPatch, lang: str, words: str
) -> None:
    begin(writer)
    monkeypatch.setattr(sessions, "QUEUE", 2)
    for n in range(2):
        does(writer, service.ask, 2, f"q{n}")
    with pytest.raises(Refusal, match="enough") as full:
        does(writer, service.ask, 1, "the first of mine")
    content = Content([folder("content_templates")])
    assert content.render(full.value.template, lang, full.value.data).formatted.text == words


def test_topic_and_hours_are_told_apart_and_a_session_ends_by_its_answers() -> None:
    assert (parts("Storage ;  evenings "), parts("储存；晚上"), parts("x")) == (
        ("Storage", "evenings"), ("储存", "晚上"), ("x", ""),
    )  # fmt: skip
    end = START + HOUR
    seen = ((14, False), (15, False), (15, True), (60, True), (60, False))
    found = [ended(START, end, START + n * MIN, a) for n, a in seen]
    assert found == ["", "missed", "", "closed", "missed"]


def test_a_session_costs_its_minutes_and_each_answer_its_part() -> None:
    assert cost(3600, 4, 0) is None  # nobody said what an hour costs
    assert cost(5400, 4, 200) == (300, 75)
    assert cost(3600, 0, 200) == (200, None)


def test_many_sessions_that_are_on_keep_none_from_beginning(writer: Writer) -> None:
    begin(writer)
    row = {
        "chat_id": 1,
        "person_id": 1,
        "topic": "x",
        "thread": None,
        "plan_id": None,
        "due": None,
        "ref": "",
    }
    rows = [row | {"starts": START - MIN, "ends": START + HOUR, "state": "open"} for _ in range(50)]
    late = row | {"starts": START, "ends": START + HOUR, "state": "planned"}
    writer.write(lambda w: [w.sql.run(store.PLAN, **r) for r in (*rows, late)])
    came = writer.write(lambda w: [service.in_time(w, lambda *_: True), service.more(w)])
    assert came == [[], True]
    came = writer.write(lambda w: [service.in_time(w, lambda *_: True), service.more(w)])
    assert came == [[], False]
    states = writer.write(lambda w: w.sql.all(sa.select(store.session.c.state).distinct()))
    assert [r.state for r in states] == ["open"]
