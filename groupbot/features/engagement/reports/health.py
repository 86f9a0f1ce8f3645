"""How a group fares: eight weeks of six shares, its stage, its cohorts, its posts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from msgspec import Struct, field

from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.domain.governing import PARTS, governance
from groupbot.features.engagement.reports.answers import newcomers_of, orphans
from groupbot.features.engagement.reports.asking import RATE, Ask, coverage, owner_of
from groupbot.features.engagement.reports.figures import shares
from groupbot.features.engagement.reports.responses import GONE, POSTED
from groupbot.features.engagement.reports.stages import ORGANIC, stage_of
from groupbot.features.members import service as members

WEEKS = measures.STAGE_WEEKS


class Health(Struct, frozen=True):
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
    own: Mapping[str, float] = field(default_factory=dict)  # its parts before they are shrunk to the tier's
    tier: Mapping[str, float] = field(default_factory=dict)  # means of the groups of its tier


class Cohort(Struct, frozen=True):
    """Who joined in one week, and how many of them were active in each week after; leavers stay counted.
    `active` is () where fewer than ten joined."""

    week: date
    joined: int
    active: tuple[int, ...]


class Post(Struct, frozen=True):
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
    tier = tier_means(ask)
    begun = next((i for i, a in enumerate(active) if a), WEEKS)
    lived = active[begun:]
    each = [_shares(w, a, known) for w, a in zip(weeks[begun:], lived, strict=True)]
    ruled = governance([{k: s.pop(k) for k in GOVERNED} for s, _ in each])
    shares = tuple({**s, "governance": g} for (s, _), g in zip(each, ruled, strict=True))
    acts = [w.sql(_ACTS) for w in weeks[begun:]]
    sql = tuple(
        {"active": q, "acts": done, "tier": tier_sql(ask), **more}
        for q, done, (_, more) in zip(asked[begun:], acts, each, strict=True)
    )
    share = coverage(ask.work, ask.chat)
    found = measures.health(shares, known, share, tier)
    kept = stage_of(ask.work, ask.chat, ask.last - timedelta(days=6))
    if kept is not None and ask.last - kept.week > timedelta(days=14):
        kept = None
    stage = measures.stage(lived, known) if kept is None else kept.stage
    since = None if kept is None else kept.since
    own = {k: v for k, (v, _) in measures.own_parts(shares).items()} if shares else {}
    if found is None:
        return Health(
            stage, None, (), "", tuple(active), shares=shares, sql=sql, since=since, own=own, tier=tier
        )
    before = measures.health(shares[:-1], known, share, tier)
    flagged = before is not None and measures.goodhart(
        found[0], before[0], ask.number(acts[-1]) or 0, ask.number(acts[-2]) or 0
    )
    suggested = measures.SUGGESTED[found[1][0]]
    return Health(stage, found[0], found[1], suggested, tuple(active), flagged, shares, sql, since, own, tier)


_ACTS = "SELECT COALESCE(SUM(messages + reactions), 0) FROM v_day WHERE {days}"
_HEARD = "SELECT COUNT(*) FROM v_event WHERE {times} AND person_id = {owner} AND kind IN ('message', 'reply')"
_SAID = "SELECT COUNT(*) FROM v_event WHERE {times} AND NOT staff AND kind IN ('message', 'reply')"
_COMPLAINED = "SELECT COUNT(*) FROM v_tag WHERE {times} AND kind = 'complaint'"
_PARTS = (
    "activated", "newcomers_unanswered", "reciprocity", "removed", "complaints", "commerce", "plan_kept",
)  # fmt: skip
_STOOD = (  # one row, of NULL where nothing is kept
    f"SELECT {', '.join(f'MAX({name})' for name in PARTS)} FROM v_group_state WHERE {{chat}} AND week ="
    " (SELECT MAX(week) FROM v_group_state WHERE {chat} AND week BETWEEN '{since}' AND '{until}')"
)
GOVERNED = ("plan_kept", "voice", *PARTS)
LEAST_TIER = 3  # groups, of which a mean is taken


def tier_sql(ask: Ask) -> str:
    """The mean parts of the other groups of its tier, and of how many, in the week kept last before the seven
    days judged."""
    parts = ", ".join(f"AVG({name})" for name in measures.WEIGHTS)
    before = f"week BETWEEN '{ask.last - timedelta(days=40)}' AND '{ask.last - timedelta(days=13)}'"
    which = (
        f"version = {measures.HEALTH_VERSION} AND chat_id <> {{id}} AND chat_id IN"
        " (SELECT c.chat_id FROM v_chat c JOIN v_chat own ON own.tier = c.tier"
        " WHERE own.chat_id = {id} AND c.chat_id <> {id})"
    )
    return ask.sql(
        f"SELECT COUNT(*), {parts} FROM v_health WHERE {which} AND week ="
        f" (SELECT MAX(week) FROM v_health WHERE {which} AND {before})"
    )


def tier_means(ask: Ask) -> dict[str, float]:
    """By part; {} under three such groups."""
    n, *means = ask.rows(tier_sql(ask))[0]
    if n < LEAST_TIER:
        return {}
    return {k: float(v) for k, v in zip(measures.WEIGHTS, means, strict=True) if v is not None}


def _mean(values: Iterable[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return fmean(known) if known else None


def _shares(week: Ask, active: int, known: int) -> tuple[dict[str, float | None], dict[str, str]]:
    """The six shares of a week, and the SQL behind them."""
    of = {f.key: f for f in shares(week)}
    month = week.back(28)
    of["newcomers_unanswered"] = orphans(
        month, "newcomers_unanswered", "messages that open a talk", who=newcomers_of(month)
    )
    of["complaints"] = week.figure(
        "complaints", f"SELECT ({_COMPLAINED}) * 1.0 / NULLIF(({_SAID}), 0)", unit="share", per="messages",
        n=_SAID, least=RATE,
    )  # fmt: skip
    value = {k: f.value for k, f in of.items()}
    lost = [value["removed"], value["complaints"], value["commerce"]]
    owner = owner_of(week)
    heard = week.sql(_HEARD, owner=str(owner or 0))
    voice = float(bool(week.number(heard))) if owner else None
    unanswered = value["newcomers_unanswered"]
    stands = week.sql(
        _STOOD, since=str(week.last - timedelta(days=12)), until=str(week.last - timedelta(days=6))
    )
    stood = dict(zip(PARTS, week.rows(stands)[0], strict=True))
    return {
        "activity": active / known if known else None,
        "newcomers": _mean((value["activated"], None if unanswered is None else 1 - unanswered)),
        "reciprocity": value["reciprocity"],
        "retention": fourth_week(week),
        "cleanliness": None if lost[0] is None else 1 - sum(x or 0.0 for x in lost),
        "plan_kept": value["plan_kept"],
        "voice": voice,
        **stood,
    }, {
        "stood": stands,
        **{k: of[k].sql for k in _PARTS},
        **({"owner_heard": heard} if owner else {}),
        **{f"retention_{k}": q for k, q in cohorts_sql(since(week, 7)).items()},
    }  # fmt: skip


def fourth_week(ask: Ask) -> float | None:
    """Of who joined in the last week whose days 28…34 are over for all of them, the share active on these."""
    found = [c for c in cohorts(ask, 7) if c.joined >= RATE and len(c.active) == 5]
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
        "left": _around(ask).sql(GONE),
        "said": _around(ask).sql(POSTED),
    }


def _around(ask: Ask) -> Ask:
    """The days on which the usual is looked for: 28 at least."""
    return ask.back(max(28, (ask.last - ask.first).days + 1))


def posts(ask: Ask, most: int = 10) -> list[Post]:
    """The span's posts, those that moved most people first."""
    asked = posts_sql(ask)
    rows, around = ask.rows(asked["posts"]), _around(ask)
    left, said = ([ask.at(r[0]) for r in ask.rows(asked[k])] for k in ("left", "said"))
    made = []
    for number, ref, at, presses, replies, reactions, people in rows:
        when = ask.at(at)
        soon = sum(when <= g < when + measures.HOUR for g in left)
        usual = measures.usual_leaves(when, left, said, around.start, around.end)
        made.append(Post(number, ref, when, presses, replies, reactions, people, soon, usual))
    return sorted(made, key=lambda p: (-p.people, -p.presses, p.at))[:most]
