"""What is on record of a group's messages does not meet those that come after its upgrade."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from groupbot.core.effects import Delete, Edit, PinMessage, React, Send, Unpin, Unreact
from groupbot.core.events import Chat, Command, Message, Person, Service, Standing, Tap
from groupbot.core.numbering import SHIFT, name_of, of_before
from groupbot.engine import inbox
from groupbot.engine.addresses import moved, resolve, upgrade
from groupbot.engine.dispatch import Item
from groupbot.engine.notes import OF_MESSAGES
from groupbot.engine.router import Router
from groupbot.engine.upgrades import in_reach
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.contest.store import contest, entry
from groupbot.features.engagement.store import EVENTS, event
from groupbot.features.market.store import tag
from groupbot.features.members.service import for_button, link_to, of_button
from tests.engine.desk import LI, MEI, Desk
from tests.engine.test_merging import some

OLD, NEW = Chat(-7, "group", "Store"), Chat(-1_000_000_000_007, "supergroup", "Store")
AT = datetime(2027, 1, 1, tzinfo=UTC)

# Other whole numbers whose names sound like messages: how many, a person, and what goes with the chat itself.
NOT_NUMBERS = frozenset({"chat_day.messages", "chat_hour.messages", "history.messages",
                         "member_day.messages", "spam_heard.messages", "notice_round.first_id",
                         "outbox.message_id"})  # fmt: skip


def test_every_column_of_a_number_of_a_message_says_so() -> None:
    names = ("message", "reply_to", "first_id", "last_id")
    numbers = [
        c
        for t in tables().tables.values()
        for c in t.columns
        if isinstance(c.type, sa.Integer) and any(n in c.name for n in names)
    ]
    said = {str(c) for c in numbers if c.info.get("message")}
    assert {str(c) for c in numbers} - said == NOT_NUMBERS
    assert len(said) == 13


def learn(writer: Writer) -> None:
    writer.write(lambda w: upgrade(w, OLD.id, NEW.id))


def seen(writer: Writer, column: Any) -> list[Any]:
    return [r[0] for r in writer.write(lambda w: w.sql.all(sa.select(column).order_by(column)))]


def tagged(work: Work, chat: int, message: int) -> None:
    row = {"chat_id": chat, "message_id": message, "kind": "sell", "words": "", "by_id": 5, "at": AT}
    work.sql.run(sa.insert(tag).values(row))


def test_old_numbers_go_below_zero_once_in_either_order_of_the_notices(writer: Writer) -> None:
    chat = writer.write(lambda w: resolve(w, OLD).id)
    writer.write(tagged, chat, 5)
    learn(writer)
    writer.write(tagged, chat, 5)
    learn(writer)
    assert seen(writer, tag.c.message_id) == [5 - SHIFT, 5]


def test_numbers_of_the_new_group_stay_where_its_messages_came_before_the_notice(writer: Writer) -> None:
    old, new = writer.write(lambda w: (resolve(w, OLD).id, resolve(w, NEW).id))
    for chat in (old, new):
        writer.write(tagged, chat, 5)
    learn(writer)
    rows = writer.write(
        lambda w: w.sql.all(sa.select(tag.c.chat_id, tag.c.message_id).order_by(tag.c.message_id))
    )
    assert [tuple(r) for r in rows] == [(old, 5 - SHIFT), (old, 5)]


def test_numbers_in_rows_of_the_groups_rows_and_in_rows_not_yet_written_are_old_too(writer: Writer) -> None:
    chat = writer.write(lambda w: resolve(w, OLD).id)
    photo = {"n": 1, "person_id": 5, "words": "", "message_id": 8, "at": AT}
    row = {c.name: some(c, 1) for c in contest.c if not c.nullable} | {"id": 3, "chat_id": chat}

    def batch(work: Work) -> None:
        work.sql.run(sa.insert(contest).values(row))
        work.sql.run(sa.insert(entry).values(photo | {"contest_id": 3}))
        work.add(EVENTS, chat, AT, 5, "reply", 1, 9, None, False, 8, None, None, None, None)
        upgrade(work, OLD.id, NEW.id)

    writer.write(batch)
    found = [seen(writer, c) for c in (entry.c.message_id, event.c.message_id, event.c.reply_to)]
    assert found == [[8 - SHIFT], [9 - SHIFT], [8 - SHIFT]]


def test_notes_that_name_messages_are_forgotten_and_others_stay(writer: Writer) -> None:
    chat = writer.write(lambda w: resolve(w, OLD).id)

    def keep(work: Work) -> None:
        notes = work.notes("x", chat)
        notes.set(f"{OF_MESSAGES}pinned", 5)
        notes.set("told", 5)
        work.notes("x", chat + 1).set(f"{OF_MESSAGES}pinned", 5)

    writer.write(keep)
    learn(writer)
    found = writer.write(
        lambda w: [w.notes("x", c).get(k) for c in (chat, chat + 1) for k in (f"{OF_MESSAGES}pinned", "told")]
    )
    assert found == [None, 5, 5, None]


def test_an_upgrade_leaves_what_is_resident_true(writer: Writer) -> None:
    """Who holds a cache through a batch sees it filled again: what waits in other chats still waits."""

    def batch(work: Work) -> tuple[bool, bool, bool]:
        resolve(work, OLD)
        parked = inbox.parked_chats(work)
        inbox.park(work, 42, 1, 5, b"{}", observed=False)
        work.put("anything", 5, 5)
        upgrade(work, OLD.id, NEW.id)
        return inbox.parked_chats(work) is parked, 42 in parked, 5 in work.cached("anything")

    assert writer.write(batch) == (True, True, False)


def test_nothing_is_done_to_messages_of_before(writer: Writer) -> None:
    writer.render = in_reach(writer.render, moved)
    old = 5 - SHIFT

    def said(work: Work) -> list[Any]:
        chat = resolve(work, NEW).id
        for effect in (
            Delete(chat=chat, messages=(old, 6)),
            Delete(chat=chat, messages=(old,)),
            PinMessage(chat=chat, message=old),
            Unpin(chat=chat, message=old),
            Unpin(chat=chat),
            React(chat=chat, message=old, sign="👍"),
            Unreact(chat=chat, message=old, member=5),
            Send(chat=chat, text="a", reply_to=old),
            Send(chat=chat, text="a", reply_to=6),
            Edit(chat=chat, ref="card", text="b"),
        ):
            work.say(effect)
        return [getattr(e, "messages", getattr(e, "reply_to", type(e).__name__)) for e in work.effects]

    assert writer.write(said) == [(6,), (), (), (), "Unpin", (), (), None, 6, "Edit"]


def test_messages_of_before_have_no_address(writer: Writer) -> None:
    def both(work: Work) -> list[str]:
        chat = resolve(work, NEW).id
        return [link_to(work, chat, n) for n in (5, 5 - SHIFT)]

    assert writer.write(both) == ["https://t.me/c/0000000007/5", ""]


def test_a_button_of_before_names_its_message_until_the_upgrade_and_none_after(writer: Writer) -> None:
    chat = writer.write(lambda w: resolve(w, OLD).id)
    kept = writer.write(lambda w: for_button(w, chat, 5))
    assert writer.write(lambda w: of_button(w, chat, kept)) == 5
    assert writer.write(lambda w: of_button(w, chat, 5)) == 5  # as buttons were made before
    learn(writer)
    assert writer.write(lambda w: of_button(w, chat, kept)) == 5 - SHIFT
    assert writer.write(lambda w: of_button(w, chat, for_button(w, chat, 5))) == 5


def test_events_of_the_basic_group_name_old_messages() -> None:
    said = Message(at=AT, chat=OLD, message_id=5, reply_to=4, thread=3)
    command = Command(at=AT, chat=OLD, name="award", args="", message=said)
    pin = Service(at=AT, chat=OLD, message_id=6, kind="pinned_message", about=5)
    old = of_before(said)
    assert (old.message_id, old.reply_to, old.thread) == (5 - SHIFT, 4 - SHIFT, 3 - SHIFT)
    assert of_before(old) == old
    assert of_before(command).message == old
    assert of_before(pin).about == 5 - SHIFT
    tap = Tap(at=AT, chat=OLD, query_id="1", raw="")
    assert of_before(tap) == tap
    assert {name_of(said), name_of(old)} == {"-7:5"}


BASIC = {"id": OLD.id, "type": "group", "title": "Store"}
SUPER = {"id": NEW.id, "type": "supergroup", "title": "Store"}


def listening(writer: Writer) -> tuple[Desk, list[tuple[int, int | None]]]:
    """A desk, and the numbers of the messages and answers that its handlers saw."""
    router, heard = Router("t"), list[tuple[int, int | None]]()

    @router.on(Message)
    def hear(said: Message, work: Work) -> None:
        assert work.event is said
        heard.append((said.message_id, said.reply_to))

    @router.command("set", who="admin")
    def set_(cmd: Command, work: Work) -> None:
        heard.append((cmd.message.message_id, cmd.message.reply_to))

    return Desk(writer, router), heard


async def test_a_message_of_before_that_comes_after_is_heard_under_its_number_below_zero(
    writer: Writer,
) -> None:
    d, heard = listening(writer)
    first = {"message_id": 4, "date": int(d.at.timestamp()), "chat": BASIC, "text": "one"}
    late = d.message("late", chat=BASIC, message_id=5, reply_to_message=first)
    notice = d.message("", chat=BASIC, message_id=6, migrate_to_chat_id=NEW.id)
    del notice["message"]["text"]
    await d.feed(d.message("one", chat=BASIC, message_id=4))
    await d.feed(notice, late, d.message("new", chat=SUPER, message_id=5))
    assert heard == [(4, None), (5 - SHIFT, 4 - SHIFT), (5, None)]


async def test_what_waits_through_the_upgrade_is_heard_so_and_others_go_on_waiting(writer: Writer) -> None:
    d, heard = listening(writer)
    notice = d.message("", chat=BASIC, message_id=6, migrate_to_chat_id=NEW.id)
    del notice["message"]["text"]
    await d.feed(d.message("/set 1", chat=BASIC, message_id=4), d.message("/set 2", user=LI))
    assert d.parked() == 2
    await d.feed(notice, d.message("behind", user=LI, message_id=70), d.message("/set 3", chat=SUPER))
    assert (d.parked(), heard) == (5, [])  # the notice too
    person = Person(MEI["id"], MEI["first_name"])
    await d.feed(Item(event=Standing(at=d.at, chat=NEW, person=person, status="administrator")))
    assert (heard[0], d.parked()) == ((4 - SHIFT, None), 2)
