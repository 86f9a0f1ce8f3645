"""Addresses: of other sites, and of other places in Telegram."""

from __future__ import annotations

from groupbot.features.rules.domain.facts import Facts, Finding, Policy

ID, VERSION = "links", 1
INVITES, INVITES_VERSION = "invites", 1

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
    for address, carrier in facts.addresses:
        if not address.host and (
            address.closed or not (address.name in _OURS or _known(address.name, facts, policy))
        ):
            return Finding(INVITES, INVITES_VERSION, address.written, carrier, address.closed)
    return None


def links(facts: Facts, policy: Policy) -> Finding | None:
    """Addresses of other sites in text, behind words or on buttons, unless their domain is allowed."""
    for address, carrier in facts.addresses:
        host = address.host
        if host and not (host in _OWN_HOSTS or host.endswith(".t.me") or allows(host, policy.allowed)):
            return Finding(ID, VERSION, address.written, carrier)
    return None


def allows(host: str, allowed: frozenset[str]) -> bool:
    """Is the host, or a domain above it, on the list?"""
    dot = "."
    while dot and host not in allowed:
        _, dot, host = host.partition(".")
    return bool(dot)


def _known(name: str, facts: Facts, policy: Policy) -> bool:
    own = (facts.message.chat.username or "").lower()
    return name == own or f"t.me/{name}" in policy.allowed
