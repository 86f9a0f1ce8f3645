"""A group's numbers as plain values: what `groupbot report` prints, writes as CSV and as JSON."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.engagement import reports
from groupbot.features.engagement.reports import Figure


def group_of(work: Work, chat: int, title: str, last: date, days: int) -> dict[str, Any]:
    """A group's numbers of the days up to `last`, as JSON gives them."""
    ask = reports.Ask(work, chat, last - timedelta(days=days - 1), last)
    before = {f.key: f.value for f in reports.figures(ask.before())}
    month = ask.back(max(28, days))
    rows = month.rows(month.sql("SELECT day, messages FROM v_day WHERE {days}"))
    said = {str(d)[:10]: int(n) for d, n in rows}
    span = (month.last - month.first).days + 1
    people = reports.active_days(month)
    health = reports.health(ask)
    return {
        "group": title,
        "chat_id": chat,
        "first": str(ask.first),
        "last": str(last),
        "stage": health.stage,
        "health": health.score,
        "drivers": list(health.drivers),
        "suggested": health.suggested,
        "flagged": health.flagged,
        "messages_a_day": [said.get(str(month.first + timedelta(days=n)), 0) for n in range(span)],
        "people_a_day": [people.get(month.first + timedelta(days=n), 0) for n in range(span)],
        "hours_of_the_week": [list(day) for day in reports.hours(month)],
        "kept": [
            {"week": str(k.week), "active": list(k.active)}
            for k in reports.kept(ask.back(8 * 7))
            if k.active[0] >= reports.RATE
        ],
        "figures": [
            *(figure_of(f, before.get(f.key)) for f in reports.figures(ask)),
            *(figure_of(f, None) for f in (*reports.growth(ask), *reports.more(ask), *reports.sales(ask))),
        ],
        "rfm": [
            {"kind": x.kind, "band": x.band, "people": x.people, "share": x.share} for x in reports.bands(ask)
        ],
        "rfm_sql": reports.bands_sql(ask),
        "sources": [
            {"source": s.source, "came": s.came, "here": s.here, "spoke": s.spoke}
            for s in reports.sources(work, chat)
        ],
        "cohorts": [
            {"week": str(c.week), "joined": c.joined, "active": list(c.active)} for c in reports.cohorts(ask)
        ],
        "posts": [
            {"ref": p.ref, "at": str(p.at), "presses": p.presses, "replies": p.replies,
             "reactions": p.reactions, "people": p.people,
             "leaves": p.leaves, "usual_leaves": round(p.usual, 3)}
            for p in reports.posts(ask)
        ],
    }  # fmt: skip


def figure_of(f: Figure, before: float | None) -> dict[str, Any]:
    """One number with what it was before, and how it came about."""
    return {
        "key": f.key, "value": f.value, "before": before, "unit": f.unit, "first": str(f.window[0]),
        "last": str(f.window[1]), "per": f.per, "n": f.n, "least": f.least, "coverage": f.grade, "sql": f.sql,
        "how": f.how,
    }  # fmt: skip
