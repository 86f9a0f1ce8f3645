"""A chat's blocklist: entries as people write them, and all of them looked for in one pass.

/addblocklist "free money" {tban 2w} we know this one
/addblocklist (casino, "双倍返现", exact:hi)
/addblocklist stickerpack:badpack    file:*.apk    forward:@channel    inlinebot:@bot    re:"b[ei]t+ing"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from msgspec import Struct, structs

from groupbot.core.events import Message
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain import fold, matching, wishes
from groupbot.features.rules.domain.facts import Facts, Finding, Policy
from groupbot.features.rules.domain.matching import Patterns, Unfit
from groupbot.features.rules.domain.phrases import PHRASE, TRIGGER, Entry, Phrases
from groupbot.features.rules.domain.wishes import LADDER, Wish

ID, VERSION = "blocklist", 1
BLOCK = PHRASE << 2
assert not BLOCK & (PHRASE | TRIGGER)
SOURCES = ("stickerpack", "file", "forward", "inlinebot")
KINDS = ("text", "prefix", "exact", "lookalike", "re", *SOURCES)
NOTICE = 200  # characters of a reason
MOST = 10_000  # entries of a chat
ENTRIES = Setting("blocklist", [], "Words, files and sources that are not said here (list of entries)")
MODE = Setting(
    "blocklist_mode", "", "What follows an entry that names nothing: empty, del, warn, mute, tban 2w …"
)
DELETE = Setting("blocklist_delete", True, "A message with an entry goes", choices=(True, False))
REASON = Setting("blocklist_reason", "", "What is said of an entry without words of its own")
SETTINGS = (ENTRIES, MODE, DELETE, REASON)
_KIND = re.compile(rf"({'|'.join(KINDS[1:])}):", re.I)
_OPEN, _CLOSE, _COMMAS = "(\uff08", ")\uff09", ",\uff0c\u3001"  # with those of Chinese keyboards
_WISH = re.compile(r"\{([^{}]*)\}")
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
        made = f'"{text}"' if self.kind == "text" else f'{self.kind}:"{text}"'
        if self.wish is not None:
            made += f" {{{self.wish.text or 'on'}}}"
        return f"{made} {self.reason}" if self.reason else made


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


# --- reading
def read(text: str) -> list[Block]:
    """The entries of one command: triggers, then an action in braces and a reason for all of them.

    Raises:
        Unfit: nothing there, brackets or quotes without an end, or an entry that cannot be taken.
    """
    triggers, rest = _triggers(text.strip())
    wish: Wish | None = None
    m = _WISH.search(rest)
    if m:
        try:
            wish = wishes.read(m[1])
        except ValueError:
            raise Unfit("act") from None
        rest = rest[: m.start()] + rest[m.end() :]
    reason = " ".join(rest.split())
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
    if not key.strip() or (block.kind == "lookalike" and matching.plain(block.text) is None):
        raise Unfit("empty" if not key.strip() else "wild")
    if block.kind == "file":
        matching.compiled(key)
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
    kind, rest = (m[1].lower(), text[m.end() :]) if m else ("text", text)
    if rest[:1] in ('"', "“"):
        trigger, rest = _quoted(rest[1:])
        inner = _KIND.match(trigger) if kind == "text" else None
        if inner:  # "prefix:hi there" is prefix:"hi there"
            kind, trigger = inner[1].lower(), trigger[inner.end() :]
    else:
        cut = next((i for i, c in enumerate(rest) if c in ends or c == "{"), len(rest))
        trigger, rest = rest[:cut].replace('\\"', '"'), rest[cut:]
    trigger = trigger.strip()
    if not trigger:
        raise Unfit("empty")
    return kind, trigger, rest


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


# --- looking
class Hit(Struct, frozen=True):
    """An entry that applies: on what words, or by which expression in which text; in which carrier (""
    as the words say)."""

    block: Block
    matched: str = ""
    carrier: str = ""
    by: tuple[str, str] | None = None

    @property
    def words(self) -> str:
        """What it hit."""
        return matching.written(*self.by) if self.by is not None else self.matched


class Blocklist:
    """A list made ready. Plain entries wait in `words` for the automaton of the policy; `left_out` are
    those beyond what the engine is given."""

    __slots__ = (
        "_edges",
        "_files",
        "_likes",
        "_plain",
        "_raw",
        "_sources",
        "_wild",
        "left_out",
        "mode",
        "reason",
        "words",
    )

    def __init__(self, blocks: Iterable[Block], mode: Wish = LADDER, reason: str = "") -> None:
        self.mode, self.reason = mode, reason
        self._plain: dict[str, Block] = {}
        self._sources: dict[tuple[str, str], Block] = {}
        likes: dict[str, Block] = {}
        wild: list[tuple[str, Block]] = []
        edges, raw, files = [*wild], [*wild], [*wild]
        budget = {True: matching.TAME, False: matching.WORK}
        each = {b.key: b for b in blocks}
        self.left_out = 0
        for (kind, key), block in each.items():
            if kind == "text" and matching.plain(block.text) is not None:
                self._plain[key] = block
            elif kind == "lookalike":
                likes[key] = block
            elif kind == "file":
                files.append((key, block))
            elif kind in SOURCES:
                self._sources[kind, key] = block
            else:
                pattern, size = matching.pattern_of(kind, block.text)
                tame = matching.tame(kind, block.text)
                budget[tame] -= size
                if budget[tame] < 0 or len(wild) + len(edges) >= matching.MOST:
                    self.left_out += 1
                    continue
                (raw if kind == "re" else edges if kind in ("prefix", "exact") else wild).append(
                    (pattern, block)
                )
        self.words = tuple(Entry(k, kinds=BLOCK) for k in self._plain)
        self._likes = (Phrases(Entry(k) for k in likes), likes) if likes else None
        self._wild, self._edges = Patterns(wild), Patterns(edges)
        self._raw, self._files = Patterns(raw), Patterns(files)

    @property
    def sources(self) -> bool:
        """Is something listed that is no text: packs, files, forwards, bots?"""
        return bool(self._sources or len(self._files))

    def wish(self, block: Block) -> Wish:
        """What an entry asks for: its own act, or the list's; staying is the list's to say."""
        own = block.wish if block.wish is not None else self.mode
        return structs.replace(own, keep=own.keep or self.mode.keep)

    def find(self, message: Message, forms: tuple[str, ...], plain: Iterable[str]) -> Hit | None:
        """The heaviest entry that applies; `plain` are the entries the automaton found."""
        found = [Hit(self._plain[p], p) for p in plain if p in self._plain]
        if forms[0]:
            if len(self._wild):
                found += _hits(self._wild, map(matching.marked, forms))
            if len(self._edges):
                each = _each(message, forms)
                found += _hits(self._edges, map(matching.marked, each))
            if len(self._raw):
                found += _hits(self._raw, forms)
            if self._likes is not None:
                looks = tuple(matching.skeleton(f) for f in forms)
                found += [Hit(self._likes[1][h.entry.text], h.entry.text) for h in self._likes[0].find(looks)]
        if self.sources:
            found += self._of_source(message)
        return max(found, key=lambda h: self.wish(h.block).weight) if found else None

    def _of_source(self, m: Message) -> list[Hit]:
        keys: list[tuple[str, str, str]] = []
        t = m.traits
        if m.via_bot:
            keys.append(("inlinebot", m.via_bot.lower(), "via bot"))
        if m.forwarded:
            keys.append(("forward", m.forwarded.rpartition(":")[2], "forward"))
        if t is not None and t.forward_name:
            keys.append(("forward", t.forward_name.lower(), "forward"))
        if t is not None and t.sticker_set:
            keys.append(("stickerpack", t.sticker_set.lower(), "sticker"))
        found = [
            Hit(b, value, carrier)
            for kind, value, carrier in keys
            if (b := self._sources.get((kind, value))) is not None
        ]
        if len(self._files):
            names = [text.lower() for name, text in m.carriers if name == "file_name"]
            found += _hits(self._files, names, "file_name")
        return found


def _hits(patterns: Patterns, texts: Iterable[str], carrier: str = "") -> list[Hit]:
    return [Hit(b, carrier=carrier, by=(pattern, text)) for b, pattern, text in patterns.find(texts)]


def _each(message: Message, forms: tuple[str, ...]) -> tuple[str, ...]:
    """The whole text, and each of several carriers by itself."""
    if len(message.carriers) < 2:
        return forms
    return (*forms, *dict.fromkeys(f for _, t in message.carriers for f in fold.forms(fold.fold(t))))


@lru_cache(256)
def _made(lines: tuple[str, ...], mode: Wish, reason: str) -> Blocklist | None:
    """One list for all chats that share it."""
    blocks = [b for b in map(entry, lines) if b is not None]
    return Blocklist(blocks, mode, reason) if blocks else None


def resolve(get: Callable[[Setting], Any]) -> Blocklist | None:
    """The list from settings; None when nothing stands on it. What cannot be read is left out."""
    lines = tuple(map(str, get(ENTRIES)))
    if not lines:
        return None
    try:
        mode = wishes.read(str(get(MODE)))
    except ValueError:
        mode = LADDER
    return _made(lines, structs.replace(mode, keep=not get(DELETE)), str(get(REASON))[:NOTICE])


def check(facts: Facts, policy: Policy) -> Finding | None:
    """The heaviest entry of the chat's list that stands in a message."""
    blocks: Blocklist = policy.blocks
    plain = [h.entry.text for h in facts.hits if h.entry.kinds & BLOCK] if facts.hits else ()
    hit = blocks.find(facts.message, facts.forms, plain)
    if hit is None:
        return None
    made = facts.finding(ID, VERSION, hit.words, carrier=hit.carrier)
    return structs.replace(made, wish=blocks.wish(hit.block).text, notice=hit.block.reason or blocks.reason)
