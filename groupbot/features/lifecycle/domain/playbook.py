"""A playbook: a short list of acts to propose when a group comes to a stage of its life."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from groupbot.features.engagement.domain.measures import STAGES
from groupbot.features.promos.domain import Audience, Wrong, audience_of, nearest

DOES = ("recipe", "pack", "command")
FIELDS = ("name", "stage", "only", "acts")
ACTS = 5  # at most: what is longer is not read
LONGEST = 24  # bytes of what a button carries
_EXAMPLE = "write - {recipe: thanks, why: {zh: …, en: …}}"


class Act(Struct, frozen=True):
    """One thing to do: switch on a `recipe` of care, draft the posts of a `pack`, or say a `command`; `why`
    by language."""

    do: str
    what: str
    why: dict[str, str]


class Playbook(Struct, frozen=True):
    """What to propose to the groups of `only` that came to a `stage`."""

    name: str
    stage: str
    acts: tuple[Act, ...]
    only: Audience


def playbook_of(raw: Any) -> Playbook:
    """A playbook as written.

    Raises:
        Wrong: names the field, what was expected, and an example.
    """
    if not isinstance(raw, dict) or not str(raw.get("name") or "").strip():
        raise Wrong("", "playbook: expected a mapping with a name", "write - name: growing")
    for field in raw:
        if field not in FIELDS:
            raise Wrong(str(field), f"{field}: no such field", nearest(str(field), FIELDS))
    if raw.get("stage") not in STAGES:
        known = ", ".join(STAGES)
        raise Wrong("stage", f"stage: {raw.get('stage')!r}, expected one of {known}", "write stage: growing")
    acts = raw.get("acts")
    if not isinstance(acts, list) or not 0 < len(acts) <= ACTS:
        raise Wrong("acts", f"acts: expected a list of 1 to {ACTS}", _EXAMPLE)
    try:
        only = audience_of(str(raw["name"]), raw.get("only"))
    except Wrong as e:
        raise Wrong("only", f"only: {e.what}", e.next or "write only: {tier: store}") from None
    made = tuple(_act(a, f"acts[{n}]") for n, a in enumerate(acts))
    return Playbook(str(raw["name"]).strip(), str(raw["stage"]), made, only)


def _act(raw: Any, place: str) -> Act:
    if not isinstance(raw, dict) or not set(raw) <= {*DOES, "why"}:
        raise Wrong(place, f"{place}: expected one of {', '.join(DOES)}, and why", _EXAMPLE)
    said = [(do, raw[do]) for do in DOES if do in raw]
    if len(said) != 1 or not str(said[0][1] or "").strip():
        raise Wrong(place, f"{place}: expected just one of {', '.join(DOES)}", _EXAMPLE)
    do, what = said[0][0], str(said[0][1]).strip().removeprefix("/")
    if len(what.encode()) > LONGEST:
        raise Wrong(f"{place}.{do}", f"{place}.{do}: longer than {LONGEST} bytes", _EXAMPLE)
    why = raw.get("why")
    if not isinstance(why, dict) or not why or not all(str(v or "").strip() for v in why.values()):
        raise Wrong(f"{place}.why", f"{place}.why: expected a sentence by language", _EXAMPLE)
    return Act(do, what, {str(k): str(v).strip() for k, v in why.items()})
