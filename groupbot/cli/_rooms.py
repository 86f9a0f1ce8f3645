"""The picture of all tables, drawn from the metadata: a room a feature, a box a table, a line a reference.

python -m groupbot.cli._rooms > docs/images/tables.svg
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from html import escape

import sqlalchemy as sa

from groupbot.features import tables

WIDE, GAP, LINE, ROOMS = 250, 14, 13, 6  # pixels; columns of the picture
_KINDS = {
    "BIGINT": "int",
    "INTEGER": "int",
    "SMALLINT": "int",
    "TEXT": "text",
    "BOOLEAN": "flag",
    "FLOAT": "number",
}
_STYLE = (
    "text{font:10px ui-monospace,Menlo,Consolas,monospace;fill:#222}.r{font:600 13px system-ui,sans-serif}"
    ".t{font-weight:600;fill:#fff}.k{fill:#777}.box{fill:#fff;stroke:#8a97a8}.head{fill:#3d5a80}"
    ".room{fill:#f1f4f8}.line{fill:none;stroke:#c2571a}.to{fill:#c2571a}"
)


def rooms() -> dict[str, list[sa.Table]]:
    """Tables by the feature in whose files they are declared; `engine` for the machinery's."""
    every = dict(tables().tables)
    found: dict[str, list[sa.Table]] = {}
    for name, module in sorted(sys.modules.items()):
        if not name.startswith("groupbot."):
            continue
        parts = name.split(".")
        room = parts[2] if parts[1] == "features" and len(parts) > 2 else "engine"
        own = {v.name for v in vars(module).values() if isinstance(v, sa.Table)}
        # what a module only imports it does not name first in a call
        said = re.findall(r'\(\s*(?:#[^\n]*\s+)?"(\w+)"', inspect.getsource(module)) if own else []
        found.setdefault(room, []).extend(every.pop(t) for t in said if t in own and t in every)
    return {room: own for room, own in found.items() if own}


def picture() -> str:
    """The SVG."""
    heights = [0] * ROOMS
    parts: list[str] = []
    for room, own in sorted(rooms().items(), key=lambda r: -_height(r[1])):
        column = heights.index(min(heights))
        left, top = GAP + column * (WIDE + 2 * GAP), GAP + heights[column]
        parts += _room(room, own, left, top)
        heights[column] += _height(own) + GAP
    wide, high = GAP + ROOMS * (WIDE + 2 * GAP), max(heights) + GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">'
    )
    back = f'<rect width="{wide}" height="{high}" fill="#fff"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", back, *parts, "</svg>", ""])


def _height(own: list[sa.Table]) -> int:
    return 28 + sum(_box(t) + GAP for t in own)


def _box(table: sa.Table) -> int:
    return 20 + LINE * len(table.columns) + 4


def _room(room: str, own: list[sa.Table], left: int, top: int) -> Iterator[str]:
    """The room with its boxes, and lines between them; a table of another room is named in words."""
    yield f'<rect class="room" x="{left}" y="{top}" width="{WIDE + GAP}" height="{_height(own)}" rx="8"/>'
    yield f'<text class="r" x="{left + 18}" y="{top + 19}">{escape(room)}</text>'
    at: dict[str, int] = {}
    y = top + 28
    for table in own:
        at[table.name] = y
        y += _box(table) + GAP
    lane = 0
    for table in own:
        y, x = at[table.name], left + 18
        wide = WIDE - 14
        yield f'<rect class="box" x="{x}" y="{y}" width="{wide}" height="{_box(table)}" rx="3"/>'
        yield f'<rect class="head" x="{x}" y="{y}" width="{wide}" height="18" rx="3"/>'
        yield f'<text class="t" x="{x + 6}" y="{y + 13}">{table.name}</text>'
        for n, c in enumerate(table.columns):
            row = y + 20 + LINE * n + 10
            mark = "•" if c.primary_key else " "
            yield f'<text x="{x + 4}" y="{row}">{mark}</text><text x="{x + 14}" y="{row}">{c.name}</text>'
            to = next((f.column.table.name for f in c.foreign_keys), "")
            words = f"→ {to}" if to else _kind(c) + ("?" if c.nullable else "")
            kind = "to" if to else "k"
            yield f'<text class="{kind}" x="{x + wide - 6}" y="{row}" text-anchor="end">{words}</text>'
            if to in at and to != table.name:
                lane = lane % 3 + 1
                end = at[to] + 9
                yield f'<path class="line" d="M{x} {row - 3}H{x - 4 * lane}V{end}H{x}"/>'
                yield f'<path class="to" d="M{x} {end}l-5 -3v6z"/>'


def _kind(column: sa.Column[object]) -> str:
    said = str(column.type.compile()).partition("(")[0]
    name = type(column.type).__name__
    return {"UTC_": "time", "Json": "json"}.get(name) or _KINDS.get(said, said.lower())


if __name__ == "__main__":
    sys.stdout.write(picture())
