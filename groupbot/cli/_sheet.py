"""Tables as spreadsheets save them."""

from __future__ import annotations

import codecs
import csv
import io
from itertools import zip_longest
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
        Misfit: a cell begins with a quotation mark and does not end, or goes on behind the one that ends it.
    """
    sheet = csv.reader(io.StringIO(text, newline=""), delimiter=mark_of(text), strict=True)
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


def table_of(text: str, path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The names of the columns, and (the line it begins on, cells by column) of each row that is not empty.

    Raises:
        Misfit: no readable CSV, or a row has more cells than there are columns.
    """
    (_, names), *rows = rows_of(text, path) or [(1, [])]
    made = []
    for at, cells in rows:
        try:
            made.append((at, by_name(names, cells)))
        except ValueError as e:
            step = "write a cell with a comma in it in quotes"
            raise Misfit(str(e), where=f"{path}:{at}", next=step) from None
    return names, [row for row in made if row[1]]


def by_name(names: list[str], cells: list[str]) -> dict[str, str]:
    """A row's cells by column; the last are empty where it is short, and there are none in an empty line.

    Raises:
        ValueError: more cells than columns, as an amount of 1,200 makes; empty ones behind do not count.
    """
    n = max((i for i, c in enumerate(cells, 1) if c.strip()), default=0)
    if n > len(names):
        raise ValueError(f"more cells than columns ({n}, not {len(names)}): is a comma not in quotes?")
    return dict(zip_longest(names, cells[: len(names)], fillvalue="")) if cells else {}


def mark_of(text: str) -> str:
    """What stands between the columns: comma, semicolon or tab."""
    return max(",;\t", key=text.split("\n", 1)[0].count)
