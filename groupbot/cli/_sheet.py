"""Tables as spreadsheets save them."""

from __future__ import annotations

import codecs
from pathlib import Path

from groupbot.errors import Misfit


def text_of(path: Path) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or GB18030.

    Raises:
        Misfit: no such file, or another encoding.
    """
    try:
        raw = path.read_bytes()
    except OSError as e:
        raise Misfit(
            f"cannot be read: {e.strerror}", where=str(path), next="give the path of a file"
        ) from None
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for coding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(coding)
        except UnicodeDecodeError:
            pass
    raise Misfit("is neither UTF-8 nor GB18030", where=str(path), next="save it as UTF-8")


def mark_of(text: str) -> str:
    """What stands between the columns: comma, semicolon or tab."""
    return max(",;\t", key=text.split("\n", 1)[0].count)
