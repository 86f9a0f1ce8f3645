"""The addresses that stand in a message."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import Struct

from groupbot.core.events import Message

_TOP = (
    "com|net|org|ru|su|рф|cn|top|xyz|shop|vip|cc|io|site|online|club|info|biz|pro|link|live|store|icu|tk|ua|by"
    "|kz|uk|de|fr|jp|kr|tv|app|fun|dev|gg|ly|li|bid|win|work|space|website|tech|me|in|eu|us|co|ai|to"
)
_BARE = "com|net|org|ru|su|рф|cn|top|xyz|shop|vip|cc|io|site|online|club|info|biz|link|icu|tk|ua|kz|app|gg"
_WEB = re.compile(
    rf"(?<![@\w.-])(?:https?://[^\s/]+|(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:(?:{_BARE})(?![\w-])|(?:{_TOP})(?=/)))"
    r"(?:/[^\s]*)?"
)
_TELEGRAM = re.compile(
    r"(?:(?:t|telegram)\.(?:me|dog)/(?P<joined>\+|joinchat/|addlist/)?(?P<name>[\w+-]{3,64})"
    r"|tg:(?://)?(?P<deep>join|resolve|addlist)\?(?P<rest>\S{4,})"
    r"|(?<![\w.])(?P<sub>[a-z][a-z0-9_]{3,31})\.t\.me)"
)


class Address(Struct, frozen=True):
    """An address as written (at most 64 characters): of another site by its `host`, or of a place in
    Telegram by its public `name`; `closed` is an invitation (t.me/+…, joinchat, a folder)."""

    written: str
    host: str = ""
    name: str = ""
    closed: bool = False


def addresses(message: Message, text: str, folded: str) -> tuple[tuple[Address, str], ...]:
    """Every address of a message with its carrier: behind words and buttons, in the text, and in the text
    with full-width and hidden characters set right."""
    urls, dotted = message.urls, "." in folded or "。" in folded or "tg:" in folded
    if not urls and not dotted:
        return ()
    found = [(a, "url") for u in urls for a in _in(u)]
    if dotted and text:
        carrier = message.carriers[0][0]
        both = text if folded == text else f"{text} {folded}"
        words = dict.fromkeys([w for w in both.split() if "." in w or "。" in w or "tg:" in w])
        found += [(a, carrier) for w in words for a in _in(w)]
    return tuple(found)


def _in(word: str) -> tuple[Address, ...]:
    return _parsed(word) if len(word) <= 256 else _parsed.__wrapped__(word)


@lru_cache(4096)
def _parsed(word: str) -> tuple[Address, ...]:
    """The addresses in a stretch without white space; groups repeat the same few."""
    low = word.lower().replace("。", ".")
    found = [(m.start(), _telegram(word, m)) for m in _TELEGRAM.finditer(low)]
    for m in _WEB.finditer(low):
        if host := host_of(m[0]):
            found.append((m.start(), Address(_written(word, m), host)))
    return tuple(a for _, a in sorted(found, key=lambda f: f[0]))


def _telegram(word: str, m: re.Match[str]) -> Address:
    name = _domain_of(m["rest"]) if m["deep"] == "resolve" else m["name"] or m["sub"] or ""
    closed = bool(m["joined"]) or m["deep"] in ("join", "addlist")
    return Address(word[m.start() : m.start() + min(len(m[0]), 64)], name=name, closed=closed)


def _written(text: str, m: re.Match[str]) -> str:
    """The address as it stands in the text, without the punctuation of its sentence."""
    return text[m.start() : m.start() + len(m[0].rstrip(".,;:!?)]}»\"'”’"))][:64]


def host_of(address: str) -> str:
    """The host of an address with or without a scheme; '' when there is none."""
    try:
        return urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _domain_of(rest: str) -> str:
    for part in rest.split("&"):
        if part.startswith("domain="):
            return part[7:]
    return ""
