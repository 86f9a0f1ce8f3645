"""What notes and filters said in a group of somebody who was forgotten since."""

from __future__ import annotations

from groupbot.core.effects import Edit
from groupbot.core.events import Person
from groupbot.core.fillings import kept
from groupbot.engine import naming
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.notes import store
from groupbot.features.notes.service.saying import SAID, filled


def redraw(work: Work, who: int) -> None:
    """It shows the name they have now; of a text that is no more nothing is left."""
    for chat, ref in naming.posts(work, who, SAID):
        work.chat = chat
        work.lang, work.zone = members.voice(work, chat, None)
        _, kind, number, n, _ = ref.split(":")
        row = (
            work.sql.first(store.NOTE, the_id=int(number))
            if kind == "n"
            else work.sql.first(store.FILTER, the_id=int(number), chat=chat)
        )
        draft = kept(row.draft) if row is not None else None
        if draft is None or int(n) >= len(draft.pieces):
            naming.blank(work, chat, ref)
            continue
        try:
            made = filled(work, chat, draft, draft.pieces[int(n)], Person(who, members.name(work, who)))
        except Misfit:
            naming.blank(work, chat, ref)
            continue
        work.say(Edit(chat=chat, ref=ref, text=made.text, entities=made.entities, buttons=made.buttons))
