"""Every number of a report, as JSON gives it, with the SQL that gives it again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from msgspec.structs import asdict

from groupbot.engine import addresses
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.attitude import service as attitude
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain import local_day
from groupbot.features.engagement.domain.measures import DEFINITIONS, HEALTH_VERSION
from groupbot.features.engagement.reports import Figure
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile


def last_day(work: Work, chat: int, until: str) -> date:
    """The last day of a report: as said, or yesterday on the group's clock.

    Raises:
        Misfit: no day.
    """
    if until:
        try:
            return date.fromisoformat(until)
        except ValueError:
            raise Misfit(f"{until} is no day", next="write it as 2027-01-31") from None
    return local_day(work.now, zone(members.voice(work, chat, None)[1])) - timedelta(days=1)


def chosen_of(work: Work, group: str) -> list[Profile]:
    """The groups with this in their title.

    Raises:
        Misfit: there is none.
    """
    found = [p for p in members.profiles(work) if group.casefold() in p.title.casefold()]
    if group and not found:
        raise Misfit(f"no group with {group!r} in its title", next="groupbot report without --group")
    return found


def live_of(work: Work, group: str, ops: int) -> list[Profile]:
    """Those a page is made of: as in the week's digest without groups that are over and the operators' chat
    (its Telegram id is `ops`, 0: none); what is asked for by its title is there."""
    chosen = chosen_of(work, group)
    if group:
        return chosen
    own = addresses.known(work, ops) if ops else None
    return [p for p in chosen if p.there and (own is None or p.chat != own.id)]


def posts_of(found: list[reports.Told]) -> list[dict[str, Any]]:
    """Posts that were meant for people, and what followed."""
    return [
        {"ref": p.ref, "kind": p.kind, "plan": p.name, "at": p.at, "when": p.when, "link": p.link,
         "presses": p.presses, "replies": p.replies, "reactions": p.reactions, "people": p.people,
         "leaves": p.leaves, "usual_leaves": round(p.usual, 3)}
        for p in found
    ]  # fmt: skip


def numbers(work: Work, chat: int, title: str, last: date, days: int) -> dict[str, Any]:
    """One group's. `sql` has what is behind the tables, `health_sql` behind the score, figures their own."""
    ask = reports.Ask(work, chat, last - timedelta(days=days - 1), last)
    now = {f.key: f for f in reports.figures(ask)}
    before = {f.key: f for f in reports.figures(ask.before())}
    earlier = {f.key: f for f in _rarer(ask.before(), before["member_answers"])}
    month, eight = ask.back(max(28, days)), ask.back(8 * 7)
    known = [int(n or 0) for n in ask.rows(reports.coverage_sql(chat))[0]]
    said = {str(d)[:10]: int(n) for d, n in month.rows(reports.said_days_sql(month))}
    span = (month.last - month.first).days + 1
    people = reports.active_days(month)
    health = reports.health(ask)
    profile = members.profile(work, chat)
    return {
        "group": title,
        "chat_id": chat,
        "first": str(ask.first),
        "last": str(last),
        "definitions": DEFINITIONS,
        "coverage": {"grade": ask.grade, "known": known[0], "members": known[1] or None},
        "voice": reports.voice_of(ask),
        "purpose": reports.purpose_of(work, chat),
        "state": "" if profile is None else profile.state,
        "stage": health.stage,
        "stage_since": None if health.since is None else str(health.since),
        "health": health.score,
        "drivers": list(health.drivers),
        "suggested": health.suggested,
        "flagged": health.flagged,
        "crowded": reports.crowded(ask, now["speakers_in_20_min"]),
        "health_version": HEALTH_VERSION,
        "tier": dict(health.tier),
        "weeks": list(health.weeks),
        "shares": [dict(s) for s in health.shares],
        "messages_a_day": [said.get(str(month.first + timedelta(days=n)), 0) for n in range(span)],
        "people_a_day": [people.get(month.first + timedelta(days=n), 0) for n in range(span)],
        "hours_of_the_week": [list(day) for day in reports.hours(month)],
        "kept": [
            {"week": str(k.week), "active": list(k.active)}
            for k in reports.kept(eight)
            if k.active[0] >= reports.RATE
        ],
        "figures": [
            *(figure_of(f, before.get(f.key)) for f in now.values()),
            *(figure_of(f, earlier[f.key]) for f in _rarer(ask, now["member_answers"]) if f.key not in now),
        ],
        "rfm": [
            {"kind": x.kind, "band": x.band, "people": x.people, "share": x.share} for x in reports.bands(ask)
        ],
        "rfm_sql": reports.bands_sql(ask),
        "attitude": attitude.told(work, chat),
        "sources": _sources(reports.sources(work, chat)),
        "sources_of_span": _sources(reports.sources(work, chat, ask)),
        "plans": [
            {"plan": p.plan, "due": p.due, "said": p.said, "why": dict(p.why)} for p in reports.planned(ask)
        ],
        "bars": [
            {"first": first, "messages": said, "people": active}
            for first, said, active in sorted(reports.bars(ask, reports.bar_of(days)))
        ],
        "touches": [{"source": t.source, "first": t.first, "last": t.last} for t in reports.touches(ask)],
        "cohorts": [
            {"week": str(c.week), "joined": c.joined, "active": list(c.active)} for c in reports.cohorts(ask)
        ],
        "journey": journey_of(reports.ways(ask)),
        "media": [{"medium": m, "messages": int(n)} for m, n in ask.rows(reports.media_sql(ask))],
        "posts": posts_of(reports.told_of(ask, title, 10)),
        "sql": {
            "messages_a_day": reports.said_days_sql(month),
            "people_a_day": reports.active_days_sql(month),
            "hours_of_the_week": reports.hours_sql(month),
            "kept": reports.kept_sql(eight),
            "coverage": reports.coverage_sql(chat),
            "media": reports.media_sql(ask),
            **({"voice": reports.spoke_sql(ask, profile.owner)} if profile and profile.owner else {}),
            "bars": reports.bars_sql(ask, reports.bar_of(days)),
            "plans": reports.planned_sql(ask),
            "sources": reports.sources_sql(work, chat),
            "sources_of_span": reports.sources_sql(work, chat, ask),
            "touches": reports.touches_sql(ask),
            "attitude": attitude.question(chat),
            **{f"cohorts_{k}": q for k, q in reports.cohorts_sql(reports.since(ask)).items()},
            **{"posts" if k == "posts" else f"posts_{k}": q for k, q in reports.posts_sql(ask).items()},
        },
        "health_sql": [dict(q) for q in health.sql],
    }  # fmt: skip


