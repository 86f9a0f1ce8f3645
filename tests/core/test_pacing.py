"""When an effect may go: the token's rate, a chat's gap and minute, and 429."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core.pacing import CALL, PAID, Pace, Pacer


def sent(pacer: Pacer, chats: list[int], *, group: bool = True, message: bool = True) -> list[float]:
    """Send to these chats one after another, each as soon as it may; the moments."""
    now, moments = 100.0, []
    for chat in chats:
        now += pacer.wait(now, chat, message=message, group=group)
        pacer.take(now, chat, message=message, group=group)
        moments.append(now)
    return moments


def most_in(moments: list[float], span: float) -> int:
    """The most moments in any half-open window of `span` seconds."""
    return max(sum(a <= b < a + span - 1e-6 for b in moments) for a in moments)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=200), st.sampled_from([5.0, 27.0, 100.0]))
def test_the_token_sends_never_more_than_its_rate(chats: list[int], rate: float) -> None:
    moments = sent(Pacer(Pace(rate=rate)), chats, group=False)
    assert most_in(moments, 1.0) <= rate + 1
    assert all(b - a >= 1 / rate - 1e-9 for a, b in pairwise(moments))


def test_rate_is_reached_over_many_chats() -> None:
    moments = sent(Pacer(Pace(rate=27.0)), list(range(271)))
    assert moments[-1] - moments[0] == pytest.approx(10.0)


@given(st.lists(st.integers(1, 3), min_size=1, max_size=120))
def test_a_group_gets_one_a_second_and_eighteen_a_minute(chats: list[int]) -> None:
    moments = sent(Pacer(), chats)
    for chat in set(chats):
        own = [m for m, c in zip(moments, chats, strict=True) if c == chat]
        assert most_in(own, 60.0) <= 18
        assert all(b - a >= 1.0 - 1e-9 for a, b in pairwise(own))


def test_a_private_chat_knows_neither_gap_nor_minute() -> None:
    moments = sent(Pacer(Pace(rate=100.0)), [1] * 50, group=False)
    assert moments[-1] - moments[0] == pytest.approx(0.49)


def test_deletions_fill_no_groups_minute() -> None:
    pacer = Pacer()
    sent(pacer, [1] * 100, message=False)
    assert pacer.chat_wait(200.0, 1, message=True, group=True) == 0


def test_a_full_group_lets_others_go() -> None:
    pacer = Pacer()
    moments = sent(pacer, [1] * 18)
    now = moments[-1] + 1
    assert pacer.wait(now, 1, message=True, group=True) == pytest.approx(moments[0] + 60 - now)
    assert pacer.wait(now, 2, message=True, group=True) == 0


def test_a_429_silences_its_chat_alone() -> None:
    pacer = Pacer()
    pacer.refused(100.0, 1, 30.0)
    assert pacer.wait(100.0, 1, message=True, group=True) == 30.0
    assert pacer.wait(100.0, 1, message=False, group=True) == 30.0
    assert pacer.wait(100.0, 2, message=True, group=True) == 0
    assert pacer.wait(130.0, 1, message=True, group=True) == 0


@pytest.mark.parametrize(("apart", "waits"), [(0.9, 20.0), (1.0, 20.0), (1.1, 0.0)])
def test_two_chats_refused_within_a_second_silence_the_token(apart: float, waits: float) -> None:
    pacer = Pacer()
    pacer.refused(100.0, 1, 30.0)
    pacer.refused(100.0 + apart, 2, 20.0)
    assert pacer.wait(100.0 + apart, 3, message=True, group=True) == waits


def test_one_chat_refused_twice_silences_only_itself() -> None:
    pacer = Pacer()
    pacer.refused(100.0, 1, 30.0)
    pacer.refused(100.1, 1, 5.0)
    assert pacer.token_wait(100.1) == 0
    assert pacer.wait(100.1, 1, message=True, group=True) == pytest.approx(29.9)


def test_idle_chats_are_forgotten_and_silenced_ones_are_not() -> None:
    pacer = Pacer(Pace(rate=1e6))
    sent(pacer, list(range(10)))
    pacer.refused(100.0, 3, 500.0)
    pacer.forget_idle(400.0)
    assert [*pacer._chats] == [3]
    assert pacer.wait(400.0, 3, message=True, group=True) == 200.0


def test_a_slot_taken_a_moment_late_costs_the_queue_no_rate() -> None:
    pacer, now = Pacer(Pace(rate=20.0)), 100.0
    pacer.take(now, 0, message=True, group=False)
    for chat in range(1, 101):
        now += pacer.token_wait(now) + 0.01  # a busy loop comes a little late each time
        pacer.take(now, chat, message=True, group=False)
    assert now - 100.0 == pytest.approx(100 / 20, abs=0.06)


def test_slots_are_not_saved_up_while_nobody_waits() -> None:
    pacer = Pacer(Pace(rate=20.0))
    pacer.take(100.0, 1, message=True, group=False)
    pacer.take(130.0, 2, message=True, group=False)
    assert pacer.token_wait(130.0) == pytest.approx(1 / 20)


def test_a_queue_that_is_behind_keeps_its_rhythm() -> None:
    pacer = Pacer(Pace(rate=16.0))
    pacer.take(100.0, 0, message=True, group=False)
    assert pacer.token_wait(100.0) == 1 / 16
    for late in (2, 3):  # the slot of the moment before
        pacer.take(100.0 + late / 16, late, message=True, group=False)
    assert pacer.token_wait(100.0 + 3 / 16) == 0


def test_who_did_not_have_to_wait_takes_a_slot_of_the_present() -> None:
    pacer = Pacer(Pace(rate=16.0))
    pacer.take(100.0, 0, message=True, group=False)
    assert pacer.token_wait(100.0 + 1 / 16) == 0
    pacer.take(100.0 + 1 / 8, 1, message=True, group=False)
    assert pacer.token_wait(100.0 + 1 / 8) == 1 / 16


def test_a_message_waits_for_the_tokens_slot_and_a_call_does_not() -> None:
    pacer = Pacer(Pace(rate=16.0))
    pacer.take(100.0, 1, message=True, group=True)
    assert pacer.wait(100.0, 2, message=True, group=True) == 1 / 16
    assert pacer.wait(100.0, 2, message=False, group=True) == 0
    assert pacer.chat_wait(100.0, 1, message=True, group=True) == 1.0
    assert pacer.chat_wait(100.0, 1, message=False, group=True) == 0
    assert pacer.chat_wait(100.0, 1, message=True, group=False) == 0
    assert pacer.chat_wait(161.0, 1, message=True, group=True) == 0


def test_a_full_minute_is_over_sixty_seconds_after_its_first_message() -> None:
    pacer = Pacer(Pace(chat_minute=3, chat_gap=0.0))
    for at in (100.0, 110.0, 120.0):
        pacer.take(at, 1, message=True, group=True)
    assert [pacer.chat_wait(at, 1, message=True, group=True) for at in (159.5, 160.0)] == [0.5, 0]
    pacer.take(160.0, 1, message=True, group=True)
    assert pacer.chat_wait(160.0, 1, message=True, group=True) == 10.0


def test_calls_and_paid_posts_take_no_slot_of_a_message() -> None:
    pacer = Pacer(Pace(rate=10.0))
    pacer.take(100.0, 1, message=False, group=True)
    pacer.take(100.0, 2, message=True, group=True, paid=True)
    assert pacer.token_wait(100.0) == 0
    assert pacer.token_wait(100.0, CALL) == pytest.approx(1 / pacer.pace.free_rate)
    assert pacer.token_wait(100.0, PAID) == pytest.approx(1 / pacer.pace.paid_rate)


def test_the_rate_falls_with_each_silence_of_the_token_and_comes_back_in_calm() -> None:
    pacer = Pacer(Pace(rate=20.0))
    for at in (100.0, 200.0):
        for chat in range(4):  # one silence, however many heard it
            pacer.refused(at, chat, 3.0)
    assert pacer.rate == pytest.approx(20 * 0.95**2)
    for minute in range(120):
        pacer.take(300.0 + minute * 60, 1, message=True, group=False)
    assert pacer.rate == pytest.approx(20.0)


def test_calm_of_ten_minutes_raises_the_rate_by_a_hundredth_and_no_further_than_it_was() -> None:
    pacer = Pacer(Pace(rate=20.0))
    for chat in (1, 2):
        pacer.refused(1000.0, chat, 3.0)
    assert pacer.rate == 19.0
    found = []
    for at in (1599.9, 1600.0, 1600.1, 2199.9, 2200.0):
        pacer.take(at, 1, message=True, group=False)
        found.append(pacer.rate)
    assert found == [19.0, 19.0 * 1.01, 19.0 * 1.01, 19.0 * 1.01, 19.0 * 1.01**2]
    for n in range(1, 10):
        pacer.take(2200.0 + 600 * n, 1, message=True, group=False)
    assert pacer.rate == 20.0


def test_each_silence_of_the_token_lowers_the_rate_once_and_never_below_one() -> None:
    pacer = Pacer(Pace(rate=20.0))
    for at in (100.0, 101.0, 103.0):  # the third comes as the silence of the first ends
        for chat in (1, 2):
            pacer.refused(at, chat, 3.0 if at == 100.0 else 1.0)
    assert pacer.rate == 20 * 0.95 * 0.95
    assert pacer.token_wait(103.0) == 1.0
    for n in range(100):
        for chat in (1, 2):
            pacer.refused(200.0 + 10 * n, chat, 1.0)
    assert pacer.rate == 1.0


def test_a_longer_silence_is_not_cut_short_by_a_shorter_one() -> None:
    pacer = Pacer()
    pacer.hold(100.0, 1, 30.0)
    pacer.hold(110.0, 1, 5.0)
    assert pacer.chat_wait(110.0, 1, message=True, group=True) == 20.0
    for chat, seconds in ((2, 9.0), (3, 4.0)):
        pacer.refused(110.0, chat, seconds)
    pacer.refused(110.5, 4, 1.0)
    assert pacer.token_wait(110.5) == 3.5


def test_a_chat_is_idle_a_minute_after_its_last_word_and_when_its_silence_is_over() -> None:
    pacer = Pacer(Pace(rate=1e6))
    for at in (330.0, 339.0):
        pacer.take(at, 1, message=True, group=True)
    pacer.take(340.0, 2, message=True, group=True)
    pacer.take(340.5, 3, message=True, group=True)
    for chat, until in ((4, 400.0), (5, 401.0), (1, 350.0)):
        pacer.hold(300.0, chat, until - 300.0)
    pacer.forget_idle(400.0)
    assert [*pacer._chats] == [3, 5]


def test_chats_are_kept_in_mind_by_the_thousand_and_no_more() -> None:
    pacer, most = Pacer(Pace(rate=1e6)), 0
    for n in range(5000):
        pacer.take(float(n), n, message=True, group=True)
        most = max(most, len(pacer._chats))
    assert most == 2001  # then the idle ones go


def test_a_crowd_of_chats_is_looked_through_again_only_when_it_has_doubled() -> None:
    pacer, most = Pacer(Pace(rate=1e6)), 0
    for n in range(4600):
        pacer.take(100.0 if n < 3000 else 200.0 + n / 1e6, n, message=True, group=True)
        most = max(most, len(pacer._chats))
    assert most == 2 * 2001 + 1
