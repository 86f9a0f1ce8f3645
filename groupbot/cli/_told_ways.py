"""Members' ways, what went from tier to tier and the month's question, as lines of a terminal."""

from __future__ import annotations

from typing import Any


def journey_lines(found: dict[str, Any], *, sql: bool) -> list[str]:
    """From state to state: all, then by how people came, the best evidence first."""
    if found["through"] is None:
        return ["  members' ways: not made yet; the bot makes them at night (or: groupbot rebuild)"]
    out = [f"  members' ways, {found['first']} to {found['last']}"]
    for p in found["passages"]:
        name = f"{p['before']} → {p['after']}" if not p["grade"] else f"  came by {_CAME[p['grade']]}"
        if p["source"]:
            name = f"    link {p['source']}"
        if p["n"] is None:
            told = "too few"
        else:
            half = "half not there yet" if p["days"] is None else f"half within {p['days']:.0f} days"
            told = f"{p['share']:.0%} of {p['n']}, {half}, {p['waiting']} not (yet)"
        out.append(f"    {name:<34}{told}")
    return out + ([f"      {found['sql']};", f"      -- {found['how']}"] if sql else [])


_CAME = {
    "exact": "a named link", "request": "a request let in", "adder": "somebody's hand",
    "token": "a counted link, a week before", "link": "an unnamed link", "none": "themselves, unknown how",
}  # fmt: skip


def relay_lines(found: dict[str, Any] | None, *, sql: bool) -> list[str]:
    """From tier to tier; nothing where it was meant for one alone."""
    if not found:
        return []
    out = [f"  from tier to tier, {found['paths']} ways down"]
    for h in found["hops"]:
        broken = " · BROKEN HERE" if h["tier"] == found["broken"] else ""
        out.append(
            f"    {h['tier']:<10}{h['reached']} of {h['groups']} groups reached, {h['people']} people;"
            f" {h['paths']} ways whole so far, {h['loss']}% lost here{broken}"
        )
    return out + ([f"      {found['sql']};"] if sql else [])


def round_lines(found: list[dict[str, Any]], *, sql: bool) -> list[str]:
    """Every round of notices that was meant for several tiers."""
    out = []
    for one in found:
        out.append(f"notice to many #{one['round']} · {one['at'][:16]} UTC")
        out += relay_lines(one, sql=sql)
    return out or ["no notice was meant for several tiers in 90 days (/noticeto)"]


def attitude_lines(found: list[dict[str, Any]], *, sql: bool) -> list[str]:
    """The month's questions of each group that had any."""
    out = []
    for one in found:
        if one["months"]:
            out.append(one["group"])
            out += [line for month in one["months"] for line in asked_lines(month)]
            out += [f"      {one['sql']};"] if sql else []
    return out or ["no question was asked and closed yet: an admin says /attitude on"]


def asked_lines(m: dict[str, Any]) -> list[str]:
    """A month's question: its steps with the 95 % interval, the change since the month before."""
    of = f" of {m['members']} members ({m['coverage']}%)" if m["members"] else ""
    weak = f", fewer than {m['weak_under']}: weak" if m["weak"] and m["steps"] else ""
    few = "" if m["steps"] else f", fewer than {m['least']}: no shares"
    out = [f"  question of {m['month']} about {m['about']}: {m['n']} answered{of}{weak}{few}"]
    for s in m["steps"]:
        line = f"    {s['key']:<10}{s['share']:>4}%  95% {s['low']}–{s['high']}%  {s['n']} of {m['n']}"
        if s["change"] is not None:
            apart = "apart" if s["apart"] else "overlap"
            line += f"  {s['change']:+d} points since {m['before']}, intervals {apart}"
        out.append(line)
    return out
