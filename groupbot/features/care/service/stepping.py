"""The steps that are due: said, given to a human, put off or left out, once each.

People of one step in one group share one message. A step waits for quiet hours, the group's budget and the
stop switch, and is left out once it is later than the recipe's grace.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from groupbot.core.effects import Button, Delete, Edit, Rows, Send
from groupbot.engine import naming
from groupbot.engine.front import posted
from groupbot.engine.media import carried
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.care import store
from groupbot.features.care.domain import Recipe, Step
from groupbot.features.care.service import recipes, tasks
from groupbot.features.care.service.looking import since_order
from groupbot.features.checkin import service as checkin
from groupbot.features.engagement import service as engagement
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos

log = structlog.get_logger(__name__)
BATCH = 200  # steps of one look
NAMED = 5  # names in one message
POST = "care:"  # begins the name of a message in a group; then the first run it is for, and the step
_AGAIN = timedelta(minutes=10)  # a step that may not leave now is looked at again
_ALONE = timedelta(hours=20)  # between two words in private to one person, over all groups


def step_due(work: Work, most: int = BATCH) -> bool:
    """Do what is due, at most so many steps; True when there may be more. Each group's share is a step of
    its own: what fails costs itself."""
    first = work.sql.value(store.FIRST_DUE)
    if first is None or first > work.now:
        return False
    rows = work.sql.all(store.DUE, now=work.now, most=most)
    together: dict[tuple[str, int, int], list[Any]] = {}
    for row in rows:
        together.setdefault((row.recipe, row.chat_id, row.step), []).append(row)
    for key, runs in together.items():
        work.finally_(("care", *key), partial(_together, name=key[0], chat=key[1], number=key[2], runs=runs))
    return len(rows) == most


def _together(work: Work, *, name: str, chat: int, number: int, runs: list[Any]) -> None:
    recipe = next((r for r in recipes.on(work, chat) if r.name == name), None)
    if recipe is None or number >= len(recipe.steps):
        for row in runs:
            _end(work, row, "stopped", "off")
        return
    step = recipe.steps[number]
    here: list[Any] = []
    for row in runs:
        reason = _stops(work, recipe, row)
        if reason:
            _end(work, row, "stopped", reason)
        elif (work.now - row.planned).total_seconds() > recipe.grace:
            _on(work, recipe, row, "left", "late")
        elif not _wanted(work, step, row):
            _on(work, recipe, row, "left", "if")
        else:
            here.append(row)
    _say(work, recipe, step, chat, here)


def _say(work: Work, recipe: Recipe, step: Step, chat: int, rows: list[Any]) -> None:
    """Each by the first way that is open; in the group all together."""
    write, post = promos.may_write(work, chat)[0], promos.may_post(work, chat, "other")[0]
    public: list[Any] = []
    for row in rows:
        way = _way(work, step, row)
        if not way:
            _on(work, recipe, row, "left", "unreachable")
        elif way == "group" and not post:
            public.append(row)
        elif (post if way == "group" else write) or (way == "private" and _had_one(work, row.person_id)):
            work.sql.run(store.LATER, the_run=row.id, the_step=row.step, to_due=work.now + _AGAIN)
        else:
            _tried(work, recipe, chat, [row], partial(_alone, work, recipe, step, chat, row, way))
    if public:
        _tried(work, recipe, chat, public, partial(_post, work, recipe, step, chat, public))


def _tried(work: Work, recipe: Recipe, chat: int, rows: list[Any], say: Callable[[], None]) -> None:
    """Say it; a text that needs mending costs these people the step, and the recipe goes on."""
    try:
        say()
    except Misfit as e:
        log.error("care.unsaid", recipe=recipe.name, chat=chat, error=e.line())
        for row in rows:
            _on(work, recipe, row, "left", "template")


def _alone(work: Work, recipe: Recipe, step: Step, chat: int, row: Any, way: str) -> None:
    """To one person: in private, or by a human's hand."""
    if way == "task":
        data = at_hand(work, chat, [row.person_id] if row.person_id else [], row.number, step)
        tasks.give(work, chat, row, recipe.name, step.template, data)
        _on(work, recipe, row, "task", None)
    else:
        _send(work, recipe, step, chat, [row], user=row.person_id)
        _on(work, recipe, row, "private", None)


def _way(work: Work, step: Step, row: Any) -> str:
    """The first way that is open; a key person's is a task always."""
    person = row.person_id
    if person and tasks.key_human(work, row.chat_id, person):
        return "task"
    for way in step.to:
        if way != "private" or members.reachable(work, person):
            return way
    return ""


def _post(work: Work, recipe: Recipe, step: Step, chat: int, rows: list[Any]) -> None:
    ref = f"{POST}{rows[0].id}:{rows[0].step}"
    lang = members.voice(work, chat, None)[0]
    front = work.content.sources(step.template, lang)[0].front if work.content is not None else {}
    if promos.barred(work, chat, front):
        for row in rows:
            _on(work, recipe, row, "left", "repeat")
        return
    _send(work, recipe, step, chat, rows, ref=ref)
    promos.used(work, chat, front, ref)
    if step.replace:
        notes, key = work.notes("care", chat), f"{recipe.name}:{rows[0].step}"[:80]
        last = notes.get(key)
        if last:
            work.say(Delete(chat=chat, ref=last, why="replaced by the next"))
        notes.set(key, ref)
    naming.name(work, chat, ref, [row.person_id for row in rows if row.person_id])
    promos.posted(work, chat, "other", f"care:{recipe.name}")
    for row in rows:
        _on(work, recipe, row, "group", None)


