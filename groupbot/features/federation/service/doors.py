"""What a list does by itself: a case of its own rule; and who is on it and asks to come in."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Admit
from groupbot.engine.work import Work
from groupbot.features.federation import store
from groupbot.features.federation.domain import RULE, Fed
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import Case


def by_list(work: Work, chat: int, action: str, found: Fed, row: Any, message: int = 0) -> Case:
    """Put what a list does to somebody here on record: by its rule, on the word of who listed them."""
    reason = f"{found.name}: {row.reason}".removesuffix(": ")
    return rules.by_rule(
        work, chat, RULE, action, row.person_id, carrier=found.code, message_id=message, reason=reason,
        by=row.by_id,
    )  # fmt: skip


def decline(work: Work, person: int, found: Fed, query: str) -> bool:
    """A request of somebody on this list is turned down; the first time it becomes a case, and who asks again
    is turned down under the same. False where staff took that case back: then people decide."""
    row = work.sql.first(store.ONE, fed=found.id, who=person)
    if row is None:
        return False
    id_, version = RULE
    before = work.sql.first(store.DECLINED, chat=work.chat, who=person, the_rule=id_, code=found.code)
    if before is not None and before.at >= row.at:
        if before.undone_at is not None:
            return False
        why = f"rule {id_} v{version}, case {before.number}"
    else:
        why = by_list(work, work.chat, "decline", found, row).why
    work.say(Admit(chat=work.chat, member=person, accept=False, query=query, why=why))
    return True
