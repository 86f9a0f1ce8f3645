"""Care that a human gives: a task for somebody by name, with a draft they send in their own words."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from groupbot.core.effects import Button, Send
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.care import store
from groupbot.features.members import service as members

ANSWERED = -1  # the step of a task that says: they answered


class Done(Struct, frozen=True, tag="care.done"):
    """[Done]"""

    task: int


class Leave(Struct, frozen=True, tag="care.leave"):
    """[Not this time]"""

    task: int


def give(work: Work, chat: int, run: Any, why: str, template: str, data: dict[str, Any]) -> None:
    """Give the run's step to the human who looks after this person, else to who answers for the group.

    Raises:
        Misfit: the draft does not render.
    """
    lang, zone = members.voice(work, chat, None)
    draft = work.content.render(template, lang, data, zone).formatted.text if work.content else ""
    tell(work, chat, run.id, run.step, run.person_id, why, draft)


def tell(work: Work, chat: int, run: int, step: int, person: int, why: str, draft: str) -> int | None:
    """One task a (run, step): kept, and told in private where that can be. Who was told; 0: nobody could be,
    it waits in /tasks; None: there was one already."""
    if work.sql.first(store.HAS_TASK, the_run=run, the_step=step) is not None:
        return None
    human = _who(work, chat, person)
    row = work.sql.returning(
        store.NEW_TASK,
        chat_id=chat,
        run_id=run,
        step=step,
        person_id=person,
        human_id=human,
        why=why[:60],
        draft="" if step == ANSWERED else draft,  # what members say is passed on, not kept
        state="open",
        at=work.now,
    )[0]
    told = bool(human) and members.reachable(work, human)
    if told:
        work.say(
            Send(
                user=human,
                template="care/answered" if step == ANSWERED else "care/task",
                data=_shown(work, chat, person, why) | {"draft": draft},
                buttons=((Button("done", Done(row.id)), Button("leave", Leave(row.id))),),
                ref=f"care.task:{row.id}",
                why=f"task {row.id}",
            )
        )
    return human if told else 0


def _who(work: Work, chat: int, person: int) -> int:
    """Who gets a task about this person: who looks after them and is of the staff here still, else who
    answers for the group; the first of them who can be written to. 0: nobody is known."""
    own = key_human(work, chat, person)
    people = [own] if own and members.is_staff(work, chat, own) else []
    people += members.responsible(work, chat)
    return next((p for p in people if members.reachable(work, p)), people[0] if people else 0)


def settle(work: Work, number: int, person: int, *, left: bool) -> None:
    """The human says it is done, or leaves it.

    Raises:
        Refusal: not theirs, or settled before.
    """
    row = work.sql.first(store.TASK, the_id=number)
    if row is None or (row.human_id != person and not members.heads(work, row.chat_id, person)):
        raise Refusal("common/old_button")
    state = "dropped" if left else "done"
    if not work.sql.run(store.END_TASK, the_id=number, to_state=state, now=work.now, who=person):
        raise Refusal("common/old_button")


def open_here(work: Work, chat: int) -> list[dict[str, Any]]:
    """What waits for a human in a chat."""
    return [
        {
            "human": members.name(work, t.human_id) if t.human_id else "",
            **_shown(work, chat, t.person_id, t.why),
        }
        for t in work.sql.all(store.OPEN_TASKS, chat=chat)
    ]


def _shown(work: Work, chat: int, person: int, why: str) -> dict[str, Any]:
    return {
        "who": members.name(work, person) if person else "",
        "title": members.title(work, chat),
        "recipe": why,
    }


# --- key people
def key_human(work: Work, chat: int, person: int) -> int:
    """Who looks after this person here; 0: nobody by name."""
    found: dict[int, int] | None = work.cached("care.keys").get(chat)
    if found is None:
        found = {r.person_id: r.human_id for r in work.sql.all(store.KEYS, chat=chat)}
        work.put("care.keys", chat, found)
    return found.get(person, 0)


def look_after(work: Work, chat: int, person: int, human: int) -> None:
    """From now on `human` cares for this person, and the bot writes to them no more; 0: nobody."""
    if human:
        work.sql.run(store.KEEP_KEY, chat_id=chat, person_id=person, human_id=human, at=work.now)
    else:
        work.sql.run(store.DROP_KEY, chat=chat, person=person)
    work.drop("care.keys", chat)


def keys(work: Work, chat: int) -> list[dict[str, str]]:
    """Key people here and who looks after them."""
    return [
        {"who": members.name(work, r.person_id), "human": members.name(work, r.human_id)}
        for r in work.sql.all(store.KEYS, chat=chat)
    ]
