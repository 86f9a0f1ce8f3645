"""Judging and the record on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Ask, Ban, Delete, Restrict, Send
from groupbot.core.events import Chat, Message, Person, Standing
from groupbot.engine.addresses import resolve, set_state
from groupbot.engine.clock import FixedClock
from groupbot.engine.outbox_table import outbox
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from groupbot.features.rules import service
from groupbot.features.rules.domain.policy import AUTOBAN, MODE, PHRASES
from groupbot.features.rules.store import verdict
from tests.conftest import START

GROUP = Chat(-1001, "supergroup", "West Lake")
BOSS, ZHAO, QIAN = 10, 21, 22
WORDS = "加薇信 jdd886"


class Room:
    """One group on one writer; events of one person after another."""

    def __init__(self, writer: Writer, tier: str | None, mode: str, kind: str = "supergroup") -> None:
        self.writer = writer
        self.here = Chat(GROUP.id, kind, GROUP.title)
        self.chat = writer.write(self._open, tier, mode)
        self.next = 1

    def _open(self, work: Work, tier: str | None, mode: str) -> int:
        place = resolve(work, self.here)
        work.sql.run(
            members_store.NEW_PROFILE,
            chat_id=place.id,
            added_by=BOSS,
            added_at=work.now,
            status="administrator",
            rights=[],
        )
        if tier:
            members.set_profile(work, place.id, tier=tier)
        members.put(work, MODE, mode, chat=place.id)
        for who, status in ((BOSS, "creator"), (ZHAO, "member"), (QIAN, "member")):
            self._known(work, place.id, who, status)
        return place.id

    @staticmethod
    def _known(work: Work, chat: int, who: int, status: str) -> None:
        work.sql.run(
            members_store.KEEP_STAFF,
            chat_id=chat,
            person_id=who,
            status=status,
            rights=[],
            checked_at=work.now,
        )

    def move(self, **span: float) -> None:
        """Move the clock."""
        assert isinstance(self.writer.clock, FixedClock)
        self.writer.clock.shift(timedelta(**span))

    def says(self, who: int, text: str, **more: Any) -> tuple[bool, list[Any], list[Any]]:
        """(removed, effects, shadow effects) of one message."""
        at: datetime = more.pop("at", None) or self.writer.clock.now()
        mid = more.pop("message_id", None) or self.next
        self.next = max(self.next, mid) + 1
        event = Message(
            at=at,
            chat=self.here,
            sender=Person(who, "A"),
            message_id=mid,
            text=text,
            carriers=(("text", text),) if text else (),
            **more,
        )

        def fn(work: Work) -> tuple[bool, list[Any], list[Any]]:
            work.event, work.chat, work.zone = event, self.chat, "UTC"
            return service.judge(work, event), list(work.effects), list(work.shadow)

        return self.writer.write(fn)

    def do(self, fn: Callable[..., Any], *args: Any) -> Any:
        """A use case in this chat."""

        def run(work: Work) -> tuple[Any, list[Any]]:
            work.chat = self.chat
            return fn(work, *args), list(work.effects)

        return self.writer.write(run)

    def cases(self) -> list[Any]:
        return self.writer.write(lambda w: w.sql.all(sa.select(verdict).order_by(verdict.c.id)))


def kinds(effects: list[Any]) -> list[str]:
    return [type(e).__name__ for e in effects]


def test_third_case_in_thirty_days_is_a_mute_with_its_reason(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    for _ in range(2):
        assert room.says(ZHAO, WORDS)[0] is True
        room.move(days=1)
    removed, effects, _ = room.says(ZHAO, WORDS)
    assert removed is True
    assert [e for e in effects if isinstance(e, Delete | Restrict)] == [
        Delete(chat=room.chat, messages=(3,), why="rule contact v1 matched「加薇信 jdd886」, case 3"),
        Restrict(
            chat=room.chat,
            member=ZHAO,
            until=START + timedelta(days=2, hours=1),
            why="rule contact v1 matched「加薇信 jdd886」, case 3",
        ),
    ]
    assert [c.action for c in room.cases()] == ["remove", "remove", "mute"]


def test_cases_expire_after_thirty_days_and_others_count_apart(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    room.says(ZHAO, WORDS)
    room.says(ZHAO, WORDS + "!")
    room.says(QIAN, WORDS)
    room.move(days=31)
    room.says(ZHAO, WORDS)
    assert [(c.actor, c.action, c.number) for c in room.cases()] == [
        (ZHAO, "remove", 1),
        (ZHAO, "remove", 2),
        (QIAN, "remove", 3),
        (ZHAO, "remove", 4),
    ]


def test_shadow_records_and_says_nothing_and_never_counts(writer: Writer) -> None:
    room = Room(writer, "consumer", "shadow")
    for _ in range(3):
        removed, effects, shadow = room.says(ZHAO, WORDS)
        assert (removed, effects) == (False, [])
        assert kinds(shadow) == ["Delete", "Send"] or kinds(shadow) == ["Delete"]
    room.do(service.set_mode, room.chat, "on", BOSS)
    assert room.says(ZHAO, WORDS)[0] is True
    assert [(c.shadow, c.action) for c in room.cases()] == [(True, "remove")] * 3 + [(False, "remove")]


def test_chat_without_tier_only_observes_even_when_switched_on(writer: Writer) -> None:
    room = Room(writer, None, "on")
    assert room.says(ZHAO, WORDS) == (False, [], [])
    assert [(c.shadow, c.action) for c in room.cases()] == [(True, "flag")]
    with pytest.raises(Refusal, match="rules/not_set_up"):
        room.do(service.set_mode, room.chat, "on", BOSS)


def test_staff_bot_and_linked_channel_are_exempt(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    assert room.says(BOSS, WORDS) == (False, [], [])
    assert room.says(writer.me.id, WORDS) == (False, [], [])
    assert room.says(777000, WORDS, automatic_forward=True) == (False, [], [])
    assert room.says(1087968824, WORDS, sender_chat=room.here) == (False, [], [])
    assert room.cases() == []
    removed, effects, _ = room.says(136817688, WORDS, sender_chat=Chat(-1009, "channel", "Ads"))
    assert removed is True
    assert not [e for e in effects if isinstance(e, Restrict | Ban)]


def test_staff_who_clean_up_and_the_bot_itself_are_no_flood(writer: Writer) -> None:
    """A moderator's thirty commands in a row, or the bot's own words (mjolnir#341)."""
    room = Room(writer, "consumer", "on")
    for who in (BOSS, writer.me.id):
        for n in range(30):
            assert room.says(who, f"/ban {n}") == (False, [], [])
    assert room.cases() == []
    assert any(room.says(ZHAO, f"/ban {n}")[1] for n in range(30))  # of a member it is one


@pytest.mark.parametrize(
    ("status", "action"), [("member", "remove"), ("administrator", "exempt"), ("", "flag")]
)
def test_sender_never_asked_about_waits_for_telegram(writer: Writer, status: str, action: str) -> None:
    room = Room(writer, "consumer", "on")
    stranger = 99
    removed, effects, _ = room.says(stranger, WORDS)
    assert (removed, kinds(effects)) == (False, ["Ask"])
    assert effects[0] == Ask(chat=room.chat, member=stranger)
    event = Standing(at=START, chat=room.here, person=Person(stranger), status=status)

    def answer(work: Work) -> None:
        work.event = event
        if status:
            room._known(work, room.chat, stranger, status)
            work.drop("members.staff", (room.chat, stranger))
        service.standing_known(work, event)

    _, said = room.do(answer)
    assert [c.action for c in room.cases()] == [action]
    assert ("Delete" in kinds(said)) is (action == "remove")


@pytest.mark.parametrize(("minutes", "asked"), [(0, []), (1, ["Ask"]), (-45, ["Ask"])])
def test_sender_is_asked_about_again_after_a_moment_also_by_a_clock_set_back(
    writer: Writer, minutes: int, asked: list[str]
) -> None:
    room = Room(writer, "consumer", "on")
    room.says(99, WORDS)
    room.move(minutes=minutes)
    assert kinds(room.says(99, WORDS)[1]) == asked


def test_late_event_is_removed_and_recorded_but_nobody_is_told(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    room.move(hours=3)
    for _ in range(3):
        removed, effects, _ = room.says(ZHAO, WORDS, at=START)
        assert (removed, kinds(effects)) == (True, ["Delete"])
    assert [c.action for c in room.cases()] == ["remove"] * 3


def test_late_flood_is_never_muted(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    room.move(minutes=20)
    acts = [kinds(room.says(ZHAO, f"t{i}", at=START)[1]) for i in range(12)]
    assert acts == [[]] * 9 + [["Delete"]] * 3
    assert [(c.rule, c.action) for c in room.cases()] == [("flood", "remove")]


def test_album_is_one_case_in_whatever_order_its_parts_come(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    gone: list[int] = []
    for text in ("", "", WORDS, "", WORDS):
        for e in room.says(ZHAO, text, album="77", kind="photo")[1]:
            if isinstance(e, Delete):
                gone += e.messages
    assert sorted(gone) == [1, 2, 3, 4, 5]
    assert len(room.cases()) == 1


def test_edit_is_judged_again_but_sentenced_once(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    assert room.says(ZHAO, "hello", message_id=5)[0] is False
    assert room.says(ZHAO, WORDS, message_id=5, edited=True)[0] is True
    removed, effects, _ = room.says(ZHAO, WORDS + "!", message_id=5, edited=True)
    assert (removed, kinds(effects)) == (True, ["Delete"])
    assert len(room.cases()) == 1


def test_message_let_pass_is_not_flagged_again_for_the_same(writer: Writer) -> None:
    room = Room(writer, "dealer", "on")
    assert room.says(ZHAO, WORDS, message_id=5)[0] is False
    room.do(service.let_pass, room.cases()[0].id, BOSS)
    room.says(ZHAO, WORDS + "!", message_id=5, edited=True)
    assert len(room.cases()) == 1
    with pytest.raises(Refusal, match="rules/decided_before"):
        room.do(service.collect, room.cases()[0].id, BOSS)
    room.says(ZHAO, "t.me/+AbCdEfGh", message_id=5, edited=True)
    assert [c.rule for c in room.cases()] == ["contact", "invites"]


def test_undo_lifts_the_mute_once_and_the_case_counts_no_more(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    for i in range(3):
        room.says(ZHAO, WORDS + str(i))
    third = room.cases()[2]
    _, effects = room.do(service.undo, third.id, BOSS)
    assert effects == [
        Restrict(chat=room.chat, member=ZHAO, free=True, why=f"undo of case 3 by {BOSS}", cause="")
    ]
    with pytest.raises(Refusal, match="rules/undone_before"):
        room.do(service.undo, third.id, BOSS)
    room.do(service.undo, room.cases()[1].id, BOSS)
    room.says(ZHAO, WORDS)
    assert room.cases()[3].action == "remove"


def test_removal_that_could_not_be_done_yet_is_not_done_after_the_undo(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    for text in (WORDS, WORDS + " again"):
        room.says(ZHAO, text)
    first, second = room.cases()
    wanted = [Delete(chat=room.chat, messages=(c.message_id,)) for c in (first, second)]
    writer.write(lambda w: [w.say(e) for e in wanted])
    room.do(service.undo, first.id, BOSS)
    asked = sa.select(outbox).where(outbox.c.kind == "delete").order_by(outbox.c.id)
    rows = writer.write(lambda w: w.sql.all(asked))[-2:]
    assert [r.state for r in rows] == ["done", "waiting"]
    assert rows[0].error == "taken back before it was done"


def test_muted_again_by_another_case_stays_muted(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    for i in range(3):
        room.says(ZHAO, WORDS + str(i))
    room.move(minutes=61)
    room.says(ZHAO, WORDS)
    assert [c.action for c in room.cases()][2:] == ["mute", "mute"]
    room.writer.write(
        lambda w: w.sql.run(
            sa.update(verdict).where(verdict.c.number == 3).values(until=w.now + timedelta(hours=2))
        )
    )
    assert room.do(service.undo, room.cases()[2].id, BOSS)[1] == []


@pytest.mark.parametrize("act", ["mute", "ban"])
def test_what_a_person_just_decided_is_not_replaced_by_a_shorter_mute(writer: Writer, act: str) -> None:
    room = Room(writer, "consumer", "on")
    for i in range(2):
        room.says(ZHAO, WORDS + str(i))
    room.do(lambda w: service.by_hand(w, w.chat, act, ZHAO, BOSS, until=w.now + timedelta(days=7)))
    removed, effects, _ = room.says(ZHAO, WORDS)  # was on its way already
    assert (removed, kinds(effects)) == (True, ["Delete"])
    assert room.cases()[-1].action == "again"
    room.move(minutes=1)  # they are here again, by other means
    assert "Restrict" in kinds(room.says(ZHAO, WORDS)[1])


def test_a_longer_mute_replaces_what_a_person_just_decided(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    for i in range(2):
        room.says(ZHAO, WORDS + str(i))
    room.do(lambda w: service.by_hand(w, w.chat, "mute", ZHAO, BOSS, until=w.now + timedelta(minutes=5)))
    assert "Restrict" in kinds(room.says(ZHAO, WORDS)[1])


@pytest.mark.parametrize(("status", "gone"), [("administrator", []), ("member", [4, 5, 6])])
def test_a_flood_of_somebody_not_yet_known_waits_until_telegram_answers(
    writer: Writer, status: str, gone: list[int]
) -> None:
    room = Room(writer, "consumer", "on")
    said = [room.says(99, "hello there") for _ in range(6)]
    assert [removed for removed, _, _ in said] == [False] * 6
    assert not any(isinstance(e, Delete) for _, effects, _ in said for e in effects)
    known = Standing(at=writer.clock.now(), chat=room.here, person=Person(99, "A"), status=status)
    _, effects = room.do(service.standing_known, known)
    assert [m for e in effects if isinstance(e, Delete) for m in e.messages] == gone


def test_a_case_that_was_lifted_meanwhile_is_not_upheld(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    for i in range(3):
        room.says(ZHAO, WORDS + str(i))
    case = room.cases()[-1]
    assert case.action == "mute"
    room.do(service.appeal, case.id, ZHAO)
    room.do(service.lifted, room.chat, "mute", ZHAO, BOSS)
    with pytest.raises(Refusal, match="rules/undone_before"):
        room.do(service.uphold, case.id, BOSS)


def test_newcomers_spam_is_banned_where_that_is_switched_on(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    new = 50

    def join(work: Work) -> None:
        members.put(work, AUTOBAN, True, chat=room.chat)
        work.add(members_store.MEMBERS, room.chat, new, work.now, "own", None, None, None)

    room.writer.write(join)
    effects = room.says(new, "t.me/+AbCdEfGh")[1]
    assert [e.member for e in effects if isinstance(e, Ban)] == [new]
    assert not [e for e in room.says(ZHAO, "t.me/+AbCdEfGh")[1] if isinstance(e, Ban)]
    _, undone = room.do(service.undo, room.cases()[0].id, BOSS)
    assert [(e.member, e.free) for e in undone if isinstance(e, Ban)] == [(new, True)]


def test_appeal_belongs_to_the_sender_and_is_heard_once(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    room.says(ZHAO, WORDS)
    case = room.cases()[0].id
    with pytest.raises(Refusal, match="rules/not_yours"):
        room.do(service.appeal, case, QIAN)
    assert room.do(service.appeal, case, ZHAO)[0] is False  # nobody started the bot
    with pytest.raises(Refusal, match="rules/appealed_before"):
        room.do(service.appeal, case, ZHAO)
    room.do(service.uphold, case, BOSS)
    assert [(c.appeal, c.decided_by) for c in room.cases()] == [("upheld", BOSS)]
    with pytest.raises(Refusal, match="rules/decided_before"):
        room.do(service.uphold, case, BOSS)


def test_matched_words_are_forgotten_after_thirty_days(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    room.says(ZHAO, WORDS)
    room.do(service.watch)
    assert [c.matched for c in room.cases()] == ["加薇信 jdd886"]
    room.move(days=31)
    room.do(service.watch)
    assert [c.matched for c in room.cases()] == [""]


def test_cases_are_forgotten_after_half_a_year_and_bans_when_they_were_taken_back(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    for act, who in (("ban", ZHAO), ("ban", QIAN), ("warn", ZHAO)):
        room.do(service.by_hand, room.chat, act, who, BOSS)
    lifted = sa.update(verdict).where(verdict.c.actor == QIAN)
    writer.write(lambda w: w.sql.run(lifted.values(undone_at=w.now)))
    room.move(days=179)
    room.do(service.watch)
    assert len(room.cases()) == 3
    room.move(days=2)
    room.do(service.watch)
    assert [(c.actor, c.action) for c in room.cases()] == [(ZHAO, "ban")]


def test_digest_comes_once_a_week_to_who_added_the_bot(writer: Writer) -> None:
    room = Room(writer, "store", "shadow")

    def started(work: Work) -> None:
        work.add(members_store.PEOPLE, BOSS, "Boss", None, None, "zh", False, work.now)

    room.writer.write(started)
    room.writer.write(lambda w: w.sql.run(members_store.STARTED, the_id=BOSS, at=w.now))
    writer.write(lambda w: set_state(w, room.chat, "limited", "pin"))  # all else goes on
    room.do(service.watch)
    room.says(ZHAO, WORDS)
    sent = []
    for _ in range(16):
        room.move(days=1)
        sent += [e for e in room.do(service.watch)[1] if isinstance(e, Send)]
    assert [(e.user, e.template, e.data["n"]) for e in sent] == [(BOSS, "rules/digest", 1)]
    room.do(service.watch_on, room.chat, BOSS)
    room.move(days=7)
    assert [e.data["n"] for e in room.do(service.watch)[1]] == [0]


def test_a_ban_that_is_over_is_forgotten_after_half_a_year(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    for who, days in ((ZHAO, 30), (QIAN, 200)):
        span = timedelta(days=days)
        room.do(lambda w, p=who, s=span: service.by_hand(w, room.chat, "ban", p, BOSS, until=w.now + s))
    room.move(days=181)
    room.do(service.watch)
    assert [c.actor for c in room.cases()] == [QIAN]
    room.move(days=20)
    room.do(service.watch)
    assert room.cases() == []


def test_changed_phrases_hold_at_once_and_a_failed_change_does_not(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    assert room.says(ZHAO, "返现 来了")[0] is False
    assert room.do(service.change_phrase, room.chat, "返现", BOSS)[0] == 1
    assert room.says(ZHAO, "返现 又来了")[0] is True

    def fails(work: Work) -> None:
        def step(w: Work) -> None:
            members.put(w, PHRASES, ["大家"], chat=room.chat)
            assert service.policy_of(w, room.chat).words.find(("大家好",)) != []
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            work.step(step)
        assert service.policy_of(work, room.chat).words.find(("大家好",)) == []

    room.writer.write(fails)
    assert room.says(QIAN, "大家好")[0] is False
    with pytest.raises(Refusal, match="rules/no_phrase"):
        room.writer.write(lambda w: service.change_phrase(w, room.chat, "没有", BOSS, gone=True))


def test_raid_leaves_nothing_says_little_and_hits_nobody_else(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")

    def join(work: Work) -> None:
        for who in range(1000, 1200):
            work.add(members_store.MEMBERS, room.chat, who, work.now, "own", None, None, None)

    room.writer.write(join)
    gone: set[int] = set()
    public = 0
    spam = set()
    for i in range(400):
        if i % 4 == 3:
            assert (
                room.says(QIAN if i % 8 == 3 else ZHAO, f"早上好 {i}", at=START + timedelta(seconds=i))[0]
                is False
            )
            continue
        spam.add(room.next)
        effects = room.says(1000 + i % 200, f"进群领红包 t.me/+AbCdEfG{i}", at=room.writer.clock.now())[1]
        gone |= {m for e in effects if isinstance(e, Delete) for m in e.messages}
        public += sum(isinstance(e, Send) and e.user is None for e in effects)
        room.move(milliseconds=150)
    assert gone == spam
    assert public == 1
    assert {c.actor for c in room.cases()} <= set(range(1000, 1200))


def test_human_is_asked_about_a_member_once_an_hour(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")

    def known(work: Work) -> None:
        work.put("members.started", BOSS, True)

    asked = []
    for i in range(9):
        room.writer.write(known)
        effects = room.says(ZHAO, WORDS + str(i))[1]
        asked += [e.data["kind"] for e in effects if isinstance(e, Send) and e.user == BOSS]
        room.move(hours=25 if i == 3 else 2 if i < 4 else 0, minutes=1)
    assert asked == ["mute", "mute", "human"]


def test_clean_message_costs_no_sql(writer: Writer) -> None:
    room = Room(writer, "consumer", "on")
    room.says(ZHAO, "hello")

    def fn(work: Work) -> list[str]:
        asked: list[str] = []
        first = work.sql.first
        work.sql.first = lambda *a, **k: (asked.append(str(a[0])), first(*a, **k))[1]  # type: ignore[method-assign]
        work.chat = room.chat
        event = Message(
            at=work.now,
            chat=room.here,
            sender=Person(ZHAO, "A"),
            message_id=9,
            text="大家好,今天怎么样?",
            carriers=(("text", "大家好,今天怎么样?"),),
        )
        assert service.judge(work, event) is False
        return asked

    assert room.writer.write(fn) == []


def test_own_cases_are_the_last_five_without_shadow(writer: Writer) -> None:
    room = Room(writer, "store", "on")
    for i in range(6):
        room.says(ZHAO, WORDS + str(i))
    room.do(service.set_mode, room.chat, "shadow", BOSS)
    room.says(ZHAO, WORDS)
    found = room.do(service.own_cases, ZHAO)[0]
    assert [c["number"] for c in found] == [6, 5, 4, 3, 2]
    assert room.do(service.own_cases, ZHAO, room.chat + 1)[0] == []
    assert room.do(service.own_cases, QIAN)[0] == []
