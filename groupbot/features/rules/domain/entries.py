"""Entries of a blocklist as people write them.

/addblocklist "free money" {tban 2w} we know this one
/addblocklist (casino, "双倍返现", exact:hi)
/addblocklist stickerpack:badpack    file:*.apk    forward:@channel    inlinebot:@bot    re:"b[ei]t+ing"
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from groupbot.features.rules.domain import matching, wishes
from groupbot.features.rules.domain.matching import Unfit
from groupbot.features.rules.domain.wishes import Wish

SOURCES = ("stickerpack", "file", "forward", "inlinebot")
KINDS = ("text", "prefix", "exact", "lookalike", "re", *SOURCES)
NOTICE = 200  # characters of a reason
_KIND = re.compile(rf"({'|'.join(KINDS[1:])}|regex):", re.I)
_ALSO = {"regex": "re"}  # as other bots spell it
_OPEN, _CLOSE, _COMMAS = "(\uff08", ")\uff09", ",\uff0c\u3001"  # with those of Chinese keyboards
_PACK = re.compile(r"(?:https?://)?t(?:elegram)?\.me/add(?:stickers|emoji)/(\w+)", re.I)


class Block(Struct, frozen=True):
    """One entry. `wish` None: as `/blocklistmode` says."""

    kind: str
    text: str
    wish: Wish | None = None
    reason: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What makes two entries the same one."""
        return self.kind, key_of(self.kind, self.text)

    @property
    def line(self) -> str:
        """The entry as it is kept and exported: `read` gives it back."""
        text = self.text.replace('"', '\\"')
        if (len(text) - len(text.rstrip("\\"))) % 2:
            text += "\\"  # a backslash at the end means itself; alone it would swallow the quotation mark
        made = f'"{text}"' if self.kind == "text" else f'{self.kind}:"{text}"'
        if self.wish is not None:
            made += f" {{{self.wish.text or 'on'}}}"
        return f"{made} {self.reason}" if self.reason else made


@lru_cache(32_768)
def key_of(kind: str, text: str) -> str:
    """The text of an entry in the one form in which it is compared."""
    if kind in ("re", "file"):
        return text if kind == "re" else matching.glob(text)
    if kind == "stickerpack":
        m = _PACK.search(text)
        return (m[1] if m else text).lower()
    if kind in ("forward", "inlinebot"):
        return text.lower().removeprefix("https://").removeprefix("t.me/").removeprefix("@")
    made = matching.plain(text)
    if made is None:
        return matching.body(text)
    return matching.skeleton(made) if kind == "lookalike" else made


def read(text: str) -> list[Block]:
    """The entries of one command: triggers, then an action in braces and a reason for all of them.

    Raises:
        Unfit: nothing there, brackets or quotes without an end, or an entry that cannot be taken.
    """
    triggers, rest = _triggers(text.strip())
    try:
        wish, reason = wishes.within(rest)
    except ValueError:
        raise Unfit("act") from None
    if len(reason) > NOTICE:
        raise Unfit("long")
    return [checked(Block(kind, t, wish, reason)) for kind, t in triggers]


def checked(block: Block) -> Block:
    """The entry, if it can be taken.

    Raises:
        Unfit: why not.
    """
    if len(block.text) > matching.LONGEST:
        raise Unfit("long")
    key = block.key[1]
    if not block.text.strip():
        raise Unfit("empty")
    if not key.strip() or (block.kind == "lookalike" and matching.plain(block.text) is None):
        raise Unfit("empty" if not key.strip() else "wild")
    if block.kind == "file":
        if matching.compiled(key).programsize > matching.LARGEST:
            raise Unfit("heavy")
    elif block.kind == "re" or (block.kind not in SOURCES and matching.plain(block.text) is None):
        matching.compiled(matching.pattern_of(block.kind, block.text)[0])
    return block


def _triggers(text: str) -> tuple[list[tuple[str, str]], str]:
    if text[:1] not in _OPEN or not text:
        kind, trigger, rest = _one(text, " \t\n")
        return [(kind, trigger)], rest
    found, rest = [], text[1:]
    while True:
        while rest and (rest[0].isspace() or rest[0] in _COMMAS):
            rest = rest[1:]
        if not rest:
            raise Unfit("open")
        if rest[0] in _CLOSE:
            break
        kind, trigger, rest = _one(rest, _COMMAS + _CLOSE)
        found.append((kind, trigger))
    if not found:
        raise Unfit("empty")
    return found, rest[1:]


def _one(text: str, ends: str) -> tuple[str, str, str]:
    """Kind, trigger and what follows it, of a text that begins with a trigger."""
    m = _KIND.match(text)
    kind, rest = (_kind(m), text[m.end() :]) if m else ("text", text)
    if rest[:1] in ('"', "“"):
        trigger, rest = _quoted(rest[1:])
        inner = _KIND.match(trigger) if kind == "text" else None
        if inner:  # "prefix:hi there" is prefix:"hi there"
            kind, trigger = _kind(inner), trigger[inner.end() :]
    else:
        brace = "" if kind == "re" else "{"
        cut = next((i for i, c in enumerate(rest) if c in ends or c in brace), len(rest))
        trigger, rest = rest[:cut].replace('\\"', '"'), rest[cut:]
    trigger = trigger.strip()
    if not trigger:
        raise Unfit("empty")
    return kind, trigger, rest


def _kind(found: re.Match[str]) -> str:
    name = found[1].lower()
    return _ALSO.get(name, name)


def _quoted(text: str) -> tuple[str, str]:
    made, i = "", 0
    while i < len(text):
        c = text[i]
        if c == "\\" and i + 1 < len(text):
            made += text[i + 1] if text[i + 1] == '"' else text[i : i + 2]
            i += 2
            continue
        if c in '"”':
            return made, text[i + 1 :]
        made, i = made + c, i + 1
    raise Unfit("open")


@lru_cache(32_768)
def entry(line: str) -> Block | None:
    """An entry as it is kept; None when it cannot be read any more."""
    try:
        return read(line)[0]
    except Unfit:
        return None
