"""Addresses: of other sites, and of other places in Telegram."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from groupbot.features.rules.domain.facts import Facts, Finding, Policy

ID, VERSION = "links", 1
INVITES, INVITES_VERSION = "invites", 1

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
_OURS = frozenset(
    [
        "c",
        "s",
        "addstickers",
        "addemoji",
        "addtheme",
        "share",
        "proxy",
        "socks",
        "setlanguage",
        "bg",
        "login",
        "confirmphone",
        "iv",
    ]
)
_OWN_HOSTS = frozenset(["t.me", "telegram.me", "telegram.dog"])


def invites(facts: Facts, policy: Policy) -> Finding | None:
    """Ways into other groups and channels: t.me/+…, joinchat, folders (strong), t.me/name (weak).
    The chat's own name and allowed ones pass."""
    if not facts.message.urls and not _dotted(facts.folded):
        return None
    for text, carrier in _places(facts):
        low = text.lower().replace("。", ".")
        for m in _TELEGRAM.finditer(low):
            name = m["name"] or m["sub"] or ""
            closed = bool(m["joined"]) or m["deep"] in ("join", "addlist")
            if m["deep"] == "resolve":
                name = _domain_of(m["rest"])
            if not closed and (name in _OURS or _known(name, facts, policy)):
                continue
            at = m.start()
            return Finding(INVITES, INVITES_VERSION, text[at : at + min(len(m[0]), 64)], carrier, closed)
    return None


def links(facts: Facts, policy: Policy) -> Finding | None:
    """Addresses of other sites in text, behind words or on buttons, unless their domain is allowed."""
    if not facts.message.urls and not _dotted(facts.folded):
        return None
    for text, carrier in _places(facts):
        low = text.lower().replace("。", ".")
        for m in _WEB.finditer(low):
            host = host_of(m[0])
            if not host or host in _OWN_HOSTS or host.endswith(".t.me") or allows(host, policy.allowed):
                continue
            return Finding(ID, VERSION, _written(text, m), carrier)
    return None


def _written(text: str, m: re.Match[str]) -> str:
    """The address as it stands in the text, without the punctuation of its sentence."""
    return text[m.start() : m.start() + len(m[0].rstrip(".,;:!?)]}»\"'”’"))][:64]


@lru_cache(4096)
def host_of(address: str) -> str:
    """The host of an address with or without a scheme; '' when there is none."""
    try:
        return urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def allows(host: str, allowed: frozenset[str]) -> bool:
    """Is the host, or a domain above it, on the list?"""
    parts = host.split(".")
    return any(".".join(parts[i:]) in allowed for i in range(len(parts)))


def _dotted(text: str) -> bool:
    return "." in text or "。" in text or "tg:" in text


def _places(facts: Facts) -> list[tuple[str, str]]:
    """Where an address may stand: behind words and buttons, in the text, and in the text with full-width
    and hidden characters set right."""
    found = [(u, "url") for u in facts.message.urls]
    if facts.text:
        carrier = facts.message.carriers[0][0]
        found.append((facts.text, carrier))
        if not facts.text.isascii():
            found.append((facts.folded, carrier))
    return found


def _known(name: str, facts: Facts, policy: Policy) -> bool:
    own = (facts.message.chat.username or "").lower()
    return name == own or f"t.me/{name}" in policy.allowed


def _domain_of(rest: str) -> str:
    for part in rest.split("&"):
        if part.startswith("domain="):
            return part[7:]
    return ""
