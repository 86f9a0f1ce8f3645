"""What leaves is marked before, and what became of it is booked after: rows, names, what waited for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import (
    Admit,
    Ban,
    ClosePoll,
    Delete,
    Edit,
    Effect,
    Gift,
    Permit,
    Pin,
    Poll,
    Promote,
    Receipt,
    Restrict,
    Send,
    Topic,
)
from groupbot.core.events import Chat
from groupbot.engine import polls
from groupbot.engine.addresses import chat as chats
from groupbot.engine.addresses import chat_address, resolve, set_state, upgrade
from groupbot.engine.entries import Entry, Result, Target
from groupbot.engine.order import keep_back
from groupbot.engine.outbox.hand import Hand
from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.receipts import book, expire, mark
from groupbot.engine.recovery import recover, set_back
from groupbot.engine.taking_back import drop_posts
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from tests.conftest import START

SECOND = timedelta(seconds=1)
BASIC = Chat(-7, "group", "A few friends")


def lake(writer: Writer, n: int = 1) -> int:
    return writer.write(lambda w: resolve(w, Chat(-1000 - n, "supergroup", f"G{n}")).id)


def say(writer: Writer, *effects: Effect) -> None:
    writer.write(lambda w: [w.say(e) for e in effects])


def leave(writer: Writer, *effects: Effect) -> list[Entry]:
    """Said, taken in hand and marked: in the order of their lanes."""
    say(writer, *effects)
    return writer.write(mark, writer.write(Hand().fill, [])[0])


def ended(writer: Writer, *results: Result) -> tuple[bool, list[Effect]]:
    """Booked: is there something new in the table, and what is said because of it."""

    def booked(work: Work) -> tuple[bool, list[Effect]]:
        return book(work, list(results)), list(work.effects)

    return writer.write(booked)


def done(entry: Entry, *ids: int, **more: Any) -> Result:
    return Result(entry, "done", Receipt(ids, **more))


def rows(writer: Writer) -> list[Any]:
    return writer.write(lambda w: w.sql.all(sa.select(outbox).order_by(outbox.c.id)))


def states(writer: Writer) -> list[str]:
    return [r.state for r in rows(writer)]


def names(writer: Writer) -> list[tuple[int, int, str, bool]]:
    found = writer.write(lambda w: w.sql.all(sa.select(posted).order_by(posted.c.message_id)))
    return [(r.chat_id, r.message_id, r.ref, r.private) for r in found]


# --- before a call
def test_what_leaves_knows_its_cause_its_time_and_counts_a_try(writer: Writer) -> None:
    chat, due = lake(writer), START - SECOND
    post = Send(chat=chat, text="post", post=True, due=due, cause="promos", update=17)
    first, second = leave(writer, Send(chat=chat, text="reply"), post)
    assert (first.effect, first.due, first.cause, first.update) == (
        Send(chat=chat, text="reply"),
        START,
        "",
        0,
    )
    assert (second.effect, second.due, second.cause, second.update) == (post, due, "promos", 17)
    assert [(r.state, r.tries) for r in rows(writer)] == [("sending", 1)] * 2
    ended(writer, done(first, 5))
    assert writer.write(mark, [first]) == []  # it left already


@pytest.mark.parametrize(("late", "leaves"), [(0, True), (1, False)])
def test_what_is_too_late_does_not_leave_nor_what_waited_for_it(
    writer: Writer, late: int, leaves: bool
) -> None:
    chat = lake(writer)
    say(writer, Send(chat=chat, text="a", ref="r", not_after=START + SECOND))
    say(writer, Pin(chat=chat, ref="r"))
    taken = writer.write(Hand().fill, [])[0]
    writer.clock.shift(late * SECOND)
    assert [e.id for e in writer.write(mark, taken)] == [1] * leaves
    found = [(r.state, r.error, r.payload == "") for r in rows(writer)]
    if leaves:
        assert found == [("sending", None, False), ("parked", None, False)]
    else:
        assert found == [("dead", "too late", True), ("dead", None, True)]


def test_what_is_too_late_ends_also_where_nothing_can_leave(writer: Writer) -> None:
    chat, other = lake(writer), lake(writer, 2)
    for ref, seconds in (("r", 1), ("q", 2)):
        say(writer, Send(chat=chat, text="a", ref=ref, not_after=START + seconds * SECOND))
        say(writer, Pin(chat=chat, ref=ref))
    say(writer, Send(chat=other, text="b", not_after=START + SECOND))
    writer.clock.shift(SECOND)
    writer.write(expire)
    assert states(writer) == ["dead", "dead", "waiting", "parked", "dead"]


def test_what_acts_on_a_message_by_its_name_gets_its_ids(writer: Writer) -> None:
    chat = lake(writer)
    [sent] = leave(writer, Send(chat=chat, text="a", ref="r"))
    ended(writer, done(sent, 5, 6))
    acts: list[Effect] = [Edit(chat=chat, text="b", ref="r"), Pin(chat=chat, ref="r")]
    acts += [Delete(chat=chat, ref="r"), ClosePoll(chat=chat, ref="r")]
    for act in acts:
        [entry] = leave(writer, act)
        assert (entry.effect, entry.target) == (act, Target(-1001, True, (5, 6)))
    [plain] = leave(writer, Delete(chat=chat, messages=(9,)))
    assert plain.target == Target(-1001, True)


def test_what_acts_on_nothing_is_dead(writer: Writer) -> None:
    chat = lake(writer)
    assert leave(writer, Edit(chat=chat, text="b", ref="r")) == []
    [row] = rows(writer)
    assert (row.state, row.error, row.done_at, row.payload) == ("dead", "nothing is posted as r", START, "")
    assert leave(writer, Delete(chat=chat, ref="r")) == []  # it is as it was wanted
    assert states(writer) == ["dead", "done"]


# --- after it
def test_a_receipt_ends_the_row_and_names_the_messages(writer: Writer) -> None:
    chat = lake(writer)
    named, plain = leave(writer, Send(chat=chat, text="a", ref="r"), Send(chat=chat, text="b"))
    [private] = leave(writer, Send(user=9, text="c"))
    assert ended(writer, done(named, 5, 6), done(plain, 7), done(private, 8, note="sent as text")) == (
        False,
        [],
    )
    assert [(r.state, r.error, r.message_id, r.payload, r.done_at) for r in rows(writer)] == [
        ("done", None, 5, "", START),
        ("done", None, 7, "", START),
        ("done", "sent as text", 8, "", START),
    ]
    assert names(writer) == [
        (chat, 5, "r", False),
        (chat, 6, "r", False),
        (chat, 7, "out:2", False),
        (-9, 8, "out:3", True),
    ]


def test_what_waited_for_a_receipt_may_leave_now(writer: Writer) -> None:
    chat = lake(writer)
    [sent] = leave(writer, Send(chat=chat, text="a", ref="r"))
    say(writer, Pin(chat=chat, ref="r"), Pin(chat=chat, ref="other"))
    assert states(writer) == ["sending", "parked", "waiting"]
    assert ended(writer, done(sent, 5)) == (True, [])
    assert states(writer) == ["done", "waiting", "waiting"]


def test_a_message_is_pinned_and_removed_as_was_said_with_it(writer: Writer) -> None:
    chat = lake(writer)
    [sent] = leave(writer, Send(chat=chat, text="a", pin=True, lifetime=60, cause="c"))
    pin = Pin(chat=chat, ref="out:1", cause="c")
    gone = Delete(chat=chat, ref="out:1", cause="lifetime", due=START + timedelta(seconds=60))
    assert ended(writer, done(sent, 5)) == (True, [pin, gone])


def test_a_picture_that_telegram_knows_is_sent_by_its_id_the_next_time(writer: Writer) -> None:
    card = Send(chat=lake(writer), text="a card", photo="https://example.com/card.jpg")
    [sent] = leave(writer, card)
    assert sent.effect == card
    ended(writer, done(sent, 5, files=("AgAC",)))
    [again] = leave(writer, card)
    assert again.effect == structs.replace(card, photo="AgAC")


def test_in_a_basic_group_messages_have_names_as_elsewhere(writer: Writer) -> None:
    chat = writer.write(lambda w: resolve(w, BASIC).id)
    [sent] = leave(writer, Send(chat=chat, text="a", ref="r"))
    ended(writer, done(sent, 5))
    assert names(writer) == [(chat, 5, "r", False)]


def test_what_landed_in_a_group_that_was_upgraded_meanwhile_has_no_name_and_nothing_waits_for_it(
    writer: Writer,
) -> None:
    chat = writer.write(lambda w: resolve(w, BASIC).id)
    [sent] = leave(writer, Send(chat=chat, text="a", ref="r", pin=True))
    say(writer, Edit(chat=chat, text="b", ref="r"))
    writer.write(lambda w: upgrade(w, BASIC.id, -1_000_000_000_007))
    assert ended(writer, done(sent, 5)) == (False, [])
    assert (states(writer), names(writer)) == (["done", "dead"], [])


def test_what_names_an_old_message_ends_with_the_answer_that_tells_of_the_upgrade(writer: Writer) -> None:
    """Not only with the notice of it, which may come later: it is not tried again."""
    chat = writer.write(lambda w: resolve(w, BASIC).id)
    removal, said = leave(writer, Delete(chat=chat, messages=(5,)), Send(chat=chat, text="a"))
    moved = [Result(e, "waiting", error="upgraded", moved_to=-1_000_000_000_007) for e in (removal, said)]
    ended(writer, *moved)
    [gone, again] = rows(writer)
    assert (gone.state, gone.payload, again.state) == ("dead", "", "waiting")


def test_a_poll_is_known_by_its_answers(writer: Writer) -> None:
    chat = lake(writer)
    [sent] = leave(writer, Poll(chat=chat, question="Tea?", options=("yes", "no"), ref="p", lifetime=60))
    assert ended(writer, done(sent, 5, poll=("77", ("a", "b"))))[0]
    assert writer.write(polls.of, "77") == polls.Posted("p", ("a", "b"))
    assert names(writer) == [(chat, 5, "p", False)]


def test_what_was_removed_has_no_name_any_more(writer: Writer) -> None:
    chat = lake(writer)
    for ref, number in (("r", 5), ("q", 6)):
        [sent] = leave(writer, Send(chat=chat, text="a", ref=ref))
        ended(writer, done(sent, number))
    [removed] = leave(writer, Delete(chat=chat, ref="r"))
    assert ended(writer, done(removed)) == (False, [])
    assert names(writer) == [(chat, 6, "q", False)]
    assert rows(writer)[-1].message_id == 5  # the one it was about
    [plain] = leave(writer, Delete(chat=chat, messages=(8, 9)))
    ended(writer, done(plain))
    assert rows(writer)[-1].message_id == 8
    assert names(writer) == [(chat, 6, "q", False)]


def test_a_removal_said_before_a_message_of_its_name_is_of_those_posted_before(writer: Writer) -> None:
    chat = lake(writer)
    [first] = leave(writer, Send(chat=chat, text="2 h", ref="closed"))
    ended(writer, done(first, 5, 6))
    removal, second = leave(
        writer, Delete(chat=chat, ref="closed"), Send(chat=chat, text="4 h", ref="closed")
    )
    assert removal.effect == Delete(chat=chat, messages=(5, 6))
    ended(writer, done(second, 7), done(removal))
    assert names(writer) == [(chat, 7, "closed", False)]
    [last] = leave(writer, Delete(chat=chat, ref="closed"))
    assert last.target.messages == (7,)


def test_a_removal_said_before_the_first_message_of_its_name_is_of_nothing(writer: Writer) -> None:
    chat = lake(writer)
    [sent] = leave(writer, Delete(chat=chat, ref="closed"), Send(chat=chat, text="4 h", ref="closed"))
    assert ended(writer, done(sent, 5)) == (False, [])
    assert [r.kind for r in rows(writer)] == ["send"]
    assert names(writer) == [(chat, 5, "closed", False)]


@pytest.mark.parametrize("lost", [False, True])
def test_a_removal_of_a_message_on_its_way_is_not_of_the_next_of_its_name(writer: Writer, lost: bool) -> None:
    """It waits for the older one: also where nobody knows whether that has landed."""
    chat = lake(writer)
    [first] = leave(writer, Send(chat=chat, text="2 h", ref="closed"))
    say(writer, Delete(chat=chat, ref="closed"), Send(chat=chat, text="4 h", ref="closed"))
    assert states(writer) == ["sending", "parked", "waiting"]
    ended(writer, Result(first, "unknown", error="timed out") if lost else done(first, 5))
    *removed, second = writer.write(mark, writer.write(Hand().fill, [])[0])
    assert [e.target.messages for e in removed] == ([] if lost else [(5,)])
    ended(writer, done(second, 6), *map(done, removed))
    assert names(writer) == [(chat, 6, "closed", False)]
    assert states(writer) == (["unknown", "parked", "done"] if lost else ["done"] * 3)


@pytest.mark.parametrize("lost", ["unknown", "dead"])
def test_what_nobody_knows_of_an_older_message_holds_no_removal_of_the_next(
    writer: Writer, lost: str
) -> None:
    """Nor an edit, once the next has landed; until then it does."""
    chat = lake(writer)
    [first] = leave(writer, Send(chat=chat, text="the first night", ref="closed"))
    ended(writer, Result(first, lost, error="timed out"))
    say(writer, Delete(chat=chat, ref="closed"))
    [second] = leave(writer, Send(chat=chat, text="the second night", ref="closed"))
    assert states(writer) == [lost, "parked", "sending"]
    ended(writer, done(second, 6))
    [edit] = leave(writer, Edit(chat=chat, text="closed until 08:00", ref="closed"))
    [removal] = leave(writer, Delete(chat=chat, ref="closed"))
    assert [e.target.messages for e in (edit, removal)] == [(6,), (6,)]


def test_a_removal_said_between_two_messages_of_its_name_is_of_the_first(writer: Writer) -> None:
    chat = lake(writer)
    first, second = Send(chat=chat, text="2 h", ref="closed"), Send(chat=chat, text="4 h", ref="closed")
    say(writer, first, Delete(chat=chat, ref="closed"), second)
    taken = writer.write(Hand().fill, [])[0]
    [sent] = writer.write(mark, taken[:1])
    ended(writer, done(sent, 5))
    removal, last = writer.write(mark, writer.write(Hand().fill, [])[0])
    assert removal.target.messages == (5,)
    ended(writer, done(last, 6), done(removal))
    assert names(writer) == [(chat, 6, "closed", False)]


def test_what_is_tried_again_keeps_its_place_and_its_tries(writer: Writer) -> None:
    chat = lake(writer)
    judged, put_off = leave(writer, Send(chat=chat, text="a"), Send(chat=chat, text="b"))
    assert ended(
        writer,
        Result(judged, "waiting", error="502", again_in=2.0),
        Result(put_off, "waiting", error="429", again_in=9.0, counts=False),
    ) == (True, [])
    assert [(r.state, r.tries, r.due - START, r.error) for r in rows(writer)] == [
        ("waiting", 1, 2 * SECOND, "502"),
        ("waiting", 0, 9 * SECOND, "429"),
    ]


def test_a_post_on_its_way_when_posts_are_stopped_lands_or_is_tried_no_more(writer: Writer) -> None:
    chat, other = lake(writer), lake(writer, 2)
    texts = (Send(chat=chat, text="lands", post=True), Send(chat=chat, text="refused", post=True))
    lands, refused, elsewhere, reply = (
        *leave(writer, *texts),
        *leave(writer, Send(chat=other, text="elsewhere", post=True)),
        *leave(writer, Send(chat=chat, text="reply")),
    )
    assert writer.write(lambda w: drop_posts(w, "stopped", chat)) == []
    ended(
        writer,
        done(lands, 5),
        *[Result(e, "waiting", error="429", again_in=9.0, counts=False) for e in (refused, elsewhere, reply)],
    )
    writer.clock.shift(9 * SECOND)  # type: ignore[attr-defined]
    assert [e.id for e in writer.write(mark, [refused, elsewhere, reply])] == [elsewhere.id, reply.id]
    assert [r.state for r in rows(writer)] == ["done", "dead", "sending", "sending"]


def one_place(writer: Writer, private: int) -> None:
    """What goes to person 9 and to their private chat waits for what went there first."""
    [first] = leave(writer, Send(user=9, text="a"))
    say(writer, Send(chat=private, text="b"), Send(user=9, text="c"), Send(user=8, text="d"))
    ended(writer, Result(first, "waiting", error="not reached", again_in=9.0, counts=False, silence=True))
    assert [(r.due - START) / SECOND for r in rows(writer)] == [9, 9, 9, 0]
    writer.clock.shift(9 * SECOND)  # type: ignore[attr-defined]
    [second] = writer.write(mark, [e for e in writer.write(Hand().fill, [])[0] if e.chat == private])
    ended(writer, Result(second, "waiting", error="timed out", again_in=5.0, counts=False, silence=False))
    assert rows(writer)[2].due == START + 14 * SECOND


def test_a_person_and_their_private_chat_wait_together(writer: Writer) -> None:
    """After a restart nobody remembers else that the older one is tried again."""
    private = writer.write(lambda w: resolve(w, Chat(9, "private", "Mei")).id)
    one_place(writer, private)


def test_a_person_who_has_private_chats_with_two_bots_of_the_database_waits_with_this_one(
    writer: Writer,
) -> None:
    private = writer.write(lambda w: resolve(w, Chat(9, "private", "Mei")).id)
    writer.write(lambda w: w.sql.run(sa.update(chats).values(bot_id=1)))  # another bot's, from before
    writer.write(lambda w: w.sql.run(sa.update(chat_address).values(bot_id=1)))
    mine = writer.write(lambda w: w.empty_caches() or resolve(w, Chat(9, "private", "Mei")).id)
    assert mine != private
    one_place(writer, mine)
    assert (-9, 1, 5.0) in writer.write(keep_back)


def test_a_silence_holds_for_all_that_waits_for_the_chat_and_shortens_nothing(writer: Writer) -> None:
    chat, other = lake(writer), lake(writer, 2)
    [first] = leave(writer, Send(chat=chat, text="a"))
    later = START + timedelta(minutes=1)
    say(writer, Send(chat=chat, text="b"), Send(chat=other, text="c"), Send(user=9, text="d"))
    say(writer, Send(chat=chat, text="e", post=True, due=later))
    ended(writer, Result(first, "waiting", error="429", again_in=9.0, counts=False, silence=True))
    assert [(r.due - START) / SECOND for r in rows(writer)] == [9, 9, 0, 0, 60]


def test_what_is_tried_again_is_overtaken_by_nothing_said_after_it_on_its_side(writer: Writer) -> None:
    chat, other = lake(writer), lake(writer, 2)
    mute, card = leave(writer, Restrict(chat=chat, member=5), Send(chat=chat, text="1 of 8"))
    say(writer, Restrict(chat=chat, member=5, free=True), Send(chat=chat, text="2 of 8"))
    say(writer, Send(chat=chat, text="news", post=True), Send(chat=other, text="here"))

    def dues() -> list[float]:
        return [(r.due - START) / SECOND for r in rows(writer)]

    ended(writer, Result(mute, "waiting", error="timed out", again_in=2.0))
    assert dues() == [2, 0, 2, 0, 0, 0]
    ended(writer, Result(card, "waiting", error="timed out", again_in=3.0))
    assert dues() == [2, 3, 2, 3, 3, 0]
    writer.clock.shift(4 * SECOND)
    [late] = writer.write(mark, writer.write(Hand().fill, [])[0][:1])
    ended(writer, Result(late, "waiting", error="upgraded", moved_to=-1_000_000_000_007))
    assert dues() == [4, 3, 2, 3, 3, 0]  # at once, and the others in their order


def test_a_silence_towards_a_person_holds_for_nobody_else(writer: Writer) -> None:
    [first] = leave(writer, Send(user=9, text="a"))
    say(writer, Send(user=8, text="b"))
    ended(writer, Result(first, "waiting", error="429", again_in=9.0, counts=False, silence=True))
    assert [r.due - START for r in rows(writer)] == [9 * SECOND, 0 * SECOND]


def test_what_may_have_landed_is_unknown_and_keeps_its_words(writer: Writer) -> None:
    chat = lake(writer)
    [sent] = leave(writer, Send(chat=chat, text="a", ref="r"))
    say(writer, Pin(chat=chat, ref="r"))
    assert ended(writer, Result(sent, "unknown", error="timed out")) == (False, [])
    row, waits = rows(writer)
    assert (row.state, row.error, row.done_at, row.payload != "") == ("unknown", "timed out", START, True)
    assert waits.state == "parked"


KEPT: list[Effect] = [
    Send(chat=1, text="a result"),
    Send(chat=1, text="a post", post=True, reply_to=4),
    Ban(chat=1, member=5),
    Restrict(chat=1, member=5),
    Permit(chat=1),
    Promote(chat=1, member=5),
    Admit(chat=1, member=5, accept=True),
    Topic(chat=1, topic=None, act="create", name="Tea"),
]
OVER: list[Effect] = [
    Send(chat=1, text="a reply", reply_to=4),
    Send(chat=1, text="a passing word", lifetime=60),
    Delete(chat=1, messages=(4,)),
    Poll(chat=1, question="?", options=("a",)),
]


@pytest.mark.parametrize("effect", [*KEPT, *OVER], ids=lambda e: type(e).__name__)
def test_operators_may_decide_on_what_failed_unless_it_was_a_word_in_passing(
    writer: Writer, effect: Effect
) -> None:
    lake(writer)
    [entry] = leave(writer, effect)
    assert ended(writer, Result(entry, "dead", error="no")) == (False, [])
    [row] = rows(writer)
    assert (row.state, row.error, row.payload != "") == ("dead", "no", effect in KEPT)


def test_what_never_landed_takes_what_waited_with_it_and_its_fallback_is_said(writer: Writer) -> None:
    chat = lake(writer)
    public = Send(chat=chat, text="somebody")
    for blocked in (False, True):
        [sent] = leave(writer, Send(user=9, text="you", ref=f"r{blocked}", fallback=public))
        say(writer, Edit(user=9, text="again", ref=f"r{blocked}"))
        said = ended(writer, Result(sent, "dead", error="no", blocked=blocked))
        assert said == (blocked, [public] * blocked)
    assert states(writer) == ["dead", "dead", "dead", "dead", "waiting"]
    assert [r.payload != "" for r in rows(writer)] == [True, False, False, False, True]


def state(writer: Writer, chat: int) -> tuple[str, str | None]:
    row = writer.write(lambda w: w.sql.first(sa.select(chats).where(chats.c.id == chat)))
    return row.state, row.lacks


def test_a_chat_is_limited_for_want_of_a_right_until_that_kind_goes_through(writer: Writer) -> None:
    chat = lake(writer)
    [ban] = leave(writer, Ban(chat=chat, member=5))
    ended(writer, Result(ban, "dead", error="no rights", chat_state="limited"))
    assert state(writer, chat) == ("limited", "ban")
    [sent, again] = sorted(
        leave(writer, Ban(chat=chat, member=5), Send(chat=chat, text="a")), key=lambda e: e.kind == "ban"
    )
    assert sent.limited
    ended(writer, done(sent, 5))
    assert state(writer, chat) == ("limited", "ban")
    ended(writer, Result(again, "dead", error="no such member"))
    assert state(writer, chat) == ("limited", "ban")
    [again] = leave(writer, Ban(chat=chat, member=5))
    ended(writer, done(again))
    assert state(writer, chat) == ("active", None)


def test_a_chat_the_bot_was_expelled_from_lacks_nothing(writer: Writer) -> None:
    chat = lake(writer)
    [sent] = leave(writer, Send(chat=chat, text="a"))
    ended(writer, Result(sent, "dead", error="kicked", chat_state="kicked"))
    assert state(writer, chat) == ("kicked", None)
    [private] = leave(writer, Send(user=9, text="a"))
    assert ended(writer, Result(private, "dead", error="kicked", chat_state="kicked")) == (False, [])


# --- after a start
def test_a_start_tells_who_wants_silence_and_for_how_long_still(writer: Writer) -> None:
    chat, other = lake(writer), lake(writer, 2)
    for text in ("a", "b"):
        [sent] = leave(writer, Send(chat=chat, text=text))
        seconds = 9.0 if text == "a" else 5.0
        refused = Result(sent, "waiting", error="429", again_in=seconds, counts=False, silence=True)
        judged = Result(sent, "waiting", error="502", again_in=99.0)
        ended(writer, refused)
        [again] = leave(writer, Send(chat=other, text=text))
        ended(writer, Result(again, judged.state, error=judged.error, again_in=judged.again_in))
    [private] = leave(writer, Send(user=9, text="c"))
    ended(writer, Result(private, "waiting", error="429", again_in=7.0, counts=False, silence=True))
    say(writer, Send(chat=other, text="later", post=True, due=START + timedelta(hours=1)))
    writer.clock.shift(SECOND)
    assert sorted(writer.write(recover)) == [(-chat, 8.0), (9, 6.0)]
    writer.clock.shift(8 * SECOND)
    assert writer.write(recover) == []


def test_what_a_clock_ahead_put_off_is_due_when_it_is_right_again(writer: Writer) -> None:
    chat = lake(writer)
    writer.write(set_state, chat, "active")
    writer.clock.shift(timedelta(hours=1))
    say(writer, Send(chat=chat, text="said ahead"))
    say(writer, Send(chat=chat, text="planned", post=True, due=START + timedelta(hours=2)))
    writer.clock.shift(-timedelta(hours=1))
    for _ in range(2):
        writer.write(set_back)
    assert [r.due - START for r in rows(writer)] == [timedelta(), timedelta(hours=2)]


def test_what_a_clock_ahead_said_of_what_is_on_its_way_is_due_when_it_is_right(writer: Writer) -> None:
    chat = lake(writer)
    writer.clock.shift(timedelta(hours=1))
    [notice] = leave(writer, Send(chat=chat, text="closed", ref="night"))
    say(writer, Delete(chat=chat, ref="night"))
    writer.clock.shift(-timedelta(hours=1))
    writer.write(set_back)
    ended(writer, done(notice, 7))
    assert [(r.kind, r.due) for r in rows(writer) if r.state == "waiting"] == [("delete", START)]


def test_what_a_clock_ahead_was_to_remove_goes_after_its_time(writer: Writer) -> None:
    """Also where it is parked; a removal that was put off waits for its next try."""
    chat = lake(writer)
    writer.clock.shift(timedelta(hours=1))
    for seconds in (60, 90):
        [sent] = leave(writer, Send(chat=chat, text="in passing", lifetime=seconds))
        ended(writer, done(sent, seconds))
    say(writer, Delete(chat=chat, messages=(7,)))
    [removal] = writer.write(mark, writer.write(Hand().fill, [])[0])
    ended(writer, Result(removal, "waiting", error="502", again_in=300.0, alone=True))
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(outbox.c.id == 4).values(state="parked")))
    writer.clock.shift(timedelta(minutes=-50))
    writer.write(set_back)
    writer.clock.shift(timedelta(minutes=-10))
    for _ in range(2):
        writer.write(set_back)
    found = [(r.due - START) / SECOND for r in rows(writer) if r.kind == "delete"]
    assert found == [60, 90, 300]


def test_what_a_clock_ahead_said_is_due_also_when_it_is_set_right_in_two_steps(writer: Writer) -> None:
    chat = lake(writer)
    writer.clock.shift(timedelta(hours=1))
    say(writer, Delete(chat=chat, messages=(7,)))
    for _ in range(2):
        writer.clock.shift(-timedelta(minutes=30))
        writer.write(set_back)
    assert [r.due - START for r in rows(writer)] == [timedelta()]


def test_nothing_waits_behind_a_removal_that_is_tried_on(writer: Writer) -> None:
    """Neither when it is put off nor after a start."""
    chat = lake(writer)
    [removal] = leave(writer, Delete(chat=chat, messages=(7,)))
    say(writer, Delete(chat=chat, messages=(8,)))
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(outbox.c.id == removal.id).values(tries=6)))
    ended(writer, Result(removal, "waiting", error="timed out", again_in=300.0, alone=True))
    assert writer.write(keep_back) == []
    assert [r.due - START for r in rows(writer)] == [300 * SECOND, timedelta()]


def test_a_start_repeats_nothing_that_may_have_landed_but_what_must_arrive(writer: Writer) -> None:
    chat = lake(writer)
    leave(
        writer,
        Send(chat=chat, text="a"),
        Send(chat=chat, text="b", again=True),
        Poll(chat=chat, question="Tea?", options=("yes",)),
        Ban(chat=chat, member=5),
        Gift(chat=chat, user=9, gift="5170145012310081615"),
        Topic(chat=chat, topic=None, act="create", name="Tea"),
        Topic(chat=chat, topic=7, act="close"),
    )
    assert writer.write(recover) == []
    stopped = ("unknown", "the bot stopped while it was leaving")
    assert [(r.kind, r.state, r.error) for r in rows(writer)] == [
        ("send", *stopped),
        ("send", "waiting", None),
        ("poll", *stopped),
        ("ban", "waiting", None),
        ("gift", *stopped),
        ("topic", *stopped),
        ("topic", "waiting", None),
    ]


def test_a_row_that_cannot_be_read_does_not_stop_a_start(writer: Writer) -> None:
    """Another version wrote it: nobody knows what it was to be, so nobody repeats it."""
    chat = lake(writer)
    leave(writer, Send(chat=chat, text="a"), Ban(chat=chat, member=5))
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(outbox.c.kind == "send").values(payload="{}")))
    assert writer.write(recover) == []
    assert states(writer) == ["unknown", "waiting"]


def test_what_another_bot_of_the_database_is_sending_is_left_to_it(writer: Writer) -> None:
    chat = lake(writer)
    leave(writer, Send(chat=chat, text="a"), Ban(chat=chat, member=5), Ban(chat=chat, member=6))
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(outbox.c.id < 3).values(bot_id=1)))
    assert writer.write(recover) == []
    assert states(writer) == ["sending", "sending", "waiting"]


def test_what_follows_from_a_receipt_is_said_with_its_booking(writer: Writer) -> None:
    """A kick and its end: both are in the table, or neither is."""
    chat = lake(writer)
    (kick,) = leave(writer, Ban(chat=chat, member=5, kick=True))
    end = Ban(chat=99, member=5, free=True, kick=True, not_after=START + 60 * SECOND, cause="kick")
    assert ended(writer, done(kick, then=(end,))) == (True, [structs.replace(end, chat=chat)])
    assert states(writer) == ["done", "waiting"]
    assert [r.until for r in rows(writer)] == [None, START + 60 * SECOND]
