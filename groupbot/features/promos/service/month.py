"""A month of plans, rehearsed: what is said in which chat, what a limit holds, where it is empty."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct, field

from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE, Profile
from groupbot.features.promos.domain import (
    FREE_DAYS,
    GAP,
    MOURNING,
    POSTS,
    PROMOTIONS,
    Plan,
    come,
    explain,
    held,
    is_free,
    is_mourning,
    is_quiet,
    quiet_setting,
    walls,
)
from groupbot.features.promos.domain.budget import MOURNED
from groupbot.features.promos.domain.expert import wants_one

GAP_DAYS = 3  # days in a row without a post that are worth a word
_MOST = 1000  # slots of one plan in a month


class Limits(Struct, frozen=True):
    """A chat's clock and limits, as plans meet them."""

    title: str
    profile: Profile | None
    zone: str = "Asia/Shanghai"
    posts: int = 3
    promotions: int = 1
    gap: float = 3.0
    mourning: tuple[str, ...] = tuple(MOURNING.default)
    quiet: tuple[tuple[str, str], ...] = ()
    free: tuple[str, ...] = ()  # weekdays without promotions


class Month(Struct):
    """What comes: (wall-clock time, plan) → chats it is said in; and what is held: (day, plan, reason) →
    chats. `empty` are chats with their longest run of days without a post."""

    first: date
    days: int
    chats: int = 0
    said: dict[tuple[datetime, str], int] = field(default_factory=dict)
    held: Counter[tuple[datetime, str, str]] = field(default_factory=Counter)
    empty: dict[str, tuple[date, int]] = field(default_factory=dict)
    used: float = 0.0  # of the posts all chats may get, 0 to 1
    variety: float = 0.0  # 0: always the same template, 1: all equally often
    nobody: list[str] = field(default_factory=list)
    without_expert: list[str] = field(default_factory=list)  # groups that should have a slot with one


def limits(work: Work, profile: Profile) -> Limits:
    """The limits of a chat."""
    chat = profile.chat
    return Limits(
        profile.title,
        profile,
        str(members.get(work, chat, ZONE) or members.voice(work, chat, None)[1]),
        int(members.get(work, chat, POSTS)),
        int(members.get(work, chat, PROMOTIONS)),
        float(members.get(work, chat, GAP)),
        tuple(members.get(work, chat, MOURNING)),
        tuple((k, str(members.get(work, chat, quiet_setting(k)))) for k in ("promotion", "other")),
        tuple(members.get(work, chat, FREE_DAYS)),
    )


def month(plans: Iterable[Plan], chats: Sequence[Limits], first: date) -> Month:
    """The month that starts on `first`, on each chat's own wall clock."""
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    made = Month(first, (after - first).days, len(chats))
    plans = list(plans)
    templates: Counter[str] = Counter()
    total = 0
    for plan in plans:
        if not any(_inside(plan, c) for c in chats):
            made.nobody.append(plan.name)
    for chat in chats:
        days = _chat(made, [p for p in plans if _inside(p, chat)], chat, after, templates)
        total += sum(days.values())
        found = _longest_gap(days, first, made.days)
        if found[1] >= GAP_DAYS:
            made.empty[chat.title] = found
    room = sum(c.posts for c in chats) * made.days
    made.used = total / room if room else 0.0
    made.variety = variety(templates)
    made.without_expert = without_expert(plans, [c.profile for c in chats if c.profile is not None], first)
    return made


def ahead(plans: Sequence[Plan], chat: Limits, first: date, weeks: int = 4) -> tuple[list[int], int]:
    """What a chat's limits let through of these plans from `first` on: posts in each of the weeks, and how
    many different pieces they are."""
    made = Month(first, 7 * weeks)
    inside = [p for p in plans if _inside(p, chat)]
    days = _chat(made, inside, chat, first + timedelta(weeks=weeks), Counter())
    said = Counter(name for _, name in made.said)
    pieces: dict[str, tuple[int, int]] = {}  # what plans of the same texts say in all, of how many
    for p in inside:
        key = f"{p.pool}{sorted(p.data.items())}"
        pieces[key] = (pieces.get(key, (0, 0))[0] + said[p.name], len(p.pool))
    each = [sum(days[first + timedelta(days=7 * w + d)] for d in range(7)) for w in range(weeks)]
    return each, sum(min(two) for two in pieces.values())


