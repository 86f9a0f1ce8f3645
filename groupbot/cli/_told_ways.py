"""Members' ways, what went from tier to tier and the month's question, as lines of a terminal."""

from __future__ import annotations

from typing import Any

from groupbot.cli._table import padded
from groupbot.cli._tongue import ENGLISH, Tongue


def journey_lines(found: dict[str, Any], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """From state to state: all, then by how people came, the best evidence first."""
    if found["through"] is None:
        return [t("  members' ways: not made yet; the bot makes them at night (or: groupbot rebuild)")]
    out = [t("  members' ways, {first} to {last}", first=found["first"], last=found["last"])]
    for p in found["passages"]:
        name = f"{t.name('way', p['before'])} → {t.name('way', p['after'])}"
        if p["grade"]:
            name = t("  came by {way}", way=t(_CAME[p["grade"]]))
        if p["source"]:
            name = t("    link {name}", name=t.name("source", p["source"]))
        if p["n"] is None:
            told = t("too few")
        else:
            half = (
                t("half not there yet")
                if p["days"] is None
                else t("half within {days} days", days=f"{p['days']:.0f}")
                if round(p["days"])
                else t("half on the same day")
            )
            share = f"{p['share']:.0%}"
            told = t("{share} of {n}, {half}, {waiting} not (yet)",
                     share=share, n=p["n"], half=half, waiting=p["waiting"])  # fmt: skip
        out.append(f"    {padded(name, 34)}{told}")
    return out + ([f"      {found['sql']};", f"      -- {found['how']}"] if sql else [])


_CAME = {
    "exact": "a named link", "request": "a request let in", "adder": "somebody's hand",
    "token": "a counted link, a week before", "link": "an unnamed link", "none": "themselves, unknown how",
}  # fmt: skip


def relay_lines(found: dict[str, Any] | None, t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """From tier to tier; nothing where it was meant for one alone."""
    if not found:
        return []
    out = [t("  from tier to tier, {n} ways down", n=found["paths"])]
    for h in found["hops"]:
        broken = t(" · BROKEN HERE") if h["tier"] == found["broken"] else ""
        told = t(
            "{reached} of {groups} groups reached, {people} people; {paths} ways whole so far,"
            " {loss}% lost here",
            **{k: h[k] for k in ("reached", "groups", "people", "paths", "loss")},
        )
        out.append(f"    {padded(t.name('tier', h['tier']), 10)}{told}{broken}")
    return out + ([f"      {found['sql']};"] if sql else [])


def round_lines(found: list[dict[str, Any]], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """Every round of notices that was meant for several tiers."""
    out = []
    for one in found:
        out.append(t("notice to many #{n} · {at} UTC", n=one["round"], at=one["at"][:16]))
        out += relay_lines(one, t, sql=sql)
    return out or [t("no notice was meant for several tiers in 90 days (/noticeto)")]


def attitude_lines(found: list[dict[str, Any]], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """The month's questions of each group that had any."""
    out = []
    for one in found:
        if one["months"]:
            out.append(one["group"])
            out += [line for month in one["months"] for line in asked_lines(month, t)]
            out += [f"      {one['sql']};"] if sql else []
    return out or [t("no question was asked and closed yet: an admin says /attitude on")]


def asked_lines(m: dict[str, Any], t: Tongue = ENGLISH) -> list[str]:
    """A month's question: its steps with the 95 % interval, the change since the month before."""
    of = t(" of {n} members ({share}%)", n=m["members"], share=m["coverage"]) if m["members"] else ""
    weak = t(", fewer than {n}: weak", n=m["weak_under"]) if m["weak"] and m["steps"] else ""
    few = "" if m["steps"] else t(", fewer than {n}: no shares", n=m["least"])
    asked = t(
        "  question of {month} about {about}: {n} answered", **{k: m[k] for k in ("month", "about", "n")}
    )
    out = [f"{asked}{of}{weak}{few}"]
    for s in m["steps"]:
        part = t("{n} of {all}", n=s["n"], all=m["n"])
        line = (
            f"    {padded(t.name('step', s['key']), 10)}{s['share']:>4}%  95% {s['low']}–{s['high']}%  {part}"
        )
        if s["change"] is not None:
            apart = t("intervals apart") if s["apart"] else t("intervals overlap")
            since = t("{change} points since {before}", change=f"{s['change']:+d}", before=m["before"])
            line += f"  {since}, {apart}"
        out.append(line)
    return out
