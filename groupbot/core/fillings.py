"""Group admins' own dialect of texts ↔ our templates. Pure.

What Rose and her relatives taught admins to type: `*bold*`, `[text](https://…)`,
`[text](buttonurl://… )` with `:same` for the same row, fillings such as `{first}`, flags such as
`{preview}`, and `%%%` between alternatives. `read` turns it into template text (Telegram's HTML with our
Jinja names) and buttons; `write` turns that back. Tags of our template language and Telegram's HTML tags
may be typed too and stay as they are.

Grammar: PEERS, "Formatting"; missrose.org/docs, formatting and fillings.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FILLINGS = {
    name: f"{{{{ {name} }}}}"
    for name in ("first", "last", "fullname", "username", "mention", "id", "chatname", "count")
}
FLAGS = ("preview", "nonotif", "protect", "mediaspoiler", "private", "noprivate", "admin", "user", "replytag")
RULES = "rules"  # {rules} is a button: its target
APART = "%%%"
_SPANS = {"```": "pre", "`": "code", "||": "tg-spoiler", "__": "u", "*": "b", "_": "i", "~": "s"}
_MARKS = {"b": "*", "strong": "*", "i": "_", "em": "_", "u": "__", "ins": "__", "s": "~", "strike": "~"}
_MARKS |= {"del": "~", "tg-spoiler": "||", "code": "`", "pre": "```"}
_ESCAPED = "\\*_~|`[]{}"
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
_TAG = re.compile(r"</?(?:b|strong|i|em|u|ins|s|strike|del|code|pre|tg-spoiler|blockquote|a)(?:\s[^<>]*)?>")
_NAME = re.compile(r"\{(\w+)(:same)?\}")
_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")
_BUTTON = re.compile(r"buttonurl(?:#(\w+))?:(?://)?(.+?)(:same)?")
_TOKEN = re.compile(
    r"(?P<jinja>\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})|<a href=\"(?P<href>[^\"]*)\">|(?P<end></a>)"
    r"|</?(?P<tag>[a-z-]+)>|(?P<other><[^<>]*>)",
    re.S,
)
_FILLED = {v: f"{{{k}}}" for k, v in FILLINGS.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """A button as admins write it: `target` is an address, `#note` or `rules`; `same` keeps it in the row
    of the one before; `style` is a colour some clients show."""

    label: str
    target: str
    same: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One alternative: template text and its buttons."""

    text: str
    links: tuple[Link, ...] = ()

    @property
    def rows(self) -> tuple[tuple[Link, ...], ...]:
        """The buttons in their rows."""
        made: list[list[Link]] = []
        for link in self.links:
            if link.same and made:
                made[-1].append(link)
            else:
                made.append([link])
        return tuple(map(tuple, made))


@dataclass(frozen=True, slots=True)
class Draft:
    """A text of an admin: alternatives, one of which is said; flags; the media it goes with as
    (kind, file id)."""

    pieces: tuple[Piece, ...] = field(default_factory=lambda: (Piece(""),))
    flags: tuple[str, ...] = ()
    media: tuple[str, str] | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON; `kept` reads it."""
        return {
            "pieces": [
                {
                    "text": p.text,
                    "buttons": [[b.label, b.target, b.same, b.style] for b in p.links],
                }
                for p in self.pieces
            ],
            "flags": list(self.flags),
            "media": list(self.media) if self.media else None,
        }


def kept(value: Mapping[str, Any]) -> Draft:
    """The draft that `plain` wrote."""
    pieces = tuple(Piece(p["text"], tuple(Link(*b) for b in p["buttons"])) for p in value["pieces"])
    media = value.get("media")
    return Draft(pieces, tuple(value.get("flags", ())), (media[0], media[1]) if media else None)


# --- their dialect → template
def read(text: str, media: tuple[str, str] | None = None) -> Draft:
    """What an admin typed as a draft. Nothing is refused here: what is no mark of the dialect is text."""
    flags: list[str] = []
    pieces = []
    for part in text.split(APART):
        links: list[Link] = []
        body = _read(part.strip(), links, flags)
        pieces.append(Piece(body.strip(), tuple(links)))
    found = tuple(p for p in pieces if p.text or p.links) or (Piece(""),)
    return Draft(found, tuple(dict.fromkeys(flags)), media)


def _read(text: str, links: list[Link], flags: list[str]) -> str:
    out: list[str] = []
    at = 0
    while at < len(text):
        c = text[at]
        if c == "\\" and at + 1 < len(text) and text[at + 1] in _ESCAPED:
            out.append(_literal(text[at + 1]))
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
            out.append(_literal(c))
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
            out.append("{{ '{#' }}")
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
        inner = _read(m[1], links, flags)
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
    made = _verbatim(inner) if verbatim else _read(inner, links, flags)
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
        out += [html.escape(text[at : m.start()], quote=False), filled or m[0]]
        at = m.end()
    return "".join(out) + html.escape(text[at:], quote=False)


def _word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isalnum() and text[at].isascii()


# --- template → their dialect
def write(draft: Draft) -> str:
    """A draft as an admin would type it. `read(write(d))` says the same as d."""
    parts = []
    for piece in draft.pieces:
        buttons = "\n".join(_button(b) for b in piece.links)
        parts.append("\n".join(p for p in (_write(piece.text), buttons) if p))
    flags = "".join(f"{{{f}}}" for f in draft.flags)
    return f"\n{APART}\n".join(parts) + (f"\n{flags}" if flags else "")


def _button(link: Link) -> str:
    same = ":same" if link.same else ""
    if link.target == RULES and not link.label:
        return f"{{rules{same}}}"
    style = f"#{link.style}" if link.style else ""
    label = re.sub(r"([\\\[\]])", r"\\\1", link.label)
    return f"[{label}](buttonurl{style}://{link.target}{same})"


def _write(text: str) -> str:
    made = _marked(text, marks=True)
    return made if _read(made, [], []).strip() == text else _marked(text, marks=False)


def _marked(text: str, *, marks: bool) -> str:
    """With marks, or where they would say something else (`_a_b`), with the tags themselves."""
    out: list[str] = []
    opened: list[str] = []
    at, code = 0, 0
    for m in _TOKEN.finditer(text):
        out.append(_plain(text[at : m.start()], code=code > 0))
        at = m.end()
        if m["jinja"]:
            out.append("{#" if m["jinja"] == "{{ '{#' }}" else _FILLED.get(m["jinja"], m["jinja"]))
        elif not marks:
            code += (-1 if m[0].startswith("</") else 1) if m["tag"] in ("code", "pre") else 0
            out.append(m[0])
        elif m["href"] is not None:
            opened.append(html.unescape(m["href"]))
            out.append("[")
        elif m["end"]:
            out.append(f"]({opened.pop()})" if opened else "")
        elif m["tag"] in _MARKS:
            code += (-1 if m[0].startswith("</") else 1) if m["tag"] in ("code", "pre") else 0
            out.append(_MARKS[m["tag"]])
        else:
            out.append(m[0])
    return "".join(out) + _plain(text[at:], code=code > 0)


def _plain(text: str, *, code: bool) -> str:
    made = html.unescape(text)
    return made if code else re.sub(r"([\\*_~|`\[\]])", r"\\\1", made)
