"""Tells operators when a group falls silent, or hears from us in heaps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groupbot.core.effects import Send
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain.rhythm import LOOK, RHYTHM, alarm
from groupbot.features.promos.service.review import ops_chat


def keep_rhythm(work: Work) -> None:
    """One message for all groups that need a word; a group is told of once for each silence or heap. Without
    a chat of operators each of them reads it who started the bot; while nobody does, nothing counts as told.
    """
    to = ops_chat(work)
    people = [] if to else [p for p in work.me.operators if members.reachable(work, p)]
    if not to and not people:
        return
    found: list[dict[str, Any]] = []
    for profile in members.profiles(work):
        days = int(members.get(work, profile.chat, RHYTHM)) if profile.set_up else 0
        if not days or not profile.there:
            continue
        rows = work.sql.all(store.SAID_SINCE, chat=profile.chat, since=work.now - LOOK)
        times = [r.at for r in rows]
        notes = work.notes("promos", profile.chat)
        said = times[-1] if times else work.sql.value(store.SAID_LAST, chat=profile.chat)
        last = said or _waited(work, profile.chat)
        why = alarm(times, work.now, days, last)
        mark = f"{why}:{last:%Y-%m-%d}" if why == "silent" else f"{why}:{work.now:%G-%V}" if why else ""
        if not why or notes.get("rhythm") == mark:
            continue
        notes.set("rhythm", mark)
        zone = zone_of(members.voice(work, profile.chat, None)[1])
        found.append(
            {
                "title": profile.title,
                "why": why,
                "days": (work.now - last).days,
                "last": f"{said.astimezone(zone):%m-%d}" if said else "",
            }
        )
    if found:
        data = {"groups": found[:10], "more": max(0, len(found) - 10)}
        for chat, user in [(to, None)] if to else [(None, p) for p in people]:
            work.say(Send(chat=chat, user=user, template="promos/rhythm", data=data))


def _waited(work: Work, chat: int) -> datetime:
    """Since when a group that never had a post is looked at."""
    notes = work.notes("promos", chat)
    since = notes.get("rhythm_since")
    if since is None:
        notes.set("rhythm_since", work.now.isoformat())
    return datetime.fromisoformat(since) if since is not None else work.now
