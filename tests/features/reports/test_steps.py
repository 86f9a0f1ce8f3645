"""What reports call for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groupbot.features.reports.domain import barred, step

few = st.integers(0, 12)


@given(few, few, few, st.sampled_from([None, "dealer", "store"]))
def test_message_outside_consumer_groups_is_never_hidden(
    n: int, notify: int, hide: int, tier: str | None
) -> None:
    assert step(n, notify, hide, tier) == ("notify" if n >= max(1, notify) else "wait")


@given(few, few, few)
def test_more_reports_never_call_for_less(n: int, notify: int, hide: int) -> None:
    order = ["wait", "notify", "hide"]
    assert order.index(step(n + 1, notify, hide, "consumer")) >= order.index(
        step(n, notify, hide, "consumer")
    )


def test_message_is_hidden_at_its_threshold() -> None:
    assert [step(n, 1, 3, "consumer") for n in range(5)] == ["wait", "notify", "notify", "hide", "hide"]
    assert step(100, 1, 0, "consumer") == "notify"


def test_reporter_is_barred_at_the_threshold_and_never_without_one() -> None:
    assert [barred(n, 3) for n in range(5)] == [False, False, False, True, True]
    assert not barred(99, 0)
