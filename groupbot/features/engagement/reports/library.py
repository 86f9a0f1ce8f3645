"""What people did on posts that took something of the library, by its medium and its job."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from msgspec import Struct

from groupbot.engine.work import Work
from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.asking import came

FORTNIGHT = 14 * 24  # hours of a post's responses that count
LIBRARY = (
    "SELECT l.name, l.medium, l.job, p.chat_id, p.message_id, p.at, a.at AS acted, a.kind, a.person_id"
    " FROM v_library l JOIN v_post p ON p.chat_id = l.chat_id AND p.ref = l.ref"
    " LEFT JOIN v_act a ON a.chat_id = p.chat_id AND a.kind <> 'message'"
    " AND COALESCE(a.reply_to, a.message_id) = p.message_id"
)


class Response(Struct, frozen=True):
    """Items of one medium and job (or one item, by its `name`): posts that took them, presses, replies and
    reactions of people who are no staff within 14 days, how many people, and the hours to half of a post's
    responses, median over the posts with ten that have their 14 days behind them (None: there is none)."""

    medium: str
    job: str
    name: str
    posts: int
    presses: int
    replies: int
    reactions: int
    people: int
    half_life: float | None


def library(work: Work, *, by_item: bool = False) -> list[Response]:
    """What each medium and job (or each item) came to, the one with most responses a post first."""
    groups: dict[tuple[str, str, str], list[tuple[object, ...]]] = {}
    for row in work.sql.plain(LIBRARY):
        key = (row[1], row[2], row[0] if by_item else "")
        groups.setdefault(key, []).append(tuple(row))
    made = [_response(*key, rows, work.now) for key, rows in groups.items()]
    return sorted(made, key=lambda r: (-(r.presses + r.replies + r.reactions) / r.posts, r.medium, r.job))


def _response(medium: str, job: str, name: str, rows: list[tuple[object, ...]], now: datetime) -> Response:
    waits: dict[tuple[object, object], list[float]] = {}
    kinds: dict[str, int] = {}
    old: dict[tuple[object, object], bool] = {}
    people = set()
    for _, _, _, chat, message, at, acted, kind, person in rows:
        post = waits.setdefault((chat, message), [])
        if acted is None:
            continue
        old[chat, message] = came(at) + timedelta(hours=FORTNIGHT) <= now
        hours = (came(acted) - came(at)).total_seconds() / 3600
        if hours <= FORTNIGHT:
            post.append(hours)
            kinds[str(kind)] = kinds.get(str(kind), 0) + 1
            people.add(person)
    halves = [
        h for post, found in waits.items() if old.get(post) and (h := measures.half_life(found)) is not None
    ]
    return Response(
        medium, job, name, len(waits), kinds.get("tap", 0) + kinds.get("vote", 0), kinds.get("reply", 0),
        kinds.get("reaction", 0), len(people), median(halves) if halves else None,
    )  # fmt: skip
