"""What holds a post back: the stop switch, an unconfirmed zone, quiet hours, the day's budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import structlog

from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE, Profile
from groupbot.features.promos import store
from groupbot.features.promos.domain import (
    GAP,
    POSTS,
    PROMOTIONS,
    Plan,
    held,
    is_quiet,
    quiet_setting,
)

log = structlog.get_logger(__name__)
_ALL = 0  # the key that says that every chat was read
_RECENT = timedelta(hours=50)  # holds a whole day of any zone, and the widest gap between posts


@dataclass(frozen=True, slots=True)
class Place:
    """A chat as a plan sees it now."""

    profile: Profile
    lang: str
    zone_name: str
    zone: tzinfo


def checked(work: Work, plan: Plan, here: Place, stopped: bool, catching_up: bool) -> tuple[str, str]:
    """`_hindrance`, where a setting that is no time or number holds this chat's post, not everybody's."""
    try:
        return _hindrance(work, plan, here, stopped, catching_up)
    except (ValueError, TypeError) as e:
        log.error("plan.setting", plan=plan.name, chat=here.profile.chat, error=str(e))
        return "setting", str(e)


def _hindrance(work: Work, plan: Plan, here: Place, stopped: bool, catching_up: bool) -> tuple[str, str]:
    """Why nothing is said now, as (code, detail); ('', '') when nothing speaks against it. Missed slots
    that the plan wants said together (`each<=3`) keep no gap between them, but the day's budget."""
    chat = here.profile.chat
    if stopped:
        return "stopped", ""
    if not members.get(work, chat, ZONE):
        return "zone", here.zone_name
    span = str(members.get(work, chat, quiet_setting(plan.kind)))
    if not plan.loud and is_quiet(span, work.now.astimezone(here.zone).time()):
        return "quiet", span
    before = recent(work, chat)
    return held(
        plan.kind,
        before,
        work.now,
        here.zone,
        posts=int(members.get(work, chat, POSTS)),
        promotions=int(members.get(work, chat, PROMOTIONS)) if plan.kind == "promotion" else 0,
        gap=float(members.get(work, chat, GAP)) if before and not catching_up else 0.0,
    )


def recent(work: Work, chat: int) -> tuple[tuple[datetime, str], ...]:
    """(time, kind) of the planned posts of the last days in a chat; read once for all chats."""
    cache = work.cached("promos.recent")
    since = work.now - _RECENT
    if _ALL not in cache:
        found: dict[int, list[tuple[datetime, str]]] = {}
        for r in work.sql.all(store.RECENT, since=since):
            found.setdefault(r.chat_id, []).append((r.at, r.kind))
        for each, posts in found.items():
            work.put("promos.recent", each, tuple(posts))
        work.put("promos.recent", _ALL, ())
    posts_here: tuple[tuple[datetime, str], ...] = cache.get(chat, ())
    if posts_here and posts_here[0][0] < since:
        posts_here = tuple(r for r in posts_here if r[0] >= since)
        work.put("promos.recent", chat, posts_here)
    return posts_here
