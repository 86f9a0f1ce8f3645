"""Notices: counted once for each version, reminded of once by day, closed with those who are missing."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Edit, Effect, Send, from_json
from groupbot.core.events import BotStanding, Chat, Message, Person, Tap
from groupbot.engine.addresses import resolve
from groupbot.engine.outbox_table import outbox
from groupbot.engine.plugins import load
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.notices import service, store
from groupbot.features.notices.domain import Ack, is_awake, reminder_at, share
from groupbot.features.notices.service.posting import PAGE
from groupbot.features.promos import service as promos

ROOM = Chat(-1000, "supergroup", "西湖店")
START = datetime(2027, 1, 30, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def people(writer: Writer, *ids: int) -> None:
    """Olga (7) added the bot and started it; the others spoke once."""

    def fn(work: Work) -> None:
        work.chat = resolve(work, ROOM).id
        work.event = BotStanding(at=work.now, chat=ROOM, sender=Person(7, "Olga"), status="administrator")
        members.note_people(work.event, work)
        members.set_profile(work, work.chat, tier="store", owner=7)
        members.put(work, ZONE, "Asia/Shanghai", chat=work.chat)
        for n in (7, *ids):
            said = Message(at=work.now, chat=ROOM, sender=Person(n, f"P{n}"), message_id=n, text="hi")
            work.event = said
            members.note_people(said, work)

    writer.write(fn)


def does(writer: Writer, fn: Any, *args: Any) -> Any:
    def step(work: Work) -> Any:
        work.chat = 1
        made = fn(work, *args)
        for _, last in work.finals():
            last(work)
        return made

    return writer.write(step)


def presses(writer: Writer, who: int, version: int = 1) -> None:
    tap = Tap(at=START, chat=ROOM, sender=Person(who, f"P{who}"), query_id="q", raw="")
    does(writer, service.acknowledge, tap, Ack(1, version))


def effects(writer: Writer) -> list[Effect]:
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload).order_by(outbox.c.id)))
    return [from_json(r.payload) for r in rows if r.payload]


def sends(writer: Writer, template: str) -> list[dict[str, Any]]:
    return [e.data for e in effects(writer) if isinstance(e, Send) and e.template == template]


def test_who_read_the_version_before_is_told_that_there_is_a_new_one(writer: Writer) -> None:
    """Their earlier acknowledgement thanks for words that stand there no more."""
    people(writer, 1)
    does(writer, service.post, 7, "周一盘点", 2 * DAY)
    presses(writer, 1)
    does(writer, service.revise, 1, 7, "周二盘点", 2 * DAY)
    with pytest.raises(Refusal, match="rewritten"):
        presses(writer, 1, version=1)
    presses(writer, 1, version=2)
    assert does(writer, service.standing, 1, 1)["read"] == 1


def test_a_press_counts_once_for_each_version(writer: Writer) -> None:
    people(writer, 1, 2, 3)
    assert does(writer, service.post, 7, "周一盘点", 2 * DAY) == 1
    for _ in range(2):
        presses(writer, 1)
    presses(writer, 2)
    found = does(writer, service.standing, 1, 1)
    assert (found["read"], found["all"], [p["name"] for p in found["missing"]]) == (2, 3, ["P3"])
    assert does(writer, service.revise, 1, 7, "周二盘点", 2 * DAY) == 2
    with pytest.raises(Refusal, match="rewritten"):
        presses(writer, 3, version=1)
    presses(writer, 3, version=2)
    found = does(writer, service.standing, 1, 1)
    assert (found["read"], found["version"], len(found["missing"])) == (1, 2, 2)


def test_the_card_is_redrawn_once_for_a_batch_of_presses(writer: Writer) -> None:
    people(writer, *range(100, 130))
    does(writer, service.post, 7, "a", 2 * DAY)

    def crowd(work: Work) -> list[Any]:
        work.chat = 1
        for n in range(100, 130):
            tap = Tap(at=START, chat=ROOM, sender=Person(n, "P"), query_id="q", raw="")
            service.acknowledge(work, tap, Ack(1, 1))
        for _, last in work.finals():
            last(work)
        return [(e.data["read"], e.data["all"]) for e in work.effects if isinstance(e, Edit)]

    assert writer.write(crowd) == [(30, 30)]


def test_who_is_missing_is_told_at_the_end_and_the_group_is_reminded_once_by_day(writer: Writer) -> None:
    people(writer, 1, 2)
    writer.write(lambda w: w.sql.run(sa.text("UPDATE person SET started_at = seen_at WHERE id = 7")))
    writer.write(lambda w: w.clear("members.started"))
    does(writer, service.post, 7, "a", 3 * DAY)
    presses(writer, 1)
    writer.clock.shift(2 * DAY + timedelta(hours=7))  # one o'clock at night there
    does(writer, service.remind)
    assert sends(writer, "notices/remind") == []
    writer.clock.shift(timedelta(hours=8))
    for _ in range(2):
        does(writer, service.remind)
    assert [(d["left"], d["number"]) for d in sends(writer, "notices/remind")] == [(1, 1)]
    presses(writer, 2)
    writer.clock.shift(DAY)
    for _ in range(2):
        does(writer, service.close_due)
    (told,) = sends(writer, "notices/standing")
    assert (told["read"], told["all"], told["missing"], told["open"]) == (2, 2, [], False)
    assert does(writer, service.by_tier) == [
        {"tier": "store", "n": 1, "expected": 2, "day": 50, "three": 100}
    ]
    with pytest.raises(Refusal, match="over"):
        presses(writer, 3)
    writer.clock.shift(timedelta(days=181))
    does(writer, service.sweep)
    assert writer.write(lambda w: w.sql.all(sa.select(store.notice_ack))) == []


@pytest.mark.parametrize("span", [timedelta(minutes=5), timedelta(days=31)])
def test_no_time_and_no_end_are_refused(writer: Writer, span: timedelta) -> None:
    people(writer)
    with pytest.raises(Refusal, match="bad_time"):
        does(writer, service.post, 7, "a", span)
    with pytest.raises(Refusal, match="none"):
        does(writer, service.standing, 9, 1)


def test_the_last_call_is_a_day_before_or_half_way() -> None:
    assert reminder_at(START, START + 3 * DAY) == START + 2 * DAY
    assert reminder_at(START, START + timedelta(hours=2)) == START + timedelta(hours=1)
    assert [is_awake(time(h)) for h in (7, 8, 22, 23)] == [False, True, True, False]
    assert (share(999, 1000), share(0, 0), share(3, 3)) == (99, 0, 100)


def test_stopping_all_sends_takes_back_what_a_round_has_not_said_yet(writer: Writer) -> None:
    people(writer, 1)
    does(writer, service.post, 7, "the group's own", 2 * DAY)
    does(writer, service.plan, 7, "all", [1], "Stock-taking", 2 * DAY, 1)
    does(writer, service.agree, 1, 1, 7)
    (router,) = (r for r in load().routers if r.name == "notices")

    def stop(work: Work) -> int:
        n = promos.stop_all(work, 7)
        for told in work.emitted:
            for fn in (fn for type_, fn in router.happenings if type_ is type(told)):
                fn(told, work)
        return n

    assert does(writer, stop) == 1
    assert [d["text"] for d in sends(writer, "notices/card")] == ["the group's own"]
    assert [n["number"] for n in does(writer, service.latest, 1)] == [1]
    assert does(writer, service.rounds_done) == [(1, 7)]


def test_many_groups_that_sleep_keep_none_that_is_awake_from_its_last_call(writer: Writer) -> None:
    people(writer, 1)

    def fn(work: Work) -> None:
        work.chat = resolve(work, Chat(-1001, "supergroup", "断桥店")).id
        members.put(work, ZONE, "America/New_York", chat=work.chat)
        row = {"chat_id": work.chat, "topic": None, "by_id": 7, "text": "a", "version": 1, "at": work.now}
        when = {"due": work.now + DAY, "remind_at": work.now, "state": "open", "round_id": None}
        for chat in (*[work.chat] * PAGE, 1):
            work.sql.run(store.ADD, **{**row, **when, "chat_id": chat})

    writer.clock.shift(-timedelta(hours=4))  # 06:00 UTC: two in the afternoon, and one at night over there
    writer.write(fn)
    assert [does(writer, service.remind) for _ in range(2)] == [True, False]
    assert [d["number"] for d in sends(writer, "notices/remind")] == [PAGE + 1]
