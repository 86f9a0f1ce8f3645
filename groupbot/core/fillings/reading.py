"""Their dialect → template. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from groupbot.core.fillings.drafts import APART, FILLINGS, FLAGS, RULES, WORDLESS, Draft, Link, Piece
from groupbot.core.text import Entity

_SPANS = {"```": "pre", "`": "code", "||": "tg-spoiler", "__": "u", "*": "b", "_": "i", "~": "s"}
_ESCAPED = "\\*_~|`[]{}"
BRACE, COMMENT = "{{ '{' }}", "{{ '{#' }}"  # as letters, so that no tag of the template language begins
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
_TAG = re.compile(r"</?(?:b|strong|i|em|u|ins|s|strike|del|code|pre|tg-spoiler|blockquote|a)(?:\s[^<>]*)?>")
_NAME = re.compile(r"\{(\w+)(:same)?\}")
_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")
_BUTTON = re.compile(r"buttonurl(?:#(\w+))?:(?://)?(.+?)(:same)?")


def read(text: str, media: tuple[str, str] | None = None) -> Draft:
    """What an admin typed as a draft. Nothing is refused here: what is no mark of the dialect is text. Media
    that cannot carry words give way to words."""
    if media is not None and media[0] in WORDLESS and text.strip():
        media = None
    flags: list[str] = []
    pieces = []
    for part in text.split(APART):
        links: list[Link] = []
        body = read_piece(part.strip(), links, flags)
        pieces.append(Piece(body.strip(), tuple(links)))
    found = tuple(p for p in pieces if p.text or p.links) or (Piece(""),)
    return Draft(found, tuple(dict.fromkeys(flags)), media)


def read_piece(text: str, links: list[Link], flags: list[str]) -> str:
    """One alternative as template text; its buttons and flags are added to `links` and `flags`."""
    out: list[str] = []
    at = 0
    while at < len(text):
        c = text[at]
        if c == "\\" and at + 1 < len(text) and text[at + 1] in _ESCAPED:
            opens = text[at + 1] == "{" and text[at + 2 : at + 3] in ("{", "%", "#", "\\")
            out.append(BRACE if opens else _literal(text[at + 1]))
            at += 2
            continue
        step = None
        if c == "{":
            step = _jinja(text, at, out) or _name(text, at, out, links, flags)
        elif c == "[":
            step = _link(text, at, out, links, flags)
        elif c == "<":
            m = _TAG.match(text, at)
            if m is not None:
                out.append(m[0])
                step = m.end()
        else:
            step = _span(text, at, out, links, flags)
        if step is None:
            out.append(BRACE if text[at : at + 3] == "{\\{" else _literal(c))
            step = at + 1
        at = step
    return "".join(out)


def _literal(c: str) -> str:
    return html.escape(c, quote=False)


def _jinja(text: str, at: int, out: list[str]) -> int | None:
    """A tag of the template language as it is; an opened one without its end too, so that it is found."""
    m = _JINJA.match(text, at)
    if m is None and text[at : at + 2] not in ("{{", "{%"):
        return None
    out.append(m[0] if m else text[at : at + 2])
    return m.end() if m else at + 2


def _name(text: str, at: int, out: list[str], links: list[Link], flags: list[str]) -> int | None:
    m = _NAME.match(text, at)
    if m is None:
        if text.startswith("{#", at):  # no comment of ours
            out.append(COMMENT)
            return at + 2
        return None
    name = m[1].lower()
    if name in FILLINGS:
        out.append(FILLINGS[name])
    elif name in FLAGS:
        flags.append(name)
    elif name == RULES:
        links.append(Link("", RULES, bool(m[2])))
    else:
        return None
    return m.end()


def _link(text: str, at: int, out: list[str], links: list[Link], flags: list[str]) -> int | None:
    m = _LINK.match(text, at)
    if m is None:
        return None
    button = _BUTTON.fullmatch(m[2])
    if button is not None:
        label = re.sub(r"\\(.)", r"\1", m[1])
        links.append(Link(label, button[2], bool(button[3]), button[1] or ""))
    else:
        inner = read_piece(m[1], links, flags)
        out.append(f'<a href="{html.escape(m[2])}">{inner}</a>')
    return m.end()


def _span(text: str, at: int, out: list[str], links: list[Link], flags: list[str]) -> int | None:
    """`*bold*` and its like: marks hug what they mark, and `_` and `__` stand at the edge of a word."""
    mark = next((m for m in _SPANS if text.startswith(m, at)), None)
    if mark is None:
        return None
    start = at + len(mark)
    verbatim = mark[0] == "`"
    if not verbatim and (text[start : start + 1].isspace() or (mark[0] == "_" and _word(text, at - 1))):
        return None
    end = start
    while True:
        end = text.find(mark, end)
        if end < 0:
            return None
        after = end + len(mark)
        whole = verbatim or (
            not text[end - 1].isspace()
            and text[end - 1] != "\\"
            and not (mark[0] == "_" and _word(text, after))
            and not (len(mark) == 1 and text[after : after + 1] == mark)
        )
        if whole and end > start:
            break
        end += len(mark)
    inner = text[start:end]
    tag = _SPANS[mark]
    made = _verbatim(inner) if verbatim else read_piece(inner, links, flags)
    out.append(f"<{tag}>{made}</{tag}>")
    return after


def _verbatim(text: str) -> str:
    """Code: only what fills in or computes is not literal."""
    out: list[str] = []
    at = 0
    for m in re.finditer(rf"{_JINJA.pattern}|{_NAME.pattern}", text, re.S):
        filled = FILLINGS.get((m[1] or "").lower())
        if m[1] and filled is None:
            continue
        out += [_code(text[at : m.start()]), filled or m[0]]
        at = m.end()
    return "".join(out) + _code(text[at:])


def _code(text: str) -> str:
    return html.escape(text, quote=False).replace("{#", COMMENT)


def _word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isalnum() and text[at].isascii()


_OWN = {"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler"}
_OWN |= {"blockquote": "blockquote", "expandable_blockquote": "blockquote"}


def marked(text: str, marks: Iterable[Entity]) -> str:
    """A text with the marks that its author made in their app, as tags that `read` keeps. Offsets are
    UTF-16 units, as Telegram counts."""
    starts: dict[int, list[str]] = {}
    ends: dict[int, list[str]] = {}
    for e in sorted(marks, key=lambda e: (e.offset, -e.length)):
        tag = _OWN.get(e.type)
        if e.type in ("code", "pre"):
            opening = closing = "`" if e.type == "code" else "```"
        elif e.type == "text_link" and e.url:
            opening, closing = f'<a href="{html.escape(e.url)}">', "</a>"
        elif tag is not None:
            opening, closing = f"<{tag}>", f"</{tag}>"
        else:
            continue
        starts.setdefault(e.offset, []).append(opening)
        ends.setdefault(e.offset + e.length, []).insert(0, closing)
    if not starts:
        return text
    out: list[str] = []
    at = 0
    for c in text:
        out += [*ends.pop(at, ()), *starts.pop(at, ()), c]
        at += 2 if c > "\uffff" else 1
    return "".join(out + [t for tags in ends.values() for t in tags])
