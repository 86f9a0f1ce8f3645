"""A group's report as lines of a terminal, in the reader's language; the SQL between them stays as it is."""

from __future__ import annotations

from typing import Any

from groupbot.cli._table import width
from groupbot.cli._told_ways import asked_lines, journey_lines
from groupbot.cli._tongue import ENGLISH, Tongue

_SPARKS = "▁▂▃▄▅▆▇█"
_NAME = 28  # columns of a measure's name


def lines(one: dict[str, Any], t: Tongue = ENGLISH, *, sql: bool = False) -> list[str]:
    """A group as lines of a terminal."""
    score = (
        t("too little known for a score")
        if one["health"] is None
        else t("health {score} (v{version})", score=one["health"], version=one["health_version"])
    )
    drivers = f" ({t.names('driver', one['drivers'])})" if one["drivers"] else ""
    gone = f" · {t.name('state', one['state'])}" if one["state"] in ("retired", "kicked", "gone") else ""
    since = t(" since {day}", day=one["stage_since"]) if one["stage_since"] else ""
    span = t("{first} to {last}", first=one["first"], last=one["last"])
    out = [
        f"{one['group']} · {span} · {t.name('stage', one['stage'])}{since}{gone} · {score}{drivers}",
        *_aim(one, t),
        _known(one["coverage"], t) + t(" · measures v{n}", n=one["definitions"]),
        *_voice(one["voice"], t),
        _row(t("messages a day, 28 days"), spark(one["messages_a_day"])),
        _row(t("people a day"), spark(one["people_a_day"])),
        _row(
            t("messages by hour, 0–23"), spark([sum(h) for h in zip(*one["hours_of_the_week"], strict=True)])
        ),
    ]
    if one["suggested"]:
        out.append(t("  suggested: {what}", what=t(one["suggested"])))
    if one["flagged"]:
        out.append(t("  the score rose and people's own acts did not: look at what is being measured"))
    if one["crowded"]:
        part = {"topics": "open topics", "sibling": "open a sibling group"}[one["crowded"]]
        out.append(t("  more people spoke at once than one can follow: {what}", what=t(part)))
    out += [line for f in one["figures"] for line in figure_lines(f, t, sql=sql, first=one["first"])]
    out += _buyers(one, t, sql=sql)
    out += journey_lines(one["journey"], t, sql=sql)
    for k in one["kept"]:
        first, *later = k["active"]
        shares = " ".join(f"{100 * n / first:.0f}%" for n in later)
        head = t("  first active in the week of {week}: {n}", week=k["week"], n=first)
        out.append(head + (t(", then {shares}", shares=shares) if shares else ""))
    if one["attitude"] is not None:
        out += asked_lines(one["attitude"], t)
    for c in one["cohorts"]:
        if c["active"]:
            shares = " ".join(f"{100 * n / c['joined']:.0f}%" for n in c["active"])
            out.append(
                t("  joined in the week of {week}: {n}, active in each week after {shares}",
                  week=c["week"], n=c["joined"], shares=shares)
            )  # fmt: skip
    if one["media"]:
        told = t.comma.join(f"{t.name('medium', m['medium'])} {m['messages']}" for m in one["media"])
        out.append(t("  more than text: {told}", told=told))
    return out + _ways_in(one, t) + post_lines(one["posts"][:3], t) + (_behind(one) if sql else [])


def _row(name: str, told: str) -> str:
    return f"  {name}{' ' * max(2, 25 - width(name))}{told}"


def _buyers(one: dict[str, Any], t: Tongue, *, sql: bool) -> list[str]:
    out = []
    for kind, query in one["rfm_sql"].items():
        cells = [x for x in one["rfm"] if x["kind"] == kind]
        if cells:
            name = t("buyers by {kind}", kind=t.name("band", kind))
            out.append(f"  {name}{' ' * max(1, 28 - width(name))}" + " · ".join(_band(x, t) for x in cells))
            if sql:
                out += [
                    f"      {query};",
                    "      -- bands under ten people hidden, and the next smallest of one",
                ]
    return out


def _ways_in(one: dict[str, Any], t: Tongue) -> list[str]:
    """By which links people came, since ever and in these days; what began with which link."""
    out = []
    for field, text in (
        ("sources", "  came by {source}: {came}, here now {here}, took part {spoke}"),
        ("sources_of_span", "  in these days by {source}: {came}, here now {here}, took part {spoke}"),
    ):
        for s in one[field]:
            told = {**s, "source": t.name("source", s["source"])}
            out.append(t(text, **told))
    for p in one["plans"]:
        left = t.comma.join(f"{t.name('held', why)} {n}" for why, n in p["why"].items())
        said = t("  plan {plan}: {said} of {due} posted", plan=p["plan"], said=p["said"], due=p["due"])
        out.append(said + (t("; not: {left}", left=left) if left else ""))
    for x in one["touches"]:
        source = t.name("source", x["source"])
        out.append(
            t("  joined, by {source}: first touch of {first}, last touch of {last}",
              source=source, first=x["first"], last=x["last"])
        )  # fmt: skip
    return out


