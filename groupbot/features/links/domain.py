"""What a counted link carries, and how an entrance is written. Pure.

A counted link is a deep link to the bot, `t.me/BOT?start=l_…`: without a web server of our own that is what
can be counted honestly: who came to the bot by which link and out of which group. Whether they go on to the
address behind it nobody sees.
"""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from groupbot.core import seals
from groupbot.core.seals import LIMIT, Forged
from groupbot.core.setting import Setting

MAKER = "l_"
_SEALED = b"link|"
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LONGEST = 2000  # bytes of an address: what an index of PostgreSQL takes beside the name it is counted for


def pack(key: bytes, link: int, chat: int) -> str:
    """The payload of a link out of a chat: at most 64 characters, sealed."""
    return seals.start(key, MAKER, _SEALED, msgspec.msgpack.encode([link, chat]))


def unpack(key: bytes, payload: str) -> tuple[int, int]:
    """(link, chat) of a payload.

    Raises:
        Forged: not sealed by us.
    """
    try:
        return msgspec.msgpack.decode(seals.started(key, MAKER, _SEALED, payload), type=tuple[int, int])
    except msgspec.MsgspecError as e:
        raise Forged(payload[:LIMIT]) from e


def short(url: str) -> bool:
    """Can the address be counted and looked at? One that is longer is a button and no more."""
    return len(url.encode()) <= LONGEST


class Entrance(Struct, frozen=True):
    """A fixed way in: what its button says, and where it leads."""

    label: str
    url: str


def entrance_of(text: str) -> Entrance:
    """`Shop https://shop.example`.

    Raises:
        ValueError: no label, or no address.
    """
    label, _, url = str(text).strip().rpartition(" ")
    host = url.removeprefix("https://").partition("/")[0]
    if not label.strip() or len(label) > 30 or not url.startswith("https://") or "." not in host:
        raise ValueError(text)
    return Entrance(label.strip(), url)


class Entry(Struct, frozen=True):
    """A line of the menu: what its button says, and an address or a command of members without its slash."""

    label: str
    url: str = ""
    command: str = ""


class Run(Struct, frozen=True, tag="li.run"):
    """Do what this command of members does."""

    command: str


def entry_of(text: str) -> Entry:
    """`Shop https://shop.example` or `Check in /checkin`.

    Raises:
        ValueError: no label, or neither an address nor a command.
    """
    label, _, target = str(text).strip().rpartition(" ")
    if target.startswith("/"):
        name = target[1:].lower()
        if not label.strip() or len(label) > 30 or not _COMMAND.fullmatch(name):
            raise ValueError(text)
        return Entry(label.strip(), command=name)
    made = entrance_of(text)
    return Entry(made.label, url=made.url)


def _spelled(text: str) -> str:
    made = entrance_of(text)
    if not short(made.url):
        raise ValueError(text)
    return f"{made.label} {made.url}"


def _spelled_entry(text: str) -> str:
    made = entry_of(text)
    if not short(made.url):
        raise ValueError(text)
    return f"{made.label} {made.url or '/' + made.command}"


ENTRANCES = Setting(
    "entrances",
    [],
    "Fixed entrances of the group, label and address (list)",
    kind="texts",
    most=6,
    example="Shop https://shop.example",
    reads=_spelled,
    form="a label and an https address",
)
COUNTED = Setting(
    "entrances_counted",
    True,
    "Entrances are counted links: one step more, by the bot",
    choices=(True, False),
)
BENEFITS = Setting(
    "entrances_benefits",
    [],
    "Benefits that stand beside the entrances, another each day (list)",
    kind="texts",
    most=31,
    example="Free delivery today, A cup of tea on the house",
)
MOST_ENTRIES = 10
MENU = Setting(
    "menu",
    [],
    "Entries of /menu, label and address or command (list)",
    kind="texts",
    most=MOST_ENTRIES,
    example="Check in /checkin",
    reads=_spelled_entry,
    form="a label and an https address or a command",
)
USUAL = (
    "checkin",
    "points",
    "shop",
    "rules",
)  # commands of the menu where none is set; labels are its template's
SETTINGS = (ENTRANCES, COUNTED, BENEFITS, MENU)
