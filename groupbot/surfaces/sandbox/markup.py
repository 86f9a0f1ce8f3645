"""Telegram's HTML → text and entities, with Telegram's error texts; and entities people's clients add.

Rules: core.telegram.org/bots/api#html-style; where that is silent, the behaviour of tdlib's parser.
Offsets and lengths are UTF-16 units, except in error texts: those count bytes of the source.
"""

from __future__ import annotations

import re
from typing import Any

_KINDS = {
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
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_NAME = re.compile(r"[^\s>]*")
_SPACE = re.compile(r"\s*")
_KEY = re.compile(r"[^\s=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_END = r"[^\s<>，。！？、.,:;!?'\")]"  # an address does not end in punctuation
_AUTO = re.compile(
    rf"(?P<url>https?://[^\s<>，。！？、]*{_END}|(?:t\.me|telegram\.me)/[A-Za-z0-9_+/]+"
    rf"|(?<![\w.@])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|io|ru|me|shop)(?:/[^\s<>，。！？、]*{_END})?(?![\w@]))"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.]+)"
    r"|(?P<mention>(?<![\w@])@[A-Za-z0-9_]{4,32})"
    r"|(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)"
    r"|(?P<hashtag>(?<!\w)#\w+)"
)


class MarkupError(ValueError):
    """What Telegram answers when it cannot parse entities."""


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities.

    Raises:
        MarkupError: with Telegram's wording and byte offset.
    """
    return _Html(source).parse()


class _Html:
    """One run over a source."""

    def __init__(self, source: str) -> None:
        self.source, self.pos, self.at = source, 0, 0
        self.out: list[str] = []
        self.stack: list[tuple[str, int, int, str | None]] = []  # tag, UTF-16 start, index in out, argument
        self.found: list[dict[str, Any]] = []

    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        source = self.source
        while self.pos < len(source):
            c = source[self.pos]
            if c == "<":
                self._end() if source.startswith("</", self.pos) else self._start()
            elif c == "&":
                m = _ENTITY.match(source, self.pos)
                self._write(_decoded(m) if m else "&")
                self.pos = m.end() if m else self.pos + 1
            else:
                stops = (source.find("<", self.pos), source.find("&", self.pos))
                stop = min((i for i in stops if i >= 0), default=len(source))
                self._write(source[self.pos : stop])
                self.pos = stop
        if self.stack:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.stack[-1][0]}"')
        found = sorted(self.found, key=lambda e: (e["offset"], -e["length"]))
        return trim("".join(self.out), _settled(found))

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.at += units(text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        m = pattern.match(self.source, self.pos)
        assert m is not None
        self.pos = m.end()
        return m[0]

    def _next(self) -> str:
        return self.source[self.pos : self.pos + 1]

    def _start(self) -> None:
        begin = len(self.source[: self.pos].encode())
        self.pos += 1
        name = self._take(_NAME).lower()
        if not self._next():
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        if name not in _KINDS:
            raise MarkupError(f'Unsupported start tag "{name}" at byte offset {begin}')
        argument: str | None = None
        while True:
            self._take(_SPACE)
            if self._next() == ">":
                break
            key = self._take(_KEY).lower()
            if not key:
                raise MarkupError(f'Empty attribute name in the tag "{name}" at byte offset {begin}')
            value = self._value(name, begin)
            argument = _argument(name, key, value) or argument
        self.pos += 1
        if name == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        if name == "tg-emoji" and not (argument or "").isdigit():
            raise MarkupError(
                f'Invalid custom emoji identifier specified in the tag "tg-emoji" at byte offset {begin}'
            )
        self.stack.append((name, self.at, len(self.out), argument))

    def _value(self, name: str, begin: int) -> str | None:
        self._take(_SPACE)
        if self._next() != "=":
            if not self._next():
                raise MarkupError(f'Unclosed start tag "{name}" at byte offset {begin}')
            return None
        self.pos += 1
        self._take(_SPACE)
        mark = self._next()
        if mark and mark in "\"'":
            stop = self.source.find(mark, self.pos + 1)
            value = html_text(self.source[self.pos + 1 : stop]) if stop > 0 else ""
            self.pos = stop + 1 if stop > 0 else len(self.source)
        else:
            token_at = len(self.source[: self.pos].encode())
            value = self._take(_TOKEN).lower()
            if self._next() and not self._next().isspace() and self._next() != ">":
                raise MarkupError(f"Unexpected end of name token at byte offset {token_at}")
        if not self._next():
            raise MarkupError(f'Unclosed start tag "{name}" at byte offset {begin}')
        return value

    def _end(self) -> None:
        begin = len(self.source[: self.pos].encode())
        if not self.stack:
            raise MarkupError(f"Unexpected end tag at byte offset {begin}")
        self.pos += 2
        name = self._take(_NAME).lower()
        self._take(_SPACE)
        if self._next() != ">":
            raise MarkupError(f"Unclosed end tag at byte offset {begin}")
        self.pos += 1
        opened, start, index, argument = self.stack.pop()
        if name and name != opened:
            raise MarkupError(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened}>", found "</{name}>"'
            )
        if self.at > start:
            entity = _entity(opened, argument, "".join(self.out[index:]))
            if entity is not None:
                self.found.append(
                    {"type": entity.pop("type"), "offset": start, "length": self.at - start} | entity
                )


def html_text(source: str) -> str:
    """With the references that Telegram knows replaced."""
    return _ENTITY.sub(_decoded, source)


def _decoded(m: re.Match[str]) -> str:
    if m[3]:
        return _NAMED[m[3]]
    code = int(m[1], 16) if m[1] else int(m[2])
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else m[0]


def _argument(name: str, key: str, value: str | None) -> str | None:
    """What an attribute says to its tag; most say nothing."""
    match name, key:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case ("code", "class") if (value or "").startswith("language-"):
            return (value or "")[9:]
        case ("span", "class") if (value or "").startswith("tg-"):
            return (value or "")[3:]
        case ("blockquote", "expandable"):
            return "1"
    return None


def _entity(name: str, argument: str | None, text: str) -> dict[str, Any] | None:
    if name == "a":
        href = argument or text
        user = re.fullmatch(r"tg://user/?\?id=(\d+)", href)
        if user:
            return {"type": "text_mention", "user": {"id": int(user[1])}}
        return {"type": "text_link", "url": href} if "." in href or "://" in href else None
    if name == "tg-emoji":
        return {"type": "custom_emoji", "custom_emoji_id": argument}
    if name == "blockquote" and argument:
        return {"type": "expandable_blockquote"}
    if name == "code" and argument:
        return {"type": "code", "language": argument}
    return {"type": _KINDS[name]}


def _settled(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Code inside a pre names its language; nothing else lives within code or pre."""
    kept: list[dict[str, Any]] = []
    for e in found:
        around = [o for o in kept if o["type"] in ("code", "pre") and _within(e, o)]
        if around:
            outer = around[-1]
            same = (e["offset"], e["length"]) == (outer["offset"], outer["length"])
            kinds = {e["type"], outer["type"]}
            if same and kinds == {"code", "pre"}:
                language = e.get("language") or outer.get("language")
                outer["type"] = "pre"
                outer |= {"language": language} if language else {}
            continue
        kept.append(e)
    for e in kept:
        if e["type"] == "code":
            e.pop("language", None)
    return kept


def _within(inner: dict[str, Any], outer: dict[str, Any]) -> bool:
    end = outer["offset"] + outer["length"]
    return bool(outer["offset"] <= inner["offset"] and inner["offset"] + inner["length"] <= end)


def trim(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Outer white space away, entities moved with it."""
    lead = units(text) - units(text.lstrip())
    text = text.strip()
    size, kept = units(text), []
    for e in entities:
        start, end = max(0, e["offset"] - lead), min(size, e["offset"] + e["length"] - lead)
        if end > start:
            kept.append({**e, "offset": start, "length": end - start})
    return text, kept


def client_entities(text: str) -> list[dict[str, Any]]:
    """What a client marks in plain text: commands, mentions, addresses, hashtags."""
    return [
        {"type": m.lastgroup, "offset": units(text[: m.start()]), "length": units(m[0])}
        for m in _AUTO.finditer(text)
    ]
