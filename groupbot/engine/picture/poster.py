"""A QR code to print and hang up: an A6 page, its title, its name, and a line under the code.

The code's dots come from segno (ISO/IEC 18004) at error level Q, so that a scratched print still opens. Drawn
by Pillow at 300 dots an inch in 0.1 s: no process of its own is needed.
"""

from __future__ import annotations

from io import BytesIO
from typing import Literal

from msgspec import Struct

from groupbot.engine.picture.signs import drawable, runs

DPI = 300
WIDE, HIGH = 1240, 1748  # an A6 page
SIDE = 1000  # at most, of the code with its white border
QUIET = 4  # dots of white around a code, as its standard asks


class Poster(Struct, frozen=True, tag="poster"):
    """`link` is in the code; `heading`, `name`, `line` and `foot` are words around it."""

    link: str
    heading: str
    name: str
    line: str
    foot: str


def dots(link: str) -> list[list[bool]]:
    """The rows of the code, its quiet zone included; True is dark."""
    import segno  # noqa: PLC0415 - only where something is printed

    made = segno.make(link, error="q", micro=False, boost_error=False)
    return [[bool(d) for d in row] for row in made.matrix_iter(scale=1, border=QUIET)]


def poster(what: Poster, kind: Literal["PNG", "PDF"]) -> bytes:
    """The page as a picture, or as a PDF of its true size."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - 8 MB, only where something is printed

    page = Image.new("RGB", (WIDE, HIGH), "white")
    pen = ImageDraw.Draw(page)
    rows = dots(what.link)
    dot = SIDE // len(rows)  # whole pixels: every dot is as wide as the next
    left, top = (WIDE - dot * len(rows)) // 2, 300
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                at = (left + x * dot, top + y * dot)
                pen.rectangle((*at, at[0] + dot - 1, at[1] + dot - 1), fill="black")

    def write(y: int, text: str, size: int, colour: str) -> None:
        parts = runs(drawable(text))
        while True:
            fonts = [ImageFont.truetype(str(font), size) for font, _ in parts]
            wide = [pen.textlength(part, font=f) for (_, part), f in zip(parts, fonts, strict=True)]
            if size <= 20 or sum(wide) <= WIDE - 120:
                break
            size -= 2
        x = (WIDE - sum(wide)) / 2
        for (_, part), font, width in zip(parts, fonts, wide, strict=True):
            pen.text((x, y + size * 0.36), part, font=font, fill=colour, anchor="ls")
            x += width

    write(190, what.heading, 76, "#22313f")
    write(1390, what.name, 66, "#c94f3d")
    write(1510, what.line, 44, "#22313f")
    write(1650, what.foot, 30, "#7b8a97")
    out = BytesIO()
    page.save(out, kind, **({"resolution": DPI} if kind == "PDF" else {"dpi": (DPI, DPI)}))
    return out.getvalue()
