"""Writing cases down, and telling the other features."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec import structs

from groupbot.engine.outbox_table import outbox
from groupbot.engine.work import Work
from groupbot.features.rules import store
from groupbot.features.rules.domain import ladder
from groupbot.features.rules.domain.cases import HAND, Case, Recorded
from groupbot.features.rules.service.returning import muted_one


def record(work: Work, case: Case, action: str, until: Any) -> Case:
    """Write a case, or its new action; the case with its id and number. What a rule did is told the other
    features."""
    made = _written(work, case, action, until)
    if not case.shadow and case.rule != HAND and action not in ("pending", "exempt"):
        work.emit(Recorded(made, action, until))
    return made


def _written(work: Work, case: Case, action: str, until: Any) -> Case:
    if action == ladder.MUTE:
        muted_one(work, case.chat, case.actor)
    if case.id:
        work.sql.run(store.BECOMES, the_id=case.id, the_action=action, ends=until)
        return case
    number = int(work.sql.value(store.LAST_NUMBER, chat=case.chat) or 0) + 1
    row = work.sql.returning(
        store.NEW,
        chat_id=case.chat,
        number=number,
        rule=case.rule,
        version=case.version,
        matched=case.matched,
        carrier=case.carrier,
        actor=case.actor,
        person=case.person,
        strong=case.strong,
        message_id=case.message_id,
        album=case.album,
        at=case.at,
        action=action,
        shadow=case.shadow,
        until=until,
        by_id=case.by or None,
        reason=case.reason,
        wish=case.wish,
        notice=case.notice,
        kind=case.kind,
    )[0]
    return structs.replace(case, id=row.id, number=number)


def erase(work: Work, person: int, to: int) -> bool:
    """What a rule matched in a person's messages stands in the reasons of what was done, too."""
    for row in work.sql.all(store.MATCHED, who=person):
        work.sql.run(
            sa.update(outbox)
            .where(outbox.c.chat_id == row.chat_id, outbox.c.why.contains(row.matched, autoescape=True))
            .values(why="")
        )
    return False
