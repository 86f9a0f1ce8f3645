"""After-glow: people come by themselves while the group's own have gone quiet. Whoever answers for the group
is told once, with whether newcomers would be greeted; where nobody can be reached, the operators are."""

from __future__ import annotations

from datetime import date, timedelta

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.features.engagement.reports.asking import Ask
from groupbot.features.engagement.reports.look import after_glow
from groupbot.features.engagement.reports.nudge import daily, local
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile

SPAN = timedelta(days=14)  # of one glow: it is told once


def glow(work: Work) -> bool:
    """One group a step, each once a day while it is awake there; True while there are more."""
    return daily(work, "engagement.glow", _look)


def _look(work: Work, profile: Profile, ops: int) -> None:
    today = local(work, profile.chat).date()
    notes = work.notes("engagement.glow", profile.chat)
    told = notes.get("told")
    if told is not None and today < date.fromisoformat(told) + SPAN:
        return
    found = after_glow(Ask(work, profile.chat, today - timedelta(days=7), today - timedelta(days=1)))
    people = members.people_to_ask(work, profile.chat)
    if found is None or not (people or ops):
        return
    greeting = work.me.settings.get("welcome")
    data = {
        "title": profile.title,
        "came": found[0],
        "quiet": found[1],
        "greeted": greeting is not None and bool(members.get(work, profile.chat, greeting)),
    }
    person = people[0] if people else None
    work.say(Send(chat=None if person else ops, user=person, template="engagement/glow", data=data))
    notes.set("told", today.isoformat())
