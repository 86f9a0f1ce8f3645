"""`groupbot report posts` and `topics`: as JSON has them and as lines of a terminal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from msgspec import to_builtins

from groupbot.cli._numbers import posts_of
from groupbot.cli._told import post_lines
from groupbot.cli._tongue import Tongue
from groupbot.engine.work import Work
from groupbot.features.engagement import reports
from groupbot.features.members.domain import Profile


def posts(work: Work, group: Profile, last: date, days: int) -> dict[str, Any]:
    """A group's posts, those that moved most people first; `sql` gives what they are made of."""
    ask = _span(work, group, last, days)
    found = posts_of(reports.told_of(ask, group.title, 1000))
    return _found(group, ask, "posts", found, {**reports.posts_sql(ask), "plans": ask.sql(reports.PLANS)})


def lines_of_posts(one: dict[str, Any], t: Tongue, *, sql: bool) -> list[str]:
    """They, a line each."""
    told = post_lines(one["posts"], t) or [t("  the bot posted nothing for people in this span")]
    return _lines(one, told, sql=sql)


def topics(work: Work, group: Profile, last: date, days: int) -> dict[str, Any]:
    """A forum's topics, the busiest first."""
    ask = _span(work, group, last, days)
    found = [to_builtins(t) for t in reports.topics(ask)]
    return _found(group, ask, "topics", found, reports.topics_asked(ask))


def lines_of_topics(one: dict[str, Any], t: Tongue, *, sql: bool) -> list[str]:
    """They, a line each."""
    told = [_topic(x, t) for x in one["topics"]] or [t("  no topics here, or nobody wrote in one")]
    return _lines(one, told, sql=sql)


def _topic(x: dict[str, Any], t: Tongue) -> str:
    name = x["title"] or (t("topic {n}", n=x["number"]) if x["number"] else t("general topic"))
    told = t("  {name}: messages {messages} (before {before}), people {people}", name=name,
             **{k: x[k] for k in ("messages", "before", "people")})  # fmt: skip
    if not x["asked"]:
        return told
    return told + t("; questions {asked}, not answered within a day {unanswered}",
                    asked=x["asked"], unanswered=x["unanswered"])  # fmt: skip


def _span(work: Work, group: Profile, last: date, days: int) -> reports.Ask:
    return reports.Ask(work, group.chat, last - timedelta(days=days - 1), last)


def _found(
    group: Profile, ask: reports.Ask, what: str, found: list[dict[str, Any]], sql: dict[str, str]
) -> dict[str, Any]:
    head = {"group": group.title, "chat_id": group.chat, "first": str(ask.first), "last": str(ask.last)}
    return {**head, what: found, "sql": sql}


def _lines(one: dict[str, Any], told: list[str], *, sql: bool) -> list[str]:
    asked = [f"      -- {k}\n      {q};" for k, q in one["sql"].items()] if sql else []
    return [f"{one['group']} · {one['first']} — {one['last']}", *told, *asked]
