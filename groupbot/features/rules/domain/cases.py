"""A case, and the buttons that act on it. `chat` is our own id of the group the case belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

REMOVED = ("remove", "again", "mute", "human", "ban")
HAND = "hand"  # the rule of a case that a person made


class Case(Struct, frozen=True):
    """One finding about one message (or album); or, with `by`, what that administrator did by hand and the
    reason given."""

    chat: int
    rule: str
    version: int
    matched: str
    carrier: str
    actor: int
    person: bool
    strong: bool
    message_id: int
    album: str | None
    at: datetime
    shadow: bool = False
    id: int = 0
    number: int = 0
    by: int = 0
    reason: str = ""
    wish: str = ""
    notice: str = ""
    kind: str = ""  # of the message: text, photo, sticker, …

    @property
    def why(self) -> str:
        """The reason as people and logs read it."""
        if self.by:
            rule = "" if self.rule == HAND else f"rule {self.rule} v{self.version} "
            return f"{rule}by {self.by}{f': {self.reason}' if self.reason else ''}, case {self.number}"
        found = f" matched「{self.matched}」" if self.matched else ""
        return f"rule {self.rule} v{self.version}{found}, case {self.number}"


class Recorded(Struct, frozen=True):
    """A rule acted: a case was written, or decided at last."""

    case: Case
    action: str
    until: datetime | None = None


class Settled(Struct, frozen=True):
    """People (`by`) decided about a case: undone, upheld, removed, passed, reason, duration."""

    case: Case
    result: str
    by: int
    text: str = ""
    until: datetime | None = None


class Removed(Struct, frozen=True):
    """Messages a rule or a person took away: they no longer count as talk."""

    chat: int
    messages: tuple[int, ...]


def case_of(row: Any) -> Case:
    """The case of a stored row."""
    return Case(
        row.chat_id,
        row.rule,
        row.version,
        row.matched,
        row.carrier,
        row.actor,
        bool(row.person),
        bool(row.strong),
        row.message_id,
        row.album,
        row.at,
        bool(row.shadow),
        row.id,
        row.number,
        row.by_id or 0,
        row.reason,
        row.wish,
        row.notice,
        row.kind,
    )


class Appeal(Struct, frozen=True, tag="ru.appeal"):
    """The member asks for another look."""

    id: int


class Undo(Struct, frozen=True, tag="ru.undo"):
    """Staff take a case back."""

    id: int
    chat: int


class Uphold(Struct, frozen=True, tag="ru.keep"):
    """Staff let a case stand after an appeal."""

    id: int
    chat: int


class Collect(Struct, frozen=True, tag="ru.take"):
    """Staff remove a flagged message."""

    id: int
    chat: int


class ShowOut(Struct, frozen=True, tag="ru.out"):
    """Staff show a flagged bot out."""

    id: int
    chat: int


class LetPass(Struct, frozen=True, tag="ru.pass"):
    """Staff let a flagged message stand."""

    id: int
    chat: int


class Wrong(Struct, frozen=True, tag="ru.wrong"):
    """Staff mark a shadow case as a mistake."""

    id: int
    chat: int


class Look(Struct, frozen=True, tag="ru.look"):
    """Show the cases of the shadow week."""

    chat: int


class SwitchOn(Struct, frozen=True, tag="ru.on"):
    """Rules act from now on."""

    chat: int


class WatchOn(Struct, frozen=True, tag="ru.watch"):
    """One more week in shadow."""

    chat: int
