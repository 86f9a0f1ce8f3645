"""Experts and the sessions they hold. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from groupbot.features.members.domain import Setting

HOUR = timedelta(hours=1)
LATE = timedelta(minutes=15)  # after which who has not answered yet counts as not come
SOONEST, LATEST = timedelta(0), timedelta(days=30)
TOPIC, QUESTION, ANSWER = 60, 500, 1500  # characters at most
QUEUE = 100  # questions of one session
EACH = 3  # of one member
FALLBACK = Setting(
    "expert_fallback", "", "What is said when an expert does not come: a recording's address, some words",
    kind="text",
)  # fmt: skip
COST = Setting(
    "expert_hour_cost", 0, "What an hour of an expert costs, in your own money; 0: the report tells no cost",
    least=0, most=1_000_000,
)  # fmt: skip


def cost(seconds: float, answered: int, an_hour: int) -> tuple[int, int | None] | None:
    """(of a session, of each answered question) in the money of `an_hour`, rounded; None where that is 0."""
    if not an_hour:
        return None
    whole = an_hour * seconds / 3600
    return round(whole), round(whole / answered) if answered else None


class Slot(Struct, frozen=True):
    """A planned slot that announces a session: of which plan, due when; `ref` is its post where that is the
    session's card, else ''."""

    chat: int
    topic: str
    starts: datetime
    thread: int | None
    plan: int
    due: datetime
    ref: str


class Over(Struct, frozen=True):
    """A session that ended: `state` closed or missed; `plan` and `due` name its slot, if it has one."""

    number: int
    chat: int
    topic: str
    name: str
    asked: int
    state: str
    plan: int | None
    due: datetime | None


def parts(text: str) -> tuple[str, str]:
    """`Storage of hawthorn; evenings` as topic and availability."""
    topic, _, hours = text.replace("；", ";").partition(";")
    return " ".join(topic.split())[:TOPIC], " ".join(hours.split())[:TOPIC]


def ended(starts: datetime, ends: datetime, now: datetime, came: bool) -> str:
    """`missed` where the expert did not come in the first quarter of an hour, `closed` at the end, else ''.
    Who answered a question or wrote in the group since the start has come."""
    if now >= ends:
        return "closed" if came else "missed"
    return "missed" if now - starts >= LATE and not came else ""
