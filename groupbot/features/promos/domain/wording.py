"""Is a post simple: short, one idea, one thing to do? Advice, never a refusal."""

from __future__ import annotations

import re

LONG = 240  # half-width signs, 120 Chinese characters: what a phone shows without scrolling
IDEAS = 2  # paragraphs
_ACTION = re.compile(r"https?://\S+|(?<![\w/])/[a-z][a-z_]+")
_PARAGRAPH = re.compile(r"\n\s*\n")


def width(text: str) -> int:
    """Signs of a text, a Chinese one counted twice."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text if not c.isspace())


def advice(text: str, more: int = 0) -> list[str]:
    """What makes a post hard to take in; `more` are things to do beside the text: buttons, hidden links."""
    found = []
    if width(text) > LONG:
        found.append(f"long: {width(text)} signs of {LONG} (a Chinese one is two)")
    ideas = len([p for p in _PARAGRAPH.split(text.strip()) if p.strip()])
    if ideas > IDEAS:
        found.append(f"{ideas} paragraphs: one idea a post")
    actions = len(set(_ACTION.findall(text))) + more
    if actions > 1:
        found.append(f"{actions} things to do (links, commands, buttons): ask for one")
    return found
