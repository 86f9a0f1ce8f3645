"""`groupbot plan`: check the plan files, show a month of them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._looking import uncounted
from groupbot.cli._places import writable
from groupbot.cli._plans import EXPERT, known, looked, named, unpublished
from groupbot.cli._verdict import verdict
from groupbot.cli.campaigns import tests
from groupbot.engine.clock import Clock
from groupbot.engine.content import Content
from groupbot.engine.picture import month as draw_month
from groupbot.engine.shipped import content_folders
from groupbot.engine.words import zone
from groupbot.errors import Misfit
from groupbot.features.promos.domain import Plan
from groupbot.features.promos.domain.festivals import is_holiday, lunar_name, published
from groupbot.features.promos.service import files
from groupbot.features.promos.service.month import Limits, Month, by_day, month
from groupbot.features.promos.service.monthly import picture, said_in
from groupbot.settings import load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]
_WHY = {
    "quiet": "quiet hours",
    "mourning": "a day of mourning",
    "free_day": "a day without promotions",
    "promotions": "promotions of the day are used up",
    "posts": "posts of the day are used up",
    "gap": "too close to the post before",
}


@app.command()
def check(workspace: Workspace = None) -> None:
    """Every plan checked: fields, templates, days, audiences of nobody, make-up days not published yet."""
    settings = load(workspace)
    shelf, wrong, notes = looked(settings)
    uncounted(settings)
    seen, lost = tests(settings)
    wrong += lost
    for note in (*notes, *seen):
        typer.echo(f"note: {note}")
    drafts = sum(p.state == "draft" for p, _ in shelf.plans)
    some = f", {drafts} of them drafts" if drafts else ""
    verdict(f"{len(shelf.plans)} plans{some}", wrong)


@app.command()
def show(
    workspace: Workspace = None,
    month_: Annotated[str, typer.Option("--month", help="2027-02; default: this month.")] = "",
    drafts: Annotated[bool, typer.Option(help="Drafts too.")] = False,
    png: Annotated[Path | None, typer.Option(help="Also draw it into this picture.")] = None,
    lang: Annotated[str, typer.Option(help="Of the picture: zh or en.")] = "zh",
) -> None:
    """A month as a calendar: what is posted, what a limit would hold, where it is empty."""
    settings = load(workspace)
    if png is not None:
        writable(png)
    folders = content_folders(settings.folder)
    shelf = files.read(folders)
    chats = known(settings)
    try:
        first = date.fromisoformat(f"{month_}-01") if month_ else _this_month(chats)
    except ValueError:
        raise Misfit(
            f"--month {month_!r} is no month", where="groupbot plan show", next="write 2027-02"
        ) from None
    plans = [p for p, _ in shelf.plans if p.state == "live" or drafts]
    if not chats:
        begins = "Shown" if uncounted(settings) else "No chats yet: shown"
        typer.echo(f"{begins} for one imagined group in Asia/Shanghai.")
        chats = [Limits({"zh": "设想的群"}.get(lang, "an imagined group"), None)]
    made = month(plans, chats, first)
    for line in drawn(made, plans):
        typer.echo(line)
    if png is not None:
        spec = picture(made, plans, lang, said_in(Content(folders), lang))
        typer.echo(str(draw_month(png, spec)))


def _this_month(chats: list[Limits]) -> date:
    """The first day of the month that is, on the clock most groups have."""
    zones = Counter(c.zone for c in chats or [Limits("", None)])
    return Clock().now().astimezone(zone(zones.most_common(1)[0][0])).date().replace(day=1)


def drawn(made: Month, plans: list[Plan]) -> list[str]:
    """The calendar as lines."""
    count = "1 plan" if len(plans) == 1 else f"{len(plans)} plans"
    lines = [f"{made.first:%Y-%m}  {_groups(made.chats)}, {count}"]
    days = by_day(made)
    stopped: dict[date, list[str]] = {}
    for (wall, name, reason), n in sorted(made.held.items()):
        told = f"  {wall:%H:%M}  {name}: held in {_groups(n)} ({_WHY.get(reason, reason)})"
        stopped.setdefault(wall.date(), []).append(told)
    for n in range(made.days):
        day = date.fromordinal(made.first.toordinal() + n)
        holiday = "  holiday" if is_holiday("CN", day) else ""
        head = f"{day:%d %a}  {lunar_name(day)}{holiday}"
        if day in days or day in stopped or holiday:
            lines.append(head)
        lines += [f"  {wall:%H:%M}  {name} → {_groups(chats)}" for wall, name, chats in days.get(day, ())]
        lines += stopped.get(day, [])
    for title, (start, length) in sorted(made.empty.items(), key=lambda e: -e[1][1])[:10]:
        lines.append(f"gap: {title} has no post for {length} days from {start:%m-%d}")
    clashes = sum(made.held.values())
    lines.append(f"clashes: {clashes} posts held by a limit")
    lines.append(f"budget: {made.used:.0%} of the posts the groups may get; variety {made.variety:.2f} of 1")
    if made.without_expert:
        lines.append(f"no expert: {EXPERT.format(titles=named(made.without_expert))}")
    lines += [f"nobody gets: {name}" for name in made.nobody]
    lines += [f"note: {n}" for p in plans for n in unpublished(p)]
    if not published("CN", made.first.year):
        lines.append(f"make-up workdays of {made.first.year} in CN: 未公布 (not published)")
    return lines


def _groups(n: int) -> str:
    return "1 group" if n == 1 else f"{n} groups"
