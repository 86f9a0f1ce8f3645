"""`groupbot campaigns`: check the campaign files, show them with what a test can see."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._looking import uncounted
from groupbot.cli._looking import workspace as looking_at
from groupbot.cli._verdict import verdict
from groupbot.engine.shipped import content_folders
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.campaigns import service
from groupbot.features.campaigns.domain import Campaign, clashes
from groupbot.features.members import service as members
from groupbot.features.promos.domain import explain
from groupbot.features.promos.service import files
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]
IMAGINED = (40, 180)  # groups and members, where there is no database


@app.command()
def check(workspace: Workspace = None) -> None:
    """Fields, phases without posts, flagships that meet: each with file, line, field and example."""
    settings = load(workspace)
    folders = content_folders(settings.folder)
    shelf = service.read(folders)
    wrong = list(shelf.misfits)
    found = {name: c for name, (c, _) in shelf.campaigns.items()}
    places = {p.campaign: where for p, where in files.read(folders).plans if p.campaign}
    planned = set(places)
    for name, (campaign, where) in shelf.campaigns.items():
        for phase in () if campaign.draft else campaign.phases:
            if f"{name}/{phase.name}" not in planned:
                typer.echo(
                    f"note: {where}: phase {phase.name} has no plan with campaign: {name}/{phase.name}"
                )
    for key in sorted(planned - {f"{n}/{p.name}" for n, c in found.items() for p in c.phases}):
        what = f"campaign: {key} is no phase of a campaign"
        wrong.append(Misfit(what, where=places[key], next="groupbot campaigns show lists them"))
    wrong += tests(settings)[1]
    with looking_at(settings) as work:
        uncounted(settings)
        chats = {c.whom.name: frozenset(_chats(work, c)) for c in found.values()}
    for one, other, n in clashes(found.values(), chats):
        step = "move one, or take another audience"
        what = f"two flagships at a time in {n} groups: {one}, {other}"
        wrong.append(Misfit(what, where=shelf.campaigns[one][1], next=step))
    verdict(f"{len(found)} campaigns", wrong)


def tests(settings: Settings) -> tuple[list[str], list[Misfit]]:
    """What each test of a plan can show, before it is offered; and tests that no campaign's file has."""
    folders = content_folders(settings.folder)
    notes: list[str] = []
    wrong: list[Misfit] = []
    found = {name: c for name, (c, _) in service.read(folders).campaigns.items()}
    planned = [(plan, where) for plan, where in files.read(folders).plans if plan.test]
    if not planned:
        return notes, wrong
    with looking_at(settings) as work:
        for plan, where in planned:
            name, _, _ = plan.campaign.partition("/")
            campaign = found.get(name)
            if campaign is None or campaign.test is None or campaign.test.name != plan.test:
                known = campaign.test.name if campaign is not None and campaign.test is not None else "none"
                what = f"{plan.name}: test {plan.test!r} is not that of {name}: {known}"
                step = f"write in its file test: {{name: {plan.test}, base: 3%, days: 7}}"
                wrong.append(Misfit(what, where=where, next=step))
            else:
                notes.append(f"{where}: {trial(campaign, *_size(work, campaign))}")
    return notes, wrong


@app.command()
def show(workspace: Workspace = None) -> None:
    """Each campaign with its phases, its limits, and the smallest difference its test would show; then what
    was learnt of the last ones."""
    settings = load(workspace)
    with looking_at(settings) as work:
        uncounted(settings)
        for campaign, _ in service.read(content_folders(settings.folder)).campaigns.values():
            for line in shown(campaign, *_size(work, campaign)):
                typer.echo(line)
        for lesson in service.last_lessons(work):
            typer.echo(f"learnt of {lesson['campaign']}: {lesson['text']}")


def shown(campaign: Campaign, groups: int, people: int) -> list[str]:
    """A campaign as lines, for so many groups and people."""
    lines = [
        f"{campaign.name}{', flagship' * campaign.flagship}{', draft' * campaign.draft}: {campaign.reason}",
        f"  {campaign.start} to {campaign.end} · {campaign.whom.name}, {groups} groups · {campaign.contact}",
        f"  stops at {campaign.leaves:.1%} of members leaving or {campaign.complaints} wishes for quiet",
    ]
    for phase in campaign.phases:
        after = f", once the phase before was seen in {phase.seen:.0%} of the groups" if phase.seen else ""
        lines.append(f"  {phase.name} from {phase.opens}{after}")
    lines += [f"  {c.at:%m-%d %H:%M} {c.role}: {c.who}, {c.do}" for c in campaign.run]
    told = trial(campaign, groups, people)
    return [*lines, f"  {told}"] if told else lines


def trial(campaign: Campaign, groups: int, people: int) -> str:
    """The smallest difference a campaign's test would show; '' where it has none."""
    told = service.trial_told(campaign, groups, people)
    if told is None:
        return ""
    sees = "shows nothing: too few groups"
    if told["finds"] is not None:
        rates = f"{told['base']:g} % -> {told['finds']:g} %"
        sees = f"finds {rates} or more, read once after {told['days']} days"
    return f"test {told['name']}: {groups} groups of {told['members']} {sees}"


def _chats(work: Work, campaign: Campaign) -> list[int]:
    return [p.chat for p in members.profiles(work) if explain(campaign.whom, p)[0]]


def _size(work: Work, campaign: Campaign) -> tuple[int, int]:
    chats = _chats(work, campaign)
    return (len(chats), service.size(work, chats)) if chats else (IMAGINED[0], IMAGINED[0] * IMAGINED[1])
