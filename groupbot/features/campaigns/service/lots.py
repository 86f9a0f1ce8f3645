"""Which groups of a campaign begin later, by lot, and when their wait is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.domain.effect import later
from groupbot.features.campaigns.service.readiness import chats_of
from groupbot.features.promos import service as promos


def draw(work: Work, campaign: Campaign, at: datetime) -> tuple[str, str] | None:
    """Let half of the groups wait where the file asks for a lot and there are enough of them; (key, detail)
    to be written down. Who waited for an earlier launch waits no more."""
    for _, old in drawn_for(work, campaign.name).values():
        _gate(work, campaign, old, "")
    chats = chats_of(work, campaign)
    late = later(campaign.name, key_of(at), chats) if campaign.lot else frozenset()
    if not late:
        return None
    _gate(work, campaign, late, "begins later, by lot")
    return key_of(at), f"{campaign.lot}|{','.join(map(str, sorted(late)))}"


def lot_over(work: Work, campaign: Campaign, row: Any) -> str:
    """The key of its lot when its days are over, for the caller to write down; '' else."""
    found = drawn_for(work, campaign.name).get(key_of(row.at))
    return key_of(row.at) if found and work.now >= row.at + timedelta(days=found[0]) else ""


def begin_later(work: Work, campaign: Campaign, row: Any) -> None:
    """Who was drawn to wait begins."""
    _gate(work, campaign, drawn_for(work, campaign.name)[key_of(row.at)][1], "")


def key_of(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}"


def drawn_for(work: Work, name: str) -> dict[str, tuple[int, frozenset[int]]]:
    """By launch: the days of its lot, and who waited."""
    found = {}
    for w in work.sql.all(store.WORDS, the_name=name):
        if w.what == "lot":
            days, _, chats = w.detail.partition("|")
            found[w.key] = (int(days), frozenset(int(c) for c in chats.split(",")))
    return found


def _gate(work: Work, campaign: Campaign, chats: Iterable[int], why: str) -> None:
    for phase in campaign.phases:
        for chat in chats:
            promos.set_gate(work, f"{campaign.name}/{phase.name}", why, chat)
