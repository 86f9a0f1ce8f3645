"""Who answers for a group and does not speak in it is reminded: once, in private, with what to answer.

At twice the days, and as many after the reminder, the operators are told once, or of who cannot be written to
that it is so. Whatever they do in the group begins the count anew, a reaction too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from groupbot.core.effects import Send
from groupbot.engine import words
from groupbot.engine.addresses import ops_chat
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import NUDGE
from groupbot.features.engagement.reports.answers import ANSWERED, QUESTIONS, had_a_day
from groupbot.features.engagement.reports.asking import Ask
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile

AWAKE = (9, 20)  # o'clock on the group's wall clock
OPEN = 3  # questions shown, things to say
DRAFTS = ("thank", "sells", "plans")  # what else there is to say
WEEK = timedelta(days=7)


def nudge(work: Work) -> bool:
    """One group a step, each once a day while it is awake there; True while there are more."""
    name = "engagement.nudge"

    def fits(p: Profile) -> bool:
        return bool(
            p.owner
            and p.there
            and members.get(work, p.chat, NUDGE)
            and not members.opted_out(work, p.owner)  # what they do is not written down
            and _first_today(work, name, p.chat)
        )

    found = members.next_group(work, name, fits)
    if found is not None and found.owner:
        _look(work, found.chat, found.owner, found.title, int(members.get(work, found.chat, NUDGE)))
    return found is not None


def local(work: Work, chat: int) -> datetime:
    """Now on a group's wall clock."""
    return work.now.astimezone(words.zone(members.voice(work, chat, None)[1]))


def daily(work: Work, name: str, look: Callable[[Work, Profile, int], None]) -> bool:
    """`look(work, profile, ops)` at the next group, but for that of the operators, at which `name` did not
    look today: once a day, while it is awake there. False: all were looked at."""
    ops = ops_chat(work)

    def fits(p: Profile) -> bool:
        return p.there and p.chat != ops and _first_today(work, name, p.chat)

    profile = members.next_group(work, name, fits)
    if profile is not None:
        look(work, profile, ops)
    return profile is not None


def _first_today(work: Work, name: str, chat: int) -> bool:
    now = local(work, chat)
    return AWAKE[0] <= now.hour < AWAKE[1] and work.notes(name, chat).first(now.date().isoformat())


def _look(work: Work, chat: int, owner: int, title: str, days: int) -> None:
    acted: datetime | None = work.sql.value(store.ACTED_LAST, chat=chat, person=owner)
    begun: datetime | None = acted or work.sql.value(store.FIRST_EVENT, chat=chat)
    if begun is None:
        return
    notes, key = work.notes("engagement.nudge", chat), f"told:{owner}"  # goes when they are forgotten
    known: dict[str, Any] = notes.get(key) or {}
    if acted is None and known:  # the events of then are forgotten
        begun = min(begun, datetime.fromisoformat(known["since"]))
    back = members.back_in(work, owner)  # what they did while they had opted out is not known
    begun = max(begun, back) if back is not None else begun
    silent = (work.now - begun).days
    since = begun.isoformat()
    told = int(known["n"]) if known.get("since") == since else 0
    data = {"title": title, "days": silent, "never": acted is None and back is None}
    today = local(work, chat).date()
    if silent >= days and told < 1 and members.reachable(work, owner):
        step = 1
        data |= {"topics": topics(unanswered(Ask(work, chat, today - WEEK, today)))}
        work.say(Send(user=owner, template="engagement/silent", data=data))
    elif silent >= 2 * days and told < 2 and (not told or _days(known["on"], today) >= days):
        step, to = 2, _ops(work, chat)
        if to:
            work.say(Send(chat=to, template="engagement/silent_lead", data=data | {"reminded": told == 1}))
    else:
        return
    notes.set(key, {"since": since, "n": step, "on": today.isoformat()})


def _days(since: str, until: date) -> int:
    return (until - date.fromisoformat(since)).days


def topics(links: list[str]) -> list[dict[str, str]]:
    """Three things to say: questions nobody answered, then drafts."""
    asked = [{"link": link, "draft": ""} for link in links[:OPEN]]
    return [*asked, *({"link": "", "draft": d} for d in DRAFTS[: OPEN - len(asked)])]


def _ops(work: Work, chat: int) -> int:
    ops = ops_chat(work)
    return ops if ops and ops != chat else 0


def unanswered_sql(ask: Ask) -> str:
    """The SQL of the newest three questions of the span that nobody answered, each of which had a day for
    it."""
    return ask.sql(
        f"SELECT message_id FROM {QUESTIONS} AND message_id NOT IN {ANSWERED}"
        " ORDER BY at DESC LIMIT {most}",
        had_a_day=had_a_day(ask),
        most=str(OPEN),
    )


def unanswered(ask: Ask) -> list[str]:
    """Links to them."""
    work, chat = ask.work, ask.chat
    if not members.link_to(work, chat, 1):
        return []
    return [members.link_to(work, chat, int(number)) for (number,) in ask.rows(unanswered_sql(ask))]
