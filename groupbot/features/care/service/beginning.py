"""A trigger went off: the recipes that wait for it begin, each once for each occasion."""

from __future__ import annotations

from datetime import datetime, timedelta

from groupbot.core.events import Joined
from groupbot.engine.work import Work
from groupbot.features.care import store
from groupbot.features.care.domain import Recipe
from groupbot.features.care.service import recipes
from groupbot.features.members import service as members
from groupbot.features.members.domain import SetUp


def joined(work: Work, event: Joined) -> None:
    """People came in. What came late begins nothing: nobody is welcomed a day after."""
    if work.late:
        return
    found = [r for r in recipes.on(work, work.chat) if r.when == "joined"]
    for person in event.people if found else ():
        if person.is_bot:
            continue
        at = members.joined_at(work, work.chat, person.id)
        if at is not None:  # the first of the two ways Telegram tells it
            for recipe in found:
                begin(work, recipe, work.chat, person.id, f"joined:{at:%Y-%m-%dT%H:%M:%S}", at)


def set_up(work: Work, happened: SetUp) -> None:
    """A group got its place."""
    for recipe in recipes.on(work, happened.chat):
        if recipe.when == "set_up":
            begin(work, recipe, happened.chat, 0, "set_up", work.now)


def _left_alone(work: Work, person: int) -> bool:
    return members.quiet(work, person) or members.opted_out(work, person)


def begin(
    work: Work,
    recipe: Recipe,
    chat: int,
    person: int,
    anchor: str,
    at: datetime,
    number: int = 0,
    *,
    before: bool = False,
) -> bool:
    """Begin a recipe at `at`, once for this anchor; False where it ran before, or lately, or the person is
    staff or wants to be left alone. What was so `before` the recipe was switched on is only written down."""
    if person and (members.is_staff(work, chat, person) or _left_alone(work, person)):
        return False
    if work.sql.first(store.EVER, the_recipe=recipe.name, chat=chat, person=person, the_anchor=anchor):
        return False
    if person and not before:
        last = work.sql.value(store.LAST_BEGAN, the_recipe=recipe.name, chat=chat, person=person)
        if last is not None and at - last < timedelta(seconds=recipe.again):
            return False
    first = at + timedelta(seconds=recipe.steps[0].after)
    work.sql.run(
        store.BEGIN,
        recipe=recipe.name,
        chat_id=chat,
        person_id=person,
        anchor=anchor,
        number=number,
        began=at,
        step=0,
        planned=first,
        due=first,
        state="done" if before else "waiting",
        reason="before" if before else None,
    )
    work.drop("care.waiting", chat)
    return not before
