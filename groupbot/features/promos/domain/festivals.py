"""Days by name: lunar and solar festivals, leap months, solar terms, public holidays, make-up workdays.

Lunar dates are those of lunar-python (HKO/GB-T 33661 rules), public holidays those of `holidays`. A day is
written as people say it: `农历除夕`, `农历闰六月初一`, `lunar 8-15`, `公历10月1日`, `solar 10-01`,
`节气清明`, `假日 CN 国庆节`, `holiday SG Deepavali`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from msgspec import Struct

from groupbot.core.later import Later
from groupbot.features.promos.domain.audience import Wrong, nearest

holidays = Later("holidays")  # 6 MB together, for those whose plans name such days
lunar = Later("lunar_python")

FESTIVALS = {
    "春节": (1, 1), "元宵": (1, 15), "龙抬头": (2, 2), "端午": (5, 5), "七夕": (7, 7), "中元": (7, 15),
    "中秋": (8, 15), "重阳": (9, 9), "腊八": (12, 8), "小年": (12, 23), "北小年": (12, 23),
    "南小年": (12, 24), "new year": (1, 1), "lantern": (1, 15), "dragon boat": (5, 5),
    "mid-autumn": (8, 15), "double ninth": (9, 9),
}  # fmt: skip
EVES = ("除夕", "new year's eve", "eve")
TERMS = (
    "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至",
    "小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
)  # fmt: skip
_DIGITS = "一二三四五六七八九十"
_MONTHS = {"正": 1, "冬": 11, "腊": 12} | {d: n for n, d in enumerate(_DIGITS, 1)} | {"十一": 11, "十二": 12}
_LUNAR = re.compile(r"(闰)?(正|腊|冬|十一|十二|[一二三四五六七八九十])月(.{1,3})")
_NUMBERS = re.compile(r"(leap )?(\d{1,2})-(\d{1,2})")
_SOLAR = re.compile(r"(\d{1,2})(?:月|-)(\d{1,2})日?")
_HOLIDAY = re.compile(r"(?:假日|holiday)\s+([A-Za-z]{2})\s+(.+)")
_HOW = "e.g. 农历除夕, 农历八月十五, lunar 8-15, 公历10月1日, 节气清明, 假日 CN 国庆节"
_YEARS = 6  # years ahead in which a day must come


class Day(Struct, frozen=True):
    """A day of every year. `kind`: lunar | eve | solar | term | holiday; `name` the term or the holiday,
    `country` as ISO 3166 letters."""

    kind: str
    month: int = 0
    day: int = 0
    leap: bool = False
    name: str = ""
    country: str = ""


def day_of(text: str) -> Day:
    """A day as written.

    Raises:
        Wrong: not a day, or one that does not exist; suggests the nearest.
    """
    said = text.strip()
    for prefix, read in (
        ("农历", _lunar), ("阴历", _lunar), ("lunar", _lunar), ("公历", _solar), ("阳历", _solar),
        ("solar", _solar), ("节气", _term), ("假日", _holiday), ("holiday", _holiday),
    ):  # fmt: skip
        if said.startswith(prefix):
            return read(said, said.removeprefix(prefix).strip())
    if said.removesuffix("节") in FESTIVALS or said in FESTIVALS or said in EVES:
        return _lunar(said, said)
    if said in TERMS:
        return Day("term", name=said)
    raise Wrong("on", f"{said!r} is no day known here", _HOW)


def _lunar(said: str, rest: str) -> Day:
    name = rest.removesuffix("节") if rest.removesuffix("节") in FESTIVALS else rest
    if name in EVES:
        return Day("eve")
    if name in FESTIVALS:
        month, day = FESTIVALS[name]
        return Day("lunar", month, day)
    leap, month, day = False, 0, 0
    if m := _NUMBERS.fullmatch(rest):
        leap, month, day = bool(m[1]), int(m[2]), int(m[3])
    elif m := _LUNAR.fullmatch(rest):
        leap, month, day = bool(m[1]), _MONTHS[m[2]], _lunar_day(m[3])
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise Wrong("on", f"{said!r} is no lunar day", nearest(rest, [*FESTIVALS, *EVES]))
    return Day("lunar", month, day, leap)


def _lunar_day(text: str) -> int:
    """初一 … 三十 as 1 … 30; 0 for anything else."""
    if text in ("初十", "二十", "三十"):
        return {"初": 10, "二": 20, "三": 30}[text[0]]
    tens = {"初": 0, "十": 10, "廿": 20}
    if len(text) == 2 and text[0] in tens and text[1] in _DIGITS[:9]:
        return tens[text[0]] + _DIGITS.index(text[1]) + 1
    return 0


def _solar(said: str, rest: str) -> Day:
    m = _SOLAR.fullmatch(rest)
    try:
        found = date(2000, int(m[1]), int(m[2])) if m else None
    except ValueError:
        found = None
    if found is None:
        raise Wrong("on", f"{said!r} does not exist", "write 公历10月1日 or solar 10-01")
    if (found.month, found.day) == (2, 29):
        raise Wrong(
            "on", f"{said!r} does not exist in most years", "rrule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"
        )
    return Day("solar", found.month, found.day)


def _term(said: str, rest: str) -> Day:
    if rest not in TERMS:
        raise Wrong("on", f"{said!r} is no solar term", nearest(rest, TERMS))
    return Day("term", name=rest)


def _holiday(said: str, rest: str) -> Day:
    m = _HOLIDAY.fullmatch(said)
    if m is None:
        raise Wrong(
            "on", f"{said!r} names no country and holiday", "write 假日 CN 国庆节 or holiday SG Deepavali"
        )
    return Day("holiday", name=m[2].strip(), country=country_of(m[1]))


def country_of(text: str) -> str:
    """A country whose public holidays are known, as its two letters.

    Raises:
        Wrong: none is known.
    """
    known = holidays.list_supported_countries(include_aliases=False)
    if text.upper() not in known:
        raise Wrong("on", f"no public holidays of {text!r} are known", nearest(text.upper(), known))
    return text.upper()


def checked(day: Day, text: str, start: date) -> None:
    """Does the day come, and come every year?

    Raises:
        Wrong: it does not exist in some of the years ahead (腊月三十 of a short twelfth month), or never.
    """
    years = range(start.year, start.year + _YEARS)
    if day.kind == "holiday":
        whole = {
            n for y in years[:2] for each in _holidays(day.country, y).values() for n in each.split(" / ")
        }
        names = sorted(n for n in whole if not set(n) & set("(（"))
        if not any(in_year(day, y) for y in years[:2]):
            raise Wrong("on", f"{text}: {day.country} has no holiday {day.name!r}", nearest(day.name, names))
    if day.kind == "lunar" and day.day == 30 and not day.leap:
        lacking = [y for y in years if _month(y, day.month)[1] < 30]
        if lacking:
            told = ", ".join(map(str, lacking))
            step = "write 农历除夕" if day.month == 12 else "take another day"
            raise Wrong("on", f"{text} does not exist in the lunar years {told}", step)


def in_year(day: Day, year: int) -> list[date]:
    """When a day comes in a Gregorian year, mostly once; a holiday of several days counts by its first."""
    if day.kind == "solar":
        return [date(year, day.month, day.day)]
    if day.kind == "term":
        return [_terms(year)[day.name]]
    if day.kind == "holiday":
        known = _holidays(day.country, year).items()
        days = {d for d, n in known if day.name.lower() in n.lower() and "(observed" not in n}
        return sorted(d for d in days if d - timedelta(days=1) not in days)
    found = []
    for begun in (year - 1, year):
        if day.kind == "eve":
            found.append(_month(begun + 1, 1)[0] - timedelta(days=1))
            continue
        first, length = _month(begun, -day.month if day.leap else day.month)
        if day.day <= length:
            found.append(first + timedelta(days=day.day - 1))
    return [d for d in found if d.year == year]


def come_on(days: tuple[Day, ...], before: int, start: date, years: int = 50) -> Iterator[date]:
    """The dates `before` days ahead of the named days, from `start` on, in order, each once."""
    for year in range(start.year, min(start.year + years, 2099)):
        found = {d - timedelta(days=before) for each in days for d in in_year(each, year)}
        if before:  # what lies early in the next year may have its day in this one
            found = {d for d in found if d.year == year} | {
                d - timedelta(days=before)
                for each in days
                for d in in_year(each, year + 1)
                if (d - timedelta(days=before)).year == year
            }
        yield from sorted(d for d in found if d >= start)


@lru_cache(4096)
def _month(year: int, month: int) -> tuple[date, int]:
    """First day and length of a lunar month (negative: the leap one); length 0: there is none."""
    made = lunar.LunarMonth.fromYm(year, month)
    if made is None:
        return date.min, 0
    first = lunar.Solar.fromJulianDay(made.getFirstJulianDay())
    return date(first.getYear(), first.getMonth(), first.getDay()), made.getDayCount()


@lru_cache(256)
def _terms(year: int) -> dict[str, date]:
    table = lunar.Solar.fromYmd(year, 6, 15).getLunar().getJieQiTable()
    found = {}
    for name in TERMS:
        for key in (name, _NEXT.get(name, name)):
            at = table.get(key)
            if at is not None and at.getYear() == year:
                found[name] = date(at.getYear(), at.getMonth(), at.getDay())
    return found


_NEXT = {"冬至": "DONG_ZHI", "小寒": "XIAO_HAN", "大寒": "DA_HAN", "立春": "LI_CHUN", "雨水": "YU_SHUI",
         "惊蛰": "JING_ZHE", "大雪": "DA_XUE"}  # fmt: skip


@lru_cache(256)
def _holidays(country: str, year: int) -> Mapping[date, str]:
    """Public holidays of a year: their names in the country's own language and in English."""
    kind: Any = holidays.country_holidays(country)
    spoken = [kind.default_language] + [c for c in kind.supported_languages if c.startswith("en")]
    found: dict[date, str] = {}
    for language in dict.fromkeys(spoken):
        made = holidays.country_holidays(country, years=year, language=language)
        for at, name in made.items():
            if at.year == year:
                found[at] = f"{found[at]} / {name}" if at in found else name
    return found


