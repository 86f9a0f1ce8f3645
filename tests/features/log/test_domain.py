"""What a member update tells, and how values are shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core.events import Chat, Left, Person, Standing
from groupbot.features.log.domain import acted, clipped, code_of, mask_of, rights_of, told

AT = datetime(2027, 1, 30, tzinfo=UTC)
CHAT, LI, MEI, BOT = Chat(-1, "supergroup"), Person(2, "Li"), Person(3, "Mei"), Person(9, "Bot")
STATUSES = ("creator", "administrator", "member", "restricted", "left", "kicked")


def change(was: str, now: str, by: Person | None = LI, whom: Person = MEI) -> Standing:
    return Standing(at=AT, chat=CHAT, sender=by, person=whom, status=now, was=was)


@pytest.mark.parametrize(
    ("was", "now", "act"),
    [
        ("member", "administrator", "promote"),
        ("left", "administrator", "promote"),
        ("administrator", "administrator", "rights"),
        ("administrator", "member", "demote"),
        ("member", "restricted", "restrict"),
        ("restricted", "restricted", "restrict"),
        ("restricted", "member", "free"),
        ("left", "kicked", "ban"),
        ("kicked", "left", "unban"),
        ("", "administrator", ""),
    ],
)
def test_act_in_a_client_is_named(was: str, now: str, act: str) -> None:
    assert acted(change(was, now), BOT.id) == act


@given(st.sampled_from(STATUSES), st.sampled_from(STATUSES), st.sampled_from([None, BOT, MEI]))
def test_own_acts_and_the_bots_are_not_told_twice(was: str, now: str, by: Person | None) -> None:
    assert acted(change(was, now, by), BOT.id) == ""


def test_removal_counts_once_and_leaving_not_at_all() -> None:
    def left(by: Person, *, removed: bool, service: bool = False) -> str:
        return acted(Left(at=AT, chat=CHAT, sender=by, person=MEI, removed=removed, service=service), BOT.id)

    assert left(LI, removed=True) == "remove"
    assert left(LI, removed=True, service=True) == ""
    assert left(MEI, removed=False) == ""
    assert left(BOT, removed=True) == ""


@given(st.one_of(st.none(), st.booleans(), st.text(), st.lists(st.text()), st.integers()))
def test_value_is_one_short_line(value: object) -> None:
    text = clipped(value)
    assert len(text) <= 64
    assert len(text.splitlines()) <= 1


def test_table_is_words_and_nothing_is_a_dash() -> None:
    assert clipped({"url": "not here", "zalgo": "no noise"}) == "url: not here, zalgo: no noise"
    assert (clipped(""), clipped({}), clipped(None)) == ("—", "—", "—")


@given(st.integers(0, 32**8 - 1), st.integers(0, 32**8 - 1))
def test_codes_differ_as_their_numbers_do(a: int, b: int) -> None:
    assert (code_of(a) == code_of(b)) == (a == b)
    assert len(code_of(a)) == 8


@given(
    st.frozensets(st.sampled_from(("delete", "restrict", "pin", "promote", "manage", "info", "anonymous")))
)
def test_rights_stand_on_a_button_but_for_remaining_unseen(rights: frozenset[str]) -> None:
    assert rights_of(mask_of(rights)) == rights - {"anonymous"}
    assert 0 <= mask_of(rights) < 512


def test_service_messages_of_acts_are_told_and_others_are_not() -> None:
    assert [told(k) for k in ("pinned_message", "forum_topic_closed", "new_chat_title")] == [
        "pin",
        "topic_closed",
        "retitled",
    ]
    assert [told(k) for k in ("boost_added", "gift", "nonsense")] == ["", "", ""]
