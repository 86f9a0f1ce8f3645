"""What holds a post back: the stop switch, an unconfirmed zone, quiet hours, the day's budget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any

import structlog
from msgspec import Struct

from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE, Profile, Setting
from groupbot.features.promos import store
from groupbot.features.promos.domain import (
    COMMERCE,
    COMMERCE_SELLING,
    FREE_DAYS,
    GAP,
    MOURNING,
    OPENED,
    POSTS,
    PROMOTIONS,
    READY_FIRST,
    Plan,
    held,
    is_free,
    is_mourning,
    is_quiet,
    quiet_setting,
    too_much_commerce,
)
from groupbot.features.promos.domain.budget import MOURNED, SLACK
from groupbot.features.promos.domain.trend import expired
from groupbot.features.promos.service.gates import shut

log = structlog.get_logger(__name__)
_ALL = 0  # the key that says that every chat was read
_RECENT = timedelta(hours=GAP.most or 0) + SLACK  # the widest gap between posts, which holds any zone's day
_WEEK = timedelta(days=7)
Spoke = Callable[[Work, int, datetime], datetime | None]


class Place(Struct, frozen=True):
    """A chat as a plan sees it now: `wall` is the time on its clock."""

    profile: Profile
    lang: str
    zone_name: str
    zone: tzinfo
    wall: datetime
    layers: members.Layers

    def get(self, setting: Setting) -> Any:
        """A setting's value here."""
        return members.value(self.layers, setting)


def placed(work: Work, profile: Profile) -> Place:
    """A chat, now."""
    lang, zone_name = members.voice(work, profile.chat, None)
    zone = zone_of(zone_name)
    layers = members.layers(work, profile.chat)
    return Place(profile, lang, zone_name, zone, work.now.astimezone(zone), layers)


def checked(
    work: Work, plan: Plan, here: Place, stopped: bool, catching_up: bool, spoke: Spoke | None = None
) -> tuple[str, str]:
    """`_hindrance`, where a setting that is no time or number holds this chat's post, not everybody's."""
    try:
        return _hindrance(work, plan, here, stopped, catching_up, spoke)
    except (ValueError, TypeError) as e:
        log.error("plan.setting", plan=plan.name, chat=here.profile.chat, error=str(e))
        return "setting", str(e)


def unwritten(work: Work, here: Place, stopped: bool) -> tuple[str, str]:
    """What holds a word to one person in private back."""
    try:
        return _not_now("other", here, stopped)
    except (ValueError, TypeError) as e:
        log.error("care.setting", chat=here.profile.chat, error=str(e))
        return "setting", str(e)


def silenced(work: Work, plan: Plan, here: Place, stopped: bool) -> tuple[str, str]:
    """What holds back what stands in for a post that was said: the stop switch, quiet hours, mourning. The
    budget was the post's own."""
    try:
        code, detail = _not_now(plan.kind, here, stopped, loud=bool(plan.loud))
        return (code, detail) if code else _mourned(plan, here)
    except (ValueError, TypeError) as e:
        log.error("plan.setting", plan=plan.name, chat=here.profile.chat, error=str(e))
        return "setting", str(e)


def _mourned(plan: Plan, here: Place) -> tuple[str, str]:
    if plan.kind in MOURNED:
        today = here.wall.date()
        if is_mourning(here.get(MOURNING), today):
            return "mourning", f"{today:%m-%d}"
        if plan.kind == "promotion" and is_free(here.get(FREE_DAYS), today):
            return "free_day", f"{today:%m-%d}"
    return "", ""


def _hindrance(
    work: Work, plan: Plan, here: Place, stopped: bool, catching_up: bool, spoke: Spoke | None
) -> tuple[str, str]:
    """Why nothing is said now, as (code, detail); ('', '') when nothing speaks against it. Missed slots
    that the plan wants said together (`each<=3`) keep no gap between them, but the day's budget."""
    chat = here.profile.chat
    code, detail = _not_now(plan.kind, here, stopped, loud=bool(plan.loud))
    if code:
        return code, detail
    if plan.campaign and (why := shut(work, plan.campaign, chat)):
        return "campaign", why
    if plan.kind == "promotion" and here.get(READY_FIRST) and not here.get(OPENED):  # it waits for /ready
        return "unready", ""
    if expired(plan.kind, plan.end, here.wall):
        return "expired", f"{plan.end:%m-%d %H:%M}"
    code, detail = _mourned(plan, here)
    if code:
        return code, detail
    if plan.silent and spoke is not None:
        last = spoke(work, chat, work.now - timedelta(hours=plan.silent))
        if last is not None:
            return "lively", str(int((work.now - last).total_seconds()))
    before = recent(work, chat)
    code, detail = held(
        plan.kind,
        before,
        here.wall,
        here.zone,
        posts=int(here.get(POSTS)),
        promotions=int(here.get(PROMOTIONS)) if plan.kind == "promotion" else 0,
        gap=float(here.get(GAP)) if before and not catching_up else 0.0,
    )
    if before and not code and plan.kind == "promotion" and _promoted_today(before, here):
        return _commerce(work, here)
    return code, detail


def _not_now(kind: str, here: Place, stopped: bool, *, loud: bool = False) -> tuple[str, str]:
    """What holds any message back, to a group or to one of its people in private."""
    if stopped:
        return "stopped", ""
    if not here.get(ZONE):
        return "zone", here.zone_name
    span = str(here.get(quiet_setting(kind)))
    if not loud and is_quiet(span, here.wall.time()):
        return "quiet", span
    return "", ""


def _promoted_today(before: tuple[tuple[datetime, str], ...], here: Place) -> bool:
    """One promotion a day is always allowed, however few other posts there are."""
    today = here.wall.date()
    return any(kind == "promotion" and at.astimezone(here.zone).date() == today for at, kind in before)


def _commerce(work: Work, here: Place) -> tuple[str, str]:
    """Is the share of promotions in a week's posts used up?"""
    setting = COMMERCE_SELLING if here.profile.type == "commercial" else COMMERCE
    percent = float(here.get(setting))
    kinds = work.sql.all(store.WEEK_HERE, chat=here.profile.chat, since=work.now - _WEEK)
    promotions = sum(r.kind == "promotion" for r in kinds)
    if too_much_commerce(promotions, len(kinds), percent):
        return "commerce", f"{promotions}/{len(kinds)}"
    return "", ""


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
