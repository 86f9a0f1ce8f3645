"""`groupbot orders`: orders of the shop from a CSV, its products, and codes for its customers."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import available_timezones

import typer

from groupbot.cli._guest import there, visiting
from groupbot.cli._places import writable
from groupbot.cli._sheet import by_name, rows_of, table_of, text_of
from groupbot.engine import logs
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.orders import service
from groupbot.features.orders.domain import LONGEST, Line, columns_of, line_of, together
from groupbot.settings import Settings, load

T = TypeVar("T")
app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]
SLICE = 200  # orders of a transaction: the bot beside us waits no longer
WRONG = 5  # lines shown that could not be taken
_YES = frozenset({"1", "yes", "true", "y", "是", "off"})


@app.callback()
def orders() -> None:
    """Orders of the shop."""
    logs.set_up("warning")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV; docs/operators.md tells its columns.")],
    zone: Annotated[str, typer.Option(help="The clock of its times.")] = "Asia/Shanghai",
    workspace: Workspace = None,
) -> None:
    """Take in orders, each once by its channel and number: the same file twice changes nothing, a newer one
    changes what it says otherwise. A product nobody told of is parked until `orders products` tells of it.
    Nothing but the columns named in the docs is read: no addresses, nothing of a payment."""
    if zone not in available_timezones():
        raise Misfit(f"{zone!r} is no time zone", where="--zone", next="an IANA name, as Asia/Shanghai")
    clock = zone_of(zone)
    lines, wrong, rest = _read(file, clock)
    found = asyncio.run(_bring(load(workspace), list(together(lines).values())))
    print(f"{found['new']} orders new, {found['changed']} changed, {found['known']} known already")
    if rest:
        print(f"not taken: {', '.join(rest)}")
    _parked(found["parked"])
    for place, why in wrong[:WRONG]:
        print(f"line {place} left out: {why}")
    if len(wrong) > WRONG:
        print(f"and {len(wrong) - WRONG} lines more")
    if wrong:
        raise typer.Exit(1)


@app.command()
def products(
    file: Annotated[
        Path, typer.Argument(help="A CSV: code, title, off_shelf (yes where it is not on the shelf).")
    ],
    workspace: Workspace = None,
) -> None:
    """Tell of products; orders that waited for them count from now on."""
    rows = []
    for _, row in table_of(text_of(file), file)[1]:
        cells = [*(" ".join(c.split()) for c in row.values()), "", ""]
        if cells[0]:
            rows.append((cells[0][:LONGEST], cells[1] or cells[0], cells[2].lower() in _YES))
    settings = load(workspace)
    n = 0
    for part in _slices(rows):
        n += asyncio.run(_write(settings, "orders:products", partial(service.know, products=part)))
    print(f"{n} products known")
    _parked(asyncio.run(_write(settings, "orders:parked", service.parked)))


@app.command()
def codes(
    file: Annotated[Path, typer.Argument(help="The shop's customer numbers, one a line.")],
    to: Annotated[Path, typer.Argument(help="The CSV to write: customer, code.")],
    workspace: Workspace = None,
) -> None:
    """A one-time code for each customer, for 30 days, to be given to them on a receipt or in their account:
    they send /bind CODE to the bot, and their orders count as a member's."""
    every = dict.fromkeys(" ".join(cells[0].split()) for _, cells in rows_of(text_of(file), file) if cells)
    some = [c for c in every if 0 < len(c) <= LONGEST]
    settings = load(workspace)
    there(settings)
    if to.exists():
        raise Misfit(f"{to} is there already", next="its codes may still be in use; name another file")
    n = 0
    with writable(to).open("w", encoding="utf-8-sig", newline="") as out:  # before a code nobody could read
        sheet = csv.writer(out)
        sheet.writerow(("customer", "code"))
        for part in _slices(some):
            made = asyncio.run(_write(settings, "orders:codes", partial(service.codes, customers=part)))
            sheet.writerows(made)
            out.flush()
            n += len(made)
    print(f"{n} codes written to {to}: give each to its customer, then delete the file")


@app.command()
def parked(workspace: Workspace = None) -> None:
    """Products in orders that nobody told of."""
    _parked(asyncio.run(_write(load(workspace), "orders:parked", service.parked)), none="nothing is parked")


def _parked(found: list[tuple[str, int]], none: str = "") -> None:
    for product, n in found[:20]:
        print(f"parked: {product}, {n} orders; tell of it: groupbot orders products FILE")
    if not found and none:
        print(none)


def _slices(every: Sequence[T]) -> Iterator[Sequence[T]]:
    return (every[i : i + SLICE] for i in range(0, len(every), SLICE))


def _read(file: Path, clock: Any) -> tuple[list[Line], list[tuple[int, str]], list[str]]:
    (_, names), *rows = rows_of(text_of(file), file) or [(1, [])]
    if not rows:
        raise Misfit("no lines", where=str(file), next="the first line names the columns")
    try:
        columns, rest = columns_of(n for n in names if n)
    except ValueError as e:
        raise Misfit(
            f"no column {e}", where=str(file), next="name the columns as docs/operators.md"
        ) from None
    lines, wrong = [], []
    for place, cells in rows:
        if not cells:
            continue
        try:
            lines.append(line_of(by_name(names, cells), columns, clock))
        except ValueError as e:
            wrong.append((place, str(e)))
    return lines, wrong, rest


async def _write(settings: Settings, name: str, fn: Callable[[Work], T]) -> T:
    async with visiting(settings) as guest:
        return await guest.write(name, fn)


async def _bring(settings: Settings, every: list[list[Line]]) -> dict[str, Any]:
    found: dict[str, Any] = {"new": 0, "changed": 0, "known": 0}
    async with visiting(settings) as guest:
        for part in _slices(every):
            for word, n in (await guest.write("orders:import", partial(service.bring, orders=part))).items():
                found[word] += n
        found["parked"] = await guest.write("orders:parked", service.parked)
    return found
