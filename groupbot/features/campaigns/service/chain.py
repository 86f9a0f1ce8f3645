"""The links of the chain of value that a campaign declared, each as a funnel with its denominators. What it
did not declare is not told: nobody meant to move it."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.service.readiness import chats_of
from groupbot.features.campaigns.service.spread import LONG, questions
from groupbot.features.engagement.reports.asking import RATE, moment


def chain(work: Work, campaign: Campaign, row: Any) -> list[dict[str, Any]]:
    """Each declared link: its steps from the launch to fourteen days after, `n` people a step, `of` the one
    before (None of the first), with the SQL."""
    found = []
    for link, steps in asked(work, campaign, row.at).items():
        counts = [int(work.sql.plain(sql)[0][0] or 0) for sql in steps.values()]
        before = [None, *counts[:-1]]
        told = [
            {
                "step": step,
                "n": n,
                "of": of,
                "share": None if of is None or of < RATE else round(100 * n / of),
                "sql": sql,
            }
            for (step, sql), n, of in zip(steps.items(), counts, before, strict=True)
        ]
        found.append({"link": link, "steps": told})
    return found


def asked(
    work: Work, campaign: Campaign, launched: Any, links: tuple[str, ...] | None = None
) -> dict[str, dict[str, str]]:
    """The SQL of each step of each declared link, or of these `links`; {} where nobody is in the audience."""
    known = questions(work, campaign, launched, "14d")
    if not known:
        return {}
    lite = work.sql.dialect == "sqlite"
    start, end = (moment(t, lite=lite) for t in (launched, launched + LONG))
    within = f"chat_id IN ({', '.join(map(str, chats_of(work, campaign)))})"
    span = f"at >= {start} AND at < {end}"
    week = "strftime('%Y-%m-%d %H:%M:%f000', j.at, '+7 days')" if lite else "j.at + INTERVAL '7 days'"
    came = f"SELECT chat_id, person_id, at FROM v_join WHERE {within} AND NOT hired AND {span}"
    named = campaign.name.replace("'", "''") + "/"
    clicks = f"SELECT person_id, MIN(at) AS at FROM v_visit WHERE substr(name, 1, {len(campaign.name) + 1}) = '{named}' AND {span} GROUP BY person_id"
    every = {
        "connect": {
            "joined": f"SELECT COUNT(*) FROM ({came}) j",
            "activated": f"SELECT COUNT(*) FROM ({came}) j WHERE EXISTS (SELECT 1 FROM v_act a WHERE a.chat_id = j.chat_id"
            f" AND a.person_id = j.person_id AND a.organic AND a.at >= j.at AND a.at < {week})",
        },
        "spread": {
            "reached": known["audience"],
            "sharers": known["sharers"],
            "outside": f"SELECT COUNT(*) FROM ({known['outside'].removesuffix(' ORDER BY at, person_id')}) o",
        },
        "sell": {
            "clicks": f"SELECT COUNT(*) FROM ({clicks}) c",
            "orders": f"SELECT COUNT(DISTINCT o.person_id) FROM ({clicks}) c JOIN v_order o ON o.person_id = c.person_id"
            f" AND o.at >= c.at AND o.at < {end}",
        },
    }
    return {link: every[link] for link in (campaign.chain if links is None else links)}
