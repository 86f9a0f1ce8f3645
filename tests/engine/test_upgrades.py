"""A group that was upgraded numbers its messages anew: nothing hits a new one for an old one's sake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Delete, Effect, PinMessage, React, Receipt, Restrict, Send, from_json
from groupbot.core.events import Chat, Message
from groupbot.engine.addresses import chat as chats
from groupbot.engine.addresses import moved, resolve, upgrade
from groupbot.engine.entries import Entry, Result
from groupbot.engine.outbox.hand import Hand
from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.receipts import book, mark
from groupbot.engine.upgrades import basic, in_reach
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer

OLD, NEW = Chat(-7, "group", "Store"), Chat(-1_000_000_000_007, "supergroup", "Store")
AT = datetime(2027, 1, 1, tzinfo=UTC)


def on_messages(work: Work, chat: int) -> None:
    work.say(Delete(chat=chat, messages=(5,)))
    work.say(PinMessage(chat=chat, message=5))
    work.say(React(chat=chat, message=5, sign="👍"))
    work.say(Send(chat=chat, text="hm", reply_to=5))
    work.say(Restrict(chat=chat, member=9))


def waiting(work: Work) -> list[Effect]:
    rows = work.sql.all(sa.select(outbox.c.payload).where(outbox.c.state == "waiting").order_by(outbox.c.id))
    return [from_json(r.payload) for r in rows]


def left(writer: Writer) -> list[tuple[str, int | None]]:
    found = writer.write(waiting)
    return [(type(e).__name__, getattr(e, "reply_to", None)) for e in found]


@pytest.mark.parametrize(
    ("telegram_id", "found"),
    [(1, False), (0, False), (-1, True), (-999_999_999_999, True), (-1_000_000_000_000, False)],
)
def test_a_basic_group_is_known_by_its_id(telegram_id: int, found: bool) -> None:
    assert basic(telegram_id) is found


def test_what_waits_for_old_messages_is_over_and_answers_stand_alone(writer: Writer) -> None:
    chat = writer.write(lambda w: resolve(w, OLD).id)
    writer.write(on_messages, chat)
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))
    assert left(writer) == [("Send", None), ("Restrict", None)]


def test_what_the_same_batch_said_of_old_messages_is_over_too(writer: Writer) -> None:
    def batch(work: Work) -> None:
        chat, new = resolve(work, OLD).id, resolve(work, NEW).id
        on_messages(work, chat)
        work.say(Delete(chat=new, messages=(6,)))
        upgrade(work, OLD.id, NEW.id)

    writer.write(batch)
    assert left(writer) == [("Send", None), ("Restrict", None), ("Delete", None)]
    assert {e.chat for e in writer.write(waiting)} == {writer.write(lambda w: resolve(w, NEW).id)}


def test_an_answer_that_stands_alone_is_too_late_when_it_would_have_been(writer: Writer) -> None:
    """A post waits for its time however long, what has a time of its own keeps it."""
    chat = writer.write(lambda w: resolve(w, OLD).id)
    hour = writer.clock.now() + timedelta(hours=1)
    said = (
        Send(chat=chat, text="an answer", reply_to=5),
        Send(chat=chat, text="a post", reply_to=5, post=True),
        Send(chat=chat, text="the news of this hour", reply_to=5, not_after=hour),
        Send(chat=chat, text="not an answer"),
    )
    writer.write(lambda w: [w.say(e) for e in said])
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))
    found = [(getattr(e, "reply_to", 0), getattr(e, "not_after", 0)) for e in writer.write(waiting)]
    minutes = writer.clock.now() + timedelta(minutes=5)
    assert found == [(None, minutes), (None, None), (None, hour), (None, None)]


def test_what_an_old_update_says_elsewhere_and_what_no_update_says_names_what_it_names(
    writer: Writer,
) -> None:
    writer.render = in_reach(writer.render, moved)
    other = writer.write(lambda w: resolve(w, Chat(-1_000_000_000_009, "supergroup", "The log")).id)
    writer.write(lambda w: resolve(w, OLD).id)
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))

    def handled(work: Work, event: Message | None) -> None:
        work.event = event
        work.chat = resolve(work, OLD).id if event is not None else other
        work.say(Delete(chat=other, messages=(5,)))
        work.say(Send(chat=other, text="hm", reply_to=5))

    for event in (Message(at=AT, chat=OLD, message_id=5), None):
        writer.write(handled, event)
    assert left(writer) == [("Delete", None), ("Send", 5)] * 2
    assert {getattr(e, "messages", (5,)) for e in writer.write(waiting)} == {(5,)}


@pytest.mark.parametrize("parked", [False, True])
def test_an_update_from_before_the_upgrade_that_comes_after_it_touches_no_new_message(
    writer: Writer, parked: bool
) -> None:
    writer.render = in_reach(writer.render, moved)
    ours = writer.write(lambda w: resolve(w, OLD).id)
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))

    def handled(work: Work, chat: Chat) -> None:
        work.event = Message(at=AT, chat=chat, message_id=5)
        work.chat = ours if parked else resolve(work, chat).id  # what was parked is not looked up again
        on_messages(work, work.chat)

    writer.write(lambda w: w.empty_caches())
    writer.write(handled, OLD)
    assert left(writer) == [("Send", None), ("Restrict", None)]
    writer.write(lambda w: w.sql.run(sa.delete(outbox)))
    writer.write(handled, NEW)
    assert left(writer)[3:] == [("Send", 5), ("Restrict", None)]


def test_what_was_under_way_at_the_upgrade_names_no_new_message(writer: Writer) -> None:
    chat = writer.write(lambda w: resolve(w, OLD).id)
    for effect in (
        Send(chat=chat, text="a", lifetime=5),
        Delete(chat=chat, messages=(5,)),
        PinMessage(chat=chat, message=5),
    ):
        writer.write(lambda w, effect=effect: w.say(effect))
    entries = writer.write(lambda w: mark(w, Hand().fill(w, [])[0]))
    removal, pin, said = sorted(entries, key=lambda e: e.kind)
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))
    landed = Result(said, "done", Receipt((3,)))
    again = [
        Result(removal, "waiting", error="upgraded", moved_to=NEW.id),
        Result(pin, "waiting", error="timeout"),
    ]
    writer.write(book, [landed, *again])
    assert (left(writer), writer.write(lambda w: w.sql.all(sa.select(posted)))) == ([], [])


def left_by_new(writer: Writer, *effects: Effect) -> tuple[int, list[Entry]]:
    """The group (our id), and what was in hand for its new id before it was learnt that they are one."""
    chat, new = writer.write(lambda w: (resolve(w, OLD).id, resolve(w, NEW).id))
    writer.write(lambda w: [w.say(structs.replace(e, chat=new)) for e in effects])
    return chat, writer.write(Hand().fill, [])[0]


def test_what_was_under_way_to_the_new_id_is_booked_to_the_group_that_it_was(writer: Writer) -> None:
    chat, hand = left_by_new(writer, Send(text="hello", ref="hello", lifetime=5))
    entries = writer.write(mark, hand)
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))
    writer.write(book, [Result(entries[0], "done", Receipt((3,)))])
    assert [(type(e), e.chat) for e in writer.write(waiting)] == [(Delete, chat)]
    assert [(r.chat_id, r.ref) for r in writer.write(lambda w: w.sql.all(sa.select(posted)))] == [
        (chat, "hello")
    ]
    assert writer.write(lambda w: [r.chat_id for r in w.sql.all(sa.select(outbox))]) == [chat] * 2


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_is_said_instead_of_a_whisper_goes_to_the_group_that_it_was(
    writer: Writer, elsewhere: bool
) -> None:
    new = writer.write(lambda w: resolve(w, NEW).id)
    other = writer.write(lambda w: resolve(w, Chat(-1_000_000_000_009, "supergroup", "The log")).id)
    instead = Send(chat=other if elsewhere else new, text="somebody")
    chat, hand = left_by_new(writer, Send(text="you", only_for=9, fallback=instead))
    entries = writer.write(mark, hand)
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))
    writer.write(book, [Result(entries[0], "dead", error="no", blocked=True)])
    assert [e.chat for e in writer.write(waiting)] == [other if elsewhere else chat]


def test_what_was_in_hand_for_the_new_id_finds_its_message_in_the_group(writer: Writer) -> None:
    chat, hand = left_by_new(writer, Send(text="hello", ref="hello"))
    writer.write(book, [Result(writer.write(mark, hand)[0], "done", Receipt((3,)))])
    writer.write(lambda w: w.say(Delete(chat=resolve(w, NEW).id, ref="hello")))
    hand = writer.write(Hand().fill, [])[0]
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))
    assert [e.target.messages for e in writer.write(mark, hand)] == [(3,)]
    assert hand[0].chat != chat  # what it holds in the sender's hand is let go as it was taken


@pytest.mark.parametrize("state", ["limited", "kicked"])
def test_a_refusal_at_the_new_id_is_the_groups_too(writer: Writer, state: str) -> None:
    chat, hand = left_by_new(writer, Send(text="hello"))
    entries = writer.write(mark, hand)
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))
    writer.write(book, [Result(entries[0], "dead", error="no", chat_state=state)])
    found = writer.write(lambda w: {r.id: r.state for r in w.sql.all(sa.select(chats))})
    assert found == {chat: state, hand[0].chat: "merged"}


def test_a_silence_at_the_new_id_holds_for_the_group(writer: Writer) -> None:
    chat, hand = left_by_new(writer, Send(text="hello"))
    entries = writer.write(mark, hand)
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))
    writer.write(lambda w: w.say(Send(chat=chat, text="and then")))
    refused = Result(entries[0], "waiting", error="429", again_in=9.0, silence=True)
    writer.write(book, [refused])
    until = writer.clock.now() + timedelta(seconds=9)
    assert writer.write(lambda w: [r.due for r in w.sql.all(sa.select(outbox))]) == [until] * 2
    assert refused.home == chat
