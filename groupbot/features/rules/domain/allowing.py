"""What passes although its kind is locked: sticker packs, commands, files, and channels or people.

Addresses have a list of their own, `rules_allowed`."""

from __future__ import annotations

import re

from msgspec import Struct

from groupbot.core.events import ANONYMOUS_ADMIN, CHANNEL_SENDER, TELEGRAM_SERVICE, Message
from groupbot.features.rules.domain import matching
from groupbot.features.rules.domain.entries import key_of
from groupbot.features.rules.domain.matching import Patterns

SHARED = frozenset((ANONYMOUS_ADMIN, CHANNEL_SENDER, TELEGRAM_SERVICE))
SHARED_NAMES = frozenset(("groupanonymousbot", "channel_bot", "telegram"))
MOST = 1000  # items of a chat
NAME = 60  # characters of a file name
FILES = 200  # file names of a chat
_ID = re.compile(r"-?\d{4,20}")
_COMMAND = re.compile(r"/[a-z0-9_]{1,32}")
_FILE = re.compile(r"(?:file:|\*\.|\.)\S+", re.I)
_PACK = re.compile(r"(?:https?://)?t(?:elegram)?\.me/add(?:stickers|emoji)/\w+", re.I)


class Shared(ValueError):
    """An id that stands for many: whoever is allowed through it, everybody is."""


def item(text: str) -> str:
    """One thing in its one spelling: `pack:name`, `/command`, `file:*.pdf`, `id:-100…`; "" when it is an
    address, or nothing of these.

    Raises:
        Shared: the anonymous administrator, the channel sender or Telegram itself.
    """
    low = text.strip().lower()
    if low.lstrip("@").removeprefix("t.me/") in SHARED_NAMES:
        raise Shared(text)
    if low.startswith("stickerpack:") or _PACK.fullmatch(low):
        return f"pack:{key_of('stickerpack', low.removeprefix('stickerpack:').strip(chr(34)))}"
    if _COMMAND.fullmatch(low):
        return low
    if _FILE.fullmatch(low) and len(low) <= NAME:
        return f"file:{low.removeprefix('file:').strip(chr(34))}"
    number = low.removeprefix("id:")
    if _ID.fullmatch(number):
        if int(number) in SHARED:
            raise Shared(text)
        return f"id:{int(number)}"
    return ""


class Allowed(Struct, frozen=True):
    """An allowlist made ready."""

    packs: frozenset[str] = frozenset()
    commands: frozenset[str] = frozenset()
    ids: frozenset[int] = frozenset()
    files: Patterns | None = None

    def pack(self, m: Message) -> bool:
        """A sticker of a pack that may be used."""
        return m.traits is not None and m.traits.sticker_set.lower() in self.packs

    def command(self, name: str) -> bool:
        """A command that members may use."""
        return f"/{name}" in self.commands

    def source(self, m: Message) -> bool:
        """A channel, bot or person whose words may be forwarded, or who may speak."""
        if m.sender_chat is not None and m.sender_chat.id in self.ids:
            return True
        number = m.forwarded.rpartition(":")[2] if m.forwarded else ""
        return bool(_ID.fullmatch(number)) and int(number) in self.ids

    def file(self, m: Message) -> bool:
        """A file whose name fits."""
        names = [text.lower() for name, text in m.carriers if name == "file_name"]
        return self.files is not None and bool(names) and bool(self.files.find(names))


def allowed(items: tuple[str, ...]) -> Allowed:
    """The allowlist of these items; shared ids are left out wherever they come from."""
    files = [(matching.glob(i[5:]), i) for i in items if i.startswith("file:") and len(i) <= NAME + 5]
    return Allowed(
        frozenset(i[5:] for i in items if i.startswith("pack:")),
        frozenset(i for i in items if i.startswith("/")),
        frozenset(int(i[3:]) for i in items if i.startswith("id:") and _ID.fullmatch(i[3:])) - SHARED,
        Patterns(files[:FILES]) if files else None,
    )
