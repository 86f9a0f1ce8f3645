"""A newcomer's first word that nobody answered within a day: who answers for the group is told of it, each
newcomer once, while the word is young enough to be answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.reports.nudge import daily
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile

DAY, YOUNG = timedelta(days=1), timedelta(days=7)  # nobody answered for; how new somebody is
SHOWN = 5  # links of one message


def newcomers(work: Work) -> bool:
    """One group a step, each once a day while it is awake there; True while there are more."""
    return daily(work, "engagement.newcomers", _look)


def _look(work: Work, profile: Profile, ops: int) -> None:
    notes = work.notes("engagement.newcomers", profile.chat)
    looked, until = notes.get("until"), work.now - DAY
    since = max(until - DAY if looked is None else datetime.fromisoformat(looked), until - 3 * DAY)
    notes.set("until", until.isoformat())
    rows = work.sql.all(store.UNWELCOMED, chat=profile.chat, since=since, until=until, young=since - YOUNG)
    people = members.people_to_ask(work, profile.chat)
    if not rows or not (people or ops):
        return
    links = [to for r in rows[:SHOWN] if (to := members.link_to(work, profile.chat, r.message_id))]
    data = {"title": profile.title, "n": len(rows), "links": links}
    person = people[0] if people else None
    work.say(Send(chat=None if person else ops, user=person, template="engagement/newcomers", data=data))
