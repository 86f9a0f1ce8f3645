"""Which font draws which sign: Noto Sans for Chinese and Latin, Noto Emoji, and behind them DejaVu Sans for
other alphabets, which comes with matplotlib."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from struct import iter_unpack, unpack_from
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from msgspec import Struct

T = TypeVar("T")
FONT = Path(__file__).parent / "NotoSansSC.otf"
EMOJI = FONT.with_name("NotoEmoji.ttf")
RING = "\u25cb"  # stands for a sign that no font knows
# they only change how their neighbours look: joiners, variants, tones of skin, tags
UNSEEN = frozenset(map(chr, (0x200D, 0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400), *range(0xE0000, 0xE0080))))


def drawable(text: str) -> str:
    """The text with a ring for each sign that no font knows, and without signs that only change others."""
    shown = (c for c in text if c not in UNSEEN)
    return "".join(c if c == "\n" or _font(c) else RING for c in shown)


def runs(text: str) -> list[tuple[Path, str]]:
    """A drawable text in pieces of one font each."""
    return [(font or FONT, "".join(signs)) for font, signs in groupby(text, _font)]


def cleaned(made: T) -> T:
    """A picture's description with each text in it drawable."""
    found: Any = made
    if isinstance(made, str):
        found = drawable(made)
    elif isinstance(made, tuple):
        found = tuple(map(cleaned, made))
    elif isinstance(made, Struct):
        found = type(made)(*(cleaned(getattr(made, name)) for name in made.__struct_fields__))
    return found  # type: ignore[no-any-return]


@contextmanager
def drawing() -> Iterator[Callable[[float], Any]]:
    """matplotlib made ready in its worker; gives the fonts at a size. A dollar sign begins no formula."""
    with TemporaryDirectory() as caches:  # matplotlib would leave its font cache in the home directory
        os.environ["MPLCONFIGDIR"] = caches
        from matplotlib import rcParams  # noqa: PLC0415 - 84 MB, in the worker only
        from matplotlib.font_manager import FontProperties, fontManager  # noqa: PLC0415

        rcParams["text.parse_math"] = False
        for font in (FONT, EMOJI):
            fontManager.addfont(str(font))
        families = [FontProperties(fname=str(font)).get_name() for font in _known()]
        yield lambda size: FontProperties(family=families, size=size)


def save(figure: Any, path: Path) -> None:
    """A figure under exactly this name: a PNG, unless its ending is another kind matplotlib can write."""
    kind = path.suffix[1:].lower()
    figure.savefig(path, format=kind if kind in figure.canvas.get_supported_filetypes() else "png")


@lru_cache(4096)
def _font(sign: str) -> Path | None:
    """The first that knows it."""
    n = ord(sign)
    return next((font for font, known in _known().items() if any(a <= n <= b for a, b in known)), None)


@lru_cache(1)
def _known() -> dict[Path, tuple[tuple[int, int], ...]]:
    """Each font with the spans of signs it knows, in the order they are asked."""
    spec = find_spec("matplotlib")
    assert spec is not None and spec.origin is not None
    other = Path(spec.origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf"
    return {font: _spans(font.read_bytes()) for font in (FONT, EMOJI, other)}


def _spans(font: bytes) -> tuple[tuple[int, int], ...]:
    """First and last code points of the groups in a font's `cmap` of format 12."""
    tables = {font[at : at + 4]: at for at in range(12, 12 + 16 * unpack_from(">H", font, 4)[0], 16)}
    (cmap,) = unpack_from(">I", font, tables[b"cmap"] + 8)
    count = unpack_from(">H", font, cmap + 2)[0]
    parts = [cmap + unpack_from(">I", font, cmap + 8 + 8 * n)[0] for n in range(count)]
    full = next(at for at in parts if unpack_from(">H", font, at)[0] == 12)
    groups = font[full + 16 : full + 16 + 12 * unpack_from(">I", font, full + 12)[0]]
    return tuple((first, last) for first, last, _ in iter_unpack(">III", groups))
