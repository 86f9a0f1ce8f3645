"""Locks on what a message says: scripts, signs, addresses. Each tells what it saw, "" for nothing."""

from __future__ import annotations

import re

from groupbot.features.rules.domain import links
from groupbot.features.rules.domain.facts import Facts, Policy

_CJK = re.compile("[\u3040-\u30ff\u3100-\u312f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f]+")
_CYRILLIC = re.compile("[\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f]+")
_RTL = re.compile(
    "[\u0590-\u08ff\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]+"
)
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]+")
_HEAPED = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,}")
_EMOJI = (
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u231a\u231b\u23e9-\u23fa\u2b05-\u2b07\u2b1b\u2b1c"
    "\u2b50\u2b55\u2934\u2935\u3030\u303d\u3297\u3299\u00a9\u00ae\u2122\u2139\u2194-\u21aa]"
)
_ONE_EMOJI = re.compile(_EMOJI)
_ONLY_EMOJI = re.compile(rf"(?:{_EMOJI}|[0-9#*]\ufe0f?\u20e3|[\u200d\ufe0e\ufe0f\U000e0020-\U000e007f\s])+")
_EMAIL = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?![\w-])")
_PHONE = re.compile(r"(?<![\w.,])\+?\(?\d(?:[ ().-]{0,2}\d){8,14}(?![\w])")
_MENTION = re.compile(r"(?<![\w./@])@[a-z][a-z0-9_]{3,31}(?![\w@.])")
_HASHTAG = re.compile(r"(?<![\w#&/])#(?=\w*[^\W\d])\w+")
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?![\w$])")
_BOT = re.compile(r"(?:@|(?:t|telegram)\.me/|tg:(?://)?resolve\?domain=)([a-z][a-z0-9_]{1,28}bot)(?![\w])")
_STORY = re.compile(r"(?:t|telegram)\.me/[a-z]\w{2,31}/s/\d|tg:(?://)?resolve\?domain=\w{3,32}&story=\d")
_COMMAND = re.compile(r"\s*/([a-z0-9_]{1,32})(?:@\w{3,32})?(?:\s|$)", re.I)


def _seen(pattern: re.Pattern[str], text: str) -> str:
    m = pattern.search(text)
    return m[0] if m else ""


def marked(facts: Facts, *kinds: str) -> str:
    """The first of these kinds of entities that Telegram found in the text."""
    traits = facts.message.traits
    if traits is None or not traits.entities:
        return ""
    return next((k for k in kinds if k in traits.entities), "")


def text(facts: Facts, policy: Policy) -> str:
    """A message of plain words."""
    return "text" if facts.message.kind == "text" else ""


def cjk(facts: Facts, policy: Policy) -> str:
    """Chinese, Japanese or Korean letters."""
    return "" if facts.text.isascii() else _seen(_CJK, facts.text)


def cyrillic(facts: Facts, policy: Policy) -> str:
    """Cyrillic letters."""
    return "" if facts.text.isascii() else _seen(_CYRILLIC, facts.text)


def rtl(facts: Facts, policy: Policy) -> str:
    """Letters and marks that run from right to left."""
    return "" if facts.text.isascii() else _seen(_RTL, facts.text)


def arabic(facts: Facts, policy: Policy) -> str:
    """Arabic letters."""
    return "" if facts.text.isascii() else _seen(_ARABIC, facts.text)


def zalgo(facts: Facts, policy: Policy) -> str:
    """Marks heaped on letters."""
    return "marks" if not facts.text.isascii() and _HEAPED.search(facts.text) else ""


def emoji(facts: Facts, policy: Policy) -> str:
    """An emoji anywhere in the text."""
    return _seen(_ONE_EMOJI, facts.text) or marked(facts, "custom_emoji")


def emojicustom(facts: Facts, policy: Policy) -> str:
    """A custom (premium) emoji."""
    return marked(facts, "custom_emoji")


def emojionly(facts: Facts, policy: Policy) -> str:
    """Nothing but emoji."""
    said = facts.text.strip()
    return said if said and _ONE_EMOJI.search(said) and _ONLY_EMOJI.fullmatch(said) else ""


def email(facts: Facts, policy: Policy) -> str:
    """An e-mail address."""
    found = _seen(_EMAIL, facts.folded) if "@" in facts.folded else ""
    return found or marked(facts, "email")


def phone(facts: Facts, policy: Policy) -> str:
    """A telephone number."""
    return _seen(_PHONE, facts.folded) or marked(facts, "phone_number")


def mention(facts: Facts, policy: Policy) -> str:
    """@somebody."""
    if facts.message.mentions:
        return "text_mention"
    found = _seen(_MENTION, facts.folded) if "@" in facts.folded else ""
    return found or marked(facts, "mention", "text_mention")


def hashtag(facts: Facts, policy: Policy) -> str:
    """#word."""
    found = _seen(_HASHTAG, facts.text.replace("\uff03", "#")) if "#" in facts.folded else ""
    return found or marked(facts, "hashtag")


def cashtag(facts: Facts, policy: Policy) -> str:
    """$NAME."""
    found = _seen(_CASHTAG, facts.text.replace("\uff04", "$")) if "$" in facts.folded else ""
    return found or marked(facts, "cashtag")


def command(facts: Facts, policy: Policy) -> str:
    """A bot's command at the beginning, unless it is allowed."""
    m = _COMMAND.match(facts.message.text) if "/" in facts.message.text else None
    if m is None:
        return ""
    return "" if policy.locks.allowed.command(m[1].lower()) else m[0].strip()


def spoiler(facts: Facts, policy: Policy) -> str:
    """Hidden text or a hidden picture."""
    t = facts.message.traits
    return "spoiler" if t is not None and (t.spoiler or "spoiler" in t.entities) else ""


def code(facts: Facts, policy: Policy) -> str:
    """Text set as program code."""
    return marked(facts, "pre", "code")


def textlink(facts: Facts, policy: Policy) -> str:
    """An address hidden behind words."""
    return marked(facts, "text_link")


# --- addresses; those on the list of allowed ones pass
def url(facts: Facts, policy: Policy) -> str:
    """Any address, of the web or of Telegram."""
    found = links.links(facts, policy) or links.invites(facts, policy)
    return found.matched if found else ""


def invitelink(facts: Facts, policy: Policy) -> str:
    """A way into another group or channel."""
    found = links.invites(facts, policy)
    return found.matched if found and (found.strong or not _BOT.search(found.matched.lower())) else ""


def story(facts: Facts, policy: Policy) -> str:
    """A story passed on, or the address of one."""
    if facts.message.kind == "story":
        return "story"
    return next((m[0] for s in (facts.folded, *facts.message.urls) if (m := _STORY.search(s.lower()))), "")


def botlink(facts: Facts, policy: Policy) -> str:
    """A link to a bot, or its @name."""
    for place in (facts.folded, *facts.message.urls):
        for m in _BOT.finditer(place.lower()):
            if f"t.me/{m[1]}" not in policy.allowed:
                return m[0]
    return ""
