"""Operators' hands on plans: a post at once, what is planned everywhere, and how a broadcast goes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from typing import Any

import msgspec
import sqlalchemy as sa

from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Begins
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain import Audience, Plan, close, explain, stars
from groupbot.features.promos.service import files
from groupbot.features.promos.service.approval import ALONE, affordable
from groupbot.features.promos.service.ask import RETIRED, STOPPED_BY
from groupbot.features.promos.service.load import BY_HAND
from groupbot.features.promos.service.review import ops_chat

TEXT_LIMIT = 3500  # characters of a post by hand
EDITS = 6  # a minute in one chat, of its 20 messages and edits
_FRESH = timedelta(hours=1)  # how long a broadcast's progress is shown
_LOOK = timedelta(seconds=5)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_STATES = {"done": "sent", "dead": "failed", "unknown": "failed"}


def post(work: Work, audience: str, text: str, *, paid: bool = False) -> int:
    """Plan a notice for now, in every chat of an audience; it waits for an operator's word. Its id.
    `paid`: it leaves at up to 1,000 a second, for Stars.

    Raises:
        Refusal: no such audience, nobody in it, a text too long, or more Stars than the settings allow.
    """
    whom, chats = reaching(work, audience)
    if len(text) > TEXT_LIMIT:
        raise Refusal("promos/too_long", limit=TEXT_LIMIT)
    if paid:
        affordable(work, stars(len(chats)))
    zones = [members.voice(work, chat, None)[1] for chat in chats]
    now = work.now.replace(microsecond=0)
    here = now.astimezone(zone_of(zones[0])).replace(tzinfo=None)
    plan = Plan(
        name=_free(work, f"/post {here:%m-%d %H:%M:%S}"),
        whom=whom,
        pool=("promos/greeting",),
        start=here,
        kind="notice",
        data={"text": text},
        grace=12 * 3600,
        asks=True,
        paid=paid,
    )
    spec = msgspec.json.encode(plan)
    work.sql.run(
        store.KEEP_PLAN,
        name=plan.name,
        source=BY_HAND,
        spec=spec.decode(),
        hash=hashlib.sha256(spec).hexdigest(),
        state="live",
        loaded_at=work.now,
    )
    plan_id = int(work.sql.value(store.BY_NAME, the_name=plan.name) or 0)
    for chat, zone in zip(chats, zones, strict=True):
        work.add(store.SLOTS, chat, plan_id, now, "waiting", None, None, plan.kind, None, zone, None)
    return plan_id


def _free(work: Work, name: str) -> str:
    """The name, or with a number where another post by hand has it: of that second, or another year."""
    names = chain((name,), (f"{name} {n}" for n in count(2)))
    return next(n for n in names if work.sql.value(store.BY_NAME, the_name=n) is None)


def reaching(work: Work, audience: str) -> tuple[Audience, list[int]]:
    """An audience by its name, and the chats in it now.

    Raises:
        Refusal: no such audience, or nobody in it.
    """
    content = work.content
    known = files.read(content.folders).audiences if content is not None else {}
    if audience not in known:
        raise Refusal("promos/no_audience", name=audience, near=close(audience, known))
    chats = [p.chat for p in members.profiles(work) if explain(known[audience], p)[0]]
    if not chats:
        raise Refusal("promos/no_audience", name=audience, near="")
    return known[audience], chats


def schedule(work: Work, most: int = 12) -> list[dict[str, Any]]:
    """What comes next in all chats together: when on the first chat's clock, plan, number of chats."""
    found: dict[tuple[str, str], int] = {}
    for row in work.sql.all(store.NEXT_ALL, most=2000):
        when = f"{row.due.astimezone(zone_of(row.zone)):%m-%d %H:%M}"
        key = (when, row.name)
        found[key] = found.get(key, 0) + 1
    rows = [{"when": when, "plan": name, "chats": n} for (when, name), n in found.items()]
    return rows[:most]


def running(work: Work) -> list[dict[str, Any]]:
    """The broadcasts of the last hour to more than five chats that have news: who is told (the operators'
    chat, and in private who approved it), under which name, and chats by state.

    Edits share a group's 20 messages a minute: all broadcasts together take EDITS of them, and the end of
    each one more.
    """
    told = work.cached("promos.progress")
    if work.now - told.get("looked", _LONG_AGO) < _LOOK:
        return []
    work.put("promos.progress", "looked", work.now)
    found = []
    rows = work.sql.all(store.BROADCASTS, since=work.now - _FRESH, more_than=ALONE)
    live = sum(not _over(told[k][1]) for r in rows if (k := (r.plan_id, r.due)) in told)
    for row in rows:
        key = (row.plan_id, row.due)
        at, before = told.get(key, (_LONG_AGO, None))
        if before is not None and _over(before):
            continue
        counts = progress(work, row.plan_id, row.due)
        early = work.now - at < max(1, live) * timedelta(minutes=1) / EDITS
        if counts == before or (early and not _over(counts)):
            continue
        work.put("promos.progress", key, (work.now, counts))
        name = plan_name(work, row.plan_id)
        base = f"promos.progress:{row.plan_id}:{row.due:%Y-%m-%dT%H:%M:%S}"
        for ref, to in _hearers(work, row.plan_id, base):
            found.append(
                {"ref": ref, "to": to, "first": not _posted(work, ref), "data": {"plan": name, **counts}}
            )
    return found


def _over(counts: dict[str, int]) -> bool:
    """Nothing of it is to come."""
    return not counts["queued"] + counts["held"] + counts["ahead"]


def _hearers(work: Work, plan_id: int, base: str) -> Iterator[tuple[str, dict[str, int]]]:
    """(name of the message, where it goes) of each who is told."""
    if work.me.ops_chat:
        yield base, {"chat": ops_chat(work)}
    starter = work.sql.value(store.STARTER, plan=plan_id)
    if starter is not None and members.reachable(work, starter):
        yield f"{base}:{starter}", {"user": starter}


def progress(work: Work, plan_id: int, due: datetime) -> dict[str, int]:
    """Chats by what became of one slot: sent, failed, queued (in the outbox), held, skipped, ahead."""
    counts = dict.fromkeys(("sent", "failed", "queued", "held", "skipped", "ahead"), 0)
    for row in work.sql.all(store.COUNTS, plan=plan_id, the_due=due):
        name = {"waiting": "ahead", "held": "held", "skipped": "skipped"}.get(row.state)
        if name:
            counts[name] += row.n
    start = f"promo:{plan_id}:{due:%Y-%m-%dT%H:%M:%S}:"
    o = outbox.c
    meant = sa.func.coalesce(o.error, "").not_in((STOPPED_BY, RETIRED))  # those slots are skipped
    query = (
        sa.select(o.state, sa.func.count().label("n"))
        .where(Begins(o.ref, start), o.kind == "send", meant)
        .group_by(o.state)
    )
    for row in work.sql.all(query):
        counts[_STATES.get(row.state, "queued")] += row.n
    return counts


def plan_name(work: Work, plan_id: int) -> str:
    """A plan's name; … of one that is gone."""
    return next((str(r.name) for r in work.sql.all(store.NAME, the_id=plan_id)), "…")


def _posted(work: Work, ref: str) -> bool:
    query = sa.select(outbox.c.id).where(outbox.c.ref == ref, outbox.c.kind == "send").limit(1)
    return work.sql.first(query) is not None
