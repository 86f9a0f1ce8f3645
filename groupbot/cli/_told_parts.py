"""Parts of a report as lines of a terminal: people, roles, stores, bridges, promotions, library, scenes."""

from __future__ import annotations

from typing import Any

from groupbot.cli._table import padded
from groupbot.cli._told import figure_lines
from groupbot.cli._tongue import ENGLISH, Tongue


def people_lines(one: dict[str, Any], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """Who a group leans on."""
    out = [t("{group} · 90 days to {last}", group=one["group"], last=one["last"])]
    for p in one["people"]:
        why = t.comma.join(t(text, **values) for text, values in p["why"])
        told = t(
            "{name} ({person}): {why}; gives {love}, four weeks ago {before}", name=p["name"],
            person=p["person"], why=why, love=f"{p['love']:g}", before=f"{p['love_before']:g}",
        )  # fmt: skip
        out.append(f"  {padded(t.name('key', p['kind']), 10)}{told}")
    if not one["people"]:
        out.append(t("  too few people or answers to say"))
    return out + ([f"  -- {k}\n  {q};" for k, q in one["sql"].items()] if sql else [])


def role_lines(one: dict[str, Any], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """Who opens talk and who follows, with the figures and the thresholds that made it so."""
    out = [one["group"]]
    for r in one["roles"]:
        why = t(
            "opened talk on {opened} of 28 days ({opened_least} make a creator), did something on {acted}"
            " ({acted_least} make a follower), answered on {answered}, brought {friends} friends",
            **r["did"], **{f"{k}_least": v for k, v in r["least"].items()},
        )  # fmt: skip
        told = t(
            "{name} ({person}), {score} points since {week}: {why}", name=r["name"], person=r["person"],
            score=r["score"], week=r["week"], why=why,
        )  # fmt: skip
        out.append(f"  {padded(t.name('role', r['role']), 10)}{told}")
    if not one["roles"]:
        out.append(t("  nobody has a role but to look on; roles are looked at on Mondays"))
    return out + ([f"  {one['sql']};"] if sql else [])


def store_lines(found: list[dict[str, Any]], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """Every store, a line a number."""
    out = []
    for one in found:
        out.append(t("{store} · {n} groups · {last}", store=one["store"], n=one["groups"], last=one["last"]))
        out += [line for f in one["figures"] for line in figure_lines(f, t, sql=sql)]
    return out or [t("no group is paired with a store yet: /store NAME in it")]


def bridge_lines(found: dict[str, Any], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """The map of groups and five bridges."""
    out = [
        t("{one} and {other}: {n} people", one=o["one"], other=o["other"], n=o["both"])
        + ("" if o["share"] is None else t(", {share} of the smaller", share=f"{o['share']:.0%}"))
        for o in found["overlaps"]
    ]
    out += [
        t("bridge: {name} ({person}), {inside} {days_inside} days, {outside} {days_outside} days;"
          " ask first: /bridges",
          **b)
        for b in found["bridges"]
    ]  # fmt: skip
    return (out or [t("nobody agreed yet: members say /bridge on")]) + ([f"  {found['sql']};"] if sql else [])


def card_lines(found: dict[str, Any], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """Every plan of promotions, by what came of it."""
    out = [
        t("  {plan}: {posts} posts · {questions} had a question · {came} came by its link"
          " · {claims} coupons taken within a week · {orders} orders within 30 days", **c)
        for c in found["rows"]
    ]  # fmt: skip
    return (out or [t("no promotion was posted yet")]) + ([f"  {found['sql']};"] if sql else [])


def library_lines(found: dict[str, Any], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """The library's media and jobs, or its items, by how people responded."""
    out = []
    for r in found["rows"]:
        half = (
            t("too few for a half-life")
            if r["half_life"] is None
            else t("half of it within {hours} h", hours=f"{r['half_life']:.1f}")
        )
        name = f"{r['name']}: " if found["items"] else ""
        responses = r["presses"] + r["replies"] + r["reactions"]
        what = f"{t.name('medium', r['medium'])}, {t.name('job', r['job'])}"
        out.append(
            f"  {name}{what}: "
            + t("{posts} posts · {each} responses a post ({presses} presses, {replies} replies,"
                " {reactions} reactions) · {people} people · {half}",
                **{k: r[k] for k in ("posts", "presses", "replies", "reactions", "people")},
                each=f"{responses / r['posts']:.1f}", half=half)
        )  # fmt: skip
    return (out or [t("nothing of the library was posted yet: /media and /library")]) + (
        [f"  {found['sql']};"] if sql else []
    )


def scene_lines(found: list[dict[str, Any]], t: Tongue = ENGLISH, *, sql: bool) -> list[str]:
    """The scene cards of each group that had any, or has some switched on."""
    out = []
    for one in found:
        if one["scenes"]:
            out.append(one["group"])
        for r in one["scenes"]:
            held = t.comma.join(
                t("{n} by {why}", n=n, why=t.name("held", why)) for why, n in r["held"].items()
            )
            out.append(
                t("  {name}: {said} said, {shadow} only counted, held {held} · {taps} people came by it"
                  " · too much for {complaints}",
                  **{k: r[k] for k in ("name", "said", "shadow", "taps", "complaints")}, held=held or 0)
            )  # fmt: skip
    return (out or [t("no scene cards: an admin of a commercial group says /scenes on")]) + (
        [f"  {found[0]['sql']};"] if sql and found else []
    )
