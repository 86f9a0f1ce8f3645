"""Core messages: one thing said in changing dress, how lately, and how often each member met it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.promos import store

WINDOW = timedelta(days=28)
OFTEN = 3  # times a member met a message, from which it counts as often
LIST = 12  # messages of one answer


def message_of(work: Work, template: str) -> str:
    """The core message a template says, by its `message:` in the first language that has it; a template with
    `core:` alone is a message of its own; '' of any other."""
    content = work.content
    for lang in content.languages if content is not None else ():
        assert content is not None
        try:
            front = content.sources(template, lang)[0].front
        except Misfit:
            continue
        return str(front.get("message") or (template if front.get("core") else ""))
    return ""


def said_since(work: Work, chat: int, template: str, since: datetime) -> bool:
    """Was the message of this template said in the chat, in whatever dress?"""
    message = message_of(work, template)
    rows = work.sql.all(store.DRESSES_SAID, chat=chat, since=since)
    return any(r.template == template or message_of(work, r.template) == message for r in rows)


def exposures(work: Work) -> dict[str, Any]:
    """Each core message of the last 28 days: its posts and dresses, the groups it was said in, and of their
    members now how many met it never, once or twice, or from OFTEN times on. A member meets a post that was
    said in one of their groups while they were there; whether it was read nobody sees. Per message and group
    each member counts once."""
    since = work.now - WINDOW
    c = store.plan_slot.c
    said = sa.select(c.template, c.chat_id, c.at).where(c.at >= since, c.state == "said")
    posts: dict[str, list[Any]] = {}
    for row in work.sql.all(said):
        message = message_of(work, row.template or "")
        if message:
            posts.setdefault(message, []).append(row)
    found: list[dict[str, Any]] = []
    for message, rows in posts.items():
        met = _met(work, {str(r.template) for r in rows}, {r.chat_id for r in rows}, since)
        people = sum(met.values())
        times = sum(n * count for n, count in met.items())
        found.append(
            {
                "message": message,
                "posts": len(rows),
                "dresses": len({r.template for r in rows}),
                "groups": len({r.chat_id for r in rows}),
                "members": people,
                "mean": round(times / people, 1) if people else None,
                "never": met.get(0, 0),
                "some": sum(count for n, count in met.items() if 0 < n < OFTEN),
                "often": sum(count for n, count in met.items() if n >= OFTEN),
            }
        )
    found.sort(key=lambda f: (-f["posts"], f["message"]))
    return {"rows": found[:LIST], "more": max(0, len(found) - LIST)}


_stay = sa.table(
    "v_member",
    *(sa.column(n, sa.BigInteger) for n in ("chat_id", "person_id")),
    *(sa.column(n, store.plan_slot.c.at.type) for n in ("joined_at", "left_at")),
)


def _met(work: Work, templates: set[str], chats: set[int], since: datetime) -> dict[int, int]:
    """Members by how often they met one of these templates."""
    c, m = store.plan_slot.c, _stay.c
    here = sa.and_(
        c.chat_id == m.chat_id,
        c.template.in_(templates),
        c.state == "said",
        c.at >= since,
        sa.or_(m.joined_at.is_(None), m.joined_at <= c.at),
    )
    each = (
        sa.select(sa.func.count(c.due).label("n"))
        .select_from(_stay.outerjoin(store.plan_slot, here))
        .where(m.left_at.is_(None), m.chat_id.in_(chats))
        .group_by(m.chat_id, m.person_id)
        .subquery()
    )
    rows = work.sql.all(sa.select(each.c.n, sa.func.count().label("people")).group_by(each.c.n))
    return {int(r.n): int(r.people) for r in rows}
