"""A settings file taken apart where it does not parse: what of it holds, and which lines do not. Pure."""

from __future__ import annotations

import re
import tomllib
from typing import Any, NamedTuple

LOST = "\ufffd"  # stands for bytes that are no UTF-8
_BEGINS = re.compile(r"\s*([\w.\"'-]+\s*=|\[)")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Broken(NamedTuple):
    """Lines that do not count: where the reader stumbled, over what, and the lines."""

    line: int
    error: str
    text: str


def apart(text: str) -> tuple[dict[str, Any], list[Broken]]:
    """The settings of a file, and its broken statements. One broken statement costs only itself, but for
    what opens a text of many lines or a table: that goes to the end."""
    whole, error = _parsed(text)
    if not error:
        return whole, []
    lines = text.replace("\r\n", "\n").split("\n")
    table: dict[str, Any] = {}
    broken: list[Broken] = []
    twice: set[str] = set()
    at = 0
    while at < len(lines):
        if not lines[at].strip() or lines[at].lstrip().startswith("#"):
            at += 1
            continue
        end, found, error = _statement(lines, at)
        again = {*found} & {*table} | {*found} & twice
        if again and not error:
            error = "stands here a second time"
        if error:
            found = {}
            broken.append(_told(lines, at, end, error))
        table = {k: v for k, v in {**table, **found}.items() if k not in again}
        twice |= again
        at = end
    return table, broken


def _statement(lines: list[str], at: int) -> tuple[int, dict[str, Any], str]:
    """Where the statement that begins here ends, what it says, and its error."""
    last = len(lines) if lines[at].lstrip().startswith("[") else at + 1
    text = "\n".join(lines[at:last])
    found, first = _parsed(text)
    error = first
    while error and last < len(lines) and not (_BEGINS.match(lines[last]) and _closed(text)):
        last += 1
        text = "\n".join(lines[at:last])
        found, error = _parsed(text)
    return last, found, error and first


def _closed(text: str) -> bool:
    """No text of many lines stands open."""
    return text.count('"""') % 2 == 0 and text.count("'''") % 2 == 0


def _parsed(text: str) -> tuple[dict[str, Any], str]:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        return {}, str(e)
    return ({}, "is not written in UTF-8") if LOST in repr(found) else (found, "")


def _told(lines: list[str], at: int, end: int, error: str) -> Broken:
    place = _AT.search(error)
    line = at + int(place[1] or 1) if place else at + 1
    what = error[: place.start()] if place else error
    kept = [each for each in lines[at:end] if not each.lstrip().startswith("#")]
    return Broken(line, what[:1].lower() + what[1:], "\n".join(kept))
