"""Campaigns as lines of a terminal: how far each spread, from tier to tier, with what effect."""

from __future__ import annotations

from typing import Any

from groupbot.cli._told_ways import relay_lines


def _effect_lines(found: dict[str, Any] | None, *, sql: bool) -> list[str]:
    if found is None:
        return []
    own = f"organic actives a day of 100 members {found['change']:+.2f} in {found['groups']} groups"
    if found["how"] == "uncontrolled":
        out = [f"  effect: {own}; uncontrolled: no groups to compare with"]
    else:
        who = {"lot": "drawn to begin later", "siblings": "of the tier without it"}[found["how"]]
        sure = "" if found["low"] is None else f", 95 % between {found['low']:+.2f} and {found['high']:+.2f}"
        out = [
            f"  effect {found['effect']:+.2f}{sure}: {own},"
            f" {found['theirs']:+.2f} in {found['others']} groups {who}"
        ]
    return out + ([f"      {found['sql']};"] if sql else [])


def spread_lines(found: list[dict[str, Any]], *, sql: bool) -> list[str]:
    """Every campaign that was launched: its reason, its first hour, a line a mark; then the reasons beside
    each other."""
    out = []
    for one in found:
        out.append(f"{one['campaign']} · launched {one['launched'][:16]} UTC")
        if "lost" in one:
            out.append(f"  not told: {one['lost']}")
            continue
        for told, asked in (_reason_line(one["reason"]), _hour_line(one["first_hour"])):
            out.append(f"  {told}")
            if sql:
                out += [f"      -- {k}\n      {q};" for k, q in asked.items()]
        for m in one["marks"]:
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
        out += _effect_lines(one["effect"], sql=sql)
        for link in one["chain"]:
            told = " → ".join(f"{s['step']} {s['n']}" for s in link["steps"])
            out.append(f"  {link['link']}: {told}")
            if sql:
                out += [f"      -- {s['step']}\n      {s['sql']};" for s in link["steps"]]
        out += relay_lines(one["relay"], sql=sql)
    reasons = sorted((one["reason"] for one in found if one["reason"]), key=lambda r: r["place"])
    if len(reasons) > 1:
        out.append("reasons, by who came in fourteen days, of 100 members")
        out += [f"  {r['place']}. {r['reason']} ({r['name']}): {_came(r)}" for r in reasons]
        out.append("  groups and seasons differ too: only a test shows that it was the reason")
    return out or ["no campaign was launched yet"]


def _came(r: dict[str, Any]) -> str:
    if r["came_of_100"] is None:
        return "nobody was there at the launch"
    so_far = ", fourteen days are not over" if r["young"] else ""
    came = f"{r['came_of_100']} of 100 came ({r['came']} of {r['members']})"
    return f"{came}, {r['orders']} of them ordered{so_far}"


def _many(n: int, thing: str) -> str:
    return f"{n} {thing}{'s' if n != 1 else ''}"


def _reason_line(r: dict[str, Any]) -> tuple[str, dict[str, str]]:
    beside = f"; the median of {_many(r['others'], 'other')}: {r['usual']}" if r["others"] else ""
    return f"reason: {r['reason']}: {_came(r)}{beside}", r["sql"]


def _hour_line(h: dict[str, Any] | None) -> tuple[str, dict[str, str]]:
    if h is None:
        return "first hour: not over, or nobody was reached", {}
    beside = f"; the median of {_many(h['others'], 'other')} before it: {h['usual']}" if h["others"] else ""
    said = f"{h['of_100']} of 100 members ({h['people']} of {h['members']} in {_many(h['groups'], 'group')})"
    return f"first hour: {said}{beside}", h["sql"]
