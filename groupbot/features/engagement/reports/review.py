"""A group's week or month for its staff: a picture and plain sums for the group, every measure in private."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from msgspec import Struct, to_builtins

from groupbot.core.sheet import csv_text
from groupbot.engine import words
from groupbot.engine.picture import Panel
from groupbot.engine.picture.charts import Bars
from groupbot.engine.work import Work
from groupbot.features.engagement.domain import FEW, local_day
from groupbot.features.engagement.reports.asking import RATE, Ask, Figure
from groupbot.features.engagement.reports.assisted import KINDS
from groupbot.features.engagement.reports.crowding import crowded
from groupbot.features.engagement.reports.digest import say_in
from groupbot.features.engagement.reports.figures import figures
from groupbot.features.engagement.reports.habits import bars
from groupbot.features.engagement.reports.leading import LEADING, hand_over, leading
from groupbot.features.engagement.reports.planned import planned
from groupbot.features.engagement.reports.purpose import kpi, purpose_of
from groupbot.features.engagement.reports.sales import CHANNELS, bands, sales
from groupbot.features.engagement.reports.sources import sources
from groupbot.features.engagement.reports.told import told_of
from groupbot.features.engagement.reports.topics import topics
from groupbot.features.engagement.reports.twin import EFFICIENCY, TRUST, more
from groupbot.features.engagement.reports.ways import ways
from groupbot.features.members import service as members

SPANS = {"week": 7, "month": 28}  # days
SOURCES = 10  # links shown
PLANS = 6  # plans shown
WHY = 4  # reasons of a plan
TOPICS = 5


class Review(Struct, frozen=True):
    """`open`: what the whole group may read, without shares and without names; `more`: for staff."""

    open: dict[str, Any]
    more: dict[str, Any]
    picture: Bars
    sheet: str  # the figures as CSV, a line each, as a spreadsheet reads it
    twin: dict[str, Any] | None = None  # of a month: efficiency and trust
    ways: dict[str, Any] | None = None  # of a month: from state to state


def review(work: Work, chat: int, span: str) -> Review:
    """The last 7 or 28 whole local days, beside as many before."""
    days = SPANS[span]
    lang, zone = members.voice(work, chat, None)
    last = local_day(work.now, words.zone(zone)) - timedelta(days=1)
    ask = Ask(work, chat, last - timedelta(days=days - 1), last)
    now = {f.key: f for f in figures(ask)}
    before = {f.key: f for f in figures(ask.before())}
    profile = members.profile(work, chat)
    title = profile.title if profile else ""
    active = int(now["active"].value or 0)
    head = {"title": title, "span": span, "first": str(ask.first), "last": str(last), "least": FEW}
    aim = purpose_of(work, chat)
    sums = {k: int(now[k].value or 0) for k in ("messages", "reactions", "joined", "left", "posts")}
    return Review(
        open={
            **head, **sums,
            "before": int(before["messages"].value or 0),
            "active": active if active >= FEW else None,
            "known": members.count_here(work, chat),
            "grade": ask.grade,
        },
        more={
            **head,
            "grade": ask.grade,
            **aim,
            "kpi": [_line(f, None, ask.first) for f in kpi(ask, aim["aim"], now)],
            "crowded": crowded(ask, now["speakers_in_20_min"]),
            "figures": [_line(f, before[f.key].value, ask.first) for f in now.values()],
            "sources": [
                {"source": s.source, "came": s.came, "here": s.here, "spoke": s.spoke}
                for s in sources(work, chat, ask)[:SOURCES]
            ],
            "plans": [
                {"plan": p.plan, "due": p.due, "said": p.said, "why": [list(w) for w in p.why[:WHY]]}
                for p in planned(ask)[:PLANS]
            ],
            "topics": [to_builtins(t) for t in topics(ask, TOPICS)],
            "posts": [
                {"name": p.name, "kind": p.kind, "when": p.when, "link": p.link, "people": p.people,
                 "presses": p.presses, "replies": p.replies, "reactions": p.reactions, "leaves": p.leaves,
                 "usual": f"{p.usual:.2f}"}
                for p in told_of(ask, title, 3)
            ],
        },
        picture=_picture(work, ask, lang, title, days),
        sheet=_sheet(now.values(), before),
        twin=_twin(ask, head, now, before) if span == "month" else None,
        ways=_ways(ask, title) if span == "month" else None,
    )  # fmt: skip


def _twin(
    ask: Ask, head: dict[str, Any], now: dict[str, Figure], before: dict[str, Figure]
) -> dict[str, Any]:
    """The two goals side by side, and what members bought."""
    now, before = _month(ask, now), _month(ask.before(), before)
    halves = {key: _line(f, before[key].value, ask.first) for key, f in now.items()}
    own = leading(ask, now["member_answers"])
    earlier = {f.key: f.value for f in leading(ask.before(), before["member_answers"])}
    lines = {f.key: _line(f, earlier[f.key], ask.first) for f in own}
    return {
        **head,
        "leading": [lines[k] for k in LEADING],
        "hand_over": hand_over(own),
        "efficiency": [halves[k] for k in EFFICIENCY],
        "trust": [halves[k] for k in TRUST],
        "sales": [
            halves[f]
            for f in (
                "bound", "orders_per_active", "repurchase_30", "repurchase_90",
                *(f"orders_{k}" for k in KINDS), *(f"sales_{k}" for k in KINDS),
                *(f"channel_{c}" for c in CHANNELS), "channels_two",
            )
        ],
        "bands": [{"kind": x.kind, "band": x.band, "people": x.people,
                   "share": None if x.share is None else round(100 * x.share)} for x in bands(ask)],
    }  # fmt: skip


def _ways(ask: Ask, title: str) -> dict[str, Any]:
    """How members went on from state to state, by how they came."""
    found = ways(ask)
    rows = [
        {"before": p.before, "after": p.after, "grade": p.grade, "source": p.source, "n": p.n,
         "waiting": p.waiting, "share": written(p.share, "share"),
         "days": None if p.days is None else round(p.days)}
        for p in found.passages
        if not p.source or p.before == "joined"  # links further on: groupbot report
    ]  # fmt: skip
    return {
        "title": title, "first": str(found.first), "last": str(found.last), "made": found.through is not None,
        "least": RATE, "rows": rows,
    }  # fmt: skip


def _month(ask: Ask, known: dict[str, Figure]) -> dict[str, Figure]:
    """What is known of 28 days, and what a month's review tells besides."""
    return {**known, **{f.key: f for f in (*sales(ask), *more(ask))}}


