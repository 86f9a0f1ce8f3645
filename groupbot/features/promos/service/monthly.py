"""A rehearsed month as what a picture shows: letters for plans, marks on days, what operators should see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from groupbot.core.later import Later
from groupbot.engine.picture.month import LETTERS, Cell, Entry, MonthPicture
from groupbot.engine.words import weekday
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain import Plan
from groupbot.features.promos.domain.festivals import is_holiday, published
from groupbot.features.promos.service.month import Limits, Month, limits, month, without_expert

lunar_python = Later("lunar_python")
Said = Callable[[str], str]
COUNTRY = "CN"
GAPS = 5  # gaps named
_REASONS = {
    "quiet": "quiet hours",
    "mourning": "a day of mourning",
    "free_day": "a day without promotions",
    "promotions": "promotions of the day are used up",
    "posts": "posts of the day are used up",
    "gap": "too close to the post before",
}


def picture(made: Month, plans: Sequence[Plan], lang: str, said: Said) -> MonthPicture:
    """The picture's words in a language; `said` translates."""
    order = sorted([*made.said, *((wall, name) for wall, name, _ in made.held)])
    names = list(dict.fromkeys(name for _, name in order))  # the first to come is A
    letter = {n: LETTERS[i % len(LETTERS)] for i, n in enumerate(names)}
    days: dict[date, dict[tuple[str, bool], datetime]] = defaultdict(dict)
    for wall, name in sorted(made.said):
        days[wall.date()].setdefault((letter[name], False), wall)
    for wall, name, _ in sorted(made.held):
        if (letter[name], False) not in days[wall.date()]:
            days[wall.date()].setdefault((letter[name], True), wall)
    every = [made.first + timedelta(days=n) for n in range(made.days)]
    month_name = f"{made.first:%Y}年{made.first.month}月" if lang == "zh" else f"{made.first:%B %Y}"
    return MonthPicture(
        said("Posts of {month}").format(month=month_name),
        said("{groups} · {plans} · dotted: held by a limit").format(
            groups=_groups(made.chats, said), plans=_plans(len(plans), said)
        ),
        tuple(_short_weekday(lang, d) for d in _a_week()),
        made.first.weekday(),
        tuple(
            Cell(d.day, day_note(d), is_holiday(COUNTRY, d), tuple(sorted(days[d], key=days[d].__getitem__)))
            for d in every
        ),
        tuple(_entry(made, name, letter[name], said) for name in names),
        tuple(_notes(made, said)),
    )


def _a_week() -> list[date]:
    return [date(2024, 1, 1) + timedelta(days=n) for n in range(7)]  # a Monday first


def _short_weekday(lang: str, at: date) -> str:
    word = weekday(lang)(at.isoformat())
    return word.removeprefix("周") if lang == "zh" else word


def day_note(at: date) -> str:
    """The festival of a day in two or three signs, else its lunar day, or the month on its first."""
    lunar = lunar_python.Solar.fromYmd(at.year, at.month, at.day).getLunar()
    for name in [*lunar.getFestivals(), *lunar.getSolar().getFestivals()]:
        if len(name) <= 3:
            return str(name)
    if lunar.getJieQi() in ("清明", "冬至"):
        return str(lunar.getJieQi())
    if lunar.getDay() == 1:
        return f"{lunar.getMonthInChinese()}月"
    return str(lunar.getDayInChinese())


def _entry(made: Month, name: str, letter: str, said: Said) -> Entry:
    times: dict[str, list[int]] = defaultdict(list)
    chats = 0
    for (wall, plan), n in sorted(made.said.items()):
        if plan == name:
            times[f"{wall:%H:%M}"].append(wall.day)
            chats = max(chats, n)
    when = "; ".join(f"{at} · {spans(days)}" for at, days in times.items())
    if when:
        when = said("{when} → {groups}").format(when=when, groups=_groups(chats, said))
    held: dict[str, list[int]] = defaultdict(list)
    for (wall, plan, reason), _ in sorted(made.held.items()):
        if plan == name:
            held[reason].append(wall.day)
    stopped = "; ".join(f"{spans(d)}: {said(_REASONS.get(r, r))}" for r, d in held.items())
    return Entry(letter, name, when, said("held: {what}").format(what=stopped) if stopped else "")


def _groups(n: int, said: Said) -> str:
    return said("1 group") if n == 1 else said("{n} groups").format(n=n)


def _plans(n: int, said: Said) -> str:
    return said("1 plan") if n == 1 else said("{n} plans").format(n=n)


def spans(days: Sequence[int]) -> str:
    """1, 3-5, 9"""
    found: list[list[int]] = []
    for day in sorted(set(days)):
        if found and day == found[-1][1] + 1:
            found[-1][1] = day
        else:
            found.append([day, day])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def _notes(made: Month, said: Said) -> list[str]:
    found = []
    for title, (start, length) in sorted(made.empty.items(), key=lambda e: -e[1][1])[:GAPS]:
        words = said("gap: {title} has no post for {days} days from {start}")
        found.append(words.format(title=title, days=length, start=f"{start:%m-%d}"))
    found.append(
        said("{held} posts held by a limit · {used} of the budget used · variety {variety} of 1").format(
            held=sum(made.held.values()), used=f"{made.used:.0%}", variety=f"{made.variety:.2f}"
        )
    )
    if made.without_expert:
        titles = ", ".join(made.without_expert[:GAPS])
        more = "…" if len(made.without_expert) > GAPS else ""
        found.append(said("no expert this month: {titles}").format(titles=titles + more))
    found += [said("nobody gets: {plan}").format(plan=name) for name in made.nobody]
    if not published(COUNTRY, made.first.year):
        found.append(
            said("make-up workdays of {year} in CN: 未公布 (not published)").format(year=made.first.year)
        )
    return found


def live_plans(work: Work) -> list[Plan]:
    """Every plan that is live and can be read."""
    plans: list[Plan] = []
    for row in work.sql.all(store.PLANS):
        if row.state == "live":
            try:
                plans.append(msgspec.json.decode(row.spec, type=Plan))
            except (msgspec.DecodeError, ValueError):
                continue
    return plans


def _this_month(work: Work) -> date:
    """The first day of the month that is, on the clock of the chat it is asked in."""
    zone = zone_of(members.voice(work, work.chat, None)[1])
    return work.now.astimezone(zone).date().replace(day=1)


def lacking_expert(work: Work) -> list[str]:
    """Groups that should have an expert's slot this month, by what is live, and have none."""
    profiles = [p for p in members.profiles(work) if p.set_up]
    return without_expert(live_plans(work), profiles, _this_month(work))


def calendar(work: Work, text: str, lang: str) -> str:
    """A month ("2027-02"; "" for the one that is) of the plans that are live, as what `picture:month` draws.

    Raises:
        Refusal: no month.
    """
    assert work.content is not None
    try:
        first = date.fromisoformat(f"{text}-01") if text else _this_month(work)
    except ValueError:
        raise Refusal("common/usage") from None
    plans = live_plans(work)
    chats: list[Limits] = [limits(work, p) for p in members.profiles(work) if p.set_up]
    made = picture(month(plans, chats, first), plans, lang, said_in(work.content, lang))
    return msgspec.json.encode(made).decode()


def said_in(content: Any, lang: str) -> Said:
    """What translates texts of code into a language."""

    def said(message: str) -> str:
        try:
            return str(content.gettext(lang, message))
        except (KeyError, Misfit):
            return message

    return said
