"""Names of notes, what a chat may set, and the buttons that open a note. Pure."""

from __future__ import annotations

from msgspec import Struct

from groupbot.features.members.domain import Setting

PRIVATE = Setting("privatenotes", False, "Notes are sent in private", choices=(True, False))
EVERY = Setting(
    "filter_every",
    30,
    "Seconds in which one filter answers at most once; 0: every time",
    unit="seconds",
    least=0,
    most=86400,
)
NAME = 64  # characters
NOTES, FILTERS = 500, 500  # of one chat


class Open(Struct, frozen=True, tag="no.open"):
    """A button in private that opens another note of the same group."""

    id: int


class ClearNotes(Struct, frozen=True, tag="no.clear"):
    """The owner confirms that all notes (or with `filters` all filters) go."""

    chat: int
    owner: int
    filters: bool = False


class Noted(Struct, frozen=True):
    """Something was written down or taken away. `kind`: note, note_gone, filter, filter_gone; with `_all`
    everything of the sort went."""

    chat: int
    kind: str
    names: tuple[str, ...]
    by: int | None


def name_of(text: str) -> str:
    """A note's name as it is kept: one word, without `#`, case folded; '' when there is none.

    Of `#name, please` it is `name`.
    """
    word = text.strip().split(None, 1)[0] if text.strip() else ""
    return word.lstrip("#").rstrip(",.!?;:，。！？；：").casefold()[:NAME]


def payload(id_: int) -> str:
    """What a start link of a note carries."""
    return f"note_{id_}"


def id_of(payload_: str) -> int:
    """The note of a start link; 0 when it is none."""
    number = payload_.removeprefix("note_")
    right = number != payload_ and number.isascii() and number.isdigit() and len(number) < 16
    return int(number) if right else 0
