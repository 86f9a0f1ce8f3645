"""Tables as spreadsheets save them."""

from __future__ import annotations

import codecs
import csv
import io
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


def rows_of(text: str, path: Path) -> list[tuple[int, list[str]]]:
    """(the line it begins on, cells) of each row of a file's text.

    Raises:
        Misfit: a cell begins with a quotation mark and does not end.
    """
    sheet = csv.reader(io.StringIO(text, newline=""), delimiter=mark_of(text))
    rows, at = [], 1
    try:
        for cells in sheet:
            rows.append((at, cells))
            at = sheet.line_num + 1
    except csv.Error as e:
        raise Misfit(
            f"not readable as CSV: {e}",
            where=f"{path}:{at}",
            next='a " in a cell is written twice, and the cell ends with one',
        ) from None
    return rows


def mark_of(text: str) -> str:
    """What stands between the columns: comma, semicolon or tab."""
    return max(",;\t", key=text.split("\n", 1)[0].count)
