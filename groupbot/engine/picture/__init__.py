"""Pictures for operators: drawn by matplotlib in a worker process, with a font that knows Chinese."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from msgspec import Struct

from groupbot.engine.picture.month import MonthPicture, paint
from groupbot.engine.picture.signs import cleaned, drawable, drawing, save

NAMED = "picture:"  # a photo of this name is drawn from the JSON beside it, when it leaves


class Panel(Struct, frozen=True):
    """One group's week: a bar a day (`values`), people active a day (`dots`), and a line of words."""

    title: str
    labels: tuple[str, ...]
    values: tuple[int, ...]
    dots: tuple[int, ...]
    note: str


def draw(
    path: Path, heading: str, panels: Sequence[Panel], *, legend: tuple[str, str], foot: str = ""
) -> Path:
    """Draw the panels under each other into a PNG 780 pixels wide, readable on a phone. Waits for it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(_draw, path, heading, tuple(panels), legend, foot).result()
    return path


def _draw(path: Path, heading: str, panels: tuple[Panel, ...], legend: tuple[str, str], foot: str) -> None:
    with drawing() as font:
        _paint(path, drawable(heading), cleaned(panels), cleaned(legend), drawable(foot), font)


def _paint(
    path: Path,
    heading: str,
    panels: tuple[Panel, ...],
    legend: tuple[str, str],
    foot: str,
    font: Callable[[float], Any],
) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - 84 MB, in the worker only
    from matplotlib.figure import Figure  # noqa: PLC0415

    ink, soft, bar, dot = "#22313f", "#7b8a97", "#c94f3d", "#22313f"
    rows = len(panels)
    figure = Figure(figsize=(5.2, 1.0 + 2.1 * rows), dpi=150, facecolor="white")
    FigureCanvasAgg(figure)
    height = 1.0 + 2.1 * rows
    figure.text(0.06, 1 - 0.36 / height, heading, fontproperties=font(14), color=ink, va="center")
    figure.text(0.06, 1 - 0.70 / height, "■", fontproperties=font(8.5), color=bar, va="center")
    figure.text(0.09, 1 - 0.70 / height, legend[0], fontproperties=font(8.5), color=soft, va="center")
    figure.text(0.24, 1 - 0.70 / height, "●", fontproperties=font(8.5), color=dot, va="center")
    figure.text(0.27, 1 - 0.70 / height, legend[1], fontproperties=font(8.5), color=soft, va="center")
    for i, panel in enumerate(panels):
        bottom = 1 - (0.95 + 2.1 * (i + 1) - 0.45) / height
        axes = figure.add_axes((0.06, bottom, 0.88, 1.2 / height))
        places = range(len(panel.values))
        top = max([*panel.values, *panel.dots, 1])
        axes.bar(places, panel.values, width=0.62, color=bar, alpha=0.85)
        axes.plot(places, panel.dots, "o", color=dot, markersize=4)
        for x, v in zip(places, panel.values, strict=True):
            axes.text(x, v + top * 0.03, str(v), ha="center", va="bottom", fontproperties=font(8), color=soft)
        for x, v, d in zip(places, panel.values, panel.dots, strict=True):
            if d and d != v:  # on the bar beside its dot, or right of a bar that is too low
                inside = d < v - top * 0.06
                place, colour = (x + 0.08, "white") if inside else (x + 0.33, ink)
                axes.text(place, d, str(d), va="center", fontproperties=font(7.5), color=colour)
        axes.set_ylim(0, top * 1.18)
        axes.set_xlim(-0.6, len(panel.values) - 0.4)
        axes.set_yticks([])
        axes.set_xticks(list(places), panel.labels, fontproperties=font(8.5), color=ink)
        axes.tick_params(length=0)
        for side in ("top", "left", "right"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color("#d5dbe0")
        axes.set_title(panel.title, loc="left", fontproperties=font(11), color=ink, pad=6)
        axes.set_title(panel.note, loc="right", fontproperties=font(8.5), color=soft, pad=6)
    if foot:
        figure.text(0.06, 0.16 / height, foot, fontproperties=font(8), color=soft, va="center")
    save(figure, path)


def bubble(path: Path, heading: str, text: str, buttons: Sequence[str] = ()) -> Path:
    """Draw a message with its buttons into a PNG, about as a phone shows it. Waits for it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(_draw_bubble, path, heading, text, tuple(buttons)).result()
    return path


