"""What follows the bot's posts: how long people respond, who leaves, who wants to hear no more."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.asking import RATE, Ask, Figure

FORTNIGHT = 14  # days of a post's responses that count
POSTED = "SELECT at FROM v_post WHERE {times} ORDER BY at"
GONE = (
    "SELECT at FROM v_event WHERE {times} AND kind = 'leave'"
    " AND person_id NOT IN (SELECT person_id FROM v_hired WHERE {chat}) ORDER BY at"
)
_TIRED = (
    "SELECT COUNT(DISTINCT w.person_id) FROM v_wish w WHERE w.given AND w.at >= {start} AND w.at < {end}"
    " AND w.kind IN ({kinds}) AND EXISTS (SELECT 1 FROM v_member m WHERE m.chat_id = {id}"
    " AND m.person_id = w.person_id AND (m.joined_at IS NULL OR m.joined_at <= w.at)"
    " AND (m.left_at IS NULL OR m.left_at > w.at))"
)


def responses(ask: Ask, month: Ask) -> list[Figure]:
    """Rhythm and half-life of the bot's posts, and signs that there are too many."""
    times = month.sql(POSTED)
    posts = [month.at(r[0]) for r in month.rows(times)]
    return [
        ask.figure("posts", "SELECT COUNT(*) FROM v_post WHERE {times}"),
        month.made("rhythm", measures.rhythm(posts), times, "Kim and Jo's A of the gaps", unit="index",
                   per="posts of the bot", n=len(posts), least=5),
        _half_life(month),
        *_tired(month, posts),
    ]  # fmt: skip


def _half_life(month: Ask) -> Figure:
    """Of the posts that have their fourteen days behind them."""
    shift = timedelta(days=FORTNIGHT)
    old = Ask(month.work, month.chat, month.first - shift, month.last - shift)
    came = old.sql(
        "WITH a AS MATERIALIZED (SELECT COALESCE(reply_to, message_id) AS post, at FROM v_act WHERE {chat}"
        " AND at >= {start} AND at < {until} AND kind <> 'message')"
        " SELECT p.message_id, p.at, a.at FROM v_post p JOIN a ON a.post = p.message_id"
        " WHERE p.chat_id = {id} AND p.at >= {start} AND p.at < {end}",
        until=month.words["end"],
    )
    by: dict[int, list[float]] = {}
    for post, at, when in old.rows(came):
        by.setdefault(post, []).append((old.at(when) - old.at(at)).total_seconds() / 3600)
    most = 24 * FORTNIGHT
    halves = [
        h for waits in by.values() if (h := measures.half_life([w for w in waits if w <= most])) is not None
    ]
    return old.made(
        "half_life", median(halves) if halves else None, came,
        "a post's time to half its responses of 14 days; median of the posts with ten",
        unit="hours", per="posts with ten responses", n=len(halves), least=1,
    )  # fmt: skip


def _tired(month: Ask, posts: Sequence[datetime]) -> list[Figure]:
    """Who mutes is invisible: leaves after posts, wishes to be left alone, and who blocked the bot."""
    left = month.sql(GONE)
    leaves = [month.at(r[0]) for r in month.rows(left)]
    apart: list[datetime] = []  # posts of one hour are looked at as one
    for post in posts:
        if not apart or post >= apart[-1] + measures.HOUR:
            apart.append(post)
    soon = sum(any(p <= g < p + measures.HOUR for p in apart) for g in leaves)
    usual = sum(measures.usual_leaves(p, leaves, posts, month.start, month.end) for p in apart)
    return [
        month.made("leaves_after_posts", soon / usual if usual else None, left,
                   f"leaves within an hour of a post ÷ the usual of those hours on days without one; posts: {month.sql(POSTED)};",
                   unit="factor", per="leaves", n=len(leaves), least=RATE),
        month.figure("opted_out", _TIRED, kinds="'optout', 'quiet'"),
        month.figure("blocked", _TIRED, kinds="'blocked'"),
    ]  # fmt: skip
