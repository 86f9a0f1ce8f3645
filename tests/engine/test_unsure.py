"""A handler that must not guess: Telegram is asked, the command waits and runs anew."""

from __future__ import annotations

from typing import Any

from groupbot import Command, Router, Send, Work
from groupbot.core.events import ANONYMOUS_ADMIN, Chat, ChatFacts, Person
from groupbot.core.events import Standing as StandingEvent
from groupbot.engine import inbox
from groupbot.engine.dispatch import Item
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal, Unsure
from tests.engine.desk import GROUP, LI, MEI, Desk, counting, toasts

HERE = Chat(GROUP["id"], GROUP["type"], GROUP["title"])


def desk(writer: Writer) -> Desk:
    router = Router("t")
    router.observe(counting(router))

    @router.on(StandingEvent)
    def stands(event: StandingEvent, work: Work) -> None:
        if event.status:
            work.put("t.known", event.person.id, True)

    @router.on(ChatFacts)
    def told(event: ChatFacts, work: Work) -> None:
        work.put("t.known", 0, True)

    @router.command("hit")
    def hit(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="undone with the step"))
        about = LI["id"] if cmd.args == "li" else 0
        if not work.cached("t.known").get(about):
            raise Unsure(about, work.chat, Refusal("common/unchecked"))
        work.say(Send(chat=work.chat, text=f"hit {cmd.args}"))

    @router.command("strike", who="admin")
    def strike(cmd: Command, work: Work) -> None:
        hit(cmd, work)

    @router.command("say")
    def say(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text=cmd.args))

    @router.command("far", where="any")
    def far(cmd: Command, work: Work) -> None:
        if not work.cached("t.known").get(LI["id"]):
            raise Unsure(LI["id"], 1, Refusal("common/unchecked"))
        work.say(Send(chat=work.chat, text="told in private"))

    return Desk(writer, router)


def answer(d: Desk, person: int, status: str = "member") -> Item:
    event = StandingEvent(at=d.at, chat=HERE, person=Person(person, "Li"), status=status)
    return Item(event=event, undecided=not status)


async def test_the_command_waits_for_the_answer_and_runs_once_with_the_chat_behind_it(writer: Writer) -> None:
    d = desk(writer)
    out = await d.feed(d.message("/hit li"), d.message("/say after"))
    assert [(a.chat, a.member, a.facts) for a in out.asks] == [(1, LI["id"], False)]
    assert (d.texts(), d.parked(), out.parked) == ([], 2, 1)
    await d.feed(answer(d, LI["id"]))
    assert (d.texts(), d.parked()) == (["undone with the step", "hit li", "after"], 0)
    assert d.notes("t", "n") == 3  # the two and the answer, each seen once


async def test_what_was_asked_in_private_about_a_group_is_answered_in_private(writer: Writer) -> None:
    d = desk(writer)
    await d.feed(d.message("hello"))
    private = {"id": MEI["id"], "type": "private", "first_name": "Mei"}
    out = await d.feed(d.message("/far", chat=private))
    assert [(a.chat, a.member) for a in out.asks] == [(1, LI["id"])]
    await d.feed(answer(d, LI["id"]))
    [said] = d.said()
    assert (said.chat, getattr(said, "text", ""), d.parked()) == (2, "told in private", 0)


async def test_the_chat_itself_is_asked_about(writer: Writer) -> None:
    d = desk(writer)
    out = await d.feed(d.message("/hit it"))
    assert [(a.chat, a.member, a.facts) for a in out.asks] == [(1, 0, True)]
    asked = d.writer.write(inbox.unanswered)  # as after a restart
    assert [(a.chat, a.member, a.facts) for a in asked] == [(1, 0, True)]
    await d.feed(Item(event=ChatFacts(at=d.at, chat=HERE)))
    assert (d.texts()[-1:], d.parked()) == (["hit it"], 0)


async def test_without_an_answer_the_refusal_is_said_and_nothing_else(writer: Writer) -> None:
    d = desk(writer)
    for command, person in (("/hit li", LI["id"]), ("/hit it", inbox.FACTS)):
        before = len(d.texts())
        await d.feed(d.message(command))
        await d.feed(answer(d, person, ""))
        said: list[Any] = d.texts()[before:]
        assert (len(said), d.parked()) == (1, 0)
        assert "hit" not in said[0] and "undone" not in said[0]


async def test_a_proved_command_that_must_ask_waits_with_its_button_and_runs_once(writer: Writer) -> None:
    d = desk(writer)
    ghost = {"id": ANONYMOUS_ADMIN, "is_bot": True, "first_name": "Group"}
    await d.feed(d.message("hello"), answer(d, MEI["id"], "creator"))
    await d.feed(d.message("/strike li", user=ghost, sender_chat=GROUP))
    [asked] = d.said()
    assert isinstance(asked, Send) and asked.buttons[0][0].data is not None
    press = asked.buttons[0][0].data
    out = await d.feed(d.tap(press))
    assert ([a.member for a in out.asks], toasts(out)) == ([LI["id"]], ["正在核对权限,稍等…"])
    assert (d.parked(), len(d.said())) == (1, 1)
    await d.feed(answer(d, LI["id"]))
    *said, removed = d.said()[1:]
    assert [getattr(e, "text", "") for e in said] == ["undone with the step", "hit li"]
    assert (removed.ref, d.parked()) == (asked.ref, 0)  # type: ignore[attr-defined]
    assert toasts(await d.feed(d.tap(press))) == ["这个按钮已经过期了。"]
