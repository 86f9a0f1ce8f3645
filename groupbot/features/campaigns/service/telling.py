"""What operators see of campaigns: the list, the board of one, and what a test can or did show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign, detectable, outcome
from groupbot.features.campaigns.service.files import known
from groupbot.features.campaigns.service.launching import find, skips, stopped
from groupbot.features.campaigns.service.lessons import last_lessons, notes
from groupbot.features.campaigns.service.readiness import chats_of, gaps, shares, size
from groupbot.features.engagement import service as engagement
from groupbot.features.links import service as links
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import variant

AHEAD = timedelta(minutes=1)  # of ours, at most, Telegram's clock is


def listed(work: Work) -> list[dict[str, Any]]:
    """Every campaign of the files with where it stands."""
    rows = {r.name: r for r in work.sql.all(store.ALL)}
    return [
        {"name": c.name, "state": rows[c.name].state if c.name in rows else "draft", "reason": c.reason,
         "start": c.start, "end": c.end}
        for c in known(work).values()
    ]  # fmt: skip


def board(work: Work, name: str) -> dict[str, Any]:
    """Everything about one campaign now.

    Raises:
        Refusal: there is none of this name.
    """
    campaign = find(work, name)
    row = work.sql.first(store.ONE, the_name=name)
    chats = chats_of(work, campaign)
    running = row is not None and row.state == "live"
    words = work.sql.all(store.WORDS, the_name=name)
    done = {w.key for w in words if w.what == "done_cue"}
    left, complaints = harm(work, chats, row) if row is not None else (0, 0)
    came = links.people(work, name)
    seen = [round(s * 100) for s in shares(work, campaign, chats)]
    return {
        "name": name,
        "reason": campaign.reason,
        "state": row.state if row is not None else "draft",
        "audience": campaign.whom.name,
        "chats": len(chats),
        "start": campaign.start,
        "end": campaign.end,
        "contact": campaign.contact,
        "phases": [
            {"name": p.name, "opens": p.opens, "seen": seen[n], "now": running and row.phase == n}
            for n, p in enumerate(campaign.phases)
        ],
        "skips": skips(work, name, words),
        "stops": stopped(words),
        "gaps": [] if running else gaps(work, campaign),
        "lessons": [] if running else last_lessons(work),
        "notes": notes(words),
        "came": sum(came.values()),
        "left": left,
        "complaints": complaints,
        "limit": {"leaves": round(campaign.leaves * 100, 1), "complaints": campaign.complaints},
        "run": [{"at": c.at, "role": c.role, "who": c.who, "do": c.do, "done": str(c.mark) in done}
                for c in campaign.run],
        "trial": trial_told(campaign, len(chats), size(work, chats)),
    }  # fmt: skip


def trial_told(campaign: Campaign, groups: int, people: int) -> dict[str, Any] | None:
    """What the campaign's test can show with so many groups and people, before it is offered; percent."""
    test = campaign.test
    if test is None:
        return None
    each = round(people / groups) if groups else 0
    found = detectable(groups, each, test.base)
    return {
        "name": test.name,
        "days": test.days,
        "groups": groups,
        "members": each,
        "base": round(test.base * 100, 1),
        "finds": None if found is None else round(found * 100, 1),
    }


def trial_read(work: Work, campaign: Campaign) -> dict[str, Any] | None:
    """What the test showed, in percent; None before its days are over: it is read once, then."""
    test, row = campaign.test, work.sql.first(store.ONE, the_name=campaign.name)
    if test is None or row is None or work.now < row.at + timedelta(days=test.days):
        return None
    reached: set[int] = set()
    for number, plan in promos.of_campaign(work, campaign.name):
        if plan.test == test.name:
            reached |= promos.reached(work, number).keys()
    came = links.people(work, campaign.name)
    rates: tuple[list[float], list[float]] = ([], [])
    for chat in sorted(reached):
        people = members.count_here(work, chat)
        if people:
            rates[variant(test.name, chat)].append(came.get(chat, 0) / people)
    made = outcome(*rates)
    return {
        "name": test.name,
        "a": round(made.rates[0] * 100, 1),
        "b": round(made.rates[1] * 100, 1),
        "groups": sum(made.groups),
        "low": round(made.low * 100, 1),
        "high": round(made.high * 100, 1),
        "winner": made.winner,
    }


def harm(work: Work, chats: list[int], row: Any) -> tuple[int, int]:
    """(members who left, wishes for quiet) in the campaign's groups from its launch to its end."""
    ended: datetime | None = None if row.state == "live" else work.sql.value(store.ENDED, the_name=row.name)
    until = ended + AHEAD if ended else work.now + timedelta(hours=1)  # whole hours are summed up
    left = sum(engagement.gone_within(work, chat, row.at, until) for chat in chats)
    quiet = members.quiet_within(work, row.at, until)
    return left, sum(any(members.is_here(work, c, p) for c in chats) for p in quiet)
