"""How a group fares: eight weeks of six shares, its stage, its cohorts, its posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.asking import RATE, Ask, coverage
from groupbot.features.engagement.reports.figures import shares
from groupbot.features.engagement.reports.stages import ORGANIC, stage_of
from groupbot.features.members import service as members

WEEKS = measures.STAGE_WEEKS


@dataclass(frozen=True, slots=True)
class Health:
    """`score` None: insufficient. `drivers` and `suggested` are words of docs/metrics.md."""

    stage: str
    score: int | None
    drivers: tuple[str, ...]
    suggested: str
    weeks: tuple[int, ...]  # organic actives, oldest first
    flagged: bool = False  # the score rose and organic acts did not
    shares: tuple[dict[str, float | None], ...] = ()  # what each week since the first act scores by
    sql: tuple[dict[str, str], ...] = ()  # of each of them, and of its organic actives
    since: date | None = None  # Monday of the first week of this stage; None: read now, not kept yet


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who joined in one week, and how many of them were active in each week after; leavers stay counted.
    `active` is () where fewer than ten joined."""

    week: date
    joined: int
    active: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the bot and what followed. `leaves` within the hour, beside the `usual` of such an hour."""

    message_id: int
    ref: str
    at: Any
    presses: int
    replies: int
    reactions: int
    people: int  # the reach that can be seen: who did anything on it
    leaves: int
    usual: float


def health(ask: Ask) -> Health:
    """The group at the end of the span."""
    known = members.count_here(ask.work, ask.chat)
    weeks = [
        Ask(ask.work, ask.chat, ask.last - timedelta(days=7 * n + 6), ask.last - timedelta(days=7 * n))
        for n in range(WEEKS - 1, -1, -1)
    ]
    asked = [w.sql(ORGANIC) for w in weeks]
    active = [int(w.number(sql) or 0) for w, sql in zip(weeks, asked, strict=True)]
    begun = next((i for i, a in enumerate(active) if a), WEEKS)
    lived = active[begun:]
    each = [_shares(w, a, known) for w, a in zip(weeks[begun:], lived, strict=True)]
    shares = tuple(s for s, _ in each)
    sql = tuple({"active": q, **more} for q, (_, more) in zip(asked[begun:], each, strict=True))
    found = measures.health(shares, known, coverage(ask.work, ask.chat))
    kept = stage_of(ask.work, ask.chat, ask.last - timedelta(days=6))
    if kept is not None and ask.last - kept.week > timedelta(days=14):
        kept = None
    stage = measures.stage(lived, known) if kept is None else kept.stage
    since = None if kept is None else kept.since
    if found is None:
        return Health(stage, None, (), "", tuple(active), shares=shares, sql=sql, since=since)
    before = measures.health(shares[:-1], known, coverage(ask.work, ask.chat))
    flagged = before is not None and found[0] >= before[0] + 5 and lived[-1] <= lived[-2]
    suggested = measures.SUGGESTED[found[1][0]]
    return Health(stage, found[0], found[1], suggested, tuple(active), flagged, shares, sql, since)


def _shares(week: Ask, active: int, known: int) -> tuple[dict[str, float | None], dict[str, str]]:
    """The six shares of a week, and the SQL behind them."""
    of = {f.key: f for f in shares(week)}
    value = {k: f.value for k, f in of.items()}
    lost = [value["removed"], value["commerce"]]
    return {
        "activity": active / known if known else None,
        "newcomers": value["activated"],
        "reciprocity": value["reciprocity"],
        "retention": fourth_week(week),
        "cleanliness": None if lost[0] is None else 1 - lost[0] - (lost[1] or 0.0),
        "governance": value["plan_kept"],
    }, {
        **{k: of[k].sql for k in ("activated", "reciprocity", "removed", "commerce", "plan_kept")},
        **{f"retention_{k}": q for k, q in cohorts_sql(since(week, 6)).items()},
    }  # fmt: skip


def fourth_week(ask: Ask) -> float | None:
    """Of who joined four to five weeks ago, the share active in their fifth week's days 28…34."""
    found = [c for c in cohorts(ask, 6) if c.joined >= RATE and len(c.active) > 4]
    return found[-1].active[4] / found[-1].joined if found else None