HANGING = frozenset("、,。;:!?)」』】》…,.;:!?)")  # begin no line


def _folded(text: str, width: int = 46) -> list[str]:
    """Lines of at most `width` half-width columns, broken at a blank where there is one; Chinese signs take
    two."""
    lines = []
    for line in text.split("\n"):
        row, used = "", 0
        for sign in line:
            size = _columns(sign)
            if used + size > width and sign not in HANGING:
                head, blank, tail = row.rpartition(" ")
                cut = bool(blank) and tail.isascii() and sign.isascii() and sign != " " and len(head) > 8
                lines.append(head if cut else row)
                row = tail if cut else ""
                used = sum(map(_columns, row))
            if row or sign != " ":
                row, used = row + sign, used + size
        lines.append(row)
    return lines


def _columns(sign: str) -> int:
    return 2 if ord(sign) > 0x2E80 else 1


def _draw_bubble(path: Path, heading: str, text: str, buttons: tuple[str, ...]) -> None:
    with drawing() as font:
        _paint_bubble(path, drawable(heading), _folded(drawable(text)), cleaned(buttons), font)


def _paint_bubble(
    path: Path, heading: str, lines: list[str], buttons: tuple[str, ...], fonts: Callable[[float], Any]
) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - 84 MB, in the worker only
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.patches import FancyBboxPatch  # noqa: PLC0415

    font, small = fonts(11), fonts(8.5)
    row = 0.24  # inches
    box, keys = row * len(lines) + 0.3, 0.42 * len(buttons)
    height = 0.55 + box + keys + 0.2
    figure = Figure(figsize=(5.2, height), dpi=150, facecolor="#dfe7ec")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 5.2)
    axes.set_ylim(0, height)
    axes.axis("off")
    axes.text(0.3, height - 0.28, heading, fontproperties=small, color="#7b8a97", va="center")
    top = height - 0.5
    shape = "round,pad=0,rounding_size=0.12"
    axes.add_patch(FancyBboxPatch((0.25, top - box), 4.7, box, boxstyle=shape, fc="white", ec="none"))
    for n, line in enumerate(lines):
        y = top - 0.15 - row * (n + 0.5)
        axes.text(0.42, y, line, fontproperties=font, color="#22313f", va="center")
    for n, label in enumerate(buttons):
        low = top - box - 0.08 - 0.42 * (n + 1) + 0.08
        axes.add_patch(FancyBboxPatch((0.25, low), 4.7, 0.34, boxstyle=shape, fc="#b9c9d3", ec="none"))
        axes.text(2.6, low + 0.17, label, fontproperties=font, color="#22313f", ha="center", va="center")
    save(figure, path)


class Bubble(msgspec.Struct, frozen=True):
    """What `picture:bubble` draws."""

    heading: str
    text: str
    buttons: tuple[str, ...] = ()


def month(path: Path, spec: MonthPicture) -> Path:
    """Draw a month of posts into a PNG 780 pixels wide, readable on a phone. Waits for it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(_draw_month, path, spec).result()
    return path


def drawn(name: str, spec: str) -> bytes:
    """The PNG that a photo `picture:NAME` with this JSON is. Waits for it: call it beside the loop.

    Raises:
        ValueError: no such picture, or not its JSON.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        if name == "month":
            month(path, msgspec.json.decode(spec, type=MonthPicture))
        elif name == "bubble":
            made = msgspec.json.decode(spec, type=Bubble)
            bubble(path, made.heading, made.text, made.buttons)
        else:
            raise ValueError(f"no picture {name!r}")
        return path.read_bytes()


def _draw_month(path: Path, spec: MonthPicture) -> None:
    with drawing() as font:
        paint(path, cleaned(spec), font, _folded)
