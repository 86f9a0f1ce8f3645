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


def posts(work: Work, chat: int, title: str, last: date, days: int) -> dict[str, Any]:
    """A group's posts, those that moved most people first; `sql` gives what they are made of."""
    ask = reports.Ask(work, chat, last - timedelta(days=days - 1), last)
    return {
        "group": title,
        "chat_id": chat,
        "first": str(ask.first),
        "last": str(last),
        "posts": posts_of(reports.told_of(ask, title, 1000)),
        "sql": {**reports.posts_sql(ask), "plans": ask.sql(reports.PLANS)},
    }


def lines_of_posts(one: dict[str, Any], t: Tongue, *, sql: bool) -> list[str]:
    """They, a line each."""
    out = [f"{one['group']} · {one['first']} — {one['last']}"]
    out += post_lines(one["posts"], t) or [t("  the bot posted nothing for people in this span")]
    return out + ([f"      -- {k}\n      {q};" for k, q in one["sql"].items()] if sql else [])


def topics(work: Work, chat: int, title: str, last: date, days: int) -> dict[str, Any]:
    """A forum's topics, the busiest first."""
    ask = reports.Ask(work, chat, last - timedelta(days=days - 1), last)
    return {
        "group": title,
        "chat_id": chat,
        "first": str(ask.first),
        "last": str(last),
        "topics": [to_builtins(t) for t in reports.topics(ask)],
        "sql": reports.topics_asked(ask),
    }


def lines_of_topics(one: dict[str, Any], t: Tongue, *, sql: bool) -> list[str]:
    """They, a line each."""
    out = [f"{one['group']} · {one['first']} — {one['last']}"]
    for x in one["topics"]:
        name = x["title"] or (t("topic {n}", n=x["number"]) if x["number"] else t("general topic"))
        told = t("  {name}: messages {messages} (before {before}), people {people}", name=name,
                 **{k: x[k] for k in ("messages", "before", "people")})  # fmt: skip
        if x["asked"]:
            told += t("; questions {asked}, not answered within a day {unanswered}",
                      asked=x["asked"], unanswered=x["unanswered"])  # fmt: skip
        out.append(told)
    if not one["topics"]:
        out.append(t("  no topics here, or nobody wrote in one"))
    return out + ([f"      -- {k}\n      {q};" for k, q in one["sql"].items()] if sql else [])
