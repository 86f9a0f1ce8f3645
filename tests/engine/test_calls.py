"""One call: what its outcome means, how long until the next try, and what is counted."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from groupbot.core.effects import POST, Answer, Ask, Ban, Delete, Edit, Effect, Receipt, Send
from groupbot.core.events import Chat, Event, Person, Standing
from groupbot.core.pacing import Pacer
from groupbot.engine.clock import tick_by, ticking
from groupbot.engine.entries import Entry, Result, Target
from groupbot.engine.outbox import calls as calls_module
from groupbot.engine.outbox.calls import Calls, at_once, before_call
from groupbot.engine.writer import Lost
from groupbot.errors import Denied, Gone, Later
from tests.conftest import START

LAKE, SEND = Target(-1001, True), Send(chat=1, text="hello")


class Line:
    """A gateway that says what it was told to, and keeps what it was asked."""

    def __init__(self, said: Any) -> None:
        self.said, self.asked = said, list[tuple[Effect, Target]]()

    async def perform(self, effect: Effect, target: Target) -> Receipt:
        self.asked.append((effect, target))
        if isinstance(self.said, Exception):
            raise self.said
        assert isinstance(self.said, Receipt)
        return self.said


@pytest.fixture
def at() -> Iterator[list[float]]:
    """What the monotonic clock reads."""
    reading = [1000.0]
    tick_by(lambda: reading[0])
    yield reading
    tick_by(time.monotonic)


def entry(effect: Effect = SEND, *, target: Target = LAKE, tries: int = 0, **more: Any) -> Entry:
    return Entry(7, effect.lane, type(effect).__name__.lower(), 1, 0, target, effect, tries=tries, **more)


async def outcome(said: Any, of: Entry | None = None, *, calls: Calls | None = None) -> Result:
    calls = calls or Calls(Line(None))
    calls.gateway = Line(said)
    return await calls.perform(of or entry(), Pacer())


async def test_a_receipt_is_the_end_and_is_counted() -> None:
    mine, calls = entry(), Calls(Line(Receipt((5,))))
    assert await calls.perform(mine, Pacer()) == Result(mine, "done", Receipt((5,)))
    assert calls.gateway.asked == [(SEND, LAKE)]  # type: ignore[attr-defined]
    assert calls.figures.calls == Counter(send=1)
    assert calls.figures.refused == 0


@pytest.mark.parametrize(("person", "blocked"), [(1, True), (-1001, False)])
async def test_what_will_never_work_is_dead_and_only_a_person_blocks(person: int, blocked: bool) -> None:
    mine = entry(target=Target(person, False))
    found = await outcome(Gone("bot was blocked", state="gone", blocked=True), mine)
    assert found == Result(mine, "dead", error="bot was blocked", chat_state="gone", blocked=blocked)
    assert (await outcome(Gone("user is deleted"), mine)).blocked is False


async def test_an_upgraded_group_waits_for_its_new_id() -> None:
    mine = entry()
    found = await outcome(Gone("upgraded", moved_to=-100777), mine)
    assert found == Result(mine, "waiting", error="upgraded", moved_to=-100777)


async def test_a_missing_right_limits_the_chat_and_a_whisper_does_not() -> None:
    for effect in (SEND, Delete(chat=1, messages=(1,))):
        mine = entry(effect)
        assert await outcome(Denied("no rights"), mine) == Result(
            mine, "dead", error="no rights", chat_state="limited"
        )
    whisper = entry(Send(chat=1, text="psst", only_for=5))
    assert await outcome(Denied("no rights"), whisper) == Result(
        whisper, "dead", error="no rights", blocked=True
    )
    assert (await outcome(Gone("gone"), whisper)).blocked


@pytest.mark.parametrize(
    ("trouble", "refused"),
    [
        (Later("429", counts=False), 1),
        (Later("502"), 0),
        (Later("no route", reached=False), 0),
        (Later("timed out", unknown=True), 0),
        (Later("odd", unknown=True, counts=False), 0),
    ],
)
async def test_only_what_telegram_put_off_counts_as_refused(trouble: Later, refused: int) -> None:
    calls = Calls(Line(trouble))
    await calls.perform(entry(Edit(chat=1, ref="r")), Pacer())
    assert calls.figures.refused == refused


async def test_a_send_that_may_have_landed_is_unknown_and_what_may_be_repeated_waits(at: list[float]) -> None:
    lost, pacer = Later("timed out", retry_after=3.0, unknown=True), Pacer()
    calls, sent, removed = Calls(Line(lost)), entry(), entry(Delete(chat=1, messages=(1,)))
    assert await calls.perform(sent, pacer) == Result(sent, "unknown", error="timed out")
    assert await calls.perform(removed, pacer) == Result(
        removed, "waiting", error="timed out", again_in=3.0, counts=True, silence=False
    )
    assert pacer.chat_wait(at[0], -1, message=True, group=True) == 0


async def test_the_sixth_try_that_was_judged_is_the_last(at: list[float]) -> None:
    again = await outcome(Later("502", retry_after=0.5), entry(tries=4))
    assert (again.state, again.again_in, again.silence) == ("waiting", 8.0, True)
    last = await outcome(Later("502", retry_after=0.5), entry(tries=5))
    assert (last.state, last.error) == ("dead", "gave up after 6 tries: 502")
    put_off = await outcome(Later("429", retry_after=7.0, counts=False), entry(tries=50))
    assert (put_off.state, put_off.again_in, put_off.counts) == ("waiting", 7.0, False)
    assert (await outcome(Later("429", retry_after=0.25, counts=False))).again_in == 0.25


async def test_what_must_go_is_tried_on_for_a_day(at: list[float]) -> None:
    """Telegram may not answer for longer than six tries take, and the message stands until it goes."""
    removal = Delete(chat=1, messages=(1,))
    lost = Later("timed out", retry_after=2.0, unknown=True)
    for tries, pause, alone in ((4, 32.0, False), (5, 300.0, True), (292, 300.0, True)):
        again = await outcome(lost, entry(removal, tries=tries))
        assert (again.state, again.again_in, again.alone) == ("waiting", pause, alone)
    last = await outcome(lost, entry(removal, tries=293))
    assert (last.state, last.error) == ("dead", "gave up after 294 tries: timed out")


async def test_telegrams_silence_is_kept_towards_the_chat(at: list[float]) -> None:
    calls, pacer = Calls(Line(Later("429", retry_after=7.0, counts=False))), Pacer()
    await calls.perform(entry(), pacer)
    assert pacer.chat_wait(at[0], -1, message=False, group=True) == 7.0
    assert pacer.chat_wait(at[0], -2, message=False, group=True) == 0


async def test_no_call_leaves_in_a_silence_that_began_since_the_row_left(at: list[float]) -> None:
    """Another row of the chat is answered 429 between two calls of an effect."""
    pacer, made = Pacer(), list[str]()

    class Two:
        async def perform(self, effect: Effect, target: Target) -> Receipt:
            before_call()
            made.append("one")
            pacer.refused(at[0], -1, 30.0)  # what was said to another row
            at[0] += 10.0
            with at_once():
                before_call()  # what cannot wait
            before_call()
            made.append("two")
            return Receipt()

    calls, mine = Calls(Two()), entry(Ban(chat=1, member=5))
    found = await calls.perform(mine, pacer)
    assert made == ["one"]
    assert (found.state, found.again_in, found.counts, found.silence) == ("waiting", 20.0, False, True)
    assert calls.figures.refused == 0  # Telegram was not asked
    assert pacer.chat_wait(at[0], -1, message=False, group=True) == 20.0  # nor silenced once more
    assert pacer.token_wait(at[0]) == 0.0
    before_call()  # outside of an effect nobody waits


async def test_the_end_of_a_silence_is_waited_for_to_the_last_moment(at: list[float]) -> None:
    pacer = Pacer()

    class Late:
        async def perform(self, effect: Effect, target: Target) -> Receipt:
            pacer.refused(at[0], -1, 30.0)
            at[0] += 29.5
            before_call()
            return Receipt()

    found = await Calls(Late()).perform(entry(), pacer)
    assert (found.state, found.again_in) == ("waiting", 0.5)


async def test_tries_are_apart_twice_as_long_each_time_and_a_minute_at_most() -> None:
    trouble = Later("502", retry_after=3.0)
    waits = [(await outcome(trouble, entry(tries=n))).again_in for n in range(5)]
    assert waits == [3.0, 6.0, 12.0, 24.0, 48.0]
    slow = Later("502", retry_after=20.0)
    assert [(await outcome(slow, entry(tries=n))).again_in for n in (1, 2)] == [40.0, 60.0]
    asked = Later("502", retry_after=100.0)
    assert [(await outcome(asked, entry(tries=n))).again_in for n in (0, 3)] == [100.0, 100.0]


async def test_without_a_network_it_waits_as_long_again_as_it_has_been_away(at: list[float]) -> None:
    calls, waits = Calls(Line(None)), []
    for now in (1000.0, 1001.0, 1030.0, 1061.0, 5000.0):
        at[0] = now
        waits.append((await outcome(Later("no route", reached=False), calls=calls)).again_in)
    assert waits == [1.0, 1.0, 30.0, 60.0, 60.0]
    assert calls.away == 1000.0


async def test_an_outage_is_no_429_of_the_token_and_leaves_its_rate(at: list[float]) -> None:
    """It would take days of calm to come back from an hour of it. Who was not reached waits all the same."""
    calls, pacer = Calls(Line(Later("no route", retry_after=2.0, reached=False))), Pacer()
    for _ in range(60):
        for chat in (-1001, -1002):
            mine = Entry(7, SEND.lane, "send", -chat, 0, Target(chat, True), SEND)
            assert (await calls.perform(mine, pacer)).silence
        assert pacer.chat_wait(at[0], chat, message=True, group=True) >= 2.0
        assert pacer.token_wait(at[0]) >= 2.0
        at[0] += 60.0
    assert pacer.rate == pacer.pace.rate
    calls.gateway = Line(Later("429", retry_after=2.0, counts=False))
    for chat in (-1001, -1002):
        await calls.perform(Entry(7, SEND.lane, "send", -chat, 0, Target(chat, True), SEND), pacer)
    assert pacer.rate == pacer.pace.rate * 0.95


@pytest.mark.parametrize(
    "said", [Receipt(), Gone("gone"), Denied("no"), Later("502"), Later("?", unknown=True), KeyError("bug")]
)
async def test_whatever_telegram_answers_the_network_is_there_again(at: list[float], said: Any) -> None:
    calls = Calls(Line(None))
    await outcome(Later("no route", reached=False), calls=calls)
    assert calls.away == 1000.0
    await outcome(said, calls=calls)
    assert calls.away is None


async def test_an_error_of_our_own_is_dead_and_named_without_secrets() -> None:
    mine = entry()
    assert await outcome(KeyError("bug"), mine) == Result(mine, "dead", error="KeyError: 'bug'")
    leak = await outcome(ValueError("https://api.telegram.org/bot700000001:" + "A" * 35 + "/x"), mine)
    assert "A" * 35 not in leak.error


def test_ends_are_counted_and_posts_by_how_late_they_left() -> None:
    calls = Calls(Line(None))
    due = START - timedelta(seconds=4)
    post, reply = entry(due=due), entry(due=due)
    post.lane = POST
    for state in ("done", "dead", "waiting", "unknown", "done"):
        calls.count(reply, Result(reply, state), START)
    assert calls.figures.ends == Counter(done=2, dead=1, unknown=1)
    calls.count(post, Result(post, "dead"), START)
    undated = entry()
    undated.lane = POST
    calls.count(undated, Result(undated, "done"), START)
    assert (calls.figures.lag_sum, calls.figures.buckets[-1]) == (0.0, 0)
    calls.count(post, Result(post, "done", Receipt((5, 6))), START)
    assert calls.figures.lag_sum == 4.0
    assert calls.figures.buckets == [0, 1, 1, 1, 1, 1, 1]


async def test_a_toast_that_fails_is_dropped() -> None:
    toast = Answer(query_id="q")
    for said in (Receipt(), Gone("too old"), Denied("no"), Later("429"), TimeoutError(), ValueError()):
        line = Line(said)
        await Calls(line).answer(toast)
        assert line.asked == [(toast, Target(0, False))]


ADA = Standing(at=START, chat=Chat(-1001, "supergroup"), person=Person(5, "Ada"), status="administrator")


@pytest.mark.parametrize(
    ("said", "told", "silence"),
    [
        (Receipt(events=(ADA,)), (ADA,), 0),
        (Gone("no such user"), (), 0),
        (Gone("upgraded", moved_to=-1007), ((-1001, -1007),), 0),
        (Later("429", retry_after=9.0, counts=False), (), 9.0),
        (Later("no route", retry_after=9.0, reached=False), (), 0),
        (Later("timed out", retry_after=9.0, unknown=True), (), 0),
        (TimeoutError(), (), 0),
        (TypeError("odd"), (), 0),
    ],
)
async def test_a_question_is_answered_whatever_happens(
    at: list[float], said: Any, told: tuple[Any, ...], silence: float
) -> None:
    heard: list[tuple[Any, ...]] = []

    async def back(events: tuple[Event, ...]) -> None:
        heard.append(events)

    async def moved(old: int, new: int) -> None:
        heard.append(((old, new),))

    pacer = Pacer()
    await Calls(Line(said)).ask(Ask(chat=1, member=5), LAKE, back, moved, pacer)
    upgraded = isinstance(said, Gone) and bool(said.moved_to)
    assert heard == ([told, ()] if upgraded else [told])
    assert pacer.chat_wait(at[0], -1, message=True, group=True) == silence


@pytest.mark.parametrize(
    ("asked", "waits"),
    [(Ask(chat=1, member=5), False), (Ask(chat=1, link="ref-1"), True), (Ask(chat=1, count=True), True)],
)
async def test_no_link_is_made_nor_members_counted_within_a_silence_and_a_question_is_asked(
    asked: Ask, waits: bool
) -> None:
    pacer, began, silence = Pacer(), ticking(), 0.2 if waits else 60.0
    pacer.refused(began, -1, silence)

    async def back(events: tuple[Event, ...]) -> None: ...

    await Calls(Line(Receipt())).ask(asked, LAKE, back, nowhere, pacer)
    assert (ticking() - began >= silence) == waits


async def nowhere(old: int, new: int) -> None:
    raise AssertionError("no group has moved")


async def test_where_the_group_is_now_is_told_before_the_question_comes_back() -> None:
    heard: list[tuple[Any, ...]] = []

    async def back(events: tuple[Event, ...]) -> None:
        heard.append(events)

    async def moved(old: int, new: int) -> None:
        heard.append((old, new))

    await Calls(Line(Gone("upgraded", moved_to=-100777))).ask(
        Ask(chat=1, member=5), LAKE, back, moved, Pacer()
    )
    assert heard == [(-1001, -100777), ()]


async def test_an_answer_waits_for_the_database() -> None:
    """Looking once a second: the chat stays parked until it is told."""
    heard: list[float] = []

    async def back(events: tuple[Event, ...]) -> None:
        heard.append(asyncio.get_running_loop().time())
        if len(heard) == 1:
            raise Lost("away")

    await Calls(Line(Receipt())).ask(Ask(chat=1, member=5), LAKE, back, nowhere, Pacer())
    assert len(heard) == 2
    assert heard[1] - heard[0] >= 0.99


class Stood(Line):
    """A gateway that answers after a moment; at the first call this process stands still."""

    def __init__(self, said: Any, seconds: float) -> None:
        super().__init__(said)
        self.seconds = seconds

    async def perform(self, effect: Effect, target: Target) -> Receipt:
        if not self.asked:
            time.sleep(self.seconds)
        self.asked.append((effect, target))
        await asyncio.sleep(0.01)
        return self.said  # type: ignore[no-any-return]


@pytest.mark.parametrize(("effect", "times"), [(Ask(chat=1, member=5), 2), (Ask(chat=1, link="l:1"), 1)])
async def test_a_process_that_stood_still_asks_once_more(
    effect: Ask, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "ASK_DEADLINE", 0.2)
    monkeypatch.setattr(calls_module, "STOOD", 0.1)
    fact = Standing(at=START, chat=Chat(-1001, "supergroup"), person=Person(5), status="member")
    calls, told = Calls(Stood(Receipt((), events=(fact,)), 0.5)), list[tuple[Event, ...]]()

    async def back(events: tuple[Event, ...]) -> None:
        told.append(events)

    async def moved(old: int, new: int) -> None: ...

    await calls.ask(effect, LAKE, back, moved, Pacer())
    assert len(calls.gateway.asked) == times  # type: ignore[attr-defined]
    assert told == [(fact,) if times == 2 else ()]