def cohorts(ask: Ask, weeks: int = WEEKS) -> list[Cohort]:
    """Join weeks (Monday to Sunday, local) × active in days 7k…7k+6 after each one's own joining."""
    whole = since(ask, weeks)
    monday, asked = whole.first, cohorts_sql(whole)
    joins, days = (whole.rows(asked[k]) for k in ("joins", "days"))
    by: dict[int, list[date]] = {}
    for person, day in days:
        by.setdefault(person, []).append(day if isinstance(day, date) else date.fromisoformat(day))
    made: dict[date, list[set[int]]] = {}
    for person, at in joins:
        joined = whole.local(whole.at(at))
        week = joined - timedelta(days=joined.weekday())
        cells = made.setdefault(week, [set() for _ in range(weeks + 1)])
        cells[-1].add(person)
        for day in by.get(person, ()):
            k = (day - joined).days // 7
            if 0 <= k < weeks:
                cells[k].add(person)
    found = []
    for n in range(weeks):
        week = monday + timedelta(days=7 * n)
        cells = made.get(week, [set() for _ in range(weeks + 1)])
        size = len(cells[-1])
        past = max(0, ((ask.last - week).days - 6 + 1) // 7)  # weeks that all of them have behind them
        active = tuple(len(c) for c in cells[:past]) if size >= RATE else ()
        found.append(Cohort(week, size, active))
    return found


def since(ask: Ask, weeks: int = WEEKS) -> Ask:
    """The span of so many whole weeks that end with its own."""
    monday = ask.last - timedelta(days=ask.last.weekday() + 7 * (weeks - 1))
    return Ask(ask.work, ask.chat, monday, ask.last)


def cohorts_sql(since: Ask) -> dict[str, str]:
    """Their SQL: who joined when, and on which days each was active."""
    return {
        "joins": since.sql(
            "SELECT person_id, MIN(at) FROM v_join WHERE {times} AND NOT hired GROUP BY person_id"
        ),
        "days": since.sql(
            "SELECT person_id, day FROM v_member_day WHERE {days} AND NOT staff AND messages + reactions > 0"
        ),
    }


def posts_sql(ask: Ask) -> dict[str, str]:
    """The SQL of the span's posts with what followed, and of when somebody left."""
    return {
        "posts": ask.sql(
            "WITH a AS MATERIALIZED (SELECT COALESCE(reply_to, message_id) AS post, kind, person_id FROM v_act"  # noqa: E501
            " WHERE {chat} AND at >= {start} AND kind <> 'message')"
            " SELECT p.message_id, p.ref, p.at, SUM(CASE WHEN a.kind IN ('tap', 'vote') THEN 1 ELSE 0 END),"
            " SUM(CASE WHEN a.kind = 'reply' THEN 1 ELSE 0 END),"
            " SUM(CASE WHEN a.kind = 'reaction' THEN 1 ELSE 0 END), COUNT(DISTINCT a.person_id)"
            " FROM v_post p LEFT JOIN a ON a.post = p.message_id"
            " WHERE p.chat_id = {id} AND p.at >= {start} AND p.at < {end} GROUP BY p.message_id, p.ref, p.at"
        ),
        "left": ask.sql("SELECT at FROM v_event WHERE {times} AND kind = 'leave'"),
    }


def posts(ask: Ask, most: int = 10) -> list[Post]:
    """The span's posts, those that moved most people first."""
    asked = posts_sql(ask)
    rows, left = ask.rows(asked["posts"]), [ask.at(r[0]) for r in ask.rows(asked["left"])]
    hours = (ask.end - ask.start).total_seconds() / 3600
    made = []
    for number, ref, at, presses, replies, reactions, people in rows:
        when = ask.at(at)
        soon = sum(0 <= (g - when).total_seconds() <= 3600 for g in left)
        made.append(Post(number, ref, when, presses, replies, reactions, people, soon, len(left) / hours))
    return sorted(made, key=lambda p: (-p.people, -p.presses, p.at))[:most]
