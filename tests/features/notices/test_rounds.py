"""A notice over several groups: let go by as many operators as it needs, told group by group, rewritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.events import Chat, Message, Person, Tap
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.notices import service, store
from groupbot.features.notices.domain import Ack

NOW = datetime(2027, 1, 30, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def shops(writer: Writer, count: int) -> list[int]:
    """So many groups with two members each; their ids."""

    def fn(work: Work) -> list[int]:
        found = []
        for n in range(count):
            room = Chat(-2000 - n, "supergroup", f"Shop {n}")
            work.chat = resolve(work, room).id
            for who in (100 + n, 200 + n):
                said = Message(
                    at=work.now, chat=room, sender=Person(who, f"P{who}"), message_id=who, text="hi"
                )
                work.event = said
                members.note_people(said, work)
            found.append(work.chat)
        return found

    return writer.write(fn)


def does(writer: Writer, fn: Any, *args: Any) -> Any:
    def step(work: Work) -> Any:
        made = fn(work, *args)
        for _, last in work.finals():
            last(work)
        return made

    return writer.write(step)


def test_a_round_waits_for_two_is_read_told_by_group_and_rewritten(writer: Writer) -> None:
    chats = shops(writer, 6)
    data = does(writer, service.plan, 7, "stores", chats, "Stock-taking", 2 * DAY, 2)
    assert (data["number"], data["version"], data["state"], data["got"]) == (1, 1, "waits", 0)
    assert does(writer, service.agree, 1, 1, 7)["got"] == 1
    assert does(writer, service.agree, 1, 1, 7)["state"] == "waits"  # the same person twice is one word
    assert does(writer, service.round_told, 1)["groups"] == []
    assert does(writer, service.agree, 1, 1, 8)["state"] == "out"
    with pytest.raises(Refusal):
        does(writer, service.agree, 1, 1, 9)

    def read(work: Work) -> None:
        work.chat = chats[2]
        tap = Tap(at=NOW, chat=Chat(-2002, "supergroup"), sender=Person(102, "P102"), query_id="q", raw="")
        service.acknowledge(work, tap, Ack(3, 1))

    writer.write(read)
    told = does(writer, service.round_told, 1)
    assert (told["read"], told["all"], told["share"]) == (1, 12, 8)
    assert [(g["title"], g["read"], g["missing"]) for g in told["groups"][-1:]] == [("Shop 2", 1, ["P202"])]
    # a new version asks for words anew, and everybody presses again
    again = does(writer, service.plan, 7, "#1", [], "Stock-taking on Tuesday", DAY, 1, 1)
    assert (again["version"], again["needed"], again["audience"]) == (2, 2, "stores")
    with pytest.raises(Refusal):
        does(writer, service.agree, 1, 1, 8)
    assert does(writer, service.call_off, 1, 2)["state"] == "out"
    does(writer, service.plan, 7, "#1", [], "Stock-taking on Tuesday", DAY, 1, 1)
    for who in (7, 8):
        does(writer, service.agree, 1, 3, who)
    assert does(writer, service.round_told, 1)["read"] == 0


def test_a_round_that_is_called_off_is_not_posted_and_ends_once(writer: Writer) -> None:
    chats = shops(writer, 2)
    does(writer, service.plan, 7, "stores", chats, "x", DAY, 1)
    assert does(writer, service.call_off, 1, 1)["state"] == "stopped"
    with pytest.raises(Refusal):
        does(writer, service.agree, 1, 1, 7)
    does(writer, service.plan, 7, "stores", chats, "y", DAY, 1)
    does(writer, service.agree, 2, 1, 7)
    assert does(writer, service.rounds_done) == []
    writer.write(lambda w: [w.sql.run(sa.update(store.notice).values(state="closed", expected=2))])
    assert does(writer, service.rounds_done) == [(2, 7)]
    assert does(writer, service.rounds_done) == []
