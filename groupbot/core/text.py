"""Text as Telegram counts and marks it: UTF-16 units, entities, the 4096 cut.

Templates are written in Telegram's HTML and leave as text plus entities, so that no member's name can
break a message. Rules: core.telegram.org/bots/api#formatting-options.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from msgspec import Struct, structs

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
TOAST_LIMIT = 200
QUESTION_LIMIT = 300


class Entity(Struct, frozen=True, omit_defaults=True):
    """One mark on a text; `offset` and `length` in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    user: int | None = None
    unix: int | None = None  # of a date_time: the moment, shown on each reader's own clock
    format: str | None = None


class Formatted(Struct, frozen=True):
    """Plain text and its entities."""

    text: str
    entities: tuple[Entity, ...] = ()


_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "span": "spoiler",
    "tg-time": "date_time",
}
_TIME_FORMAT = re.compile(r"[rR]|[tTdDwW]*")
_USER = re.compile(r"tg://user\?id=(\d+)")


_BEYOND = re.compile("[\U00010000-\U0010ffff]")  # two units each


def units(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text) if text.isascii() else len(text) + len(_BEYOND.findall(text))


def escape(text: str) -> str:
    """Text made safe inside Telegram's HTML."""
    return html.escape(text, quote=False)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.at = 0
        self.open: list[tuple[str, Entity]] = []
        self.done: list[Entity] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
        self.at += units(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = _TAGS.get(tag)
        if kind is None or (tag == "span" and given.get("class") != "tg-spoiler"):
            raise ValueError(f"<{tag}> is not a tag of Telegram's HTML (line {self.getpos()[0]})")
        entity = Entity(kind, self.at, 0)
        if kind == "text_link":
            href = given.get("href") or ""
            user = _USER.fullmatch(href)
            entity = (
                Entity("text_mention", self.at, 0, user=int(user[1]))
                if user
                else Entity(kind, self.at, 0, url=href)
            )
        elif kind == "custom_emoji":
            entity = Entity(kind, self.at, 0, custom_emoji_id=given.get("emoji-id"))
        elif kind == "date_time":
            entity = self._moment(given)
        elif tag == "blockquote" and "expandable" in given:
            entity = Entity("expandable_blockquote", self.at, 0)
        elif tag == "code" and self.open and self.open[-1][0] == "pre" and given.get("class"):
            lang = (given["class"] or "").removeprefix("language-")
            outer_tag, outer = self.open[-1]
            self.open[-1] = (outer_tag, structs.replace(outer, language=lang))
            entity = Entity("", self.at, 0)  # said by the outer one
        self.open.append((tag, entity))

    def _moment(self, given: dict[str, str | None]) -> Entity:
        """core.telegram.org/bots/api#date-time-entity-formatting (Bot API 9.5)."""
        unix, form = given.get("unix") or "", given.get("format") or ""
        if not (unix.isascii() and unix.isdigit() and len(unix) <= 11):
            raise ValueError(f"<tg-time> needs unix, in seconds (line {self.getpos()[0]})")
        if not _TIME_FORMAT.fullmatch(form):
            raise ValueError(f"<tg-time> format is r, or some of wdDtT (line {self.getpos()[0]})")
        return Entity("date_time", self.at, 0, unix=int(unix), format=form or None)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise ValueError(f"</{tag}> closes nothing (line {self.getpos()[0]})")
        _, entity = self.open.pop()
        if entity.type and self.at > entity.offset:
            self.done.append(structs.replace(entity, length=self.at - entity.offset))


def parse(markup: str) -> Formatted:
    """Telegram's HTML → text and entities, outer white space trimmed.

    Raises:
        ValueError: an unknown tag, a tag that closes nothing or is left open; names tag and line.
    """
    if "<" not in markup:  # most toasts and short replies; ten times cheaper
        return Formatted((html.unescape(markup) if "&" in markup else markup).strip())
    reader = _Reader()
    try:
        reader.feed(markup)
        reader.close()
    except AssertionError as e:  # html.parser's word for a broken declaration
        raise ValueError(str(e)) from None
    if reader.open:
        raise ValueError(f"<{reader.open[-1][0]}> is not closed")
    text = "".join(reader.parts)
    lead = units(text) - units(text.lstrip())
    text = text.strip()
    whole = Formatted(
        text,
        tuple(
            sorted(
                (structs.replace(e, offset=e.offset - lead) for e in reader.done),
                key=lambda e: (e.offset, -e.length),
            )
        ),
    )
    return clip(whole, units(text))


def clip(formatted: Formatted, limit: int) -> Formatted:
    """At most `limit` UTF-16 units, never half a character; entities are cut with the text."""
    text, entities = formatted.text, formatted.entities
    if not entities and len(text) * 2 <= limit:  # short however many units its letters take
        return formatted
    size = units(text)
    if size > limit:
        room, out = limit - 1, []
        for c in text:
            room -= 2 if c > "\uffff" else 1
            if room < 0:
                break
            out.append(c)
        text = "".join(out).rstrip() + "…"
        size = units(text)
    kept = []
    for e in entities:
        start, end = max(e.offset, 0), min(e.offset + e.length, size)
        if end > start:
            kept.append(structs.replace(e, offset=start, length=end - start))
    return Formatted(text, tuple(kept))


def to_html(formatted: Formatted) -> str:
    """Text and entities back to HTML, for a preview in a browser. Overlaps must nest."""
    raw = formatted.text.encode("utf-16-le")
    opens: dict[int, list[str]] = {}
    closes: dict[int, list[str]] = {}
    names = {"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code"}
    names |= {"pre": "pre", "blockquote": "blockquote", "spoiler": "tg-spoiler"}
    for e in formatted.entities:
        tag = names.get(e.type)
        if e.type == "text_link" and e.url:
            opens.setdefault(e.offset, []).append(f'<a href="{html.escape(e.url)}">')
            closes.setdefault(e.offset + e.length, []).insert(0, "</a>")
        elif tag:
            opens.setdefault(e.offset, []).append(f"<{tag}>")
            closes.setdefault(e.offset + e.length, []).insert(0, f"</{tag}>")
    out, last = [], 0
    for cut in sorted({*opens, *closes, len(raw) // 2}):
        out.append(escape(raw[last * 2 : cut * 2].decode("utf-16-le")))
        out += closes.get(cut, [])
        out += opens.get(cut, [])
        last = cut
    return "".join(out)


def mention(user: int, name: str) -> str:
    """HTML that mentions a person by id."""
    return f'<a href="tg://user?id={user}">{escape(name)}</a>'


def alike(one: str, other: str) -> bool:
    """Do two topics mean the same: is one part of the other?"""
    one, other = one.casefold(), other.casefold()
    return one in other or other in one
