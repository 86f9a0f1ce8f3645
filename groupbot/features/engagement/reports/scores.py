"""Each group's health is kept once a week, so that other groups of its tier can be measured by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from groupbot.engine import words
from groupbot.engine.addresses import ops_chat
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.domain.governing import LEVELS, PARTS, Governed, governed
from groupbot.features.engagement.reports.asking import Ask
from groupbot.features.engagement.reports.health import Health, health
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile


class Scored(Struct, frozen=True):
    """A group's health at the end of a whole week."""

    chat: int
    week: date
    health: Health


class Stood(Struct, frozen=True):
    """How a group stood when a week was over."""

    chat: int
    week: date
    found: Governed


def score_steps(work: Work) -> Iterator[Scored | Stood]:
    """The groups whose last whole week (Monday to Sunday, on its clock) is not kept yet, read beside the
    writer: how each stood, which no event tells later; where that is kept, its score of that."""
    ops = ops_chat(work)
    kept: dict[date, set[int]] = {}
    stood: dict[date, set[int]] = {}
    for profile in members.profiles(work):
        if profile.chat == ops or not profile.there:
            continue
        today = work.now.astimezone(words.zone(members.voice(work, profile.chat, None)[1])).date()
        week = today - timedelta(days=today.weekday() + 7)
        if week not in kept:
            kept[week] = {int(r.chat_id) for r in work.sql.all(store.SCORED, the_week=week)}
            stood[week] = {int(r.chat_id) for r in work.sql.all(store.STOOD, the_week=week)}
        if profile.chat not in stood[week]:
            yield Stood(profile.chat, week, _governed(work, profile))
        elif profile.chat not in kept[week]:
            last = week + timedelta(days=6)
            yield Scored(profile.chat, week, health(Ask(work, profile.chat, week, last)))


def _governed(work: Work, profile: Profile) -> Governed:
    """Who answers for it sits in it, and so do those of the two groups above."""
    answer: list[int] = []
    above: Profile | None = profile
    for _ in range(LEVELS):
        if above is None:
            break
        if above.owner and above.owner not in answer:
            answer.append(above.owner)
        above = members.profile(work, above.parent) if above.parent else None
    chat = profile.chat
    seated = [members.is_here(work, chat, p) or members.is_staff(work, chat, p) for p in answer]
    return governed(profile.tier, profile.members, [s.status for s in members.staff_of(work, chat)], seated)


def keep_score(step: Scored | Stood, work: Work) -> bool:
    """Write it down; True: there may be more to do at once."""
    if isinstance(step, Stood):
        each = {k: getattr(step.found, k) for k in PARTS}
        work.sql.run(store.STAND, chat_id=step.chat, week=step.week, at=work.now, **each)
        return True
    found = step.health
    work.sql.run(
        store.SCORE,
        chat_id=step.chat,
        week=step.week,
        version=measures.HEALTH_VERSION,
        stage=found.stage,
        score=found.score,
        flagged=found.flagged,
        at=work.now,
        **{name: found.own.get(name) for name in measures.WEIGHTS},
    )
    return True
