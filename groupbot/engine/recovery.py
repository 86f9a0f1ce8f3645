"""After a start: what was leaving when the bot died."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.outbox_table import outbox
from groupbot.engine.work import Work

_o = outbox.c


def recover(work: Work) -> None:
    """After a start: what was leaving when the bot died. Sends and new topics may have landed: unknown,
    never repeated; the rest is done again."""
    work.sql.run(
        sa.update(outbox)
        .where(_o.state == "sending", sa.or_(_o.kind == "send", _o.payload.contains('"act":"create"')))
        .values(state="unknown", done_at=work.now, error="the bot stopped while it was leaving")
    )
    work.sql.run(sa.update(outbox).where(_o.state == "sending").values(state="waiting"))
