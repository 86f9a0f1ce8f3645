"""What admins see: which recipes there are and run here, and how each one went, step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.care import domain, store
from groupbot.features.care.service import recipes
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import close, explain

_ASKED, _FEW = timedelta(days=30), 5  # how far back /why looks, and how much it names


def listed(work: Work, chat: int) -> list[dict[str, Any]]:
    """Every recipe that may run here, with whether it does."""
    profile = members.profile(work, chat)
    on = members.get(work, chat, domain.ON)
    return [
        {"name": r.name, "law": r.law, "when": r.when, "about": r.about, "active": r.name in on}
        for r in promos.resident(work, recipes.KIND).values()
        if profile is not None and explain(r.only, profile)[0]
    ]


def why(work: Work, person: int, chat: int | None = None) -> list[dict[str, Any]]:
    """What care said to somebody in the last thirty days, the newest first, and which recipe made it say so;
    of one `chat` or of all. Messages to the whole group are nobody's."""
    every = promos.resident(work, recipes.KIND)
    found = []
    for row in work.sql.all(store.SAID_TO, person=person, since=work.now - _ASKED, most=_FEW):
        if chat not in (None, row.chat_id):
            continue
        place, recipe = members.place(work, row.chat_id), every.get(row.recipe)
        found.append(
            {
                "title": place.title if place is not None else "",
                "at": row.at,
                "recipe": row.recipe,
                "about": recipe.about if recipe is not None else "",
                "private": row.way == "private",
            }
        )
    return found


def report(work: Work, chat: int, name: str) -> dict[str, Any]:
    """One recipe in a chat: runs by how they ended, and for each step how often it was said, given to a
    human, left out and why, and how many asked for quiet before the next.

    Raises:
        Refusal: there is none of this name.
    """
    every = promos.resident(work, recipes.KIND)
    recipe = every.get(name)
    if recipe is None:
        raise Refusal("care/no_recipe", name=name[:60], near=close(name, every))
    ends = work.sql.all(store.STATES, chat=chat, the_recipe=name)
    rows = work.sql.all(store.COUNTS, chat=chat, the_recipe=name)

    def runs(state: str, *reasons: str) -> int:
        return sum(e.n for e in ends if e.state == state and (not reasons or e.reason in reasons))

    steps = []
    for n, step in enumerate(recipe.steps):
        here = [r for r in rows if r.step == n]
        steps.append(
            {
                "number": n + 1,
                "after": step.after,
                "said": sum(r.n for r in here if r.way in ("private", "group")),
                "tasks": sum(r.n for r in here if r.way == "task"),
                "left": sum(r.n for r in here if r.way == "left"),
                "quiet": sum(e.n for e in ends if e.reason == "quiet" and e.step == n + 1),
            }
        )
    return {
        "name": name,
        "active": recipe.name in members.get(work, chat, domain.ON),
        "waiting": runs("waiting"),
        "done": runs("done"),
        "humans": runs("stopped", "human", "answered"),
        "quiet": runs("stopped", "quiet"),
        "stopped": runs("stopped") - runs("stopped", "human", "answered", "quiet"),
        "steps": steps,
    }
