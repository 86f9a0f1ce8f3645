"""A fact that is not known yet: the event waits, its chat behind it, nobody else."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from groupbot import Answer, Command, Router, Send, Standing, Tap, Work
from groupbot.core import taps
from groupbot.core.events import Chat, Counted, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.dispatch import Item
from groupbot.engine.notes import note
from groupbot.engine.work import Bulk
from groupbot.engine.writer import Writer
from tests.engine.desk import GROUP, KEY, LI, MEI, OTHER, Desk, counting, toasts


class Draw(Struct, frozen=True, tag="t.draw"):
    n: int


class Far(Struct, frozen=True, tag="t.far"):
    chat: int


ROWS = Bulk(
    "note",
    sa.insert(note).values({n: sa.bindparam(n) for n in ("router", "chat_id", "key", "value")}),
    ("router", "chat_id", "key", "value"),
)


def desk(writer: Writer) -> Desk:
    router = Router("t")
    router.observe(counting(router))

    @router.command("set", who="admin")
    def set_(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text=f"set {cmd.args}"))

    @router.command("poison")
    def poison(cmd: Command, work: Work) -> None:
        work.add(ROWS, "t", 1, "poison", None)

    @router.command("say")
    def say(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text=cmd.args))

    @router.tap(Draw, who="admin")
    def draw(tap: Tap, work: Work) -> None:
        work.say(Answer(query_id=tap.query_id, text="drawn"))

    @router.tap(Far, who="admin")
    def far(tap: Tap, work: Work) -> None:
        work.say(Send(chat=work.chat, text="here"))

    return Desk(writer, router)


def fact(d: Desk, user: Any, status: str, *, undecided: bool = False, of: Any = GROUP) -> Item:
    person = Person(user["id"], user["first_name"])
    chat = Chat(of["id"], of["type"], of["title"])
    return Item(event=Standing(at=d.at, chat=chat, person=person, status=status), undecided=undecided)


async def test_unknown_fact_parks_the_chat_asks_once_and_lets_others_go_on(writer: Writer) -> None:
    d = desk(writer)
    out = await d.feed(d.message("/set 1"), d.message("/say 2"), d.message("/say 3", chat=OTHER))
    assert [(a.chat, a.member) for a in out.asks] == [(1, MEI["id"])]
    assert (d.texts(), d.parked(), len(d.seen())) == (["3"], 2, 3)
    later = await d.feed(d.message("/say 4"))
    assert (d.texts(), d.parked(), later.asks) == (["3"], 3, [])
    await d.feed(fact(d, MEI, "administrator"))
    assert (d.texts(), d.parked()) == (["3", "set 1", "2", "4"], 0)
    assert d.notes("t", "n") == 5  # each event seen once, and the fact
    await d.feed(d.message("/set 5"))
    assert d.texts()[-1] == "set 5"


async def test_deadline_means_no_and_says_so(writer: Writer) -> None:
    d = desk(writer)
    await d.feed(d.message("/set 1"), d.message("/say 2"))
    await d.feed(fact(d, MEI, "", undecided=True))
    assert d.parked() == 0
    assert len(d.texts()) == 2
    assert d.texts()[1] == "2"
    assert "set" not in d.texts()[0]


async def test_deadline_means_no_for_all_that_person_said_meanwhile_and_asks_again_for_nobody_else(
    writer: Writer,
) -> None:
    d = desk(writer)
    await d.feed(d.message("/set 1"), d.message("/set 2"), d.message("/set 3", user=LI), d.message("/say 4"))
    out = await d.feed(fact(d, MEI, "", undecided=True))
    assert [a.member for a in out.asks] == [LI["id"]]
    assert (len(d.texts()), d.parked()) == (2, 2)
    await d.feed(fact(d, LI, "administrator"))
    assert (d.texts()[2:], d.parked()) == (["set 3", "4"], 0)


async def test_an_event_that_answers_nothing_takes_nothing_up_though_the_database_refuses_it(
    writer: Writer,
) -> None:
    d = desk(writer)
    router = Router("u")

    @router.on(Counted)
    def counted(event: Counted, work: Work) -> None:
        work.add(ROWS, "t", 1, "poison", None)

    d.dispatch.registry.add(router)
    await d.feed(d.message("/set 1"), d.message("/say 2"))
    out = await d.feed(
        Item(event=Counted(at=d.at, chat=Chat(GROUP["id"], GROUP["type"], GROUP["title"]), members=3))
    )
    assert (out.quarantined, out.asks, d.texts(), d.parked()) == (1, [], [], 2)
    await d.feed(fact(d, MEI, "administrator"))
    assert d.texts() == ["set 1", "2"]


async def test_second_unknown_person_parks_again_and_order_is_kept(writer: Writer) -> None:
    d = desk(writer)
    await d.feed(
        d.message("/set 1"), d.message("/set 2", user=LI), d.message("/say 3"), d.message("/set 4", user=LI)
    )
    out = await d.feed(fact(d, MEI, "creator"))
    assert [a.member for a in out.asks] == [LI["id"]]
    assert (d.texts(), d.parked()) == (["set 1"], 3)
    await d.feed(fact(d, LI, "administrator"))
    assert (d.texts(), d.parked()) == (["set 1", "set 2", "3", "set 4"], 0)


async def test_tap_is_answered_before_it_is_parked_and_told_in_private_after(writer: Writer) -> None:
    d = desk(writer)
    private = {"id": MEI["id"], "type": "private", "first_name": "Mei"}
    await d.feed(d.message("hello"), d.message("/start", chat=private))
    out = await d.feed(d.tap(taps.pack(Draw(1), "t.draw", 1, KEY)))
    assert (len(out.asks), len(toasts(out)), d.parked()) == (1, 1, 1)
    assert toasts(out) != ["drawn"]
    out = await d.feed(fact(d, MEI, "administrator"))
    assert (toasts(out), d.parked(), d.aside()) == ([], 0, [])
    assert [(e.user, getattr(e, "text", "")) for e in d.said()] == [(MEI["id"], "drawn")]


async def test_a_press_in_private_about_a_group_stays_in_private_when_it_waited(writer: Writer) -> None:
    d = desk(writer)
    private = {"id": MEI["id"], "type": "private", "first_name": "Mei"}
    await d.feed(d.message("hello"), d.message("/start", chat=private))
    await d.feed(d.tap(taps.pack(Far(1), "t.far", -MEI["id"], KEY), chat=private))
    assert d.parked() == 1
    await d.feed(fact(d, MEI, "administrator"))
    assert (d.parked(), d.aside()) == (0, [])
    [said] = d.said()
    home = d.writer.write(lambda w: resolve(w, Chat(MEI["id"], "private")).id)
    assert (said.chat, said.user) in ((home, None), (None, MEI["id"]))


async def test_a_press_that_waits_in_another_group_lets_its_own_chat_go_on(writer: Writer) -> None:
    d = desk(writer)
    await d.feed(d.message("hello"), d.message("/set 1", chat=OTHER))
    far = d.tap(taps.pack(Far(1), "t.far", 2, KEY), user=LI, chat=OTHER)
    await d.feed(far, d.message("/say 2", chat=OTHER), d.message("/say 3", chat=OTHER))
    assert (d.texts(), d.parked()) == ([], 4)
    out = await d.feed(fact(d, MEI, "administrator", of=OTHER))
    assert [(a.chat, a.member) for a in out.asks] == [(1, LI["id"])]
    assert (d.texts(), d.parked()) == (["set 1", "2", "3"], 1)
    await d.feed(d.message("/say 4", chat=OTHER), d.message("/say 5"))
    assert (d.texts()[3:], d.parked()) == (["4"], 2)  # there it waits, and what is said there behind it
    await d.feed(fact(d, LI, "administrator"))
    assert (d.texts()[4:], d.parked()) == (["here", "5"], 0)


async def test_poisoned_event_behind_a_fact_is_put_aside_alone(writer: Writer) -> None:
    d = desk(writer)
    await d.feed(d.message("/set 1"), d.message("/poison"), d.message("/say 3"))
    out = await d.feed(fact(d, MEI, "administrator"))
    assert (d.texts(), d.parked(), out.quarantined) == (["set 1", "3"], 0, 1)
    assert [(s, b"/poison" in raw) for s, _, raw in d.aside()] == [("flush", True)]
    await d.feed(d.message("/say 4"))
    assert d.texts()[-1] == "4"


async def test_parked_events_survive_a_restart(writer: Writer) -> None:
    d = desk(writer)
    await d.feed(d.message("/set 1"), d.message("/say 2"))
    other = Writer(writer.url, clock=writer.clock, bot_id=writer.me.id)
    again = desk(other)
    again.next_id = d.next_id
    await again.feed(again.message("/say 3"))
    assert (again.texts(), again.parked()) == ([], 3)
    await again.feed(fact(again, MEI, "administrator"))
    assert (again.texts(), again.parked()) == (["set 1", "2", "3"], 0)
    other.close()
