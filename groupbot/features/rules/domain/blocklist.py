"""A chat's blocklist: all of its entries looked for in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from msgspec import Struct, structs

from groupbot.core.events import Message
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain import fold, matching, wishes
from groupbot.features.rules.domain.entries import NOTICE, SOURCES, Block, entry
from groupbot.features.rules.domain.entries import read as entries_of
from groupbot.features.rules.domain.facts import Facts, Finding, Policy
from groupbot.features.rules.domain.matching import Patterns
from groupbot.features.rules.domain.phrases import PHRASE, TRIGGER, Entry, Phrases
from groupbot.features.rules.domain.wishes import LADDER, Wish

ID, VERSION = "blocklist", 1
BLOCK = PHRASE << 2
assert not BLOCK & (PHRASE | TRIGGER)
MOST = 10_000  # entries of a chat


def _line(value: Any) -> str:
    """An entry in its one spelling. Raises ValueError for what is none, or several."""
    (block,) = entries_of(str(value))
    return block.line


ENTRIES = Setting(
    "blocklist",
    [],
    "Words, files and sources that are not said here (list of entries)",
    kind="rows",
    module="blocklist",
    most=MOST,
    reads=_line,
    form="entries as /addblocklist takes them",
    example='["\\"free money\\" {tban 2w}"]',
)
MODE = Setting(
    "blocklist_mode",
    "",
    "What follows an entry that names nothing",
    module="blocklist",
    most=40,
    reads=wishes.spelling,
    form=wishes.FORM,
    example="tban 2w",
)
DELETE = Setting(
    "blocklist_delete", True, "A message with an entry goes", choices=(True, False), module="blocklist"
)
REASON = Setting(
    "blocklist_reason",
    "",
    "What is said of an entry without words of its own",
    module="blocklist",
    most=NOTICE,
)
SETTINGS = (ENTRIES, MODE, DELETE, REASON)


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


def for_engine(block: Block) -> bool:
    """Does an entry need the engine: wildcards, an expression, or a place in the text?"""
    if block.kind == "text":
        return matching.plain(block.text) is None
    return block.kind in ("prefix", "exact", "re", "file")


class Blocklist:
    """A list made ready. Plain entries wait in `words` for the automaton of the policy; `left_out` are
    those beyond what the engine is given."""

    __slots__ = (
        "_atoms",
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
            if kind == "text" and not for_engine(block):
                self._plain[key] = block
            elif kind == "lookalike":
                likes[key] = block
            elif kind == "file" and len(files) >= matching.MOST:
                self.left_out += 1
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
        self._likes = (Phrases((Entry(k) for k in likes), ready=True), likes) if likes else None
        # most messages hold none of these words and are through; `edges` alone for single carriers
        self._wild, self._edges = Patterns([*wild, *edges]), Patterns(edges)
        self._atoms = matching.Atoms(matching.atom(b.text) for _, b in (*wild, *edges))
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
            if len(self._wild) and any(map(self._atoms.among, forms)):
                found += _hits(self._wild, map(matching.marked, forms))
                if len(self._edges) and len(message.carriers) > 1:
                    found += _hits(self._edges, map(matching.marked, _each(message)))
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


def _each(message: Message) -> tuple[str, ...]:
    """Each of several carriers by itself."""
    return tuple(dict.fromkeys(f for _, t in message.carriers for f in fold.forms(fold.fold(t))))


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
