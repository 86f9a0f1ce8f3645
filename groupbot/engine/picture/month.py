"""A month of posts as a picture for a phone: a grid of days with lettered marks, and what letters mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from groupbot.engine.picture.signs import save

COLOURS = (
    "#c94f3d", "#2f6f8f", "#5b8c3e", "#8a5aa8", "#c58a1c", "#3f7d78", "#a6486f", "#5f6b77",
)  # fmt: skip
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
_WIDE, _ROW, _LINE, _FOLD = 5.2, 0.72, 0.21, 74  # inches; half-width signs in a line


class Cell(Struct, frozen=True):
    """A day: its number, a word beneath it, whether it is a holiday, and its marks: (letter, held back?)."""

    day: int
    note: str = ""
    off: bool = False
    marks: tuple[tuple[str, bool], ...] = ()


class Entry(Struct, frozen=True):
    """A line of the legend: what a letter is, and when."""

    letter: str
    name: str
    when: str
    held: str = ""


class MonthPicture(Struct, frozen=True):
    """Words and marks of a month; `start` is the first day's weekday, 0 Monday."""

    title: str
    under: str
    weekdays: tuple[str, ...]
    start: int
    cells: tuple[Cell, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


def colour(letter: str) -> str:
    """Each letter has its own, as long as there are enough."""
    return COLOURS[LETTERS.index(letter) % len(COLOURS)] if letter in LETTERS else "#5f6b77"


def paint(path: Path, spec: MonthPicture, font: Any, folded: Any) -> None:
    """Draw it, 780 pixels wide."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - in the worker only
    from matplotlib.figure import Figure  # noqa: PLC0415

    weeks = -(-(spec.start + len(spec.cells)) // 7)
    notes = [line for n in spec.notes for line in folded(n, _FOLD)]
    tall = [len(_lines(e, folded)) for e in spec.entries]
    legend = sum(0.16 + _LINE * n for n in tall)
    height = 1.0 + 0.3 + _ROW * weeks + 0.25 + legend + (0.2 + _LINE * len(notes)) + 0.15
    figure = Figure(figsize=(_WIDE, height), dpi=150, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, _WIDE)
    axes.set_ylim(0, height)
    axes.axis("off")
    axes.text(0.25, height - 0.38, spec.title, fontproperties=font(17), color="#22313f", va="center")
    axes.text(0.25, height - 0.76, spec.under, fontproperties=font(9.5), color="#7b8a97", va="center")
    top = height - 1.0
    _grid(axes, spec, font, top)
    low = top - 0.3 - _ROW * weeks - 0.2
    for entry in spec.entries:
        low = _entry(axes, entry, font, folded, low)
    low -= 0.12
    for line in notes:
        axes.text(0.25, low - _LINE / 2, line, fontproperties=font(9.5), color="#7b8a97", va="center")
        low -= _LINE
    save(figure, path)


def _grid(axes: Any, spec: MonthPicture, font: Any, top: float) -> None:
    from matplotlib.patches import FancyBboxPatch  # noqa: PLC0415

    left, wide = 0.2, (_WIDE - 0.4) / 7
    for n, word in enumerate(spec.weekdays):
        middle = left + wide * (n + 0.5)
        axes.text(
            middle, top - 0.12, word, fontproperties=font(9.5), color="#7b8a97", ha="center", va="center"
        )
    for n, cell in enumerate(spec.cells):
        row, column = divmod(spec.start + n, 7)
        x, y = left + wide * column, top - 0.3 - _ROW * (row + 1)
        face = "#fbe9e5" if cell.off else "#f5f7f8"
        box = FancyBboxPatch(
            (x + 0.03, y + 0.03), wide - 0.06, _ROW - 0.06,
            boxstyle="round,pad=0,rounding_size=0.06", fc=face, ec="none",
        )  # fmt: skip
        axes.add_patch(box)
        ink = "#c94f3d" if cell.off else "#22313f"
        axes.text(x + 0.08, y + _ROW - 0.15, str(cell.day), fontproperties=font(11), color=ink, va="center")
        size = 7.5 if len(cell.note) <= 3 else 6.5
        axes.text(
            x + wide - 0.07, y + _ROW - 0.15, cell.note[:4],
            fontproperties=font(size), color=ink if cell.off else "#7b8a97", ha="right", va="center",
        )  # fmt: skip
        _marks(axes, cell, font, x, y, wide)


def _marks(axes: Any, cell: Cell, font: Any, x: float, y: float, wide: float) -> None:
    from matplotlib.patches import Circle  # noqa: PLC0415

    shown = cell.marks if len(cell.marks) <= 6 else cell.marks[:5]
    for n, (letter, held) in enumerate(shown):
        row, column = divmod(n, 3)
        at = (x + 0.14 + 0.2 * column, y + 0.34 - 0.2 * row)
        own = colour(letter)
        fill = "white" if held else own
        axes.add_patch(Circle(at, 0.088, fc=fill, ec=own, lw=1.1, ls=":" if held else "-"))
        ink = own if held else "white"
        axes.text(*at, letter, fontproperties=font(7.5), color=ink, ha="center", va="center_baseline")
    if len(cell.marks) > 6:
        rest = f"+{len(cell.marks) - 5}"
        axes.text(
            x + 0.5, y + 0.14, rest, fontproperties=font(7.5), color="#22313f", ha="center", va="center"
        )


def _lines(entry: Entry, folded: Any) -> list[tuple[str, str, float]]:
    """(text, colour, size) of a legend's lines."""
    found = [(line, "#22313f", 11.0) for line in folded(entry.name, 52)]
    found += [(line, "#5f6b77", 9.5) for line in folded(entry.when, 62) if line]
    found += [(line, "#c94f3d", 9.5) for line in folded(entry.held, 62)] if entry.held else []
    return found


def _entry(axes: Any, entry: Entry, font: Any, folded: Any, low: float) -> float:
    from matplotlib.patches import Circle  # noqa: PLC0415

    axes.add_patch(Circle((0.39, low - 0.13), 0.115, fc=colour(entry.letter), ec="none"))
    axes.text(
        0.39, low - 0.13, entry.letter,
        fontproperties=font(9.5), color="white", ha="center", va="center_baseline",
    )  # fmt: skip
    y = low - 0.13
    for text, ink, size in _lines(entry, folded):
        axes.text(0.62, y, text, fontproperties=font(size), color=ink, va="center")
        y -= _LINE
    return y - 0.03 + _LINE / 2 - 0.13
