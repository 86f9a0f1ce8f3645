"""One version of a template: compiled, and rendered with data."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import TemplateError, UndefinedError
from msgspec import Struct, field

from groupbot.core.text import Formatted, parse
from groupbot.engine import words
from groupbot.engine.jinja_limits import render_limited
from groupbot.engine.prepared import Prepared
from groupbot.errors import Misfit

_FAULTS = (  # what an expression may raise: truncate(2) asserts, an infinite number is a name to Python
    TemplateError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RecursionError,
    TypeError,
    ValueError,
)


class Source(Struct):
    """One template file in its last good version."""

    path: Path
    front: dict[str, Any]
    template: jinja2.Template
    labels: dict[str, jinja2.Template | str]  # a label without markup is its text
    stamp: tuple[int, int]
    checked: float = 0.0
    text: str = ""
    digest: str = ""  # of the text: the version
    trouble: str = ""
    prepared: Prepared | None = None
    said: dict[Any, Rendered] = field(default_factory=dict)


class Rendered(Struct):
    """A template's text and the labels of its buttons."""

    formatted: Formatted
    labels: dict[str, str] = field(default_factory=dict)
    front: dict[str, Any] = field(default_factory=dict)


def whole(made: Rendered) -> str:
    """What its readers get, as text: below the words the options of a poll (✓ the right one of a quiz) and
    the names of the files it carries."""
    front, lines = made.front, [made.formatted.text]
    poll = front.get("poll")
    if isinstance(poll, dict) and isinstance(poll.get("options"), list):
        lines += [f"{'✓' if n == poll.get('right') else '○'} {o}" for n, o in enumerate(poll["options"], 1)]
        lines += [f"→ {poll['why']}"] if poll.get("why") else []
    pieces = [front[k] for k in ("photo", "video", "animation", "document") if front.get(k)]
    for piece in (*pieces, *(front.get("album") or ())):
        named = next(iter(piece.values()), "") if isinstance(piece, dict) else piece
        lines.append(f"📎 {named}")
    return "\n".join(lines)


def version(text: str) -> str:
    """What a version of a template is known by: the SHA-256 of its text."""
    return hashlib.sha256(text.encode()).hexdigest()


def render_source(source: Source, data: dict[str, Any]) -> Rendered:
    """One version with `data`.

    Raises:
        Misfit: names file and line, and the likely meant name.
    """
    values = {**(source.front.get("defaults") or {}), **data}
    try:
        text = parse(render_limited(source.template, values))
        labels = {
            k: t if isinstance(t, str) else parse(render_limited(t, values)).text
            for k, t in source.labels.items()
        }
    except UndefinedError as e:
        raise Misfit(
            words.nearest(str(e.message), values),
            where=f"{source.path}:{_line(source, e)}",
            next="mend the name",
        ) from None
    except _FAULTS as e:
        raise Misfit(
            f"{type(e).__name__}: {e}",
            where=f"{source.path}:{_line(source, e)}",
            next="mend this line",
        ) from None
    return Rendered(text, labels, source.front)


def _line(source: Source, error: BaseException) -> int:
    """The template line of an error, from the frames Jinja rewrote."""
    frame, line = error.__traceback__, 0
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == "<template>":
            line = frame.tb_lineno
        frame = frame.tb_next
    return source.template.get_corresponding_lineno(line) if line else 1
