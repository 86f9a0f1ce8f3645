"""`groupbot report`: weeks and months in numbers, each with the SQL that gives it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.cli import _talk as talk
from groupbot.cli._numbers import chosen_of, last_day, live_of, numbers
from groupbot.cli._numbers_parts import attitude_of, people_of, roles_of, scenes_of
from groupbot.cli._page import behind_lines, page_of
from groupbot.cli._places import writable
from groupbot.cli._report_all import OF_ALL
from groupbot.cli._reporting import (
    AsJson,
    Beside,
    Days,
    Group,
    Lang,
    Until,
    Where,
    say,
    say_json,
    settings_of,
    work_of,
)
from groupbot.cli._tables import KINDS, write_csv, write_views
from groupbot.cli._told import lines
from groupbot.cli._told_parts import people_lines, role_lines, scene_lines
from groupbot.cli._told_ways import attitude_lines
from groupbot.cli._tongue import Tongue, of_groups, tongue
from groupbot.engine.picture.page import draw_page
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members.domain import Profile
from groupbot.settings import Settings

app = typer.Typer(add_completion=False)
for _name, _part in OF_ALL.items():
    app.command(_name)(_part)


@app.callback(invoke_without_command=True)
def report(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    until: Until = "",
    days: Days = 7,
    as_json: AsJson = False,
    sql: Beside = False,
    to_csv: Annotated[Path | None, typer.Option("--csv", help="Write the numbers into a file.")] = None,
    lang: Lang = "",
) -> None:
    """A group's week in numbers, beside the week before. Too few people make no number; the letter is the
    coverage: A knows over 90 % of the members, B over 60 %, C fewer, ? unknown."""
    if lang:
        tongue(lang)
    if context.invoked_subcommand is not None:
        context.obj = (workspace, group, until, lang)
        return
    settings = settings_of(workspace)
    if to_csv is not None:
        writable(to_csv)
    with work_of(settings) as work:
        chosen = chosen_of(work, group)
        t = _tongue(work, settings, chosen, lang)
        found = [numbers(work, p.chat, p.title, last_day(work, p.chat, until), days) for p in chosen]
    if to_csv is not None:
        write_csv(to_csv, found)
        print(f"{sum(len(g['figures']) for g in found)} numbers of {len(found)} groups written to {to_csv}")
    elif as_json:
        say_json(found)
    elif not found:
        print(_no_group(t))
    else:
        for one in found:
            print("\n".join(lines(one, t, sql=sql)), end="\n\n")


def _no_group(t: Tongue) -> str:
    return t("no group yet: add the bot to one, or bring in its history with groupbot import")


def _tongue(work: Work, settings: Settings, chosen: list[Profile], lang: str) -> Tongue:
    return of_groups(work, [p.chat for p in chosen], lang, settings.ops_chat)


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
    before = context.obj  # what stands before the word `page` holds where nothing stands after it
    settings = settings_of(workspace or before[0])
    writable(file)
    lang = lang or before[3]
    if lang:
        tongue(lang)
    with work_of(settings) as work:
        chosen = live_of(work, group or before[1], settings.ops_chat)
        groups = [(p.chat, last_day(work, p.chat, until or before[2])) for p in chosen]
        made = page_of(work, groups, lang, settings.ops_chat)
        behind = behind_lines(work, groups) if sql else []
    print("\n".join([f"written: {draw_page(file, made)}", *behind]))


@app.command("posts")
def posts(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    until: Until = "",
    days: Days = 7,
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """Every post of the span that was meant for people, by how many did something on it, with who left within
    the hour beside what is usual."""
    last = until or context.obj[2]
    t, found = _each(
        context, workspace, group, lang,
        lambda work, p: talk.posts(work, p, last_day(work, p.chat, last), days),
    )  # fmt: skip
    _say(t, found, as_json, [line for one in found for line in talk.lines_of_posts(one, t, sql=sql)])


@app.command("topics")
def topics(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    until: Until = "",
    days: Days = 7,
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """Each topic of a forum: messages beside the span before, people, questions and those nobody answered."""
    last = until or context.obj[2]
    t, found = _each(
        context, workspace, group, lang,
        lambda work, p: talk.topics(work, p, last_day(work, p.chat, last), days),
    )  # fmt: skip
    _say(t, found, as_json, [line for one in found for line in talk.lines_of_topics(one, t, sql=sql)])


@app.command("data")
def data(
    folder: Annotated[Path, typer.Argument(help="The folder to write into.")] = Path("data"),
    workspace: Where = None,
    kind: Annotated[str, typer.Option("--as", help=f"{', '.join(KINDS)}.")] = "csv",
) -> None:
    """Every view of docs/data.md as a file, all of one moment; Parquet for DuckDB and its like. Names of
    members are in v_member: keep the folder as you keep the database."""
    settings = settings_of(workspace)
    if kind not in KINDS:
        raise Misfit(f"{kind} is no kind of file", next=f"use --as {', '.join(KINDS)}")
    with work_of(settings):
        for name, n in write_views(settings.database, folder, kind):
            print(f"  {name:<28}{n:>12,} rows")


def _each(
    context: typer.Context,
    workspace: Path | None,
    group: str,
    lang: str,
    of: Callable[[Work, Profile], dict[str, Any]],
) -> tuple[Tongue, list[dict[str, Any]]]:
    """The language, and what `of` finds in each group chosen; what is not said here may stand before the
    command's word."""
    before = context.obj
    settings = settings_of(workspace or before[0])
    with work_of(settings) as work:
        chosen = chosen_of(work, group or before[1])
        return _tongue(work, settings, chosen, lang or before[3]), [of(work, p) for p in chosen]


def _say(t: Tongue, found: list[dict[str, Any]], as_json: bool, told: list[str]) -> None:
    """What `_each` found; a line too where there is no group."""
    say(found, as_json, told if found else [_no_group(t)])


@app.command("people")
def people(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    until: Until = "",
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """Ten people each group leans on, for who runs it: connectors, mavens, salesmen. 90 days."""
    last = until or context.obj[2]
    t, found = _each(
        context, workspace, group, lang,
        lambda work, p: people_of(work, p.chat, p.title, last_day(work, p.chat, last)),
    )  # fmt: skip
    _say(t, found, as_json, [line for one in found for line in people_lines(one, t, sql=sql)])


@app.command("roles")
def roles(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """Who opens talk in each group and who follows, with the figures and the thresholds that made it so; for
    who runs it. Who looks on is named to nobody."""
    t, found = _each(context, workspace, group, lang, lambda work, p: roles_of(work, p.chat, p.title))
    _say(t, found, as_json, [line for one in found for line in role_lines(one, t, sql=sql)])


@app.command("scenes")
def scenes(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """Each group's scene cards in 180 days: said, only counted, held by which limit; who came by the button,
    for how many it was too much."""
    t, found = _each(context, workspace, group, lang, lambda work, p: scenes_of(work, p.chat, p.title))
    _say(t, found, as_json, scene_lines(found, t, sql=sql))


@app.command("attitude")
def attitude(
    context: typer.Context,
    workspace: Where = None,
    group: Group = "",
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """The month's anonymous questions (/attitude) of a year: who knows, agrees, buys or takes part, with the
    95 % interval, the answers it rests on and the change since the month before."""
    t, found = _each(context, workspace, group, lang, lambda work, p: attitude_of(work, p.chat, p.title))
    _say(t, found, as_json, attitude_lines(found, t, sql=sql))