def _send(work: Work, recipe: Recipe, step: Step, chat: int, rows: list[Any], **how: Any) -> None:
    data = at_hand(work, chat, [r.person_id for r in rows if r.person_id], rows[0].number, step)
    lang = members.voice(work, None if "user" in how else chat, how.get("user"))[0]
    front = work.content.sources(step.template, lang)[0].front if work.content is not None else {}
    folders = work.content.folders if work.content is not None else ()
    looks = carried(posted(front), folders, step.template)
    if "user" in how:
        looks.pop("lifetime", None)
    work.say(
        Send(
            chat=None if "user" in how else chat,
            template=step.template,
            data=data,
            buttons=_buttons(front, data),
            post=True,
            not_after=work.now + timedelta(seconds=min(recipe.grace, 3600)),
            why=f"recipe {recipe.name}, step {rows[0].step + 1}",
            **looks,
            **how,
        )
    )


def _buttons(front: dict[str, Any], data: dict[str, Any]) -> Rows:
    if not data.get("url"):
        return ()
    label = next(iter(front.get("buttons") or {}), "go")
    return ((Button(str(label), url=str(data["url"])),),)


def redraw(work: Work, who: int) -> None:
    """Messages in groups that name `who` show the name they have now; of a recipe or a text that is no more
    nothing is left."""
    every = promos.resident(work, recipes.KIND)
    for chat, ref in naming.posts(work, who, POST):
        work.chat = chat
        _, number, n = ref.split(":")
        run = work.sql.first(store.RUN, the_run=int(number))
        recipe = every.get(run.recipe) if run is not None else None
        if recipe is None or int(n) >= len(recipe.steps):
            naming.blank(work, chat, ref)
            continue
        step = recipe.steps[int(n)]
        data = at_hand(work, chat, naming.named(work, chat, ref), run.number, step)
        lang = members.voice(work, chat, None)[0]
        try:
            front = work.content.sources(step.template, lang)[0].front if work.content is not None else {}
            how: dict[str, Any] = {"ref": ref, "buttons": _buttons(front, data)}
            work.say(Edit(chat=chat, template=step.template, data=data, **how))
        except Misfit:
            naming.blank(work, chat, ref)


def at_hand(work: Work, chat: int, people: list[int], number: int, step: Step) -> dict[str, Any]:
    """What a template is given: `name`, `names` (five at most) and how many `more`, the group's `title`
    and `chat`, the
    trigger's `number`, and the step's own data."""
    names = [members.name(work, p) for p in people]
    return {
        "name": names[0] if names else "",
        "names": names[:NAMED],
        "more": max(0, len(names) - NAMED),
        "title": members.title(work, chat),
        "chat": promos.of_chat(members.profile(work, chat)),
        "number": number,
        **step.data,
    }


# --- whether
def _stops(work: Work, recipe: Recipe, row: Any) -> str:
    """Why a run ends here, or ''."""
    person, chat = row.person_id, row.chat_id
    if not person:
        return ""
    if not members.is_here(work, chat, person):
        return "gone"
    if members.left_alone(work, person):
        return "quiet"
    if recipe.when in ("birthday", "anniversary") and not _agreed(work, recipe.when, person):
        return "quiet"
    return next((word for word in recipe.stop if _holds(work, word, row)), "")


def _agreed(work: Work, when: str, person: int) -> bool:
    row = work.sql.first(store.WISH, person=person)
    return row is not None and bool(row.birthday if when == "birthday" else row.anniversary)


def _wanted(work: Work, step: Step, row: Any) -> bool:
    if not row.person_id:
        return True
    return all(_holds(work, w, row) for w in step.if_) and not any(_holds(work, w, row) for w in step.unless)


def _holds(work: Work, word: str, row: Any) -> bool:
    """Is it so by now? What counts is what happened since the run began."""
    chat, person, since = row.chat_id, row.person_id, row.began
    if word == "spoke":
        return engagement.spoke_since(work, chat, person, since)
    if word == "ordered":
        return since_order(work, chat, person, since)
    if word == "checked_in":
        return checkin.checked_in_since(work, chat, person, since)
    if word == "offers":
        return members.wishes.wants_offers(work, person)
    return members.reachable(work, person)


def _had_one(work: Work, person: int) -> bool:
    """One word in private a day, whatever recipes and groups there are; two of one look are one too."""
    said = work.cached("care.written").get(person)
    if said is not None and work.now - said < _ALONE:
        return True
    return work.sql.first(store.WRITTEN, person=person, since=work.now - _ALONE) is not None


# --- on
def _on(work: Work, recipe: Recipe, row: Any, way: str, reason: str | None) -> None:
    """Write down what became of the step, and go on to the next."""
    work.add(store.DONE, row.id, row.step, row.chat_id, row.person_id, recipe.name, way, reason, work.now)
    if way == "private":
        work.drop("care.talk", row.person_id)
        work.put("care.written", row.person_id, work.now)
    following = row.step + 1
    if following >= len(recipe.steps):
        _end(work, row, "done", None)
        return
    at = row.began + timedelta(seconds=recipe.steps[following].after)
    work.sql.run(store.NEXT, the_run=row.id, the_step=row.step, to_step=following, to_planned=at)


def _end(work: Work, row: Any, state: str, reason: str | None) -> None:
    work.sql.run(store.END, the_run=row.id, the_step=row.step, to_state=state, the_reason=reason)
    work.drop("care.waiting", row.chat_id)
