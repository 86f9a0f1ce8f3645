"""What a group wrote down besides its settings, as it moves: notes, filters, approvals, federation. Pure.

A book is name → what stands there: of a note or filter `{"text": in the admins' dialect, "media": [kind, file
id] or None}`, of an approval (by id) its reason, of the federation (by code) nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import yaml

from groupbot.core import fillings
from groupbot.features.moving.domain.nodes import NULL, Wrong, at, line, pairs
from groupbot.features.notes.domain import names, triggers
from groupbot.features.rules.domain.allowing import SHARED
from groupbot.features.rules.domain.matching import Unfit

WRITTEN = ("notes", "filters")
APPROVALS, FEDERATION = "approvals", "federation"
BOOKS = (*WRITTEN, APPROVALS, FEDERATION)
MEDIA = ("photo", "animation", "video", "document", "sticker", "audio", "voice", "video_note")
REASON = 200  # characters
LONGEST = 10_000  # characters of a note or filter as it is typed
_ABOUT = {
    "notes": "what #name says",
    "filters": "what is answered to a word",
    APPROVALS: "who is trusted here: id and why",
    FEDERATION: "the federation this group is in, by its code",
}
Books = Mapping[str, Mapping[str, Any]]


def said(text: str, media: tuple[str, str] | None = None) -> dict[str, Any]:
    """What a note or filter says, in the one form in which two are the same."""
    draft = fillings.read(text, media)
    return {"text": fillings.write(draft), "media": list(draft.media) if draft.media else None}


def name_of(book: str, text: str, *, bare: bool = False) -> str:
    """A note's name or a filter's trigger in its one spelling; "" when it is none. `bare`: not in quotes,
    though it may be several words."""
    if book == "notes":
        return names.name_of(text)
    try:
        if bare:
            raise Unfit("open")
        found, rest = triggers.read(text)
        if rest or len(found) != 1:
            raise Unfit("open")
    except Unfit:
        kind, colon, inner = text.partition(":")
        special = bool(colon) and kind.lower() in ("prefix", "exact")
        quoted = (inner if special else text).strip().replace('"', '\\"')
        try:
            found, _ = triggers.read(f'{kind.lower()}:"{quoted}"' if special else f'"{quoted}"')
        except Unfit:
            return ""
    return found[0].line


def bare_of(line: str) -> str:
    """A filter's trigger without its quotes: `name_of(…, bare=True)` gives the trigger back."""
    one = triggers.read(line)[0][0]
    return one.text if one.kind == "text" else f"{one.kind}:{one.text}"


# --- writing
def written(books: Books) -> list[str]:
    """The lines of a file for these books; an empty one stands there as empty."""
    lines: list[str] = []
    for book in BOOKS:
        if book not in books:
            continue
        lines += ["", f"# {_ABOUT[book]}"]
        lines.append(line(book, _shown(book, books[book])))
    return lines


def _shown(book: str, rows: Mapping[str, Any]) -> Any:
    if book == FEDERATION:
        return next(iter(rows), None)
    if book == APPROVALS:
        return {int(k): v for k, v in rows.items()}
    return {k: _plain(v) for k, v in rows.items()}


def _plain(value: Mapping[str, Any]) -> Any:
    if not value["media"]:
        return value["text"]
    return {"text": value["text"], "media": list(value["media"])}


# --- reading
def read(book: str, node: yaml.Node, wrong: list[Wrong], lines: dict[str, int]) -> dict[str, Any]:
    """A book as a file names it; what does not fit is added to `wrong`. `lines` learns what stands where, by
    what people call it."""
    if book == FEDERATION:
        made = _code(node, wrong)
        lines |= dict.fromkeys(made, at(node))
        return made
    return _approved(node, wrong) if book == APPROVALS else _said(book, node, wrong, lines)


def called(book: str, name: str) -> str:
    """How people write it: a note with its #."""
    return f"#{name}" if book == "notes" else name


def _code(node: yaml.Node, wrong: list[Wrong]) -> dict[str, Any]:
    if node.tag == NULL:
        return {}
    value = node.value.strip().upper() if isinstance(node, yaml.ScalarNode) else ""
    if not (value.isascii() and value.isalnum() and len(value) <= 8):
        wrong.append(Wrong(at(node), FEDERATION, "the code of a federation", "federation: 7K3F9QWE"))
    return {value: ""}


def _approved(node: yaml.Node, wrong: list[Wrong]) -> dict[str, Any]:
    made = {}
    for name, key, value in pairs(node, APPROVALS, wrong):
        if not is_id(name) or int(name) in SHARED:
            wrong.append(Wrong(at(key), name, "the id of a person or channel", "1000001: our florist"))
        elif not isinstance(value, yaml.ScalarNode) or len(value.value) > REASON:
            wrong.append(
                Wrong(at(value), name, f"a reason of at most {REASON} characters", f"{name}: friend")
            )
        else:
            made[str(int(name))] = "" if value.tag == NULL else " ".join(value.value.split())
    return made


def is_id(text: str) -> bool:
    """The id of a person (positive) or channel (negative), of at most 52 bits."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 16 and 0 < int(digits) < 1 << 52


def _said(book: str, node: yaml.Node, wrong: list[Wrong], lines: dict[str, int]) -> dict[str, Any]:
    made = {}
    for name, key, value in pairs(node, book, wrong):
        parts = {"text": value}
        if isinstance(value, yaml.MappingNode):
            parts = {n: v for n, _, v in pairs(value, name, wrong)}
        media = _media(parts.get("media"))
        text = parts.get("text")
        if not isinstance(text, yaml.ScalarNode | None) or media is False or parts.keys() - {"text", "media"}:
            example = f"{name}: {{text: …, media: [photo, …]}}"
            wrong.append(Wrong(at(value), name, f"a text, and for a file one of {', '.join(MEDIA)}", example))
            continue
        words = "" if text is None or text.tag == NULL else text.value
        own = name_of(book, name)
        if not own or len(words) > LONGEST or not (words.strip() or media):
            wrong.append(
                Wrong(at(key), name, f"a text of at most {LONGEST} characters", f"{book[:-1]}: Hello")
            )
            continue
        made[own] = said(words, media or None)
        lines[called(book, own)] = at(key)
    return made


def _media(node: yaml.Node | None) -> Any:
    """(kind, file id); None for nothing, False for what is neither."""
    if node is None or node.tag == NULL:
        return None
    if not isinstance(node, yaml.SequenceNode) or len(node.value) != 2:
        return False
    kind, id_ = (n.value if isinstance(n, yaml.ScalarNode) else "" for n in node.value)
    return (kind, id_) if kind in MEDIA and id_ and len(id_) < 256 else False


# --- comparing
def differing(
    book: str, now: Mapping[str, Any], then: Mapping[str, Any], *, whole: bool
) -> list[tuple[str, Any, Any]]:
    """(name, what stands there, what would) of a book; `whole`: what is not named goes. None is nothing.
    What goes comes first. A group is in one federation at most: another one takes its place."""
    gone = now.keys() - then.keys() if whole or (book == FEDERATION and then) else set[str]()
    found = [(k, now[k], None) for k in sorted(gone)]
    return found + [(k, now.get(k), v) for k, v in sorted(then.items()) if now.get(k) != v]


def wanted(modules: Collection[str]) -> tuple[str, ...]:
    """The books of these modules; all when none is named."""
    return tuple(b for b in BOOKS if not modules or b in modules)