def without_expert(plans: Iterable[Plan], profiles: Iterable[Profile], first: date) -> list[str]:
    """Stores' groups and those of key customers whose plans of that month hold no expert's slot."""
    start = datetime.combine(first, datetime.min.time())
    after = datetime(first.year + first.month // 12, first.month % 12 + 1, 1)
    coming = [p for p in plans if next(walls(p, start - timedelta(seconds=1)), after) < after]
    every = {p.whom for p in coming}
    experts = {p.whom for p in coming if p.expert is not None}
    return [
        p.title
        for p in profiles
        if wants_one(p.tier, p.tags)
        and any(explain(a, p)[0] for a in every)
        and not any(explain(a, p)[0] for a in experts)
    ]


def _inside(plan: Plan, chat: Limits) -> bool:
    return chat.profile is None or explain(plan.whom, chat.profile)[0]


def _chat(
    made: Month, plans: list[Plan], chat: Limits, after: date, templates: Counter[str]
) -> Counter[date]:
    """One chat's month, slot by slot in the order they come; posts by day."""
    zone = zone_of(chat.zone)
    low = datetime.combine(made.first, datetime.min.time(), zone).astimezone(UTC) - timedelta(seconds=1)
    high = datetime.combine(after, datetime.min.time(), zone).astimezone(UTC) - timedelta(seconds=1)
    due = [(at, -p.priority, p) for p in plans for at in come(p, zone, low, high, _MOST)[0]]
    before: list[tuple[datetime, str]] = []
    days: Counter[date] = Counter()
    quiet = dict(chat.quiet)
    for at, _, plan in sorted(due, key=lambda d: d[:2]):
        wall = at.astimezone(zone).replace(tzinfo=None)
        span = quiet.get("promotion" if plan.kind == "promotion" else "other") or str(
            quiet_setting(plan.kind).default
        )
        reason = ""
        if not plan.loud and is_quiet(span, wall.time()):
            reason = "quiet"
        elif plan.kind in MOURNED and is_mourning(chat.mourning, wall.date()):
            reason = "mourning"
        elif plan.kind == "promotion" and is_free(chat.free, wall.date()):
            reason = "free_day"
        else:
            reason, _ = held(
                plan.kind, before[-20:], at, zone, posts=chat.posts, promotions=chat.promotions, gap=chat.gap
            )
        if reason:
            made.held[wall, plan.name, reason] += 1
            continue
        before.append((at, plan.kind))
        made.said[wall, plan.name] = made.said.get((wall, plan.name), 0) + 1
        days[wall.date()] += 1
        templates[plan.pool[days.total() % len(plan.pool)]] += 1
    return days


def _longest_gap(days: Counter[date], first: date, length: int) -> tuple[date, int]:
    """The longest run of days without a post: its first day and its length."""
    best, start, run = (first, 0), first, 0
    for n in range(length):
        day = first + timedelta(days=n)
        if days[day]:
            run = 0
            continue
        start, run = (day, 1) if not run else (start, run + 1)
        if run > best[1]:
            best = (start, run)
    return best


def variety(counts: Counter[str]) -> float:
    """Shannon's entropy of the templates said, over that of equal shares (Pielou's evenness)."""
    total = sum(counts.values())
    if len(counts) < 2:
        return 0.0
    entropy = -sum(n / total * math.log(n / total) for n in counts.values())
    return entropy / math.log(len(counts))


def by_day(made: Month) -> dict[date, list[tuple[datetime, str, int]]]:
    """What is said, by day."""
    found: dict[date, list[tuple[datetime, str, int]]] = defaultdict(list)
    for (wall, name), chats in sorted(made.said.items()):
        found[wall.date()].append((wall, name, chats))
    return found
