"""The boss's page: one portrait picture, 780 pixels wide, read on a phone at 390."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from msgspec import Struct

from groupbot.engine.picture import HANGING
from groupbot.engine.picture.signs import cleaned, drawing, save

COLOURS = {"green": "#3f9b6c", "amber": "#e0a030", "grey": "#b8c0c8"}
OPENING = "(「『【《"  # end no line
WIDTH = 31  # Chinese characters of a line of text


class Page(Struct, frozen=True):
    """`squares`: (colour, name) a group; `parts`: (heading, lines) below them."""

    heading: str
    under: str
    squares: tuple[tuple[str, str], ...]
    legend: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    foot: str


def draw_page(path: Path, page: Page) -> Path:
    """Write the PNG, in a process of its own. Waits for it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(_draw, path, page).result()
    return path


def wrapped(text: str, width: float = WIDTH) -> list[str]:
    """Lines of at most `width` Chinese characters; Latin ones take half."""
    lines, line, used = [], "", 0.0
    for c in text:
        wide = _wide(c)
        if used + wide > width and c not in HANGING:
            cut = line.rfind(" ") if wide < 1 and " " in line[-12:] else -1
            if cut > 0:
                done, rest = line[:cut], line[cut + 1 :]
            else:
                done = line.rstrip(OPENING) or line
                rest = line[len(done) :]
            lines.append(done)
            line, used = rest, sum(map(_wide, rest))
        line, used = line + c, used + wide
    return [*lines, line] if line else lines


def _wide(sign: str) -> float:
    return 1.0 if sign >= "\u2e80" else 0.55


def _draw(path: Path, page: Page) -> None:
    with drawing() as font:
        _paint(path, cleaned(page), font)


def _paint(path: Path, page: Page, font: Callable[[float], Any]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - 84 MB, in the worker only
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    ink, soft = "#22313f", "#6b7884"
    parts: Sequence[tuple[str, list[str]]] = [
        (head, [part for line in lines for part in wrapped(line)]) for head, lines in page.parts
    ]
    across = 3
    rows = -(-len(page.squares) // across)
    height = 1.25 + 0.5 * rows + 0.35 + sum(0.55 + 0.27 * len(lines) for _, lines in parts) + 0.4
    figure = Figure(figsize=(5.2, height), dpi=150, facecolor="white")
    FigureCanvasAgg(figure)

    def write(x: float, y: float, text: str, size: float, colour: str) -> None:
        figure.text(x, 1 - y / height, text, fontproperties=font(size), color=colour, va="center")

    def square(x: float, y: float, colour: str, size: float) -> None:
        corner = (x, 1 - (y + size / 2) / height)
        figure.add_artist(Rectangle(corner, size / 5.2, size / height, color=colour, linewidth=0))

    write(0.06, 0.4, page.heading, 15, ink)
    write(0.06, 0.75, page.under, 9.5, soft)
    y = 1.2
    for i, (colour, name) in enumerate(page.squares):
        x, at = 0.06 + 0.305 * (i % across), y + 0.5 * (i // across)
        square(x, at, COLOURS[colour], 0.26)
        short = wrapped(name, 6.6)
        write(x + 0.065, at, short[0] + ("…" if len(short) > 1 else ""), 9.5, ink)
    y += 0.5 * rows
    x = 0.06
    for colour, meaning in page.legend:
        square(x, y, COLOURS[colour], 0.12)
        write(x + 0.03, y, meaning, 8.5, soft)
        x += 0.28
    y += 0.45
    for head, lines in parts:
        write(0.06, y, head, 11.5, "#c94f3d")
        y += 0.32
        for line in lines:
            write(0.06, y, line, 10.5, ink)
            y += 0.27
        y += 0.23
    write(0.06, height - 0.22, page.foot, 8, soft)
    save(figure, path)
