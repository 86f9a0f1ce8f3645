"""Another bot's groups in the database."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.core.events import Chat
from groupbot.engine import neighbours
from groupbot.engine.addresses import chat as chats
from groupbot.engine.addresses import resolve, set_state
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer


def anothers(work: Work, group: int, bot: int) -> int:
    """A group of this bot's as if it were another one's."""
    here = resolve(work, Chat(group, "supergroup", "West Lake")).id
    work.sql.run(sa.update(chats).where(chats.c.id == here).values(bot_id=bot))
    return here


def test_groups_of_other_bots_are_counted_while_they_are_active(writer: Writer) -> None:
    writer.write(lambda w: resolve(w, Chat(-1001, "supergroup", "mine")))
    writer.write(lambda w: resolve(w, Chat(9, "private", "Mei")))
    assert writer.write(neighbours.amiss) == []
    writer.write(anothers, -1002, 5)
    for group, state in ((-1003, "limited"), (-1004, "kicked"), (-1005, "retired")):
        writer.write(set_state, writer.write(anothers, group, 5), state)
    writer.write(set_state, writer.write(anothers, -1006, 6), "gone")
    writer.write(anothers, -1007, 7)
    said = [(e.where, e.what) for e in writer.write(neighbours.amiss)]
    assert said == [
        ("database", "it holds 2 active groups of another bot (5)"),
        ("database", "it holds 1 active group of another bot (7)"),
    ]
