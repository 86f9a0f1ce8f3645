"""How a group grows: roles, the way of a member, what members' links brought, what came from outside."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from statistics import median
from typing import Any

from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.asking import PEOPLE, RATE, Ask, Figure

ROLE_DAYS, REGULAR_DAYS = 4, 4  # days of 28
_HIRED = "(SELECT person_id FROM v_hired WHERE {chat})"
_OWN_WILL = f"r.state <> 'hired' AND r.person_id NOT IN {_HIRED}"  # a friend whose join does not look bought
_STAFF = "(SELECT person_id FROM v_staff WHERE {chat})"
_HERE = f"FROM v_member WHERE {{chat}} AND left_at IS NULL AND person_id NOT IN {_HIRED} AND person_id NOT IN {_STAFF}"
_KNOWN = f"SELECT COUNT(DISTINCT person_id) {_HERE}"
_EACH = (
    "SELECT person_id, SUM(CASE WHEN messages > replies THEN 1 ELSE 0 END) AS opened,"
    " SUM(CASE WHEN messages + reactions > 0 THEN 1 ELSE 0 END) AS acted"
    " FROM v_member_day WHERE {days} AND NOT staff"
    f" AND person_id IN (SELECT person_id {_HERE}) GROUP BY person_id"
)
# joins of 28 days, four weeks ago and before: all of them had as long to go on
_CAME = "SELECT person_id, MIN(at) AS at FROM v_join WHERE {times} AND NOT hired GROUP BY person_id"
# one look at the acts, not one a join
_LAST = (
    "WITH a AS MATERIALIZED (SELECT person_id, MAX(at) AS last FROM v_act WHERE {chat} AND organic"
    " AND at >= {start} AND at < {until} GROUP BY person_id) "
)
_ACTED = "EXISTS (SELECT 1 FROM a WHERE a.person_id = j.person_id AND a.last >= j.at)"


def growth(ask: Ask) -> list[Figure]:
    """Every number of it, over the 28 days that end with the span."""
    month = ask.back(28)
    return [*_roles(month), *_journey(month), *_referral(month), *_outside(month)]


def _roles(month: Ask) -> list[Figure]:
    creators = f"SELECT COUNT(*) FROM ({_EACH}) e WHERE opened >= {ROLE_DAYS}"
    followers = f"SELECT COUNT(*) FROM ({_EACH}) e WHERE opened < {ROLE_DAYS} AND acted >= 2"
    share = f"SELECT ({{of}}) * 1.0 / NULLIF(({_KNOWN}), 0)"
    lookers = f"SELECT 1.0 - (({creators}) + ({followers})) * 1.0 / NULLIF(({_KNOWN}), 0)"
    rest: dict[str, Any] = {"unit": "share", "n": _KNOWN, "least": PEOPLE}
    per = "members known (beside Nielsen's {} %)"
    return [
        month.figure("creators", share.replace("{of}", creators), per=per.format(1), **rest),
        month.figure("followers", share.replace("{of}", followers), per=per.format(9), **rest),
        month.figure("onlookers", lookers, per=per.format(90), **rest),
    ]


def _journey(month: Ask) -> list[Figure]:
    older = Ask(month.work, month.chat, month.before().first, month.before().last)
    came = f"SELECT COUNT(*) FROM ({_CAME}) j"
    until = month.when(month.end)
    days = (
        "WITH d AS MATERIALIZED (SELECT person_id, COUNT(*) AS n FROM v_member_day WHERE {chat}"
        f" AND messages + reactions > 0 AND day BETWEEN '{month.first}' AND '{month.last}' GROUP BY person_id) "
    )
    often = "COALESCE((SELECT d.n FROM d WHERE d.person_id = j.person_id), 0)"
    brought = (
        f"EXISTS (SELECT 1 FROM v_referral r WHERE r.chat_id = {{id}} AND r.by_id = j.person_id AND {_OWN_WILL})"
        " OR EXISTS (SELECT 1 FROM v_member m WHERE m.chat_id = {id} AND m.added_by = j.person_id"
        f" AND m.person_id NOT IN {_HIRED})"
    )
    share = f"SELECT AVG(CASE WHEN {{what}} THEN 1.0 ELSE 0.0 END) FROM ({_CAME}) j"
    rest: dict[str, Any] = {
        "unit": "share",
        "per": "joins of the four weeks before",
        "n": came,
        "least": RATE,
    }
    first = older.sql(
        "WITH a AS MATERIALIZED (SELECT person_id, at FROM v_act WHERE {chat} AND organic AND at >= {start}"
        f" AND at < {until}), j AS MATERIALIZED ({_CAME}) SELECT j.at, MIN(a.at) FROM j LEFT JOIN a"
        " ON a.person_id = j.person_id AND a.at >= j.at GROUP BY j.person_id, j.at"
    )
    came_at = [(older.at(a), None if b is None else older.at(b)) for a, b in older.rows(first)]
    waits = [None if b is None else (b - a).total_seconds() / 3600 for a, b in came_at]
    watched = [(month.end - a).total_seconds() / 3600 for a, _ in came_at]
    return [
        older.figure("journey_joined", came),
        older.figure("journey_activated", _LAST + share.replace("{what}", _ACTED), **rest, until=until),
        older.figure("journey_regular", days + share.replace("{what}", f"{often} >= {REGULAR_DAYS}"), **rest),
        older.figure("journey_advocate", share.replace("{what}", brought), **rest),
        older.figure("journey_lapsed",
                     _LAST.rstrip() + ", " + days.removeprefix("WITH ") + share.replace("{what}", f"{_ACTED} AND {often} = 0"),
                     **rest, until=until),
        older.made("journey_first_act", measures.middle_wait(waits, 56 * 24, watched=watched), first,
                   "Kaplan–Meier of the hours from joining to the first act, at 0.5", unit="hours",
                   per="joins of the four weeks before", n=len(waits), least=RATE),
    ]  # fmt: skip


def _referral(month: Ask) -> list[Figure]:
    active = "SELECT COUNT(DISTINCT person_id) FROM v_member_day WHERE {days} AND NOT staff AND messages + reactions > 0"
    came = f"r.chat_id = {{id}} AND r.at >= {{start}} AND r.at < {{end}} AND {_OWN_WILL}"
    brought = f"SELECT COUNT(*) FROM v_referral r WHERE {came}"
    week = month.plus("r.at", 7)
    stays = f" AND (r.left_at IS NULL OR r.left_at >= {week})"
    took = " AND EXISTS (SELECT 1 FROM a WHERE a.person_id = r.person_id AND a.last >= r.at)"
    k = _LAST + f"SELECT ({brought}{took}{{stays}}) * 1.0 / NULLIF(({active}), 0)"
    joined = f"({brought}{took})"
    ceiling = _LAST + (  # 1 ÷ (1 − K), of who began the wave; none where each brings one or more
        f"SELECT CASE WHEN {joined} < ({active}) THEN ({active}) * 1.0 / (({active}) - {joined}) END"
    )
    cycle = month.sql(
        "SELECT m.joined_at, r.at FROM v_referral r JOIN v_member m ON m.chat_id = r.chat_id"
        " AND m.person_id = r.by_id AND m.joined_at IS NOT NULL AND m.joined_at <= r.at"
        f" WHERE {came}"
    )
    days = [(month.at(b) - month.at(a)).total_seconds() / 86400 for a, b in month.rows(cycle)]
    older = Ask(month.work, month.chat, month.before().first, month.before().last)
    cohort = (  # who joined four weeks ago and before, and took part
        f"(SELECT j.person_id, j.at FROM ({older.sql(_CAME)}) j WHERE {_ACTED})"
    )
    theirs = (
        "SELECT COUNT(*) FROM v_referral r JOIN c ON c.person_id = r.by_id WHERE r.chat_id = {id} AND r.at >= c.at"
        f" AND r.at < {{end}} AND {_OWN_WILL}{took}"
    )
    began = _LAST.rstrip() + f", c AS MATERIALIZED {cohort} "
    since = {"until": month.words["end"], "start": older.words["start"]}
    rest: dict[str, Any] = {
        "unit": "index",
        "per": "members active by themselves",
        "n": active,
        "least": PEOPLE,
    }
    return [
        month.figure("joined_by_friends", brought),
        month.figure("joined_hired", "SELECT COUNT(*) FROM v_join WHERE {times} AND hired"),
        month.figure("invites_each", f"SELECT ({brought}) * 1.0 / NULLIF(({active}), 0)", **rest),
        month.figure("joins_an_invite", f"{_LAST}SELECT {joined} * 1.0 / NULLIF(({brought}), 0)", unit="index",
                     per="friends brought", n=brought, least=RATE, until=month.words["end"]),
        month.figure("k", k.replace("{stays}", ""), **rest, until=month.words["end"]),
        month.figure("k_net", k.replace("{stays}", stays), **rest, until=month.words["end"]),
        month.figure("k_ceiling", ceiling, **rest, until=month.words["end"]),
        month.figure("k_cohort", f"{began}SELECT ({theirs}) * 1.0 / NULLIF((SELECT COUNT(*) FROM c), 0)", unit="index",
                     per="joins of the four weeks before that took part", n=f"{began}SELECT COUNT(*) FROM c",
                     least=PEOPLE, **since),
        month.made("cycle", median(days) if days else None, cycle,
                   "median of the days from a member's own joining to the join of one they brought", unit="days",
                   per="friends brought", n=len(days), least=RATE),
    ]  # fmt: skip


def _outside(month: Ask) -> list[Figure]:
    inside = (
        "SELECT COUNT(DISTINCT person_id) FROM v_member_day WHERE {days} AND NOT staff AND messages + reactions + taps > 0"
        f" AND person_id NOT IN {_HIRED}"
    )
    # no member of any group of ours at the time of the first visit; each person once
    outside = (
        "SELECT COUNT(DISTINCT v.person_id) FROM v_visit v WHERE v.chat_id = {id} AND v.at >= {start}"
        " AND v.at < {end} AND NOT EXISTS (SELECT 1 FROM v_member m WHERE m.person_id = v.person_id"
        " AND (m.joined_at IS NULL OR m.joined_at < v.at))"
    )
    converted = outside + (
        " AND EXISTS (SELECT 1 FROM v_join j WHERE j.person_id = v.person_id AND j.at >= v.at AND NOT j.hired)"
    )
    sharers = f"SELECT COUNT(DISTINCT r.by_id) FROM v_referral r WHERE r.chat_id = {{id}} AND r.at >= {{start}} AND r.at < {{end}} AND {_OWN_WILL}"
    each = f"SELECT ({_KNOWN}) AS audience, ({inside}) AS engaged, ({outside}) AS outside, ({converted}) AS converted, ({sharers}) AS sharers"
    sql = month.sql(each)
    audience, engaged, out, won, shared = (int(x or 0) for x in month.rows(sql)[0])
    level = measures.ignition(audience, engaged, out, won, sharers=shared)
    steps = ("L0", "L1", "warming", "L2", "L3", "L4")
    return [
        month.figure("outside", outside),
        month.figure("outside_joined", converted),
        month.figure("spill", f"SELECT ({outside}) * 1.0 / NULLIF(({inside}), 0)", unit="index",
                     per="members engaged", n=inside, least=PEOPLE),
        month.made("ignition", float(steps.index(level)), sql,
                   f"{level}: audience, engaged, outside, joined, sharers; 0 L0, 1 L1, 2 warming, 3 L2, 4 L3, 5 L4",
                   unit="level", per="members known", n=audience, least=PEOPLE),
    ]  # fmt: skip
