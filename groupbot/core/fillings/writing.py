"""Template → their dialect. Pure."""

from __future__ import annotations

import html
import re

from groupbot.core.fillings.drafts import APART, FILLINGS, RULES, Draft, Link
from groupbot.core.fillings.reading import BRACE, COMMENT, read_piece

_MARKS = {"b": "*", "strong": "*", "i": "_", "em": "_", "u": "__", "ins": "__", "s": "~", "strike": "~"}
_MARKS |= {"del": "~", "tg-spoiler": "||", "code": "`", "pre": "```"}
_TOKEN = re.compile(
    r"(?P<jinja>\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})|<a href=\"(?P<href>[^\"]*)\">|(?P<end></a>)"
    r"|</?(?P<tag>[a-z-]+)>|(?P<other><[^<>]*>)",
    re.S,
)
_FILLED = {v: f"{{{k}}}" for k, v in FILLINGS.items()} | {COMMENT: "{#", BRACE: "\\{"}


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
    return made if read_piece(made, [], []).strip() == text else _marked(text, marks=False)


def _marked(text: str, *, marks: bool) -> str:
    """With marks, or where they would say something else (`_a_b`), with the tags themselves."""
    out: list[str] = []
    opened: list[str] = []
    at, code = 0, 0
    for m in _TOKEN.finditer(text):
        out.append(_plain(text[at : m.start()], code=code > 0))
        at = m.end()
        if m["jinja"]:
            out.append(_FILLED.get(m["jinja"], m["jinja"]))
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
