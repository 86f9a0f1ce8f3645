"""Tells who answers for a group when it falls silent, or hears from us in heaps."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Send
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain.rhythm import LOOK, RHYTHM, alarm
from groupbot.features.promos.service.review import ops_chat


def keep_rhythm(work: Work) -> None:
    """One message for all groups that need a word; a group is told of once for each silence or heap."""
    found: list[dict[str, Any]] = []
    for profile in members.profiles(work):
        days = int(members.get(work, profile.chat, RHYTHM)) if profile.set_up else 0
        if not days or profile.state not in ("active", "limited"):
            continue
        rows = work.sql.all(store.SAID_SINCE, chat=profile.chat, since=work.now - LOOK)
        times = [r.at for r in rows]
        why = alarm(times, work.now, days)
        notes = work.notes("promos", profile.chat)
        mark = f"{why}:{times[-1]:%Y-%m-%d}" if why == "silent" else f"{why}:{work.now:%G-%V}" if why else ""
        if not why or notes.get("rhythm") == mark:
            continue
        notes.set("rhythm", mark)
        zone = zone_of(members.voice(work, profile.chat, None)[1])
        found.append(
            {
                "title": profile.title,
                "why": why,
                "days": (work.now - times[-1]).days,
                "last": f"{times[-1].astimezone(zone):%m-%d}",
            }
        )
    to = ops_chat(work)
    if found and to:
        more = max(0, len(found) - 10)
        work.say(Send(chat=to, template="promos/rhythm", data={"groups": found[:10], "more": more}))
