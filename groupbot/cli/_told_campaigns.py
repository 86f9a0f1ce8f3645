"""Campaigns as lines of a terminal."""

from __future__ import annotations

from typing import Any


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
    """Every campaign that was launched, a line a mark."""
    out = []
    for one in found:
        out.append(f"{one['campaign']} · launched {one['launched'][:16]} UTC")
        if "lost" in one:
            out.append(f"  not told: {one['lost']}")
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
    return out or ["no campaign was launched yet"]
