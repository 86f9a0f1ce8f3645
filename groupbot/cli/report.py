"""`groupbot report`: weeks and months in numbers, each with the SQL that gives it again."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.cli._guest import bot_of
from groupbot.cli._numbers import figure_of, group_of
from groupbot.cli._page import page_of
from groupbot.cli._tables import KINDS, write_views
from groupbot.cli._told import (
    bridge_lines,
    card_lines,
    figure_lines,
    library_lines,
    lines,
    scene_lines,
    spread_lines,
    write_csv,
)
from groupbot.engine import logs
from groupbot.engine.migrate import current, head
from groupbot.engine.picture.page import draw_page
from groupbot.engine.reader import looking
from groupbot.engine.storage import sqlite_path
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain import local_day
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile
from groupbot.features.stores.service import stores as paired
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False)
Where = Annotated[
    Path | None, typer.Option("--workspace", help="The folder with groupbot.toml; default: here.")
]
Group = Annotated[str, typer.Option("--group", help="Part of a group's title; default: all.")]
Until = Annotated[str, typer.Option("--until", help="The last day, 2027-01-31; default: yesterday.")]


@app.callback(invoke_without_command=True)
def report(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    until: Until = "",
    days: Annotated[int, typer.Option("--days", help="7 for a week, 28 for a month.", min=1, max=366)] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL of each number beside it.")] = False,
    to_csv: Annotated[Path | None, typer.Option("--csv", help="Write the numbers into a file.")] = None,
) -> None:
    """A group's week in numbers, beside the week before. Too few people make no number; the letter is the
    coverage: A knows over 90 % of the members, B over 60 %, C fewer, ? unknown."""
    if context.invoked_subcommand is not None:
        context.obj = (workspace, group, until)
        return
    logs.set_up("warning")
    settings = load(workspace)
    found = read(settings, group, until, days)
    if to_csv is not None:
        write_csv(to_csv, found)
        print(f"{sum(len(g['figures']) for g in found)} numbers of {len(found)} groups written to {to_csv}")
    elif as_json:
        json.dump(found, sys.stdout, ensure_ascii=False, indent=1, default=str)
        print()
    else:
        for one in found:
            print("\n".join(lines(one, sql=sql)), end="\n\n")


@app.command("page")
def page(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The PNG to write.")] = Path("page.png"),
    workspace: Where = None,
    group: Group = "",
    until: Until = "",
) -> None:
    """One portrait page for who answers for the groups: which need you and why, the best and the worst post,
    who left. Numbers: groupbot report --sql."""
    logs.set_up("warning")
    before = context.obj  # what stands before the word `page` holds where nothing stands after it
    settings = load(workspace or before[0])
    with _work(settings) as work:
        chosen = _chosen(work, group or before[1])
        made = page_of(work, [(p.chat, _last(work, p.chat, until or before[2])) for p in chosen])
    print(f"written: {draw_page(file, made)}")


@app.command("data")
def data(
    folder: Annotated[Path, typer.Argument(help="The folder to write into.")] = Path("data"),
    workspace: Where = None,
    kind: Annotated[str, typer.Option("--as", help=f"{', '.join(KINDS)}.")] = "csv",
) -> None:
    """Every view of docs/data.md as a file, all of one moment; Parquet for DuckDB and its like. Names of
    members are in v_member: keep the folder as you keep the database."""
    logs.set_up("warning")
    settings = load(workspace)
    if kind not in KINDS:
        raise Misfit(f"{kind} is no kind of file", next=f"use --as {', '.join(KINDS)}")
    with _work(settings):
        for name, n in write_views(settings.database, folder, kind):
            print(f"  {name:<28}{n:>12,} rows")


@app.command("people")
def people(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    until: Until = "",
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL beside it.")] = False,
) -> None:
    """Ten people each group leans on, for who runs it: connectors, mavens, salesmen. 90 days."""
    logs.set_up("warning")
    before = context.obj
    with _work(load(workspace or before[0])) as work:
        for p in _chosen(work, group or before[1]):
            last = _last(work, p.chat, until or before[2])
            ask = reports.Ask(work, p.chat, last, last)
            print(f"{p.title} · 90 days to {last}")
            found = reports.key_people(ask)
            for one in found:
                print(f"  {one.kind:<10}{one.name} ({one.person}): {one.evidence}")
            if not found:
                print("  too few people or answers to say")
            if sql:
                print("\n".join(f"  -- {k}\n  {q};" for k, q in reports.questions(ask).items()))


@app.command("campaigns")
def spreads(
    workspace: Where = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL beside it.")] = False,
) -> None:
    """How far each campaign spread 1 h, 24 h, 7 d and 14 d after its launch."""
    logs.set_up("warning")
    settings = load(workspace)
    with _work(settings) as work:
        print("\n".join(spread_lines(work, settings, sql=sql)))


@app.command("stores")
def stores(
    workspace: Where = None,
    until: Until = "",
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL beside it.")] = False,
) -> None:
    """Each store with the ties to its customers (/store pairs a group with one): weak, medium, strong, what
    moved in 28 days, who came from the group to the store and back, products that are not on its shelf."""
    logs.set_up("warning")
    with _work(load(workspace)) as work:
        for name, chats in paired(work):
            last = _last(work, chats[0], until)
            print(f"{name} · {len(chats)} groups · {last}")
            ask = reports.Ask(work, chats[0], last, last)
            found = [figure_of(f, None) for f in reports.ties(ask, name, chats)]
            print("\n".join(line for f in found for line in figure_lines(f, sql=sql)))


@app.command("bridges")
def bridges(
    workspace: Where = None,
    campaign: Annotated[str, typer.Option("--campaign", help="Out of the groups of this campaign.")] = "",
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL beside it.")] = False,
) -> None:
    """How groups overlap by who agreed to be on the map (/bridge), and five bridges; for operators."""
    logs.set_up("warning")
    settings = load(workspace)
    with _work(settings) as work:
        print("\n".join(bridge_lines(work, settings, campaign, sql=sql)))


@app.command("cards")
def cards(
    workspace: Where = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL beside it.")] = False,
) -> None:
    """Each plan of promotions: questions, who came by its link, coupons taken within a week, orders of who
    came within thirty days (of members who bound their number, /bind)."""
    logs.set_up("warning")
    with _work(load(workspace)) as work:
        print("\n".join(card_lines(work, sql=sql)))


@app.command("library")
def library(
    workspace: Where = None,
    items: Annotated[bool, typer.Option("--items", help="A line an item.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL beside it.")] = False,
) -> None:
    """What people did on posts that took something of the library, by medium and job, and how soon."""
    logs.set_up("warning")
    with _work(load(workspace)) as work:
        print("\n".join(library_lines(work, items=items, sql=sql)))


@app.command("scenes")
def scenes(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL beside it.")] = False,
) -> None:
    """Each group's scene cards in 180 days: said, only counted, held by which limit; who came by the button,
    for how many it was too much."""
    logs.set_up("warning")
    before = context.obj
    with _work(load(workspace or before[0])) as work:
        print("\n".join(scene_lines(work, _chosen(work, group or before[1]), sql=sql)))


def _work(settings: Settings) -> Any:
    path = sqlite_path(settings.database)
    if path is not None and not path.exists():
        raise Misfit(f"no database at {path} yet", next="groupbot run, and add the bot to a group")
    if current(settings.database) != head():
        raise Misfit("the database is of another version", next="groupbot migrate")
    return looking(settings.database, bot_id=bot_of(settings))


def _last(work: Work, chat: int, until: str) -> date:
    if until:
        try:
            return date.fromisoformat(until)
        except ValueError:
            raise Misfit(f"{until} is no day", next="write it as 2027-01-31") from None
    return local_day(work.now, zone(members.voice(work, chat, None)[1])) - timedelta(days=1)


def read(settings: Settings, group: str, until: str, days: int) -> list[dict[str, Any]]:
    """Every group's numbers, as JSON gives them.

    Raises:
        Misfit: no group is called so.
    """
    with _work(settings) as work:
        chosen = _chosen(work, group)
        return [group_of(work, p.chat, p.title, _last(work, p.chat, until), days) for p in chosen]


def _chosen(work: Work, group: str) -> list[Profile]:
    found = [p for p in members.profiles(work) if group.casefold() in p.title.casefold()]
    if group and not found:
        raise Misfit(f"no group with {group!r} in its title", next="groupbot report without --group")
    return found
