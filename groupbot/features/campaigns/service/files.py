"""Reads `plans/campaigns/*.yaml`: the operator's folder over the shipped one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.campaigns.domain import Campaign, campaign_of
from groupbot.features.campaigns.domain.campaign import FIELDS
from groupbot.features.promos import service as promos
from groupbot.features.promos.service import files

FOLDER = "plans/campaigns"


@dataclass(slots=True)
class Shelf:
    """What the files say: campaigns by name with where they stand, and what does not fit; `both` as one, the
    same while no file changes."""

    campaigns: dict[str, tuple[Campaign, str]] = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)
    both: tuple[dict[str, tuple[Campaign, str]], list[Misfit]] = field(init=False)

    def __post_init__(self) -> None:
        self.both = self.campaigns, self.misfits


def read(folders: Sequence[Path]) -> Shelf:
    """Every campaign, checked. `folders` the operator's first."""
    stamps = (*files.stamp(folders, FOLDER), *files.stamp(folders))
    return _read(tuple(folders), stamps)


def known(work: Work) -> dict[str, Campaign]:
    """The campaigns of the files as they are now, by name, without drafts; one that does not fit any more
    stays as it was."""
    promos.reread(work, KIND)
    return {name: c for name, c in promos.resident(work, KIND).items() if not c.draft}


@lru_cache(4)
def _read(folders: tuple[Path, ...], _stamp: files.Stamp) -> Shelf:
    audiences = files.read(folders).audiences
    return Shelf(*files.named(folders, FOLDER, "campaign", lambda raw: campaign_of(raw, audiences)))


def _named(folders: Sequence[Path]) -> tuple[dict[str, tuple[Campaign, str]], list[Misfit]]:
    return read(folders).both


def _alone(work: Work, campaign: Campaign) -> None:
    """Its posts are plans, looked at as such; what it lacks is told before its launch."""


KIND = promos.Kind("campaign", FOLDER, FIELDS, _named, _alone)