def _line(f: Figure, before: float | None, first: date) -> dict[str, Any]:
    """`window`: its own first day where that is not the review's."""
    return {
        "key": f.key, "value": written(f.value, f.unit), "before": written(before, f.unit), "unit": f.unit,
        "per": f.per, "n": f.n, "least": f.least, "few": f.value is None and f.n < f.least,
        "window": "" if f.window[0] == first else str(f.window[0]),
    }  # fmt: skip


def _sheet(now: Iterable[Figure], before: dict[str, Figure]) -> str:
    """Numbers as they are, not rounded; behind a mark by which spreadsheets know UTF-8."""
    head = ("figure", "value", "before", "unit", "from", "to", "of", "n", "coverage")
    return "\ufeff" + csv_text(
        head, ((f.key, f.value, before[f.key].value, f.unit, *f.window, f.per, f.n, f.grade) for f in now)
    )


def written(value: float | None, unit: str) -> str | None:
    """A number as people read it, without words."""
    if value is None:
        return None
    return {"count": f"{value:,.0f}", "share": f"{100 * value:.0f}%", "factor": f"{value:.1f}×"}.get(
        unit, f"{value:.2f}" if unit == "index" else f"{value:.1f}"
    )


def bar_of(days: int) -> int:
    """Days of one bar of the picture: a day of a week, a week of more."""
    return 1 if days <= SPANS["week"] else 7


def _picture(work: Work, ask: Ask, lang: str, title: str, days: int) -> Bars:
    """A bar a day of a week, a bar a week of a month."""
    say, day, weekday = say_in(work, lang), words.day(lang), words.weekday(lang)
    step = bar_of(days)
    found = sorted(bars(ask, step))
    labels = tuple(weekday(begins) if step == 1 else day(begins) for begins, _, _ in found)
    values, dots = tuple(said for _, said, _ in found), tuple(active for _, _, active in found)
    under = f"{day(ask.first.isoformat())} — {day(ask.last.isoformat())}"
    return Bars(
        heading=title[:30],
        panels=(Panel(under, labels, values, dots, ""),),
        legend=(say("messages"), say("people active")),
        foot=say("staff and bots are not counted"),
    )
