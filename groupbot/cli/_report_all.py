"""The parts of `groupbot report` that are of all groups together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from groupbot.cli._numbers import last_day
from groupbot.cli._numbers_parts import bridges_of, cards_of, library_of, spreads_of, stores_of
from groupbot.cli._reporting import AsJson, Beside, Lang, Until, Where, say, settings_of, work_of
from groupbot.cli._told_parts import bridge_lines, card_lines, library_lines, store_lines
from groupbot.cli._told_spread import spread_lines
from groupbot.cli._told_ways import round_lines
from groupbot.cli._tongue import Tongue, tongue_of_all
from groupbot.engine.work import Work
from groupbot.features.engagement import reports
from groupbot.features.stores.service import stores as paired
from groupbot.settings import Settings

T = TypeVar("T")


def spreads(
    context: typer.Context,
    workspace: Where = None,
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """How far each campaign spread 1 h, 24 h, 7 d and 14 d after its launch, and each of its groups."""
    t, found = _of_all(context, workspace, lang, spreads_of)
    say(found, as_json, spread_lines(found, t, sql=sql))


def relays(
    context: typer.Context,
    workspace: Where = None,
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """Each notice to groups of several tiers, in 90 days: in how many groups of dealers, stores, consumers
    somebody acknowledged it, and which tier loses far more than usual."""
    t, found = _of_all(context, workspace, lang, lambda work, _: reports.rounds(work))
    say(found, as_json, round_lines(found, t, sql=sql))


def stores(
    context: typer.Context,
    workspace: Where = None,
    until: Until = "",
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """Each store with the ties to its customers (/store pairs a group with one): weak, medium, strong, what
    moved in 28 days, who came from the group to the store and back, products that are not on its shelf."""

    def ties(work: Work, _: Settings) -> list[Any]:
        last = until or context.obj[2]
        return [
            stores_of(work, n, chats, last_day(work, chats[0], last)) for n, chats in paired(work) if chats
        ]

    t, found = _of_all(context, workspace, lang, ties)
    say(found, as_json, store_lines(found, t, sql=sql))


def bridges(
    context: typer.Context,
    workspace: Where = None,
    campaign: Annotated[str, typer.Option("--campaign", help="Out of the groups of this campaign.")] = "",
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """How groups overlap by who agreed to be on the map (/bridge), and five bridges; for operators."""
    t, found = _of_all(context, workspace, lang, lambda work, settings: bridges_of(work, settings, campaign))
    say(found, as_json, bridge_lines(found, t, sql=sql))


def cards(
    context: typer.Context,
    workspace: Where = None,
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """Each plan of promotions: questions, who came by its link, coupons taken within a week, orders of who
    came within thirty days (of members who bound their number, /bind)."""
    t, found = _of_all(context, workspace, lang, lambda work, _: cards_of(work))
    say(found, as_json, card_lines(found, t, sql=sql))


def library(
    context: typer.Context,
    workspace: Where = None,
    items: Annotated[bool, typer.Option("--items", help="A line an item.")] = False,
    as_json: AsJson = False,
    sql: Beside = False,
    lang: Lang = "",
) -> None:
    """What people did on posts that took something of the library, by medium and job, and how soon."""
    t, found = _of_all(context, workspace, lang, lambda work, _: library_of(work, items=items))
    say(found, as_json, library_lines(found, t, sql=sql))


def _of_all(
    context: typer.Context, workspace: Path | None, lang: str, of: Callable[[Work, Settings], T]
) -> tuple[Tongue, T]:
    """The language, and what `of` finds: on one database, closed before anything is told."""
    settings = settings_of(workspace or context.obj[0])
    with work_of(settings) as work:
        return tongue_of_all(work, lang or context.obj[3], settings.ops_chat), of(work, settings)


OF_ALL: dict[str, Callable[..., None]] = {
    "campaigns": spreads,
    "notices": relays,
    "stores": stores,
    "bridges": bridges,
    "cards": cards,
    "library": library,
}
