"""Telegram's HTML → text and entities, with Telegram's error texts; and entities people's clients add.

Rules: core.telegram.org/bots/api#html-style. Offsets and lengths are UTF-16 units.
"""

from __future__ import annotations

import html
import re
from typing import Any

_TAG = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>"
)
_ATTR = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?")
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
_ENTITY = re.compile(r"&(lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_AUTO = re.compile(
    r"(?P<url>https?://[^\s<>，。！？]+|(?:t\.me|telegram\.me)/[A-Za-z0-9_+/]+|(?<![\w.@])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|io|ru|me|shop)(?:/[^\s<>，。！？]*)?)"
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
    out: list[str] = []
    at = pos = 0
    stack: list[tuple[str, int, dict[str, Any]]] = []
    found: list[dict[str, Any]] = []

    def write(text: str) -> None:
        nonlocal at
        out.append(text)
        at += units(text)

    while pos < len(source):
        c = source[pos]
        if c == "&":
            m = _ENTITY.match(source, pos)
            write(html.unescape(m[0]) if m else "&")
            pos = m.end() if m else pos + 1
        elif c == "<":
            m = _TAG.match(source, pos)
            offset = len(source[:pos].encode())
            if m is None:
                raise MarkupError(
                    f'Unsupported start tag "{source[pos + 1 : pos + 10].split(">")[0]}" at byte offset {offset}'
                )
            name = m[2].lower()
            if m[1]:
                if not stack:
                    raise MarkupError(f"Unexpected end tag at byte offset {offset}")
                if stack[-1][0] != name:
                    raise MarkupError(
                        f'Unmatched end tag at byte offset {offset}, expected "</{stack[-1][0]}>", found "</{name}>"'
                    )
                _close(stack.pop(), at, found, out)
            else:
                attrs = {k.lower(): (v or "").strip("\"'") for k, v in _ATTR.findall(m[3] or "")}
                if name not in _KINDS or (name == "span" and attrs.get("class") != "tg-spoiler"):
                    raise MarkupError(f'Unsupported start tag "{name}" at byte offset {offset}')
                stack.append((name, at, attrs))
            pos = m.end()
        else:
            nxt = min(
                (i for i in (source.find("<", pos), source.find("&", pos)) if i >= 0),
                default=len(source),
            )
            write(source[pos:nxt])
            pos = nxt
    if stack:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return trim("".join(out), sorted(found, key=lambda e: (e["offset"], -e["length"])))


def _close(
    opened: tuple[str, int, dict[str, Any]], at: int, found: list[dict[str, Any]], out: list[str]
) -> None:
    name, start, attrs = opened
    if at == start:
        return
    entity: dict[str, Any] = {"type": _KINDS[name], "offset": start, "length": at - start}
    if name == "a":
        href = html.unescape(attrs.get("href", ""))
        user = re.fullmatch(r"tg://user\?id=(\d+)", href)
        if user:
            entity.update(type="text_mention", user={"id": int(user[1])})
        elif href:
            entity["url"] = href
        else:
            return
    elif name == "tg-emoji":
        entity["custom_emoji_id"] = attrs.get("emoji-id", "")
    elif name == "blockquote" and "expandable" in attrs:
        entity["type"] = "expandable_blockquote"
    found.append(entity)


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
