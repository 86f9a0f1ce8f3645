"""A report as lines of a terminal, and as a table of numbers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from groupbot.cli._tables import safe
from groupbot.cli._told_ways import asked_lines, journey_lines

_SPARKS = "▁▂▃▄▅▆▇█"


def lines(one: dict[str, Any], *, sql: bool = False) -> list[str]:
    """A group as lines of a terminal."""
    score = (
        "too little known for a score"
        if one["health"] is None
        else f"health {one['health']} (v{one['health_version']})"
    )
    drivers = f" ({', '.join(one['drivers'])})" if one["drivers"] else ""
    gone = f" · {one['state']}" if one["state"] in ("retired", "kicked", "gone") else ""
    since = f" since {one['stage_since']}" if one["stage_since"] else ""
    out = [
        f"{one['group']} · {one['first']} to {one['last']} · {one['stage']}{since}{gone} · {score}{drivers}",
        *_aim(one),
        _known(one["coverage"]) + f" · measures v{one['definitions']}",
        *_voice(one["voice"]),
        f"  messages a day, 28 days  {spark(one['messages_a_day'])}",
        f"  people a day             {spark(one['people_a_day'])}",
        f"  messages by hour, 0–23   {spark([sum(h) for h in zip(*one['hours_of_the_week'], strict=True)])}",
    ]
    if one["suggested"]:
        out.append(f"  suggested: {one['suggested']}")
    if one["flagged"]:
        out.append("  the score rose and people's own acts did not: look at what is being measured")
    if one["crowded"]:
        part = {"topics": "open topics", "sibling": "open a sibling group"}[one["crowded"]]
        out.append(f"  more people spoke at once than one can follow: {part}")
    out += [line for f in one["figures"] for line in figure_lines(f, sql=sql, first=one["first"])]
    for kind, query in one["rfm_sql"].items():
        cells = [x for x in one["rfm"] if x["kind"] == kind]
        if cells:
            out.append(f"  buyers by {kind:<18}" + " · ".join(_band(x) for x in cells))
            if sql:
                out += [
                    f"      {query};",
                    "      -- bands under ten people hidden, and the next smallest of one",
                ]
    out += journey_lines(one["journey"], sql=sql)
    for k in one["kept"]:
        first, *later = k["active"]
        shares = " ".join(f"{100 * n / first:.0f}%" for n in later)
        out.append(
            f"  first active in the week of {k['week']}: {first}, then {shares}".removesuffix(", then ")
        )
    if one["attitude"] is not None:
        out += asked_lines(one["attitude"])
    for c in one["cohorts"]:
        if c["active"]:
            shares = " ".join(f"{100 * n / c['joined']:.0f}%" for n in c["active"])
            out.append(
                f"  joined in the week of {c['week']}: {c['joined']}, active in each week after {shares}"
            )
    for s in one["sources"]:
        out.append(f"  came by {s['source']}: {s['came']}, here now {s['here']}, took part {s['spoke']}")
    for s in one["sources_of_span"]:
        out.append(
            f"  in these days by {s['source']}: {s['came']}, here now {s['here']}, took part {s['spoke']}"
        )
    for p in one["plans"]:
        left = ", ".join(f"{why} {n}" for why, n in p["why"].items())
        out.append(
            f"  plan {p['plan']}: {p['said']} of {p['due']} posted" + (f"; not: {left}" if left else "")
        )
    for t in one["touches"]:
        out.append(f"  joined, by {t['source']}: first touch of {t['first']}, last touch of {t['last']}")
    for p in one["posts"][:3]:
        out.append(
            f"  post {p['ref']}, {p['at'][:16]} UTC: {p['people']} people, {p['presses']} presses,"
            f" {p['replies']} replies, {p['reactions']} reactions, {p['leaves']} left within the hour"
            f" (usual {p['usual_leaves']:.2f})"
        )
    return out + (_behind(one) if sql else [])


def _known(c: dict[str, Any]) -> str:
    """Coverage, with the numbers it is made of."""
    of = f"of {c['members']} that Telegram counts" if c["members"] else "and Telegram's count is not known"
    return f"  coverage {c['grade']}: {c['known']} members known, {of}"


def _voice(days: int | None) -> list[str]:
    if days is None:
        return []
    spoke = f"spoke {days} days before the end" if days >= 0 else "has not spoken yet"
    return [f"  who answers for it: {spoke}"]


def _aim(one: dict[str, Any]) -> list[str]:
    """What the group is for, and the measures that show it; their SQL stands with them below."""
    p = one["purpose"]
    if not p["aim"]:
        return ["  aim: nobody said (/purpose in the group)"]
    found = {f["key"]: f for f in one["figures"]}
    told = " · ".join(f"{k} {shown(found[k]['value'], found[k]['unit'])}" for k in p["kpi"])
    goods = f", of goods bought {p['goods']}" if p["goods"] else ""
    out = [f"  aim: {p['aim']}{goods} · {told}"]
    if p["better"]:
        out.append(f"  goods bought {p['goods']} suit the aim {p['better']} better (/purpose)")
    return out


def _behind(one: dict[str, Any]) -> list[str]:
    """The SQL of what is no figure. The score's is that of the last week: the weeks before are the same with
    their days."""
    out = ["  what is behind the rows above"]
    out += [f"      -- {key}\n      {query};" for key, query in one["sql"].items()]
    if one["health_sql"]:
        out.append("      -- stage and health, the last of eight weeks (docs/metrics.md; all eight: --json)")
        out += [f"      -- {key}\n      {query};" for key, query in one["health_sql"][-1].items()]
    return out


def figure_lines(f: dict[str, Any], *, sql: bool, first: str = "") -> list[str]:
    """A number beside the one before it, what it is of, since when where that is not `first`, and its SQL."""
    some = str(f["n"]) if f["n"] or not f["least"] else f"fewer than {f['least']}"
    base = f"of {some} {f['per']}" if f["per"] else ""
    base += f", at least {f['least']}" if f["least"] > 1 else ""
    base += f" · since {f['first']}" if f["first"] != first else ""
    was = shown(f["before"], f["unit"]) if f["before"] is not None else "—"
    now = "—" if f["value"] is None and f["n"] >= f["least"] else shown(f["value"], f["unit"])
    out = [f"  {f['key']:<28}{now:>9}{was:>9}  {f['coverage']} {base}".rstrip()]
    if sql:
        out += [f"      {f['sql']};"] + ([f"      -- {f['how']}"] if f["how"] else [])
        out += [f"      -- of\n      {f['n_sql']};"] if f["n_sql"] and f["n"] else []
        out += [f"      -- before\n      {f['before_sql']};"] if f["before"] is not None else []
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
    return {
        "share": f"{100 * value:.0f}%",
        "hours": f"{value:.1f} h",
        "days": f"{value:.1f} d",
        "factor": f"{value:.1f}×",
    }.get(unit, f"{value:.2f}")


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
        "definitions",
    )
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        for one in found:
            for f in one["figures"]:
                writer.writerow(
                    [safe(one["group"]), one["chat_id"], *(f[n] for n in names[2:-1]), one["definitions"]]
                )


def people_lines(one: dict[str, Any], *, sql: bool) -> list[str]:
    """Who a group leans on."""
    out = [f"{one['group']} · 90 days to {one['last']}"]
    out += [
        f"  {p['kind']:<10}{p['name']} ({p['person']}): {p['evidence']}; gives {p['love']:g},"
        f" four weeks ago {p['love_before']:g}"
        for p in one["people"]
    ]
    if not one["people"]:
        out.append("  too few people or answers to say")
    return out + ([f"  -- {k}\n  {q};" for k, q in one["sql"].items()] if sql else [])


def store_lines(found: list[dict[str, Any]], *, sql: bool) -> list[str]:
    """Every store, a line a number."""
    out = []
    for one in found:
        out.append(f"{one['store']} · {one['groups']} groups · {one['last']}")
        out += [line for f in one["figures"] for line in figure_lines(f, sql=sql)]
    return out or ["no group is paired with a store yet: /store NAME in it"]


def bridge_lines(found: dict[str, Any], *, sql: bool) -> list[str]:
    """The map of groups and five bridges."""
    out = [
        f"{o['one']} and {o['other']}: {o['both']} people"
        + ("" if o["share"] is None else f", {o['share']:.0%} of the smaller")
        for o in found["overlaps"]
    ]
    out += [
        f"bridge: {b['name']} ({b['person']}), {b['inside']} {b['days_inside']} days,"
        f" {b['outside']} {b['days_outside']} days; ask first: /bridges"
        for b in found["bridges"]
    ]
    return (out or ["nobody agreed yet: members say /bridge on"]) + ([f"  {found['sql']};"] if sql else [])


def card_lines(found: dict[str, Any], *, sql: bool) -> list[str]:
    """Every plan of promotions, by what came of it."""
    out = [
        f"  {c['plan']}: {c['posts']} posts · {c['questions']} had a question · {c['came']} came by its link"
        f" · {c['claims']} coupons taken within a week · {c['orders']} orders within 30 days"
        for c in found["rows"]
    ]
    return (out or ["no promotion was posted yet"]) + ([f"  {found['sql']};"] if sql else [])


def library_lines(found: dict[str, Any], *, sql: bool) -> list[str]:
    """The library's media and jobs, or its items, by how people responded."""
    out = []
    for r in found["rows"]:
        half = (
            "too few for a half-life"
            if r["half_life"] is None
            else f"half of it within {r['half_life']:.1f} h"
        )
        name = f"{r['name']}: " if found["items"] else ""
        responses = r["presses"] + r["replies"] + r["reactions"]
        out.append(
            f"  {name}{r['medium']}, {r['job']}: {r['posts']} posts"
            f" · {responses / r['posts']:.1f} responses a post"
            f" ({r['presses']} presses, {r['replies']} replies, {r['reactions']} reactions)"
            f" · {r['people']} people · {half}"
        )
    return (out or ["nothing of the library was posted yet: /media and /library"]) + (
        [f"  {found['sql']};"] if sql else []
    )


def scene_lines(found: list[dict[str, Any]], *, sql: bool) -> list[str]:
    """The scene cards of each group that had any, or has some switched on."""
    out = []
    for one in found:
        if one["scenes"]:
            out.append(one["group"])
        for r in one["scenes"]:
            held = ", ".join(f"{n} by {why}" for why, n in r["held"].items())
            out.append(
                f"  {r['name']}: {r['said']} said, {r['shadow']} only counted, held {held or 0}"
                f" · {r['taps']} people came by it · too much for {r['complaints']}"
            )
    return (out or ["no scene cards: an admin of a commercial group says /scenes on"]) + (
        [f"  {found[0]['sql']};"] if sql and found else []
    )
