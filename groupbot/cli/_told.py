"""A report as lines of a terminal, and as a table of numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from groupbot.cli._tables import safe
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.bridges import service as bridges
from groupbot.features.bridges.domain import proposed
from groupbot.features.campaigns import service as campaigns
from groupbot.features.engagement import reports
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile
from groupbot.features.scenes import service as scenes
from groupbot.settings import Settings

_SPARKS = "▁▂▃▄▅▆▇█"


def lines(one: dict[str, Any], *, sql: bool = False) -> list[str]:
    """A group as lines of a terminal."""
    score = "too little known for a score" if one["health"] is None else f"health {one['health']}"
    drivers = f" ({', '.join(one['drivers'])})" if one["drivers"] else ""
    out = [
        f"{one['group']} · {one['first']} to {one['last']} · {one['stage']} · {score}{drivers}",
        f"  messages a day, 28 days  {spark(one['messages_a_day'])}",
        f"  people a day             {spark(one['people_a_day'])}",
        f"  messages by hour, 0–23   {spark([sum(h) for h in zip(*one['hours_of_the_week'], strict=True)])}",
    ]
    if one["suggested"]:
        out.append(f"  suggested: {one['suggested']}")
    if one["flagged"]:
        out.append("  the score rose and people's own acts did not: look at what is being measured")
    out += [line for f in one["figures"] for line in figure_lines(f, sql=sql)]
    for kind, query in one["rfm_sql"].items():
        cells = [x for x in one["rfm"] if x["kind"] == kind]
        if cells:
            out.append(f"  buyers by {kind:<18}" + " · ".join(_band(x) for x in cells))
            if sql:
                out += [
                    f"      {query};",
                    "      -- bands under ten people hidden, and the next smallest of one",
                ]
    for k in one["kept"]:
        first, *later = k["active"]
        shares = " ".join(f"{100 * n / first:.0f}%" for n in later)
        out.append(
            f"  first active in the week of {k['week']}: {first}, then {shares}".removesuffix(", then ")
        )
    for s in one["sources"]:
        out.append(f"  came by {s['source']}: {s['came']}, here now {s['here']}, took part {s['spoke']}")
    for p in one["posts"][:3]:
        out.append(
            f"  post {p['ref']}: {p['people']} people, {p['presses']} presses, {p['replies']} replies,"
            f" {p['reactions']} reactions, {p['leaves']} left within the hour (usual {p['usual_leaves']:.2f})"
        )
    return out


def figure_lines(f: dict[str, Any], *, sql: bool) -> list[str]:
    """A number beside the one before it, what it is of, and its SQL."""
    some = str(f["n"]) if f["n"] or not f["least"] else f"fewer than {f['least']}"
    base = f"of {some} {f['per']}" if f["per"] else ""
    was = shown(f["before"], f["unit"])
    out = [f"  {f['key']:<28}{shown(f['value'], f['unit']):>9}{was:>9}  {f['coverage']} {base}".rstrip()]
    if sql:
        out += [f"      {f['sql']};"] + ([f"      -- {f['how']}"] if f["how"] else [])
    return out


def _band(x: dict[str, Any]) -> str:
    who = "hidden" if x["people"] is None else f"{x['people']} people"
    return f"{x['band']}: {who}" + ("" if x["share"] is None else f", {x['share']:.0%} of sales")


def shown(value: float | None, unit: str) -> str:
    """A number as people read it."""
    if value is None:
        return "too few"
    if unit == "count":
        return f"{value:,.0f}"
    return {"share": f"{100 * value:.0f}%", "hours": f"{value:.1f} h", "factor": f"{value:.1f}×"}.get(
        unit, f"{value:.2f}"
    )


def spark(values: list[int]) -> str:
    """Eight heights; nothing said is the lowest."""
    top = max([*values, 1])
    return "".join(_SPARKS[min(7, round(7 * v / top))] for v in values)


def write_csv(file: Path, found: list[dict[str, Any]]) -> None:
    """The figures of every group, a line each."""
    names = (
        "group",
        "chat_id",
        "key",
        "value",
        "before",
        "unit",
        "first",
        "last",
        "per",
        "n",
        "least",
        "coverage",
        "sql",
    )
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        for one in found:
            for f in one["figures"]:
                writer.writerow([safe(one["group"]), one["chat_id"], *(f[n] for n in names[2:])])


def bridge_lines(work: Work, settings: Settings, campaign: str, *, sql: bool) -> list[str]:
    """The map of groups and five bridges.

    Raises:
        Misfit: there is no such campaign.
    """
    inside = [p.chat for p in members.profiles(work)]
    if campaign:
        shelf = campaigns.read([settings.folder / "content_templates", folder("content_templates")])
        if campaign not in shelf.campaigns:
            raise Misfit(f"no campaign {campaign!r}", next="groupbot campaigns show")
        inside = campaigns.chats_of(work, shelf.campaigns[campaign][0])
    days = bridges.days(work)
    out = [
        f"{members.title(work, o.one)} and {members.title(work, o.other)}: {o.both} people"
        + ("" if o.share is None else f", {o.share:.0%} of the smaller")
        for o in bridges.overlap(work)
    ]
    out += [
        f"bridge: {members.name(work, b.person)} ({b.person}),"
        f" {members.title(work, b.inside)} {b.days_inside} days,"
        f" {members.title(work, b.outside)} {b.days_outside} days; ask first: /bridges"
        for b in proposed(days, inside)
    ]
    return (out or ["nobody agreed yet: members say /bridge on"]) + (
        [f"  {bridges.question(work)};"] if sql else []
    )


def card_lines(work: Work, *, sql: bool) -> list[str]:
    """Every plan of promotions, by what came of it."""
    out = [
        f"  {c.plan}: {c.posts} posts · {c.questions} had a question · {c.came} came by its link"
        f" · {c.claims} coupons taken within a week · {c.orders} orders within 30 days"
        for c in reports.cards(work)
    ]
    return (out or ["no promotion was posted yet"]) + ([f"  {reports.cards_sql(work)};"] if sql else [])


def library_lines(work: Work, *, items: bool, sql: bool) -> list[str]:
    """The library's media and jobs, or its items, by how people responded."""
    out = []
    for r in reports.library(work, by_item=items):
        half = "too few for a half-life" if r.half_life is None else f"half of it within {r.half_life:.1f} h"
        responses = r.presses + r.replies + r.reactions
        out.append(
            f"  {f'{r.name}: ' if items else ''}{r.medium}, {r.job}: {r.posts} posts"
            f" · {responses / r.posts:.1f} responses a post"
            f" ({r.presses} presses, {r.replies} replies, {r.reactions} reactions)"
            f" · {r.people} people · {half}"
        )
    return (out or ["nothing of the library was posted yet: /media and /library"]) + (
        [f"  {reports.LIBRARY};"] if sql else []
    )


