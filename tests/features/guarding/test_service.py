"""Raids, closed chats and newcomers on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from groupbot.core.effects import Admit, Ask, Bans, Delete, Permit, Send
from groupbot.core.events import (
    BotStanding,
    Chat,
    ChatFacts,
    Joined,
    JoinRequest,
    Message,
    Person,
)
from groupbot.engine.addresses import resolve, set_state
from groupbot.engine.clock import FixedClock
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.guarding.domain.acts import Turned
from groupbot.features.guarding.domain.settings import NIGHT, RAID_AUTO
from groupbot.features.guarding.service import channels, closing, raids, waves
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from groupbot.features.members.domain import ZONE
from groupbot.features.rules.domain.newcomers import Care
from groupbot.features.rules.service import newcomers
from groupbot.features.rules.service.sanctions import banned

BOSS = 10


class Room:
    """One consumer group on one writer."""

    def __init__(self, writer: Writer, *, tier: str = "consumer", kind: str = "supergroup") -> None:
        self.writer = writer
        self.here = Chat(-1001, kind, "West Lake")
        self.chat: int = writer.write(self._open, tier)

    def _open(self, work: Work, tier: str) -> int:
        place = resolve(work, self.here)
        work.sql.run(
            members_store.NEW_PROFILE,
            chat_id=place.id,
            added_by=BOSS,
            added_at=work.now,
            status="administrator",
            rights=["delete", "restrict"],
        )
        members.set_profile(work, place.id, tier=tier)
        work.sql.run(
            members_store.KEEP_STAFF,
            chat_id=place.id,
            person_id=BOSS,
            status="creator",
            rights=[],
            checked_at=work.now,
        )
        return place.id

    @property
    def now(self) -> datetime:
        return self.writer.clock.now()

    def move(self, **span: float) -> None:
        assert isinstance(self.writer.clock, FixedClock)
        self.writer.clock.shift(timedelta(**span))

    def do(self, fn: Callable[..., Any], *args: Any) -> tuple[Any, list[Any]]:
        """A use case in this chat: what it returned, and its effects but for words."""

        def run(work: Work) -> tuple[Any, list[Any]]:
            work.chat = self.chat
            if args and hasattr(args[0], "at"):
                work.event = args[0]
            made = fn(work, *args)
            return made, [e for e in work.effects if not isinstance(e, Send)]

        return self.writer.write(run)

    def joins(self, person: int, *, by: int | None = None) -> bool:
        event = Joined(
            at=self.now,
            chat=self.here,
            sender=Person(by or person, "A"),
            people=(Person(person, "A"),),
        )
        return bool(self.do(waves.joined, event)[0])


@pytest.fixture
def room(writer: Writer) -> Room:
    return Room(writer)


def test_a_raid_removes_in_hundreds_and_gives_all_back(room: Room) -> None:
    room.do(raids.start, room.chat, None, BOSS)
    assert all(room.joins(1000 + i) for i in range(250))
    _, said = room.do(waves.sweep)
    assert [len(e.members) for e in said if isinstance(e, Bans)] == [100, 100, 50]
    assert {e.until - room.now for e in said if isinstance(e, Bans)} == {timedelta(hours=1)}
    assert room.do(waves.sweep)[1] == []
    made, said = room.do(raids.undo, room.chat, None, BOSS, banned)
    assert made == {"number": 1, "n": 250}
    assert [(len(e.members), e.free) for e in said] == [(100, True), (100, True), (50, True)]
    assert not room.joins(5)
    with pytest.raises(Refusal):
        room.do(raids.undo, room.chat, None, BOSS, banned)


def test_the_same_join_told_twice_is_removed_once_and_a_second_one_again(room: Room) -> None:
    room.do(raids.start, room.chat, None, BOSS)
    assert room.joins(7) and room.joins(7)
    assert [e.members for e in room.do(waves.sweep)[1]] == [(7,)]
    room.move(minutes=2)
    assert room.joins(7)
    assert [e.members for e in room.do(waves.sweep)[1]] == [(7,)]


def test_who_staff_bring_in_is_let_be(room: Room) -> None:
    room.do(raids.start, room.chat, None, BOSS)
    assert room.joins(7)
    room.do(waves.sweep)
    room.move(minutes=2)
    assert not room.joins(7, by=BOSS)
    event = Message(at=room.now, chat=room.here, sender=Person(7, "A"), message_id=5, text="hi")
    assert room.do(waves.said, event)[0] is False


def test_words_of_the_caught_are_taken_away_together(room: Room) -> None:
    room.do(raids.start, room.chat, None, BOSS)
    room.joins(7)
    for mid in range(1, 6):
        event = Message(at=room.now, chat=room.here, sender=Person(7, "A"), message_id=mid, text="hi")
        assert room.do(waves.said, event)[0] is True
    own = Message(at=room.now, chat=room.here, sender=Person(8, "B"), message_id=9, text="hi")
    assert room.do(waves.said, own)[0] is False
    old = Message(at=room.now, chat=room.here, sender=Person(7, "A"), message_id=1, text="o", edited=True)
    assert room.do(waves.said, old)[0] is False  # of before the raid, when they were a member
    said = room.do(waves.sweep)[1]
    assert [e.messages for e in said if isinstance(e, Delete)] == [(1, 2, 3, 4, 5)]


def test_a_caught_persons_words_in_the_next_raid_are_their_own(room: Room) -> None:
    room.do(raids.start, room.chat, None, BOSS)
    room.joins(7)
    room.do(raids.undo, room.chat, None, BOSS, banned)
    assert not room.joins(7)
    room.do(raids.start, room.chat, None, BOSS)
    event = Message(at=room.now, chat=room.here, sender=Person(7, "A"), message_id=5, text="hi")
    assert room.do(waves.said, event)[0] is False


def test_an_outages_joins_do_not_begin_a_raid(room: Room) -> None:
    room.writer.write(lambda w: members.put(w, RAID_AUTO, 3, chat=room.chat))
    then = room.now - timedelta(hours=1)
    for i in range(10):
        event = Joined(at=then, chat=room.here, sender=Person(i + 1, "A"), people=(Person(i + 1, "A"),))
        assert room.do(waves.joined, event)[0] is False
    assert room.do(raids.now, room.chat)[0]["on"] is False


def test_requests_are_declined_and_not_counted_as_removed(room: Room) -> None:
    room.do(raids.start, room.chat, None, BOSS)
    event = JoinRequest(at=room.now, chat=room.here, sender=Person(7, "A"), query="q1")
    made, said = room.do(waves.asked, event)
    assert made is True
    assert [(e.member, e.accept, e.query) for e in said if isinstance(e, Admit)] == [(7, False, "q1")]
    assert room.do(waves.sweep)[1] == []
    assert room.do(raids.undo, room.chat, None, BOSS, banned)[0] == {"number": 1, "n": 0}


def test_a_refused_ban_opens_the_breaker_and_missed_people_go_later(room: Room) -> None:
    room.do(raids.start, room.chat, None, BOSS)
    room.joins(7)
    room.do(waves.sweep)
    room.writer.write(lambda w: set_state(w, room.chat, "limited", "bans"))  # Telegram said no
    room.joins(8)
    assert room.do(waves.sweep)[1] == []
    room.writer.write(lambda w: set_state(w, room.chat, "active"))
    back = BotStanding(at=room.now, chat=room.here, status="administrator", rights=frozenset(["restrict"]))
    room.do(waves.rights_changed, back)
    assert [e.members for e in room.do(waves.sweep)[1]] == [(7, 8)]


def test_a_basic_group_is_told_why_not(writer: Writer) -> None:
    room = Room(writer, kind="group")
    with pytest.raises(Refusal) as refused:
        room.do(raids.start, room.chat, None, BOSS)
    assert refused.value.template == "guarding/basic"


def test_a_channel_is_not_allowed_where_its_ban_cannot_be_lifted(room: Room) -> None:
    lost = BotStanding(at=room.now, chat=room.here, status="administrator", rights=frozenset(["delete"]))
    room.do(lambda work, event: members.note_people(event, work), lost)
    with pytest.raises(Refusal, match="common/bot_lacks"):
        room.do(lambda work: channels.allow(work, work.chat, -(10**12) - 5, BOSS))
    assert room.do(lambda work: channels.allow(work, work.chat, -(10**12) - 5, BOSS, gone=True)) == ([], [])


def test_the_linked_channel_is_asked_for_once_and_counts_as_unknown_until_then(room: Room) -> None:
    own = Chat(-(10**12) - 5, "channel", "Our news")
    event = Message(at=room.now, chat=room.here, sender=Person(7, "Channel"), message_id=9, sender_chat=own)
    asks = [room.do(channels.linked, event) for _ in range(3)]
    assert [(held, len(said)) for held, said in asks] == [(True, 1), (True, 0), (True, 0)]
    room.do(channels.learn, 0)
    assert room.do(channels.linked, event) == (False, [])
    room.do(channels.learn, own.id)
    assert room.do(channels.linked, event) == (True, [])


def test_raids_are_forgotten_after_half_a_year(room: Room) -> None:
    room.do(raids.start, room.chat, None, BOSS)
    room.joins(7)
    room.do(raids.stop, room.chat)
    room.move(days=181)
    room.do(waves.forget)
    with pytest.raises(Refusal):
        room.do(raids.undo, room.chat, None, BOSS, banned)


# --- closed
def facts(room: Room, *permissions: str) -> list[Any]:
    event = ChatFacts(at=room.now, chat=room.here, permissions=permissions)
    return list(room.do(closing.facts, event)[1])


def acts(room: Room, *permissions: str) -> list[tuple[str, int, str]]:
    """What is said for the log when Telegram told what everybody may do."""
    event = ChatFacts(at=room.now, chat=room.here, permissions=permissions)

    def run(work: Work) -> list[tuple[str, int, str]]:
        work.chat, work.event = room.chat, event
        closing.facts(work, event)
        return [(e.act, e.by, e.hours) for e in work.emitted if isinstance(e, Turned)]

    return room.writer.write(run)


def test_a_lockdown_asks_first_and_gives_back_what_was_said(room: Room) -> None:
    _, said = room.do(closing.lock, room.chat, "2h", BOSS)
    assert said == [Ask(chat=room.chat, facts=True, cause="")]
    assert [e.can for e in facts(room, "send_messages", "send_polls") if isinstance(e, Permit)] == [()]
    room.move(hours=2)
    _, said = room.do(closing.watch)
    assert [e.can for e in said if isinstance(e, Permit)] == [("send_messages", "send_polls")]
    assert facts(room) == [
        Permit(chat=room.chat, can=("send_messages", "send_polls"), why="open again, once more", cause="")
    ]
    facts(room, "send_messages", "send_polls")
    assert room.do(closing.closure_of, room.chat)[0] is None


def test_an_unanswered_question_is_asked_again(room: Room) -> None:
    room.do(closing.lock, room.chat, "", BOSS)
    assert room.do(closing.watch)[1] == []
    room.move(seconds=15)
    assert room.do(closing.watch)[1] == [Ask(chat=room.chat, facts=True, cause="")]


def test_opened_before_telegram_answered_nothing_was_closed(room: Room) -> None:
    room.do(closing.lock, room.chat, "", BOSS)
    assert [e for e in room.do(closing.unlock, room.chat)[1] if isinstance(e, Permit)] == []
    assert facts(room, "send_messages") == []


def test_closed_again_while_opening_keeps_the_first_permissions(room: Room) -> None:
    room.do(closing.lock, room.chat, "", BOSS)
    facts(room, "send_messages")
    room.do(closing.unlock, room.chat)
    _, said = room.do(closing.lock, room.chat, "", BOSS)
    assert [e.can for e in said if isinstance(e, Permit)] == [()]
    _, said = room.do(closing.unlock, room.chat)
    assert [e.can for e in said if isinstance(e, Permit)] == [("send_messages",)]


def test_a_night_and_a_lockdown_are_both_over_before_it_opens(room: Room) -> None:
    def night(work: Work) -> None:
        members.put(work, ZONE, "UTC", chat=room.chat)
        members.put(work, NIGHT, "09:00-11:00", chat=room.chat)  # it is 10:00

    room.writer.write(night)
    room.do(closing.watch)
    assert acts(room, "send_messages") == [("night", 0, "09:00-11:00")]
    room.do(closing.lock, room.chat, "3h", BOSS)
    room.move(hours=2)
    assert [e for e in room.do(closing.watch)[1] if isinstance(e, Permit)] == []
    room.move(hours=1)
    said = [e for e in room.do(closing.watch)[1] if isinstance(e, Permit)]
    assert [e.can for e in said] == [("send_messages",)]


# --- newcomers
def test_a_newcomers_clean_messages_are_counted_over_a_restart(room: Room) -> None:
    care = Care(messages=2, bars=frozenset(["links"]), since=room.now - timedelta(hours=1))

    def join(work: Work) -> None:
        event = Joined(at=work.now, chat=room.here, sender=Person(7, "A"), people=(Person(7, "A"),))
        work.event, work.chat = event, room.chat
        members.note_people(event, work)

    room.writer.write(join)

    def says(text: str, mid: int) -> str:
        event = Message(
            at=room.now,
            chat=room.here,
            sender=Person(7, "A"),
            message_id=mid,
            text=text,
            carriers=(("text", text),),
        )
        found = room.do(newcomers.check, event, care, 7)[0]
        return "" if found is None else found.matched

    assert says("see https://a.example", 1) == "https://a.example"
    assert says("hello", 2) == ""
    room.writer.write(lambda w: [w.clear(n) for n in ("rules.said", "members.joined")])
    assert says("t.me/other", 3) == "t.me/other"
    assert says("nice", 4) == ""
    assert says("see https://a.example", 5) == ""
