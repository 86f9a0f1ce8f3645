"""Pictures in an effect: `chart:` and the numbers as JSON. They are drawn when they are sent, in a process of
their own; what was said stays the same however often the bot is started anew."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from groupbot.engine.picture import Panel, draw
from groupbot.engine.picture.page import Page, draw_page
from groupbot.engine.picture.poster import Poster, poster

MARK = "chart:"


class Bars(Struct, frozen=True, tag="bars"):
    """Panels under each other, as `picture.draw` takes them."""

    heading: str
    panels: tuple[Panel, ...]
    legend: tuple[str, str]
    foot: str = ""


class Whole(Struct, frozen=True, tag="page"):
    """A portrait page, as `picture.page.draw_page` takes it."""

    page: Page


_decode = msgspec.json.Decoder(Bars | Whole | Poster).decode


def chart(what: Bars | Page | Poster) -> str:
    """The picture as the `photo` of a `Send`; as its `document` it is a page to print, a PDF."""
    made = Whole(what) if isinstance(what, Page) else what
    return MARK + msgspec.json.encode(made).decode()


def chart_png(photo: str) -> bytes:
    """PNG bytes of what `chart` wrote. Waits a second or two for the drawing: call it beside the loop.

    Raises:
        msgspec.DecodeError: it was not written by `chart`.
    """
    made = _decode(photo.removeprefix(MARK))
    if isinstance(made, Poster):
        return poster(made, "PNG")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "chart.png"
        if isinstance(made, Whole):
            draw_page(path, made.page)
        else:
            draw(path, made.heading, made.panels, legend=made.legend, foot=made.foot)
        return path.read_bytes()


def poster_pdf(document: str) -> bytes:
    """The PDF of a poster that `chart` wrote.

    Raises:
        ValueError: it is no poster.
    """
    made = _decode(document.removeprefix(MARK))
    if not isinstance(made, Poster):
        raise ValueError("only a poster is printed")
    return poster(made, "PDF")
