"""Sentences as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groupbot.features.rules.domain.ladder import (
    DAY,
    HOUR,
    Sentence,
    Standing,
    sentence,
)

AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)


def judged(tier: str | None, prior: int, **more: Any) -> Sentence:
    standing = more.pop("standing", Standing(prior))
    return sentence(tier, standing, **{"at": AT, "now": AT, **more})


def test_consumer_ladder_climbs_to_a_human() -> None:
    assert [judged("consumer", n) for n in range(6)] == [
        Sentence("remove", None, 1),
        Sentence("remove", None, 2),
        Sentence("mute", HOUR, 3),
        Sentence("mute", DAY, 4),
        Sentence("human", None, 5),
        Sentence("human", None, 6),
    ]


@given(st.integers(0, 50), st.booleans(), st.booleans(), st.booleans())
def test_dealer_and_store_never_mute_or_ban(prior: int, strong: bool, newcomer: bool, late: bool) -> None:
    standing = Standing(prior, None, newcomer)
    acts = {
        tier: judged(tier, prior, standing=standing, strong=strong, late=late, autoban=True).action
        for tier in ("dealer", "store", None)
    }
    assert acts == {"dealer": "flag", "store": "remove", None: "flag"}


def test_newcomer_is_banned_only_for_plain_spam_and_only_if_wished() -> None:
    new = Standing(0, None, True)
    assert judged("consumer", 0, standing=new, strong=True, autoban=True).action == "ban"
    assert judged("consumer", 0, standing=new, strong=True).action == "remove"
    assert judged("consumer", 0, standing=new, autoban=True).action == "remove"
    assert judged("consumer", 0, standing=Standing(0), strong=True, autoban=True).action == "remove"


def test_late_event_is_never_muted_for_rate_and_a_mute_that_is_over_is_left_out() -> None:
    late = {"now": AT + timedelta(minutes=10), "late": True}
    assert judged("consumer", 2, rate=True, **late).action == "remove"
    assert judged("consumer", 2, **late) == Sentence("mute", HOUR, 3)
    assert judged("consumer", 2, now=AT + timedelta(minutes=59, seconds=30), late=True).action == "remove"


def test_muted_sender_gets_no_second_sentence() -> None:
    muted = Standing(3, AT + HOUR)
    assert judged("consumer", 3, standing=muted) == Sentence("again", None, 3)
    assert judged("consumer", 3, standing=Standing(3, AT)).action == "mute"


def test_basic_group_and_channels_stop_at_removing() -> None:
    assert judged("consumer", 2, basic=True) == Sentence("remove", None, 3, basic=True)
    assert judged("consumer", 2, standing=Standing(2, person=False)).action == "remove"
    assert judged("consumer", 2, only_flag=True).action == "flag"
