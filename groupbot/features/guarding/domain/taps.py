"""Buttons of the notices to staff. `chat` is our own id of the group."""

from __future__ import annotations

from msgspec import Struct


class Undo(Struct, frozen=True, tag="gd.undo"):
    """Lift every ban of a raid."""

    chat: int
    number: int


class Stop(Struct, frozen=True, tag="gd.stop"):
    """Antiraid goes off now; the bans stay."""

    chat: int


class Out(Struct, frozen=True, tag="gd.out"):
    """Whoever a raid has caught is removed: in dealer and store groups a person says so."""

    chat: int
    number: int


class Start(Struct, frozen=True, tag="gd.start"):
    """Antiraid goes on now: the bot proposed it."""

    chat: int
