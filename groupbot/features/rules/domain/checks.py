"""The rules that ship. A rule is one function `check(facts, policy) -> Finding | None`, its id, its
version, and whether it is on where nobody said otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain import blocklist, contact, links, locks, newcomers
from groupbot.features.rules.domain.facts import Facts, Finding, Policy
from groupbot.features.rules.domain.phrases import PHRASE
from groupbot.features.spam.domain import settings as spam

FLOOD, FLOOD_VERSION = "flood", 1
Check = Callable[[Facts, Policy], Finding | None]


def phrases(facts: Facts, policy: Policy) -> Finding | None:
    """A phrase of the chat's list, spam first."""
    found = [h for h in facts.hits if h.entry.kinds & PHRASE] if facts.hits else ()
    if not found:
        return None
    hit = next((h for h in found if h.entry.spam), found[0])
    return facts.finding("phrases", 1, hit.entry.text, strong=hit.entry.spam)


def forwards(facts: Facts, policy: Policy) -> Finding | None:
    """A message forwarded from a channel, a bot or a person, or a story; the linked channel's own posts
    never come here."""
    m = facts.message
    if m.forwarded:
        return Finding("forwards", 1, m.forwarded[:64], "forward")
    return Finding("forwards", 1, "story", "story") if m.kind == "story" else None


def unknown(facts: Facts, policy: Policy) -> Finding | None:
    """Content of a kind this version does not know: never removed, shown to a person."""
    return Finding("unknown", 1, "", "unknown") if facts.message.kind == "unknown" else None


class Rule(Struct, frozen=True):
    """A rule: `check` None is counted over time (flood, newcomer) or judged with the sender in view (spam).
    `only_flag` never removes; `gentle` removes and never counts towards a sentence."""

    id: str
    version: int
    check: Check | None
    setting: Setting
    only_flag: bool = False
    gentle: bool = False


def _switch(id_: str, default: bool, about: str, by_tier: Mapping[str, bool] | None = None) -> Setting:
    return Setting(f"rule_{id_}", default, about, by_tier or {}, choices=(True, False))


RULES = (
    Rule("phrases", 1, phrases, _switch("phrases", True, "Phrases of the chat's list")),
    Rule(contact.ID, contact.VERSION, contact.check, _switch("contact", True, "Contacts on other services")),
    Rule(
        links.INVITES,
        links.INVITES_VERSION,
        links.invites,
        _switch("invites", True, "Links to other groups and channels"),
    ),
    Rule(
        links.ID,
        links.VERSION,
        links.links,
        _switch("links", False, "Links to other sites", {"consumer": True}),
    ),
    Rule("forwards", 1, forwards, _switch("forwards", False, "Forwarded messages", {"consumer": True})),
    Rule(
        FLOOD,
        FLOOD_VERSION,
        None,
        _switch(FLOOD, False, "Many messages at once", {"store": True, "consumer": True}),
    ),
    Rule(locks.ID, locks.VERSION, locks.check, _switch(locks.ID, True, "Locked kinds of messages")),
    Rule(
        blocklist.ID,
        blocklist.VERSION,
        blocklist.check,
        _switch(blocklist.ID, True, "Words, files and sources of the blocklist"),
    ),
    Rule(
        newcomers.ID,
        newcomers.VERSION,
        None,
        _switch(newcomers.ID, False, "Newcomers go slowly: no links, forwards, media at first"),
        gentle=True,
    ),
    Rule(
        spam.ID,
        spam.VERSION,
        None,
        _switch(spam.ID, False, "First messages of newcomers that look like adverts"),
    ),
    Rule(
        "unknown", 1, unknown, _switch("unknown", True, "Unknown content, shown to a person"), only_flag=True
    ),
)
BY_ID = {r.id: r for r in RULES}
