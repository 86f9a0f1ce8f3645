"""How much somebody gives a group, fading with time: for who runs it, beside the people it leans on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.asking import Ask
from groupbot.features.engagement.reports.habits import day_of

SPAN, MONTH = 365, 28  # days looked back; of one month's fading
OPENED, ANSWERED, ACTED, FRIEND = 3, 1, 1, 2  # as a role's score counts them


def love_sql(ask: Ask, people: Collection[int]) -> dict[str, str]:
    """The SQL of both parts: worth a week, and the friends brought who are not gone."""
    since = ask.last - timedelta(days=SPAN)
    who = ", ".join(map(str, sorted(people))) or "0"
    return {
        "love_weeks": ask.sql(
            f"SELECT person_id, week, {OPENED} * opened + {ANSWERED} * answered + {ACTED} * organic"
            " FROM v_member_week WHERE {chat}"
            f" AND week BETWEEN '{since}' AND '{ask.last - timedelta(days=6)}'"
            f" AND person_id IN ({who}) ORDER BY person_id, week"
        ),
        "love_friends": ask.sql(
            "SELECT by_id, at FROM v_referral WHERE {chat} AND state NOT IN ('hired', 'left', 'back')"
            f" AND left_at IS NULL AND at >= {ask.when(ask.midnight(since))} AND at < {{end}}"
            f" AND by_id IN ({who}) ORDER BY by_id, at"
        ),
    }


def love(ask: Ask, people: Collection[int]) -> dict[int, tuple[float, float]]:
    """(now, four weeks ago) of each, by Orbit's arithmetic over a year: what was done in the last 28 days
    counts whole, that of each 28 days further back nine tenths of the same done later. Whole weeks only."""
    sql = love_sql(ask, people)
    acts: dict[int, list[tuple[date, float]]] = {p: [] for p in people}
    for person, week, worth in ask.rows(sql["love_weeks"]):
        acts[int(person)].append((day_of(week) + timedelta(days=6), float(worth)))
    for person, at in ask.rows(sql["love_friends"]):
        acts[int(person)].append((ask.local(ask.at(at)), float(FRIEND)))
    then = ask.last - timedelta(days=MONTH)
    return {p: (_love(some, ask.last), _love(some, then)) for p, some in acts.items()}


def _love(acts: list[tuple[date, float]], last: date) -> float:
    return measures.love([(worth, (last - day).days // MONTH) for day, worth in acts if day <= last])