def scene_lines(work: Work, groups: Iterable[Profile], *, sql: bool) -> list[str]:
    """The scene cards of each group that had any, or has some switched on."""
    out = []
    for p in groups:
        rows = scenes.counts(work, p.chat)
        if rows:
            out.append(p.title)
        for r in rows:
            held = ", ".join(f"{n} by {why}" for why, n in r["held"].items())
            out.append(
                f"  {r['name']}: {r['said']} said, {r['shadow']} only counted, held {held or 0}"
                f" · {r['taps']} people came by it · too much for {r['complaints']}"
            )
    return (out or ["no scene cards: an admin of a commercial group says /scenes on"]) + (
        [f"  {scenes.QUESTION};"] if sql else []
    )


def spread_lines(work: Work, settings: Settings, *, sql: bool) -> list[str]:
    """Every campaign that was launched, a line a mark."""
    out = []
    shelf = campaigns.read([settings.folder / "content_templates", folder("content_templates")])
    for name, (campaign, _) in shelf.campaigns.items():
        row = campaigns.row_of(work, name)
        if row is None:
            continue
        out.append(f"{name} · launched {row.at:%Y-%m-%d %H:%M} UTC")
        for m in campaigns.spread_of(work, campaign, row)["marks"]:
            if m["few"]:
                out.append(f"  {m['mark']:<4} nobody in its audience")
                continue
            out.append(
                f"  {m['mark']:<4} {m['level']}: {m['engaged']} of {m['audience']} did something,"
                f" {m['outside']} came from outside ({m['spill']} a person),"
                f" {m['converted']} stayed or bought, {m['communities']} other groups;"
                f" depth {m['depth']}, virality {m['virality']}"
            )
            if sql:
                out += [f"      -- {k}\n      {q};" for k, q in m["sql"].items()]
    return out or ["no campaign was launched yet"]
