"""What goes into dispatch and what comes out; what it must know of people and chats."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from groupbot.core.effects import Answer, Ask
from groupbot.core.events import Chat, Command, Event, Tap
from groupbot.engine.work import Work

if TYPE_CHECKING:
    from groupbot.engine.away import Away
    from groupbot.engine.router import CommandRoute

SHORT = 60  # seconds that a short reply in a group stays
_ID = re.compile(rb'"update_id"[ :\t\n]*(\d{1,18})(?!\d)')
WHOLE = "*"  # as `Item.only`: all steps again, though the update was seen before


class Habits(Struct, frozen=True):
    """What a chat does with commands, where it is not the usual.

    `disabled` commands are not there for members (with `admins_too` for nobody) and, with `drop_disabled`,
    their messages go. Without `tell_admins_only` who may not use a command hears nothing. The messages of
    the kinds in `clean` (admin, user, other) are removed. `life` is how many seconds short replies stay.
    """

    disabled: frozenset[str] = frozenset()
    admins_too: bool = False
    drop_disabled: bool = False
    tell_admins_only: bool = True
    clean: frozenset[str] = frozenset()
    life: int = SHORT


class Facts(Protocol):
    """What dispatch must know about people and chats; the members feature answers."""

    def authority(self, work: Work, chat: int, person: int, who: str, right: str = "") -> bool | None:
        """May `person` act as `who` here, with these rights of administrators (blanks between)? None: not
        known or too old, ask Telegram."""
        ...

    def bot_lacks(self, work: Work, chat: int, rights: str) -> tuple[str, ...]:
        """Which of these rights (blanks between) the bot has not in a group, as last told."""
        ...

    def trusts_anonymous(self, work: Work, chat: int) -> bool:
        """Does who posts as the group count as an administrator with every right here?"""
        ...

    def voice(self, work: Work, chat: int | None, user: int | None) -> tuple[str, str]:
        """The language (zh, en) and the time zone to speak in a chat, or to a person in private."""
        ...

    def reachable(self, work: Work, person: int) -> bool:
        """Has this person started the bot in private?"""
        ...

    def connected(self, work: Work, person: int) -> tuple[int, Chat] | None:
        """The chat this person's commands in private act on: our id, and as events show it."""
        ...

    def words_on(self, work: Work, chat: int) -> bool:
        """Do whole-message words count as commands here?"""
        ...

    def staff(self, work: Work, chat: int, person: int) -> bool:
        """Is this an administrator as last known? For what is hidden from members, never for authority."""
        ...

    def inside(self, work: Work, chat: int, person: int) -> bool:
        """Is this person in the group, as far as seen? For what they may read of themselves there."""
        ...

    def habits(self, work: Work, chat: int) -> Habits | None:
        """What this chat does with commands; None: the usual."""
        ...


class Item(Struct, gc=False):
    """One thing to handle: raw bytes of an update, or an event of our own.

    `only` retries one step (`WHOLE`: all of them), once for the quarantine row `aside`; `observed` skips
    observers and guards, which ran before the event was parked; `undecided` says that the fact it waited
    for did not come; without `resume` an event of our own leaves parked events where they are.
    """

    raw: bytes = b""
    event: Event | None = None
    only: str = ""
    aside: int = 0
    observed: bool = False
    undecided: bool = False
    resume: bool = True


class Question(Struct, frozen=True):
    """A command whose answer is read beside the writer, and where it was asked."""

    route: CommandRoute
    event: Command | Tap
    item: Item
    update_id: int
    chat: int
    voice: tuple[str, str]
    away: Away | None


class Outcome(Struct):
    """What a batch leaves to do after its commit."""

    answers: list[Answer] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    said: int = 0
    handled: int = 0
    duplicates: int = 0
    quarantined: int = 0
    parked: int = 0
    fed: list[bytes] = field(default_factory=list)  # for python-telegram-bot handlers
    newest: datetime | None = None  # when the youngest event happened
    more: bool = False  # parked events are left that could go on now, or a tick has not finished

    def add(self, other: Outcome) -> None:
        """Take in another batch's outcome."""
        self.answers += other.answers
        self.asks += other.asks
        self.questions += other.questions
        self.fed += other.fed
        self.said += other.said
        self.handled += other.handled
        self.duplicates += other.duplicates
        self.quarantined += other.quarantined
        if other.newest is not None:
            self.newest = max(other.newest, self.newest or other.newest)
        self.parked += other.parked


def id_of(raw: bytes) -> int | None:
    """The update id read from damaged bytes, if it can be."""
    found = _ID.search(raw)
    return int(found[1]) if found else None