def post_lines(posts: list[dict[str, Any]], t: Tongue) -> list[str]:
    """A post a line, on the group's clock."""
    return [
        t(
            "  {what}, {when}: {people} people, {presses} presses, {replies} replies,"
            " {reactions} reactions, {leaves} left within the hour (usual {usual})",
            **{k: p[k] for k in ("people", "presses", "replies", "reactions", "leaves")},
            what=f"{t.say(p['kind'])} {p['plan']}".rstrip(), when=p["when"].replace("T", " "),
            usual=f"{p['usual_leaves']:.2f}",
        )
        for p in posts
    ]  # fmt: skip


def _known(c: dict[str, Any], t: Tongue) -> str:
    """Coverage, with the numbers it is made of."""
    known = t("  coverage {grade}: {known} members known, ", grade=c["grade"], known=c["known"])
    if not c["members"]:
        return known + t("and Telegram's count is not known")
    return known + t("of {members} that Telegram counts", members=c["members"])


def _voice(days: int | None, t: Tongue) -> list[str]:
    if days is None:
        return []
    if days < 0:
        return [t("  who answers for it: has not spoken yet")]
    return [t("  who answers for it: spoke {days} days before the end", days=days)]


def _aim(one: dict[str, Any], t: Tongue) -> list[str]:
    """What the group is for, and the measures that show it; their SQL stands with them below."""
    p = one["purpose"]
    if not p["aim"]:
        return [t("  aim: nobody said (/purpose in the group)")]
    found = {f["key"]: f for f in one["figures"]}
    told = " · ".join(
        f"{t.name('figure', k)} {shown(found[k]['value'], found[k]['unit'], t)}" for k in p["kpi"]
    )
    bought = t.name("goods", p["goods"])
    goods = t(", of goods bought {goods}", goods=bought) if p["goods"] else ""
    out = [t("  aim: {aim}{goods} · {told}", aim=t.name("aim", p["aim"]), goods=goods, told=told)]
    if p["better"]:
        better = t.name("aim", p["better"])
        out.append(t("  goods bought {goods} suit the aim {aim} better (/purpose)", goods=bought, aim=better))
    return out


def _behind(one: dict[str, Any]) -> list[str]:
    """The SQL of what is no figure. The score's is that of the last week: the weeks before are the same with
    their days."""
    out = ["  -- what is behind the rows above"]
    out += [f"      -- {key}\n      {query};" for key, query in one["sql"].items()]
    if one["health_sql"]:
        out.append("      -- stage and health, the last of eight weeks (docs/metrics.md; all eight: --json)")
        out += [f"      -- {key}\n      {query};" for key, query in one["health_sql"][-1].items()]
    return out


def figure_lines(f: dict[str, Any], t: Tongue = ENGLISH, *, sql: bool, first: str = "") -> list[str]:
    """A number beside the one before it, what it is of, since when where that is not `first`, and its SQL."""
    some = str(f["n"]) if f["n"] or not f["least"] else t("fewer than {n}", n=f["least"])
    base = t("of {n} {per}", n=some, per=t(f["per"])) if f["per"] else ""
    base += t(", at least {n}", n=f["least"]) if f["least"] > 1 else ""
    base += t(" · since {day}", day=f["first"]) if f["first"] != first else ""
    was = shown(f["before"], f["unit"], t) if f["before"] is not None else "—"
    none = f["value"] is None and f["n"] >= f["least"]
    now = "—" if none else shown(f["value"], f["unit"], t)
    name = t.name("figure", f["key"])
    head = f"  {name}{' ' * max(0, _NAME - width(name))}{' ' * max(1, 9 - width(now))}{now}"
    out = [f"{head}{' ' * max(1, 9 - width(was))}{was}  {f['coverage']} {base}".rstrip()]
    if sql:
        out += [f"      -- {f['key']}"] if name != f["key"] else []
        out += [f"      {f['sql']};"] + ([f"      -- {f['how']}"] if f["how"] else [])
        out += [f"      -- of\n      {f['n_sql']};"] if f["n_sql"] and f["n"] else []
        out += [f"      -- before\n      {f['before_sql']};"] if f["before"] is not None else []
    return out


def _band(x: dict[str, Any], t: Tongue) -> str:
    who = t("hidden") if x["people"] is None else t("{n} people", n=x["people"])
    return f"{x['band']}: {who}" + (
        "" if x["share"] is None else t(", {share} of sales", share=f"{x['share']:.0%}")
    )


def shown(value: float | None, unit: str, t: Tongue = ENGLISH) -> str:
    """A number as people read it."""
    if value is None:
        return t("too few")
    if unit == "level":
        return t.name("level", LEVELS[round(value)])
    if unit == "count":
        return f"{value:,.0f}"
    if unit in ("hours", "days"):
        return t({"hours": "{n} h", "days": "{n} d"}[unit], n=f"{value:.1f}")
    return {"share": f"{100 * value:.0f}%", "factor": f"{value:.1f}×"}.get(unit, f"{value:.2f}")


LEVELS = ("L0", "L1", "warming", "L2", "L3", "L4")  # as `ignition` counts them


def spark(values: list[int]) -> str:
    """Eight heights; nothing said is the lowest."""
    top = max([*values, 1])
    return "".join(_SPARKS[min(7, round(7 * v / top))] for v in values)
