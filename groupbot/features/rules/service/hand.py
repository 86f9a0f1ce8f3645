"""Cases made by people: who did what to whom, for which reason, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groupbot.core.events import Standing
from groupbot.engine.work import Work
from groupbot.features.members.domain import ADMIN_STATUS
from groupbot.features.rules import store
from groupbot.features.rules.domain.cases import HAND, Case
from groupbot.features.rules.service.recording import record


def by_hand(
    work: Work,
    chat: int,
    action: str,
    actor: int,
    by: int,
    *,
    until: datetime | None = None,
    reason: str = "",
    message_id: int = 0,
    carrier: str = "",
) -> Case:
    """Record what administrator `by` does to `actor` (a person, or negative a channel); the case with its
    number. `action`: warn, mute, kick, ban, unmute, unban, promote, demote."""
    case = Case(
        chat,
        HAND,
        1,
        "",
        carrier,
        actor,
        actor > 0,
        False,
        message_id,
        None,
        work.now,
        by=by,
        reason=reason[:200],
    )
    return record(work, case, action, until)


def by_rule(
    work: Work,
    chat: int,
    rule: tuple[str, int],
    action: str,
    actor: int,
    *,
    matched: str = "",
    carrier: str = "",
    message_id: int = 0,
    until: datetime | None = None,
    reason: str = "",
    by: int = 0,
) -> Case:
    """Record what a rule (its id and version) did that judges no messages; the case with its number. It is
    told and logged as all others. `actor` 0 concerns nobody alone; `by`: on whose word the rule acts."""
    what = (matched[:64], carrier[:40])
    case = Case(
        chat, *rule, *what, actor, actor > 0, False, message_id, None, work.now, by=by, reason=reason[:200]
    )
    return record(work, case, action, until)


def lifted(work: Work, chat: int, action: str, actor: int, by: int) -> None:
    """Mutes (or bans) of this person are over, because an administrator lifted them."""
    work.sql.run(store.FREED, chat=chat, who=actor, the_action=action, by=by, now=work.now)


def lifted_elsewhere(work: Work, event: Standing) -> None:
    """An administrator lifted a mute or ban in their own client: it is over here too. Who is muted and leaves
    is muted still."""
    by = event.sender
    if by is None or by.id in (work.bot_id, event.person.id):
        return
    if event.was == "restricted" and (event.status == "member" or event.status in ADMIN_STATUS):
        lifted(work, work.chat, "mute", event.person.id, by.id)
    elif event.was == "kicked" and event.status == "left":
        lifted(work, work.chat, "ban", event.person.id, by.id)


def warns(work: Work, chat: int, actor: int, since: datetime) -> list[Any]:
    """The warnings that count (`id, number, at, by_id, reason`), the newest first."""
    return work.sql.all(store.WARNS, chat=chat, who=actor, since=since)


def counts_no_more(work: Work, id_: int, by: int) -> None:
    """A case (a warning, a raid) was taken back by other means."""
    work.sql.run(store.UNDONE, the_id=id_, who=by, now=work.now)


def used_up(work: Work, id_: int, by: int) -> None:
    """A warning led to what the limit asks for; the count begins anew."""
    work.sql.run(store.DECIDED, the_id=id_, who=by, now=work.now)


def promoted_here(work: Work, chat: int, actor: int) -> bool:
    """Was this administrator made one through the bot? Only those can it change."""
    row = work.sql.first(store.LAST_ACT, chat=chat, who=actor)
    return row is not None and row.action == "promote"


def count(work: Work, chat: int, actor: int) -> int:
    """How many cases stand against somebody here."""
    return int(work.sql.value(store.COUNT, chat=chat, who=actor) or 0)
