"""Planned against done: each plan's posts that were due in a group, said or not, and why not."""

from __future__ import annotations

from msgspec import Struct

from groupbot.features.engagement.reports.asking import Ask

PLANNED = (
    "SELECT plan, state, reason, COUNT(*) FROM v_slot WHERE chat_id = {id} AND due >= {start} AND due < {end}"
    " AND state <> 'waiting' GROUP BY plan, state, reason"
)


class Planned(Struct, frozen=True):
    """A plan in a group: posts due, said, and of the others how many for which reason, the most first."""

    plan: str
    due: int
    said: int
    why: tuple[tuple[str, int], ...]


def planned(ask: Ask) -> list[Planned]:
    """Every plan that had a post due, those with most left out first."""
    plans: dict[str, list[tuple[str, str, int]]] = {}
    for plan, state, reason, n in ask.rows(planned_sql(ask)):
        plans.setdefault(plan, []).append((state, reason or state, int(n)))
    made = [_plan(name, rows) for name, rows in plans.items()]
    return sorted(made, key=lambda p: (p.said - p.due, p.plan))


def planned_sql(ask: Ask) -> str:
    """Its SQL."""
    return ask.sql(PLANNED)


def _plan(name: str, rows: list[tuple[str, str, int]]) -> Planned:
    said = sum(n for state, _, n in rows if state == "said")
    why: dict[str, int] = {}
    for state, reason, n in rows:
        if state != "said":
            why[reason] = why.get(reason, 0) + n
    left = tuple(sorted(why.items(), key=lambda w: (-w[1], w[0])))
    return Planned(name, sum(n for _, _, n in rows), said, left)
