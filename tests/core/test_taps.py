"""Button data cannot be forged, changed or taken to another chat."""

from __future__ import annotations

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
