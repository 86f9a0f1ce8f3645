"""Who may take part: asked when somebody enters, and again when the list is frozen."""

from __future__ import annotations

from datetime import date, timedelta

from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.ledger import service as ledger
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.service.boosts import boosting
from groupbot.features.lottery.service.resident import Lottery
from groupbot.features.members import service as members

WEEK, MONTH = timedelta(days=7), timedelta(days=30)


def unmet(work: Work, lottery: Lottery, person: int) -> str:
    """The first condition somebody does not meet now, or '': left | staff | new | captcha | active |
    invites | points | boost. What others know is read as written; the caller has flushed."""
    chat = lottery.chat
    if not members.is_here(work, chat, person):
        return "left"
    if members.is_staff(work, chat, person):
        return "staff"
    joined = members.joined_at(work, chat, person)
    if joined is not None and work.now < joined + timedelta(hours=lottery.tenure_hours):
        return "new"
    asked = lottery.conditions
    if asked.captcha and work.sql.value(store.JOIN_CHECK, chat=chat, who=person) in (
        "waiting",
        "failed",
        "kicked",
    ):
        return "captcha"
    if asked.active and messages(work, lottery, person) < asked.active:
        return "active"
    if asked.invites and invited(work, lottery, person) < asked.invites:
        return "invites"
    if asked.points and ledger.points_of(work, chat, person) < asked.points:
        return "points"
    if asked.boost and not boosting(work, chat, person):
        return "boost"
    return ""


def messages(work: Work, lottery: Lottery, person: int) -> int:
    """Messages of the seven days up to now. Presses and commands are none: taking part is no activity."""
    since = _week_ago(work, lottery.chat)
    return int(work.sql.value(store.SAID, chat=lottery.chat, who=person, since=since))


def _week_ago(work: Work, chat: int) -> date:
    """The day of a week ago on the chat's wall clock, by which activity is counted."""
    return (work.now - WEEK).astimezone(zone(members.voice(work, chat, None)[1])).date()


def invited(work: Work, lottery: Lottery, person: int) -> int:
    """People this person brought in within thirty days, who are here still."""
    return int(work.sql.value(store.INVITED, chat=lottery.chat, who=person, since=work.now - MONTH))


def tickets_of(work: Work, lottery: Lottery, person: int) -> int:
    """How many lots somebody has, 1 to MOST_TICKETS."""
    if lottery.tickets == "invites":
        more = invited(work, lottery, person)
    elif lottery.tickets == "active":
        since = _week_ago(work, lottery.chat)
        more = int(work.sql.value(store.DAYS, chat=lottery.chat, who=person, since=since)) - 1
    else:
        return 1
    return max(1, min(domain.MOST_TICKETS, 1 + more))
