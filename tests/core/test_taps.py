"""Button data cannot be forged, changed or taken to another chat."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from groupbot.core.taps import LIMIT, Unsealed, pack, unpack

KEY, OTHER = b"k" * 32, b"o" * 32


class Grab(Struct, frozen=True, tag="rp.grab"):
    packet: int


KINDS: dict[str, type] = {"rp.grab": Grab}


def accepted(data: str, chat: int = 7, key: bytes = KEY) -> bool:
    try:
        unpack(data, KINDS, chat, key)
    except Unsealed:
        return False
    return True


@given(st.integers(-(2**40), 2**40), st.integers(-(2**53), 2**53))
def test_own_data_comes_back_in_its_chat_only(packet: int, chat: int) -> None:
    data = pack(Grab(packet), "rp.grab", chat, KEY)
    assert len(data) <= LIMIT
    assert unpack(data, KINDS, chat, KEY) == Grab(packet)
    assert not accepted(data, chat + 1)
    assert not accepted(data, chat, OTHER)


@settings(max_examples=500)
@given(st.text(max_size=80))
def test_invented_data_is_refused(data: str) -> None:
    assert not accepted(data)
    assert not accepted(f"rp.grab:{data}")


@settings(max_examples=500)
@given(st.integers(0, 63), st.characters(min_codepoint=33, max_codepoint=126))
def test_changed_data_is_refused_or_means_the_same(at: int, letter: str) -> None:
    data = pack(Grab(17), "rp.grab", 7, KEY)
    at %= len(data)
    changed = data[:at] + letter + data[at + 1 :]
    if accepted(changed):  # base64 leaves spare bits in its last letter
        assert unpack(changed, KINDS, 7, KEY) == Grab(17)


class Pair(Struct, frozen=True, tag="n.pair"):
    one: int
    two: int


class Note(Struct, frozen=True, tag="n.note"):
    words: str
    pages: tuple[int, ...] = ()


def test_button_data_fills_sixty_four_bytes_and_not_one_more() -> None:
    whole = pack(Note("a" * 28), "n.notes!!", 7, KEY)
    assert len(whole) == LIMIT
    assert unpack(whole, {"n.notes!!": Note}, 7, KEY) == Note("a" * 28)
    with pytest.raises(ValueError, match=r"button data of n\.notes!!! takes 65 bytes, the limit is 64"):
        pack(Note("a" * 28), "n.notes!!!", 7, KEY)


def test_sealed_data_that_fits_no_kind_any_more_is_refused() -> None:
    """As after an upgrade: the fields of a kind were others, or the kind is gone."""
    for older in (Note("a"), Pair(17, 18)):
        assert not accepted(pack(older, "rp.grab", 7, KEY))
    assert not accepted(pack(Grab(1), "rp.gone", 7, KEY))
    with pytest.raises(Unsealed):
        unpack(pack(Grab(1), "n.note", 7, KEY), {"n.note": Note}, 7, KEY)


def test_two_spellings_of_a_seal_are_not_both_taken() -> None:
    """A letter of base64 may carry bits that nobody reads: changed there, it is not ours."""
    data = pack(Grab(17), "rp.grab", 7, KEY)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    body, seal = data.removeprefix("rp.grab:").split(".")

    def spelled(text: str) -> list[str]:
        return [text[:-1] + letter for letter in letters if letter != text[-1]]

    assert [d for d in spelled(seal) if accepted(f"rp.grab:{body}.{d}")] == []
    assert [d for d in spelled(body) if accepted(f"rp.grab:{d}.{seal}")] == []
