"""`groupbot report`: weeks and months in numbers, each with the SQL that gives it again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.cli._guest import bot_of, there
from groupbot.cli._numbers import (
    attitude_of,
    bridges_of,
    cards_of,
    chosen_of,
    last_day,
    library_of,
    numbers,
    people_of,
    scenes_of,
    spreads_of,
    stores_of,
)
from groupbot.cli._page import behind_lines, page_of
from groupbot.cli._tables import KINDS, write_views
from groupbot.cli._told import (
    bridge_lines,
    card_lines,
    library_lines,
    lines,
    people_lines,
    scene_lines,
    store_lines,
    write_csv,
)
from groupbot.cli._told_spread import spread_lines
from groupbot.cli._told_ways import attitude_lines, round_lines
from groupbot.engine import logs
from groupbot.engine.picture.page import draw_page
from groupbot.engine.reader import looking
from groupbot.errors import Misfit
from groupbot.features.engagement import reports
from groupbot.features.stores.service import stores as paired
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False)
Where = Annotated[
    Path | None, typer.Option("--workspace", help="The folder with groupbot.toml; default: here.")
]
Group = Annotated[str, typer.Option("--group", help="Part of a group's title; default: all.")]
Until = Annotated[str, typer.Option("--until", help="The last day, 2027-01-31; default: yesterday.")]
Beside = Annotated[bool, typer.Option("--sql", help="Print the SQL of each number beside it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, with the SQL of each number.")]


@app.callback(invoke_without_command=True)
def report(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    until: Until = "",
    days: Annotated[int, typer.Option("--days", help="7 for a week, 28 for a month.", min=1, max=366)] = 7,
    as_json: AsJson = False,
    sql: Beside = False,
    to_csv: Annotated[Path | None, typer.Option("--csv", help="Write the numbers into a file.")] = None,
) -> None:
    """A group's week in numbers, beside the week before. Too few people make no number; the letter is the
    coverage: A knows over 90 % of the members, B over 60 %, C fewer, ? unknown."""
    if context.invoked_subcommand is not None:
        context.obj = (workspace, group, until)
        return
    logs.set_up("warning")
    settings = load(workspace)
    with _work(settings) as work:
        chosen = chosen_of(work, group)
        found = [numbers(work, p.chat, p.title, last_day(work, p.chat, until), days) for p in chosen]
    if to_csv is not None:
        write_csv(to_csv, found)
        print(f"{sum(len(g['figures']) for g in found)} numbers of {len(found)} groups written to {to_csv}")
    elif as_json:
        _json(found)
    elif not found:
        print("no group yet: add the bot to one, or bring in its history with groupbot import")
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
    lang: Annotated[
        str, typer.Option("--lang", help="zh or en; default: the operators' or the groups'.")
    ] = "",
    sql: Beside = False,
) -> None:
    """One portrait page for who answers for the groups: which need you and why, the best and the worst post,
    who left; with --sql the SQL of each of its numbers."""
    logs.set_up("warning")
    before = context.obj  # what stands before the word `page` holds where nothing stands after it
    settings = load(workspace or before[0])
    if lang not in ("", "zh", "en"):
        raise Misfit(f"{lang} is no language of the page", next="use --lang zh or --lang en")
    with _work(settings) as work:
        chosen = chosen_of(work, group or before[1])
        groups = [(p.chat, last_day(work, p.chat, until or before[2])) for p in chosen]
        made = page_of(work, groups, lang, settings.ops_chat)
        behind = behind_lines(work, groups) if sql else []
    print("\n".join([f"written: {draw_page(file, made)}", *behind]))


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
    as_json: AsJson = False,
    sql: Beside = False,
) -> None:
    """Ten people each group leans on, for who runs it: connectors, mavens, salesmen. 90 days."""
    before = context.obj
    with _work(_settings(workspace or before[0])) as work:
        chosen = chosen_of(work, group or before[1])
        found = [people_of(work, p.chat, p.title, last_day(work, p.chat, until or before[2])) for p in chosen]
    _say(found, as_json, [line for one in found for line in people_lines(one, sql=sql)])


@app.command("campaigns")
def spreads(
    context: typer.Context, workspace: Where = None, as_json: AsJson = False, sql: Beside = False
) -> None:
    """How far each campaign spread 1 h, 24 h, 7 d and 14 d after its launch."""
    settings = _settings(workspace or context.obj[0])
    with _work(settings) as work:
        found = spreads_of(work, settings)
    _say(found, as_json, spread_lines(found, sql=sql))


@app.command("notices")
def relays(
    context: typer.Context, workspace: Where = None, as_json: AsJson = False, sql: Beside = False
) -> None:
    """Each notice to groups of several tiers, in 90 days: in how many groups of dealers, stores, consumers
    somebody acknowledged it, and which tier loses far more than usual."""
    with _work(_settings(workspace or context.obj[0])) as work:
        found = reports.rounds(work)
    _say(found, as_json, round_lines(found, sql=sql))


@app.command("stores")
def stores(
    context: typer.Context,
    workspace: Where = None,
    until: Until = "",
    as_json: AsJson = False,
    sql: Beside = False,
) -> None:
    """Each store with the ties to its customers (/store pairs a group with one): weak, medium, strong, what
    moved in 28 days, who came from the group to the store and back, products that are not on its shelf."""
    before = context.obj
    with _work(_settings(workspace or before[0])) as work:
        found = [
            stores_of(work, name, chats, last_day(work, chats[0], until or before[2]))
            for name, chats in paired(work)
            if chats
        ]
    _say(found, as_json, store_lines(found, sql=sql))


@app.command("bridges")
def bridges(
    context: typer.Context,
    workspace: Where = None,
    campaign: Annotated[str, typer.Option("--campaign", help="Out of the groups of this campaign.")] = "",
    as_json: AsJson = False,
    sql: Beside = False,
) -> None:
    """How groups overlap by who agreed to be on the map (/bridge), and five bridges; for operators."""
    settings = _settings(workspace or context.obj[0])
    with _work(settings) as work:
        found = bridges_of(work, settings, campaign)
    _say(found, as_json, bridge_lines(found, sql=sql))


@app.command("cards")
def cards(
    context: typer.Context, workspace: Where = None, as_json: AsJson = False, sql: Beside = False
) -> None:
    """Each plan of promotions: questions, who came by its link, coupons taken within a week, orders of who
    came within thirty days (of members who bound their number, /bind)."""
    with _work(_settings(workspace or context.obj[0])) as work:
        found = cards_of(work)
    _say(found, as_json, card_lines(found, sql=sql))


@app.command("library")
def library(
    context: typer.Context,
    workspace: Where = None,
    items: Annotated[bool, typer.Option("--items", help="A line an item.")] = False,
    as_json: AsJson = False,
    sql: Beside = False,
) -> None:
    """What people did on posts that took something of the library, by medium and job, and how soon."""
    with _work(_settings(workspace or context.obj[0])) as work:
        found = library_of(work, items=items)
    _say(found, as_json, library_lines(found, sql=sql))


@app.command("scenes")
def scenes(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    as_json: AsJson = False,
    sql: Beside = False,
) -> None:
    """Each group's scene cards in 180 days: said, only counted, held by which limit; who came by the button,
    for how many it was too much."""
    before = context.obj
    with _work(_settings(workspace or before[0])) as work:
        found = [scenes_of(work, p.chat, p.title) for p in chosen_of(work, group or before[1])]
    _say(found, as_json, scene_lines(found, sql=sql))


@app.command("attitude")
def attitude(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    as_json: AsJson = False,
    sql: Beside = False,
) -> None:
    """The month's anonymous questions (/attitude) of a year: who knows, agrees, buys or takes part, with the
    95 % interval, the answers it rests on and the change since the month before."""
    before = context.obj
    with _work(_settings(workspace or before[0])) as work:
        found = [attitude_of(work, p.chat, p.title) for p in chosen_of(work, group or before[1])]
    _say(found, as_json, attitude_lines(found, sql=sql))


def _settings(workspace: Path | None) -> Settings:
    logs.set_up("warning")
    return load(workspace)


def _say(found: Any, as_json: bool, told: list[str]) -> None:
    if as_json:
        _json(found)
    else:
        print("\n".join(told))


def _json(found: Any) -> None:
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()


def _work(settings: Settings) -> Any:
    there(settings)
    return looking(settings.database, bot_id=bot_of(settings))
