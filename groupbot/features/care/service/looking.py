"""Looks for what no event tells: silence, birthdays, anniversaries, milestones, thanks, orders, dates.

A look finds the same again and again; each occasion has its key, so it begins once. Only what happened
lately counts: switching a recipe on writes to nobody about last year.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo

from msgspec import Struct

from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.care import store
from groupbot.features.care.domain import ON, Recipe, falls_on, passed
from groupbot.features.care.service import recipes
from groupbot.features.care.service.beginning import begin
from groupbot.features.checkin import service as checkin
from groupbot.features.engagement import service as engagement
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import come
from groupbot.features.shop import service as shop

CHATS = 20  # of one look: a few milliseconds each
_BACK = timedelta(days=3)  # an outage so long misses nothing
_AT = "care.look"  # where the last look stopped


def look(work: Work) -> bool:
    """Look at the next twenty chats; True when there are more."""
    promos.reread(work, recipes.KIND)
    chats = [p.chat for p in members.profiles(work) if p.set_up and members.get(work, p.chat, ON)]
    start = int(work.cached(_AT).get(0, 0))
    for chat in chats[start : start + CHATS]:
        zone = zone_of(members.voice(work, chat, None)[1])
        notes = work.notes("care", chat)
        seen, now = notes.get("seen", []), recipes.on(work, chat)
        for recipe in now:
            seek = _LOOKS.get(recipe.when)
            if seek is not None:
                seek(Look(work, recipe, chat, zone, before=recipe.name not in seen))
        if seen != (names := [r.name for r in now]):
            notes.set("seen", names)
    more = start + CHATS < len(chats)
    work.put(_AT, 0, start + CHATS if more else 0)
    return more


class Look(Struct, frozen=True):
    """One recipe looked for in one chat; `before`: for the first time since it was switched on, so that what
    is so already is written down and not acted on."""

    work: Work
    recipe: Recipe
    chat: int
    zone: tzinfo
    before: bool

    @property
    def today(self) -> date:
        return self.work.now.astimezone(self.zone).date()

    def begin(
        self, person: int, anchor: str, number: int = 0, *, at: datetime | None = None, new: bool = False
    ) -> None:
        """Begin it for who is here still; `new`: it happens today, and cannot have been so before."""
        if person and not members.is_here(self.work, self.chat, person):
            return
        before = self.before and not new
        begin(self.work, self.recipe, self.chat, person, anchor, at or self.work.now, number, before=before)


def _silent(look: Look) -> None:
    last = look.today - timedelta(days=look.recipe.number)
    for person, day in engagement.silent_since(look.work, look.chat, last - _BACK, last):
        look.begin(person, f"silent:{day}", (look.today - day).days)


def _birthday(look: Look) -> None:
    for wish in look.work.sql.all(store.WISHES):
        if wish.birthday and falls_on(wish.birthday, look.today):
            look.begin(wish.person_id, f"birthday:{look.today.year}", new=True)


def _anniversary(look: Look) -> None:
    for wish in look.work.sql.all(store.WISHES):
        at = members.joined_at(look.work, look.chat, wish.person_id) if wish.anniversary else None
        if at is None:
            continue
        day = at.astimezone(look.zone).date()
        years = look.today.year - day.year
        if years and falls_on(f"{day:%m-%d}", look.today):
            look.begin(wish.person_id, f"anniversary:{years}", years, new=True)


def _milestone(look: Look) -> None:
    recipe = look.recipe
    if recipe.of == "members":
        reached = passed(members.count_here(look.work, look.chat), recipe.at, recipe.at[-1])
        if reached is not None:
            look.begin(0, f"members:{reached}", reached)
        return
    yesterday = look.today - timedelta(days=1)
    for person, streak, day in checkin.streaks(look.work, look.chat, yesterday, recipe.at[0]):
        reached = passed(streak, recipe.at, _BACK.days)
        if reached is not None:
            look.begin(person, f"streak:{reached}:{day - timedelta(days=streak - 1)}", reached)


def _thanks(look: Look) -> None:
    last = look.today - timedelta(days=look.today.isoweekday())  # the Sunday before
    if look.today - last > _BACK:
        return
    year, week, _ = last.isocalendar()
    found = engagement.answered(look.work, look.chat, last - timedelta(days=6), last, look.recipe.number)
    for person, answers in found:
        look.begin(person, f"thanks:{year}-W{week:02}", answers)


def _order(look: Look) -> None:
    for order, person, at in shop.handed_since(look.work, look.chat, look.work.now - _BACK):
        look.begin(person, f"order:{order}", at=at)


def _calendar(look: Look) -> None:
    assert look.recipe.calendar is not None
    since = look.work.now - timedelta(seconds=look.recipe.grace)
    for at in come(look.recipe.calendar, look.zone, since, look.work.now)[0]:
        look.begin(0, f"date:{at:%Y-%m-%dT%H:%M}", at=at)


_LOOKS: dict[str, Callable[[Look], None]] = {
    "silent": _silent,
    "birthday": _birthday,
    "anniversary": _anniversary,
    "milestone": _milestone,
    "thanks": _thanks,
    "order": _order,
    "calendar": _calendar,
}


def since_order(work: Work, chat: int, person: int, since: datetime) -> bool:
    """Did this person get an order handed over since?"""
    return any(who == person for _, who, _ in shop.handed_since(work, chat, since))
