"""What a list asks for, and what the face of each group makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.features.rules.domain import ladder, wishes
from groupbot.features.rules.domain.ladder import Sentence, Standing
from groupbot.features.rules.domain.wishes import Wish

AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", Wish()),
        ("on", Wish()),
        ("del", Wish("del")),
        ("nothing", Wish("del")),
        ("Warn", Wish("warn")),
        ("mute", Wish("mute")),
        ("kick", Wish("kick")),
        ("tmute 12h", Wish("mute", 12 * HOUR)),
        ("tban 2w", Wish("ban", timedelta(days=14))),
        ("tban 2d 3h", Wish("ban", timedelta(days=2, hours=3))),
        ("keep tmute 30m", Wish("mute", HOUR / 2, True)),
    ],
)
def test_wish_is_read(text: str, wish: Wish) -> None:
    assert wishes.read(text) == wish


@pytest.mark.parametrize("text", ["tban", "ban 2w", "tmute 2y", "tmute 30s", "tban 400d", "shout", "on fire"])
def test_what_is_no_wish_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"act|span"):
        wishes.read(text)


@given(
    st.sampled_from(["", *wishes.ACTS]),
    st.none() | st.integers(1, 365 * 24 * 60).map(lambda m: timedelta(minutes=m)),
    st.booleans(),
)
def test_wish_is_written_as_it_is_read(act: str, span: timedelta | None, keep: bool) -> None:
    wish = Wish(act, span if act in ("mute", "ban") else None, keep)
    assert wishes.read(wish.text) == wish
    assert len(wish.text) <= 32


@pytest.mark.parametrize(
    ("text", "wish", "rest"),
    [
        ("tmute 2h words only", Wish("mute", 2 * HOUR), "words only"),
        ("warn", Wish("warn"), ""),
        ("words only", None, "words only"),
        ("", None, ""),
    ],
)
def test_wish_before_a_reason_is_split_off(text: str, wish: Wish | None, rest: str) -> None:
    assert wishes.split(text) == (wish, rest)


def act(tier: str | None, text: str, *, person: bool = True, basic: bool = False, late: int = 0) -> str:
    said = wishes.sentence(
        tier,
        wishes.read(text),
        Standing(person=person),
        at=AT,
        now=AT + timedelta(minutes=late),
        basic=basic,
    )
    return said.action


def test_face_holds_whatever_is_asked() -> None:
    asked = ("del", "warn", "mute", "tmute 2h", "kick", "ban", "tban 2w", "keep ban", "keep warn")
    assert [act("dealer", a) for a in asked] == ["flag"] * 9
    assert [act(None, a) for a in asked] == ["flag"] * 9
    assert [act("store", a) for a in asked] == ["again", "remove", *["human"] * 5, "flag", "flag"]
    assert [act("consumer", a) for a in asked] == [
        *("again", "remove", "mute", "mute", "ban", "ban", "ban", "ban"),
        "flag",
    ]


def test_mute_that_cannot_be_or_is_over_is_left_out() -> None:
    assert act("consumer", "mute", basic=True) == "remove"
    assert act("consumer", "mute", person=False) == "remove"
    assert act("consumer", "ban", person=False) == "ban"
    assert act("consumer", "tmute 2h", late=121) == "remove"


@pytest.mark.parametrize("wish", [Wish("kick"), Wish("ban", timedelta(days=1))])
def test_what_would_be_for_ever_only_removes(wish: Wish) -> None:
    channel = wishes.sentence("consumer", wish, Standing(person=False), at=AT, now=AT)
    assert channel == Sentence(ladder.REMOVE, number=1)
    basic = wishes.sentence("consumer", wish, Standing(), at=AT, now=AT, basic=True)
    assert basic == Sentence(ladder.REMOVE, number=1, basic=True)
    for_good = wishes.sentence("consumer", Wish("ban"), Standing(person=False), at=AT, now=AT)
    assert for_good.action == ladder.BAN


def test_kick_ends_a_minute_after_it_is_done() -> None:
    now = AT + HOUR
    said = wishes.sentence("consumer", Wish("kick"), Standing(), at=AT, now=now)
    assert said.span is not None
    assert AT + said.span == now + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "wish", "words"),
    [
        ("no stickers {tmute 2h}", Wish("mute", 2 * HOUR), "no stickers"),
        ("{ban} not here", Wish("ban"), "not here"),
        ("not  here", None, "not here"),
        ("", None, ""),
    ],
)
def test_wish_in_braces_is_taken_out_of_the_words(text: str, wish: Wish | None, words: str) -> None:
    assert wishes.within(text) == (wish, words)


def test_braces_without_a_wish_are_refused() -> None:
    with pytest.raises(ValueError, match="act"):
        wishes.within("hello {first}")
