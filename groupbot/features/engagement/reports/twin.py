"""The two goals of a group side by side, for a month: efficiency and trust; and what staff tagged."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import datetime

from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.answers import BETWEEN_MEMBERS
from groupbot.features.engagement.reports.asking import RATE, Ask, Figure

HORIZON = 72  # hours a notice is waited for
EFFICIENCY = ("notice_ack_half", "answer_half", "hops")
TRUST = ("repeat_contact", "reciprocity", "repurchase_60", "complaints")
TAGS = ("question", "complaint", "stock", "rival")


def more(ask: Ask) -> list[Figure]:
    """What the other reports have not: acknowledging, hops, repeat contact, tags."""
    month = ask.back(28)
    return [_acks(month), _hops(month), _repeat(month), *_tags(month)]


def _acks(month: Ask) -> Figure:
    """A row a reader: when the notice was put up, when they acknowledged it; who did not is as many rows as
    were expected more."""
    sql = month.sql(
        "SELECT n.notice_id, n.at, COALESCE(n.expected, (SELECT COUNT(DISTINCT m.person_id) FROM v_member m"
        " WHERE m.chat_id = {id} AND m.left_at IS NULL)), a.at FROM v_notice n LEFT JOIN v_ack a"
        " ON a.notice_id = n.notice_id AND a.version = n.version"
        " WHERE n.chat_id = {id} AND n.at >= {start} AND n.at < {end} ORDER BY n.notice_id, a.at"
    )
    read: dict[int, list[float | None]] = {}
    put_up: dict[int, tuple[datetime, int]] = {}
    for number, at, most, acked in month.rows(sql):
        put_up[number] = (month.at(at), int(most))
        own = read.setdefault(number, [])
        if acked is not None:
            own.append((month.at(acked) - month.at(at)).total_seconds() / 3600)
    waits: list[float | None] = []
    watched: list[float] = []
    for number, (at, most) in put_up.items():
        own = [*read[number], *[None] * max(0, most - len(read[number]))]
        waits += own
        watched += [(month.end - at).total_seconds() / 3600] * len(own)
    return month.made(
        "notice_ack_half", measures.middle_wait(waits, HORIZON, watched=watched), sql,
        "Kaplan–Meier at 0.5 of the hours from notice to acknowledgement; who is expected and has no row is"
        f" censored at {HORIZON} h or the span's end",
        unit="hours", per="members who should read a notice", n=len(waits), least=RATE,
    )  # fmt: skip


def _hops(month: Ask) -> Figure:
    """How many answers deep below a member's opening message the first answer of staff stands; 1: at once."""
    sql = month.sql(
        "SELECT message_id, reply_to, staff, kind FROM v_event WHERE {times} AND kind IN ('message', 'reply')"
        " AND message_id IS NOT NULL ORDER BY at, message_id"
    )
    depth = deepest(month.rows(sql))
    return month.made(
        "hops", sum(depth) / len(depth) if depth else None, sql,
        "mean, over members' opening messages that staff answered, of the answers from it down to the first of staff",
        unit="index", per="openings that staff answered", n=len(depth), least=RATE,
    )  # fmt: skip


def deepest(rows: list[tuple[int, int | None, bool, str]]) -> list[int]:
    """The depth of the first answer of staff below each opening of a member; (message, answers, staff, kind) in
    order of time."""
    at: dict[int, tuple[int, int]] = {}  # message: its opening, its depth
    found: dict[int, int] = {}
    for message, answers, staff, kind in rows:
        if kind == "message" or answers is None:
            if not staff:
                at[message] = (message, 0)
            continue
        above = at.get(answers)
        if above is None:
            continue
        opening, depth = above
        at[message] = (opening, depth + 1)
        if staff:
            found.setdefault(opening, depth + 1)
    return list(found.values())


def _repeat(month: Ask) -> Figure:
    pairs = (
        "SELECT MIN(at) AS first, MAX(at) AS last FROM (SELECT CASE WHEN f < t THEN f ELSE t END AS a,"
        f" CASE WHEN f < t THEN t ELSE f END AS b, at FROM ({BETWEEN_MEMBERS}) q) e GROUP BY a, b"
    )
    return month.figure(
        "repeat_contact",
        f"SELECT AVG(CASE WHEN last >= {month.plus('first', 1)} THEN 1.0 ELSE 0.0 END) FROM ({pairs}) p",
        unit="share", per="pairs who answered each other", n=f"SELECT COUNT(*) FROM ({pairs}) p", least=RATE,
    )  # fmt: skip


def _tags(month: Ask) -> list[Figure]:
    some = "SELECT COUNT(*) FROM v_tag WHERE {times} AND kind = '{kind}'"
    every = "SELECT COUNT(*) FROM v_tag WHERE {times}"
    return [
        *(month.figure("complaints" if kind == "complaint" else f"tagged_{kind}", some, kind=kind) for kind in TAGS),
        month.figure(
            "tagged_answered", "SELECT AVG(CASE WHEN answered_at IS NULL THEN 0.0 ELSE 1.0 END) FROM v_tag WHERE {times}",
            unit="share", per="messages tagged", n=every, least=RATE,
        ),
    ]  # fmt: skip