@lru_cache(256)
def _makeup(country: str, year: int) -> frozenset[date]:
    made: Any = holidays.country_holidays(country, years=year)
    return frozenset(d for d in getattr(made, "weekend_workdays", ()) if d.year == year)


def published(country: str, year: int) -> bool:
    """Is it known which weekends are worked to make up for holidays? Mainland China's notice comes in
    November of the year before; other countries either have no such days or fix them early."""
    return country != "CN" or bool(_makeup(country, year))


def is_holiday(country: str, at: date) -> bool:
    """A public holiday, its substituted days too."""
    return at in _holidays(country, at.year)


def is_workday(country: str, at: date) -> bool:
    """A day on which offices are open: no holiday, and no weekend but one worked to make up."""
    if at in _makeup(country, at.year):
        return True
    return at.weekday() not in _weekend(country) and not is_holiday(country, at)


@lru_cache(256)
def _weekend(country: str) -> frozenset[int]:
    return frozenset(holidays.country_holidays(country).weekend)


def lunar_name(at: date) -> str:
    """腊月廿九, 闰六月初一: the lunar date people would say."""
    found = lunar.Solar.fromYmd(at.year, at.month, at.day).getLunar()
    return f"{found.getMonthInChinese()}月{found.getDayInChinese()}"


def leap_month(year: int) -> int:
    """The month that is doubled in a lunar year; 0: none."""
    return int(lunar.LunarYear.fromYear(year).getLeapMonth())
