"""The card that asks somebody whether their photo may enter."""

from __future__ import annotations

from groupbot.core.effects import Button, Delete, Edit, Rows
from groupbot.engine import naming
from groupbot.engine.work import Work
from groupbot.features.contest import store
from groupbot.features.contest.domain import Agree
from groupbot.features.members import service as members

ASKING = "contest.asked:"  # begins its name; then the contest, and the photo as a button keeps it


def ref(contest: int, photo: int) -> str:
    """The name of the card about a photo."""
    return f"{ASKING}{contest}:{photo}"


def answers(contest: int, person: int, photo: int) -> Rows:
    """Yes and no."""
    yes, no = (Agree(contest, person, photo, word) for word in (True, False))
    return ((Button("yes", yes), Button("no", no)),)


def redraw_asked(work: Work, who: int) -> None:
    """A card that asks `who` goes: nobody can answer it. One by them shows the name they have now."""
    for chat, name in naming.posts(work, who, ASKING):
        work.chat = chat
        number, photo = map(int, name.removeprefix(ASKING).split(":"))
        person, by = naming.named(work, chat, name)[-2:]
        row = work.sql.first(store.ONE, the_id=number)
        if row is None or person == who:
            work.say(Delete(chat=chat, ref=name, why="who it asks is a former member"))
            continue
        data = {"title": row.title, "name": members.name(work, person), "by": members.name(work, by)}
        rows = answers(number, person, photo)
        work.say(Edit(chat=chat, ref=name, template="contest/nominated", data=data, buttons=rows))