def _sources(found: list[reports.Source]) -> list[dict[str, Any]]:
    return [{"source": s.source, "came": s.came, "here": s.here, "spoke": s.spoke} for s in found]


def _rarer(ask: reports.Ask, answers: Figure) -> list[Figure]:
    """What a review of a month tells besides; `answers` is member_answers of the span."""
    return [*reports.growth(ask), *reports.more(ask), *reports.sales(ask), *reports.leading(ask, answers)]


def journey_of(found: reports.Ways) -> dict[str, Any]:
    """From state to state, by how people came."""
    return {
        "first": str(found.first),
        "last": str(found.last),
        "through": None if found.through is None else str(found.through),
        "passages": [asdict(p) for p in found.passages],
        "how": reports.HOW,
        "sql": found.sql,
    }


def figure_of(f: Figure, before: Figure | None = None) -> dict[str, Any]:
    """A number with what it rests on; `n_sql` "" where the rows of `sql` tell `n`."""
    return {
        "key": f.key, "value": f.value, "before": before and before.value, "unit": f.unit,
        "first": str(f.window[0]), "last": str(f.window[1]), "per": f.per, "n": f.n, "least": f.least,
        "coverage": f.grade, "sql": f.sql, "how": f.how, "n_sql": f.base,
        "before_sql": "" if before is None else before.sql,
    }  # fmt: skip
