"""The plans of a workspace looked at as a whole: what does not fit, and what nobody can know yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from groupbot.cli._looking import workspace as looking_at
from groupbot.cli.audience import profiles
from groupbot.engine.clock import Clock
from groupbot.engine.reader import looking
from groupbot.engine.shipped import content_folders
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members.domain import Profile
from groupbot.features.promos.domain import Plan, Wrong, explain
from groupbot.features.promos.domain.festivals import published
from groupbot.features.promos.domain.wording import advice
from groupbot.features.promos.service import files
from groupbot.features.promos.service.filling import TAKE, filled
from groupbot.features.promos.service.load import check as fits
from groupbot.features.promos.service.month import Limits, limits, without_expert
from groupbot.features.promos.service.saying import usual
from groupbot.settings import Settings

EXPERT = "no slot with an expert for {titles}; give a plan expert: {{topic: Storage}}"


def looked(settings: Settings) -> tuple[files.Shelf, list[Misfit], list[str]]:
    """Every plan against fields, templates, days, quiet hours and the groups there are: the shelf, what does
    not fit (of an audience of nobody too), and notes on days not published yet."""
    shelf = files.read(content_folders(settings.folder))
    wrong, notes = list(shelf.misfits), []
    with_chats = [c.profile for c in known(settings) if c.profile is not None]
    with looking_at(settings) as work:
        for plan, where in shelf.plans:
            try:
                fits(work, plan)
            except Wrong as e:
                wrong.append(shelf.misfit(plan, where, e))
                continue
            if with_chats and plan.state == "live" and not any(explain(plan.whom, p)[0] for p in with_chats):
                step = f"groupbot audience {plan.whom.name}"
                nobody = Wrong("audience", f"{plan.name}: nobody is in {plan.whom.name}", step)
                wrong.append(shelf.misfit(plan, where, nobody))
            notes += [f"{where}: {note}" for note in (*unpublished(plan), *simple(work, plan))]
    live = [p for p, _ in shelf.plans if p.state == "live"]
    notes += lacking(live, with_chats, Clock().now().date())
    return shelf, wrong, notes


def simple(work: Work, plan: Plan) -> list[str]:
    """What makes the plan's texts hard to take in, with the plan's own values, in the first language."""
    content, found = work.content, []
    for template in plan.pool if content is not None and plan.state == "live" else ():
        assert content is not None
        lang = content.languages[0]
        front = content.sources(template, lang)[0].front
        text = content.render(
            template, lang, {**filled(front, "…"), **usual(plan, template), **plan.data}
        ).formatted
        buttons = bool(plan.data.get("url")) + (TAKE in (front.get("buttons") or {}))
        more = buttons + sum(e.type == "text_link" for e in text.entities)
        found += [f"{plan.name}: {template}: {note}" for note in advice(text.text, more)]
    return found


def lacking(plans: Iterable[Plan], profiles: list[Profile], today: date) -> list[str]:
    """Of this month and the next: groups that should have an expert's slot and have none."""
    notes = []
    first = today.replace(day=1)
    for _ in range(2):
        titles = without_expert(plans, profiles, first)
        if titles:
            notes.append(f"{first:%Y-%m}: {EXPERT.format(titles=named(titles))}")
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return notes


def named(titles: list[str], most: int = 5) -> str:
    """The first few, and how many more."""
    more = f" and {len(titles) - most} more" if len(titles) > most else ""
    return ", ".join(titles[:most]) + more


def known(settings: Settings) -> list[Limits]:
    """The chats of the database with their limits; none where there is none that can be read."""
    try:
        found = [p for p in profiles(settings) if p.set_up]
    except (Misfit, sa.exc.SQLAlchemyError):
        return []
    with looking(settings.database) as work:
        return [limits(work, p) for p in found]


def unpublished(plan: Plan) -> list[str]:
    """What nobody can know yet about the days of a plan."""
    if plan.only is None:
        return []
    last = plan.end or plan.start
    years = range(plan.start.year, last.year + 1)
    country = plan.only[1]
    return [
        f"{plan.name}: the make-up workdays of {year} in {country} are not published (未公布)"
        for year in years
        if not published(country, year)
    ]
