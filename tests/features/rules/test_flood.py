"""Floods as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.features.rules.domain import ladder
from groupbot.features.rules.domain.flood import (
    KICK,
    YEAR,
    Flood,
    Limits,
    Mode,
    Row,
    Said,
    counted,
    flooded,
    followed,
    heard,
    instead,
    joined_in,
    mode_of,
    parts,
)
from groupbot.features.rules.domain.ladder import DAY, FACE, Sentence

AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
S = timedelta(seconds=1)


def many(gap: float, count: int, **more: Any) -> tuple[Said, ...]:
    past: tuple[Said, ...] = ()
    for i in range(count):
        at = AT + timedelta(seconds=gap * i)
        said = Said(at, more.get("digest", i + 1), more.get("album"), i + 1, links=more.get("links", 0))
        past = heard(past, said)
    return past


@pytest.mark.parametrize(
    ("past", "kind"),
    [
        (many(1.5, 9), ""),
        (many(1.5, 10), "burst"),
        (many(2.0, 10), ""),
        (many(140, 4, digest=5), "repeat"),
        (many(240, 4, digest=5), ""),
        (many(1, 3, digest=5), ""),
        (many(1, 12, album="a"), ""),
        (many(60, 8, digest=0), ""),
    ],
)
def test_flood_is_ten_in_15_seconds_or_four_alike_in_ten_minutes(past: tuple[Said, ...], kind: str) -> None:
    found = flooded(past, Limits())
    assert (found.kind if found else "") == kind


@given(st.lists(st.integers(0, 2000), max_size=60))
def test_past_is_bounded(gaps: list[int]) -> None:
    past: tuple[Said, ...] = ()
    at = AT
    for gap in gaps:
        at += timedelta(seconds=gap)
        past = heard(past, Said(at, gap))
    assert len(past) <= 21
    assert all(at - s.at <= timedelta(minutes=10) for s in past)


@given(st.lists(st.integers(0, 600), max_size=40))
def test_with_everything_off_nothing_is_a_flood(gaps: list[int]) -> None:
    past: tuple[Said, ...] = ()
    at, none = AT, Limits(burst=0, repeats=0)
    for gap in gaps:
        at += timedelta(seconds=gap)
        past = heard(past, Said(at, 1, mentions=9, links=9, lines=9))
        assert flooded(past, none, Row(1, 99, at)) is None


@pytest.mark.parametrize("most", [4, 21, 22, 90, 280])
@pytest.mark.parametrize("kind", ["repeats", "mentions", "links", "lines"])
def test_whatever_limit_is_taken_acts_at_that_number(kind: str, most: int) -> None:
    """Also where every second message is another one."""
    limits = Limits(**{"burst": 0, "repeats": 0, "window": 600 * S, kind: most})
    past: tuple[Said, ...] = ()
    for i in range(1, 2 * most + 1):
        what: dict[str, Any] = {"digest": 0 if kind == "repeats" else i}
        if i % 2 == 0:
            what |= {"digest": 7} if kind == "repeats" else {kind: 1}
        past = heard(past, Said(AT + i * S, **what), limits.kept, limits.window)
        assert (flooded(past, limits) is not None) == (i == 2 * most)


def test_a_long_burst_and_a_long_row_are_seen_and_go_whole() -> None:
    limits = Limits(burst=0, row=40, clear=True)
    past: tuple[Said, ...] = ()
    row = None
    for i in range(40):
        past = heard(past, Said(AT + i * 9 * S, i + 1, message=i + 1), limits.kept)
        row = followed(row, 7, AT + i * 9 * S, None)
    for found in (flooded(past, limits, row), flooded(past, Limits(burst=40, window=600 * S))):
        assert found is not None
        assert parts(past, found) == tuple(range(1, 41))


def test_links_of_a_sender_add_up_within_the_window() -> None:
    limits = Limits(links=3)
    assert flooded(many(5, 2, links=1), limits) is None
    assert flooded(many(5, 3, links=1), limits) == Flood("links", 3, timedelta(seconds=15))
    assert flooded(many(10, 3, links=1), limits) is None
    assert Flood("links", 3, timedelta(seconds=15)).matched == "3 links in 15 s"


def test_only_what_has_a_limit_is_counted() -> None:
    text = "@anna @berta see https://a.example and t.me/x\n\n\n"
    assert counted(text, 0, Limits(mentions=1, links=1, lines=1)) == (2, 2, 3)
    assert counted(text, 0, Limits()) == (0, 0, 0)


def test_a_row_ends_with_anybody_elses_word_or_a_pause() -> None:
    row = None
    for i in range(3):
        row = followed(row, 7, AT + i * S, None)
    assert row == Row(7, 3, AT + 2 * S)
    assert followed(row, 8, AT + 3 * S, None) == Row(8, 1, AT + 3 * S)
    assert followed(row, 7, AT + timedelta(minutes=11), None).count == 1
    assert followed(Row(7, 3, AT, "a"), 7, AT, "a").count == 3
    assert flooded(many(60, 3), Limits(row=3), row) == Flood("row", 3, timedelta(seconds=120))


def test_the_whole_flood_can_go() -> None:
    past = (*many(100, 2), *(Said(AT + timedelta(seconds=300 + i), 9, None, 10 + i) for i in range(4)))
    found = flooded(past, Limits(burst=4))
    assert found is not None
    assert parts(past, found) == (10, 11, 12, 13)
    assert parts(past, Flood("repeat", 4, timedelta(minutes=10))) == (10, 11, 12, 13)


def test_a_crowd_is_of_different_people_within_a_minute() -> None:
    crowd: Any = ()
    for i in range(5):
        crowd = joined_in(crowd, AT + i * 20 * S, i % 4)
    assert [a for _, a in crowd] == [1, 2, 3, 0]


@given(
    st.sampled_from(list(FACE)),
    st.sampled_from(["warn", "del", "mute", "tmute 3h", "kick", "ban", "tban 2d"]),
    st.sampled_from(["burst", "crowd"]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 8),
)
def test_face_goes_before_any_mode(
    tier: str, mode: str, kind: str, newcomer: bool, late: bool, prior: int
) -> None:
    standing = ladder.Standing(prior, None, newcomer)
    said = ladder.sentence(tier, standing, at=AT, now=AT, late=late, rate=True)
    chosen = mode_of(mode)
    assert chosen is not None
    made = instead(said, chosen, tier=tier, kind=kind, newcomer=newcomer, late=late, basic=False)
    if tier == "dealer":
        assert made.action == "flag"
    if tier == "store":
        assert made.action == "remove"
    if made.action == "ban":
        assert newcomer and not late
    if made.action == "mute":
        assert not late


@given(st.sampled_from(["mute", "tmute 3h", "kick", "ban", "tban 2d"]), st.booleans())
def test_store_is_never_muted_or_banned(mode: str, newcomer: bool) -> None:
    chosen = mode_of(mode)
    assert chosen is not None
    said = ladder.sentence("store", ladder.Standing(0, None, newcomer), at=AT, now=AT)
    made = instead(said, chosen, kind="burst", newcomer=newcomer, late=False, basic=False, tier="store")
    assert made.action == "remove"


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("tmute 3h", Mode("tmute", timedelta(hours=3))),
        ("mute", Mode("mute")),
        ("mute 2d", Mode("tmute", timedelta(days=2))),
        ("TBAN", Mode("tban", DAY)),
        ("del", Mode("del")),
        ("del 3h", None),
        ("tmute 5s", None),
        ("jail", None),
        ("", None),
    ],
)
def test_modes_as_admins_type_them(text: str, mode: Mode | None) -> None:
    assert mode_of(text) == mode


@pytest.mark.parametrize("mode", [Mode("kick"), Mode("tban", DAY)])
def test_in_a_basic_group_no_flood_is_a_ban_that_should_end(mode: Mode) -> None:
    said = Sentence("remove", None, 1)
    made = instead(said, mode, kind="burst", newcomer=True, late=False, basic=True, tier="consumer")
    assert made == Sentence("remove", number=1, basic=True)


def test_modes_for_newcomers_and_for_others() -> None:
    said = Sentence("remove", None, 1)

    def made(mode: Mode, *, newcomer: bool) -> Sentence:
        return instead(said, mode, kind="burst", newcomer=newcomer, late=False, basic=False, tier="consumer")

    assert made(Mode("kick"), newcomer=True) == Sentence("ban", KICK, 1)
    assert made(Mode("ban"), newcomer=True) == Sentence("ban", None, 1)
    assert made(Mode("ban"), newcomer=False) == Sentence("mute", DAY, 1)
    assert made(Mode("mute"), newcomer=False) == Sentence("mute", YEAR, 1)
