"""Reads `plans/packs/*.yaml`, and gives a pack's templates example values where they need some."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from groupbot.engine.content import Content
from groupbot.errors import Misfit
from groupbot.features.promos.domain.pack import Pack, pack_of, plans_of
from groupbot.features.promos.service import files

FOLDER = "plans/packs"


def named(folders: Sequence[Path]) -> tuple[dict[str, tuple[Pack, str]], list[Misfit]]:
    """Every pack by name with file:line, and what does not fit."""
    return files.named(folders, FOLDER, "pack", pack_of)


def read(folders: Sequence[Path]) -> tuple[dict[str, Pack], list[Misfit]]:
    """Every pack by name, and what does not fit."""
    found, wrong = named(folders)
    return {name: pack for name, (pack, _) in found.items()}, wrong


def titles(content: Content, pack: Pack, lang: str) -> dict[str, str]:
    """What each template of a pack is called in a language, by its front matter.

    Raises:
        Misfit: a template is missing.
    """
    fronts = {p.template: content.sources(p.template, lang)[0].front for p in pack.posts}
    return {name: str(front.get("title") or name) for name, front in fronts.items()}


def examples(content: Content, pack: Pack, lang: str) -> dict[str, dict[str, Any]]:
    """What each template of a pack requires, from its sample: to be replaced by the operator's own.

    Raises:
        Misfit: a template is missing.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in {p.template for p in pack.posts}:
        front = content.sources(name, lang)[0].front
        sample = front.get("sample") or {}
        found[name] = {str(f): sample[f] for f in front.get("required") or () if f in sample}
    return found


def drafted(content: Content, pack: Pack, audience: str, first: date, lang: str) -> str:
    """A plan file with its posts as drafts from a first day on.

    Raises:
        Misfit: a template is missing.
    """
    plans = plans_of(pack, audience, first, examples(content, pack, lang), titles(content, pack, lang), lang)
    head = f"# {pack.about}. Drafts: put your own values under data:, then state: live.\n"
    return head + yaml.safe_dump(plans, allow_unicode=True, sort_keys=False, width=110)
