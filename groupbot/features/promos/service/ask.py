"""What admins and operators ask of plans: what is next here, what was skipped; stop and go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groupbot.engine.outbox_table import posted_as
from groupbot.engine.taking_back import drop_posts
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain import STOPPED, Dropped
from groupbot.features.promos.service.library import unused
from groupbot.features.promos.service.saying import ref_of
from groupbot.features.promos.service.standing_in import INSTEAD

STOPPED_BY, RETIRED = "stopped by an operator", "the group was retired"  # why a post was given up unsent


def next_and_skipped(work: Work, chat: int) -> dict[str, Any]:
    """The next five slots and the last five skips of a chat, on its clock."""

    def when(row: Any) -> str:
        return f"{row.due.astimezone(zone_of(row.zone)):%m-%d %H:%M}"

    return {
        "next": [
            {"when": when(r), "plan": r.name, "kind": r.kind}
            for r in work.sql.all(store.NEXT_HERE, chat=chat)
        ],
        "skipped": [
            {"when": when(r), "plan": r.name, "reason": r.reason, "detail": r.detail or ""}
            for r in work.sql.all(store.SKIPPED_HERE, chat=chat)
        ],
        "stopped": stopped(work),
    }


def stopped(work: Work) -> bool:
    """Are all planned posts stopped?"""
    return bool(members.get(work, 0, STOPPED))


def stop_all(work: Work, by: int) -> int:
    """Stop every planned post, those waiting in the outbox too, whoever put them there; how many of these
    there were."""
    members.put(work, STOPPED, True, by=by)
    return _drop(work, STOPPED_BY)


def stop_chat(work: Work, chat: int) -> int:
    """Give up the planned posts of one chat that wait in the outbox; how many there were."""
    return _drop(work, RETIRED, chat)


def _drop(work: Work, why: str, of: int = 0) -> int:
    rows = drop_posts(work, why, of)
    refs = [str(r.ref) for r in rows]
    for row in rows:
        kind, *parts = row.ref.split(":")
        if kind in ("promo", INSTEAD) and len(parts) == 5:
            plan_id, chat = int(parts[0]), int(parts[4])
            due = datetime.fromisoformat(":".join(parts[1:4])).replace(tzinfo=UTC)
            if kind == INSTEAD and _announced(work, plan_id, chat, due):
                continue
            work.sql.run(store.TAKE_BACK, plan=plan_id, chat=chat, the_due=due, now=work.now)
            _forget_recent(work, chat)
        elif row.chat_id is not None:  # no plan's: its share of the group's room is free again
            work.sql.run(store.NOT_POSTED, chat=row.chat_id, the_at=row.said_at)
            _forget_recent(work, row.chat_id)
    unused(work, refs)
    if refs:
        work.emit(Dropped(tuple(refs)))
    return len(refs)


def _forget_recent(work: Work, chat: int) -> None:
    work.drop("promos.recent", 0)
    work.drop("promos.recent", chat)


def _announced(work: Work, plan_id: int, chat: int, due: datetime) -> bool:
    """Was the slot itself said, and something later in the place of its expert, who did not come?"""
    return bool(posted_as(work, ref_of(plan_id, chat, due), chat))


def resume(work: Work, by: int) -> None:
    """Planned posts go on with the next slots; what came meanwhile stays skipped."""
    members.put(work, STOPPED, False, by=by)
