"""Campaigns as lines of a terminal: how far each spread, from tier to tier, with what effect."""

from __future__ import annotations

from typing import Any

from groupbot.cli._told_ways import relay_lines
from groupbot.cli._tongue import ENGLISH, Tongue

GROUPS = 10  # of a campaign, those in which it went furthest


def _effect_lines(found: dict[str, Any] | None, t: Tongue, *, sql: bool) -> list[str]:
    if found is None:
        return []
    own = t(
        "organic actives a day of 100 members {change} in {groups} groups",
        change=f"{found['change']:+.2f}", groups=found["groups"],
    )  # fmt: skip
    if found["how"] == "uncontrolled":
        out = [t("  effect: {own}; uncontrolled: no groups to compare with", own=own)]
    else:
        who = {"lot": "drawn to begin later", "siblings": "of the tier without it"}[found["how"]]
        sure = "" if found["low"] is None else t(
            ", 95 % between {low} and {high}", low=f"{found['low']:+.2f}", high=f"{found['high']:+.2f}"
        )  # fmt: skip
        out = [
            t("  effect {effect}{sure}: {own}, {theirs} in {others} groups {who}",
              effect=f"{found['effect']:+.2f}", sure=sure, own=own, theirs=f"{found['theirs']:+.2f}",
              others=found["others"], who=t(who))
        ]  # fmt: skip
    return out + ([f"      {found['sql']};"] if sql else [])


def spread_lines(found: list[dict[str, Any]], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """Every campaign that was launched: its reason, its first hour, a line a mark; then the reasons beside
    each other."""
    out = []
    for one in found:
        out.append(t("{campaign} · launched {at} UTC", campaign=one["campaign"], at=one["launched"][:16]))
        if "lost" in one:
            out.append(t("  not told: {why}", why=one["lost"]))
            continue
        for told, asked in (_reason_line(one["reason"], t), _hour_line(one["first_hour"], t)):
            out.append(f"  {told}")
            if sql:
                out += [f"      -- {k}\n      {q};" for k, q in asked.items()]
        for m in one["marks"]:
            out += _mark_lines(m, t, sql=sql)
        out += _effect_lines(one["effect"], t, sql=sql)
        for link in one["chain"]:
            told = " → ".join(f"{t.name('chain', s['step'])} {s['n']}" for s in link["steps"])
            out.append(f"  {t.name('chain', link['link'])}: {told}")
            if sql:
                out += [f"      -- {s['step']}\n      {s['sql']};" for s in link["steps"]]
        out += relay_lines(one["relay"], t, sql=sql)
    reasons = sorted((one["reason"] for one in found if one["reason"]), key=lambda r: r["place"])
    if len(reasons) > 1:
        out.append(t("reasons, by who came in fourteen days, of 100 members"))
        out += [f"  {r['place']}. {r['reason']} ({r['name']}): {_came(r, t)}" for r in reasons]
        out.append(t("  groups and seasons differ too: only a test shows that it was the reason"))
    return out or [t("no campaign was launched yet")]


def _mark_lines(m: dict[str, Any], t: Tongue, *, sql: bool) -> list[str]:
    """The level at one mark, what it rests on, and the group's own levels below."""
    if m["few"]:
        why = t("fewer than {n} members", n=m["least"]) if m["audience"] else t("nobody in its audience")
        return [f"  {m['mark']:<4} {why}"]
    told = t(
        "{engaged} of {audience} did something, {outside} came from outside ({spill} a person),"
        " {converted} stayed or bought, {communities} other groups; depth {depth}, virality {virality};"
        " coverage {grade}",
        **{k: m[k] for k in ("engaged", "audience", "outside", "converted", "communities", "depth", "grade")},
        spill=_or_few(m["spill"], t), virality=_or_few(m["virality"], t),
    )  # fmt: skip
    if m["counted"]:
        told += t(" ({known} known of {counted})", known=m["known"], counted=m["counted"])
    out = [f"  {m['mark']:<4} {t.name('level', m['level'])}: {told}"]
    if sql:
        out += [f"      -- {k}\n      {q};" for k, q in m["sql"].items()]
        out.append(f"      -- {m['how']}")
    for g in m["groups"][:GROUPS]:
        numbers = {k: g[k] for k in ("title", "engaged", "audience", "outside", "grade")}
        level = t("fewer than {n} members", n=m["least"]) if g["few"] else t.name("level", g["level"])
        told = t(
            "{title}: {level}; {engaged} of {audience} did something, {outside} came from outside,"
            " coverage {grade}",
            level=level,
            **numbers,
        )
        out.append(f"       {told}")
    if len(m["groups"]) > GROUPS:
        out.append("       " + t("and {n} more groups: --json", n=len(m["groups"]) - GROUPS))
    if sql and m["groups"]:
        out.append(f"      -- each group\n      {m['groups_sql']};")
    return out


def _or_few(value: float | None, t: Tongue) -> str:
    return t("too few") if value is None else str(value)


def _came(r: dict[str, Any], t: Tongue) -> str:
    if r["came_of_100"] is None:
        return t("too few members at the launch")
    so_far = t(", fourteen days are not over") if r["young"] else ""
    return t(
        "{came_of_100} of 100 came ({came} of {members}), {orders} of them ordered{so_far}",
        **{k: r[k] for k in ("came_of_100", "came", "members", "orders")}, so_far=so_far,
    )  # fmt: skip


def _others(n: int, t: Tongue) -> str:
    return t("{n} other", n=n) if n == 1 else t("{n} others", n=n)


def _reason_line(r: dict[str, Any], t: Tongue) -> tuple[str, dict[str, str]]:
    beside = ""
    if r["others"]:
        beside = t("; the median of {others}: {usual}", others=_others(r["others"], t), usual=r["usual"])
    return t("reason: {reason}: {came}", reason=r["reason"], came=_came(r, t)) + beside, r["sql"]


def _hour_line(h: dict[str, Any] | None, t: Tongue) -> tuple[str, dict[str, str]]:
    if h is None:
        return t("first hour: not over, or nobody was reached"), {}
    beside = ""
    if h["others"]:
        others = _others(h["others"], t)
        beside = t("; the median of {others} before it: {usual}", others=others, usual=h["usual"])
    groups = t("{n} group", n=1) if h["groups"] == 1 else t("{n} groups", n=h["groups"])
    whole = t("{people} of {members} in {groups}", people=h["people"], members=h["members"], groups=groups)
    said = t("{rate} of 100 members ({whole})", rate=_or_few(h["of_100"], t), whole=whole)
    return t("first hour: {said}", said=said) + beside, h["sql"]
