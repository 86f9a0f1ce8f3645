"""Posts that a limit held, said together: one message a day instead of several, or none."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from groupbot.core.effects import Send
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.promos import store
from groupbot.features.promos.domain import GAP, POSTS, STOPPED, Plan, held, is_quiet, quiet_setting
from groupbot.features.promos.domain.rhythm import DIGEST
from groupbot.features.promos.service.approval import Pins, guarding, pinned
from groupbot.features.promos.service.filling import filled, only_said
from groupbot.features.promos.service.gates import shut
from groupbot.features.promos.service.hold import Place, recent, silenced
from groupbot.features.promos.service.known import live
from groupbot.features.promos.service.load import BY_HAND
from groupbot.features.promos.service.room import place_of

NAME = "digest"  # of the plan row that its slots hang on; no file says it
MOST = 10  # posts in one; what is left over comes in the next
FRESH = timedelta(days=2)  # what is older is let go
WHY = ("posts", "gap")  # limits that a digest keeps too
_TEXT = 300  # characters of each


def merge(work: Work, plan_id: int, plan: Plan, here: Place, due: datetime, reason: str, pins: Pins) -> bool:
    """Keep a held post for the chat's digest, in the approved versions of its template, if the plan and the
    chat want that; was it kept? Promotions have limits of their own, which a digest does not get round."""
    chat = here.profile.chat
    if not plan.digest or reason not in WHY or plan.kind in ("promotion", "trend"):
        return False
    if not members.get(work, chat, DIGEST) or work.content is None:
        return False
    try:
        name = pinned(work, plan.pool[0], here.lang, pins)
        front = work.content.sources(name, here.lang)[0].front
        if only_said(front):
            return False
        data = {**filled(front, here.profile.title), **plan.data}
        text = work.content.render(name, here.lang, data, here.zone_name).formatted.text
    except Misfit:
        return False
    work.sql.run(
        store.KEEP_DIGEST,
        chat_id=chat,
        plan_id=plan_id,
        due=due,
        title=str(front.get("title") or plan.name),
        text=text if len(text) <= _TEXT else text[: _TEXT - 1] + "…",
        url=str(plan.data.get("url") or ""),
        priority=plan.priority,
    )
    return True


def say_digests(work: Work) -> None:
    """Says the digests whose time has come: once a day, not in quiet hours, within the day's budget."""
    if members.get(work, 0, STOPPED):
        return
    work.sql.run(store.OLD_DIGEST, before=work.now - FRESH)
    for chat in [r.chat_id for r in work.sql.all(store.DIGEST_CHATS)]:
        if _may(work, chat):
            _say(work, chat)


def _may(work: Work, chat: int) -> bool:
    at = str(members.get(work, chat, DIGEST))
    zone_name = members.get(work, chat, ZONE)
    profile = members.profile(work, chat)
    if not at or not zone_name or profile is None or not profile.there:
        return False
    zone = zone_of(str(zone_name))
    now = work.now.astimezone(zone)
    if f"{now:%H:%M}" < at or is_quiet(str(members.get(work, chat, quiet_setting("other"))), now.time()):
        return False
    before = recent(work, chat)
    if any(kind == NAME and t.astimezone(zone).date() == now.date() for t, kind in before):
        return False
    posts, gap = int(members.get(work, chat, POSTS)), float(members.get(work, chat, GAP))
    return not held("other", before, work.now, zone, posts=posts, promotions=0, gap=gap)[0]


def _say(work: Work, chat: int) -> None:
    kept = work.sql.all(store.DIGEST, chat=chat)
    fit = [r for r in kept if _still(work, r.plan_id, chat)]
    rows, later = fit[:MOST], {r.plan_id for r in fit[MOST:]}
    for row in kept:
        if row.plan_id not in later:
            work.sql.run(store.SAID_DIGEST, chat=chat, plan=row.plan_id)
    if not rows:
        return
    items = [{"title": r.title, "text": r.text, "url": r.url} for r in rows]
    plan_id = _holder(work)
    zone_name = members.voice(work, chat, None)[1]
    due = work.now.replace(microsecond=0)
    work.say(
        Send(
            chat=chat,
            template="promos/digest",
            data={"items": items},
            post=True,
            ref=f"promo:{plan_id}:{due:%Y-%m-%dT%H:%M:%S}:{chat}",
            not_after=work.now + timedelta(hours=2),
            why="posts that a limit held, together",
        )
    )
    work.add(store.SLOTS, chat, plan_id, due, "said", None, None, NAME, "promos/digest", zone_name, work.now)
    work.put("promos.recent", chat, (*recent(work, chat), (work.now, NAME)))


def _still(work: Work, plan_id: int, chat: int) -> bool:
    """May what was kept of a plan still be said here: is the plan there, approved and its phase open, and is
    it no day of mourning?"""
    plan, here = live(work, plan_id), place_of(work, chat)
    if plan is None or here is None or (plan.campaign and shut(work, plan.campaign, chat)):
        return False
    guard = guarding(work, plan_id, plan)
    return (guard is None or chat in guard.chats) and not silenced(work, plan, here, False)[0]


def _holder(work: Work) -> int:
    """The plan row that a digest's slots hang on."""
    known = work.sql.value(store.BY_NAME, the_name=NAME)
    if known is None:
        spec = "{}"
        work.sql.run(
            store.KEEP_PLAN,
            name=NAME,
            source=BY_HAND,
            spec=spec,
            hash=hashlib.sha256(spec.encode()).hexdigest(),
            state="removed",
            loaded_at=work.now,
        )
        known = work.sql.value(store.BY_NAME, the_name=NAME)
    return int(known or 0)
