"""Words for templates: filters, languages, times in a chat's zone.

Texts of code (menu lines, units) are gettext messages; catalogues lie in `content_templates/locale`.
"""

from __future__ import annotations

import copy
import difflib
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polib
from markupsafe import Markup

from groupbot.core import text
from groupbot.core.later import Later

lunar_python = Later("lunar_python")

LANGUAGES = ("zh", "en")
_zone: ContextVar[str] = ContextVar("groupbot_zone", default="UTC")


@lru_cache(16)
def _catalog(lang: str, folder: Path) -> NullTranslations:
    path = folder / "locale" / f"{lang}.po"
    if not path.is_file():
        return NullTranslations()
    return GNUTranslations(io.BytesIO(polib.pofile(str(path)).to_binary()))


def catalog(lang: str, folders: list[Path]) -> NullTranslations:
    """The translations of a language: the operator's over the shipped."""
    whole: NullTranslations | None = None
    for folder in dict.fromkeys(folders):
        made = copy.copy(_catalog(lang, folder))  # a fallback is set on it: the cached one stays as read
        if isinstance(made, GNUTranslations):
            if whole is None:
                whole = made
            else:
                whole.add_fallback(made)
    return whole or NullTranslations()


def language_of(code: str | None) -> str:
    """zh for any Chinese code Telegram sends (zh, zh-hans, zh-hant, …), else en."""
    return "zh" if (code or "").lower().startswith("zh") else "en"


class _Clock:
    """Sets the wall clock and takes it back: a third of the time of a generator, at each render."""

    __slots__ = ("_token", "_zone")

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def __enter__(self) -> None:
        self._token = _zone.set(self._zone)

    def __exit__(self, *_: object) -> None:
        _zone.reset(self._token)


def in_zone(zone: str) -> AbstractContextManager[None]:
    """Times are written on this wall clock meanwhile."""
    return _Clock(zone)


def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name; UTC when it is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _local(value: Any) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if at.tzinfo is None:  # written by an operator: it is wall-clock time already
        return at
    return at.astimezone(zone(_zone.get()))


def clock_time(value: Any) -> str:
    """15:02"""
    return _local(value).strftime("%H:%M")


def day(lang: str) -> Callable[[Any], str]:
    """1月5日 / Jan 5"""

    def write(value: Any) -> str:
        at = _local(value)
        return f"{at.month}月{at.day}日" if lang == "zh" else at.strftime("%b ") + str(at.day)

    return write


def weekday(lang: str) -> Callable[[Any], str]:
    """周六 / Sat, of an ISO date or a time"""

    def write(value: Any) -> str:
        n = (
            date.fromisoformat(value).weekday()
            if isinstance(value, str) and len(value) == 10
            else _local(value).weekday()
        )
        return (
            f"周{'一二三四五六日'[n]}"
            if lang == "zh"
            else ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[n]
        )

    return write


def lunar(value: Any) -> str:
    """腊月廿九, of an ISO date or a time: in Chinese in every language."""
    at = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else _local(value).date()
    found = lunar_python.Solar.fromYmd(at.year, at.month, at.day).getLunar()
    return f"{found.getMonthInChinese()}月{found.getDayInChinese()}"


def duration(lang: str) -> Callable[[Any], str]:
    """1小时 / 1 hour; the two largest units."""
    names = {
        "zh": (("天", "天"), ("小时", "小时"), ("分钟", "分钟"), ("秒", "秒")),
        "en": (
            (" day", " days"),
            (" hour", " hours"),
            (" minute", " minutes"),
            (" second", " seconds"),
        ),
    }[lang]

    def write(value: Any) -> str:
        seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
        parts, rest = [], seconds
        for size, (one, many) in zip((86400, 3600, 60, 1), names, strict=True):
            n, rest = divmod(rest, size)
            if n:
                parts.append(f"{n}{one if n == 1 else many}")
        return ("" if lang == "zh" else " ").join(parts[:2]) or f"0{names[-1][1]}"

    return write


def moment(lang: str) -> Callable[..., Markup]:
    """周六 1月30日 10:00 on the chat's clock, which every reader's app shows on its own: `{{ at|moment }}`.
    The format is Telegram's (w weekday, d date, t time; r: in 5 minutes). Without a zone it is the chat's.
    """

    def write(value: Any, format: Any = "wdt") -> Markup:
        at = _local(value)
        aware = at if at.tzinfo is not None else at.replace(tzinfo=zone(_zone.get()))
        said = f"{weekday(lang)(at)} {day(lang)(at)} {at:%H:%M}"
        mark = Markup.escape(str(format))
        return Markup(f'<tg-time unix="{int(aware.timestamp())}" format="{mark}">{said}</tg-time>')

    return write


def mention(person: Any, name: Any = "") -> Markup:
    """A mention by id: `{{ id|mention(name) }}`."""
    return Markup(text.mention(int(person), str(name)))


def bar(done: Any, total: Any, width: int = 8) -> str:
    """▓▓▓▓▓░░░"""
    width = max(1, min(int(width), 40))
    full = 0 if not int(total) else min(width, int(done) * width // int(total))
    return "▓" * full + "░" * (width - full)


def counted(n: Any, one: str, many: str = "") -> str:
    """1 point, 1,200 points: `{{ n|of("point") }}`, irregular ones `{{ n|of("person", "people") }}`."""
    n = int(n)
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def filters(lang: str) -> dict[str, Callable[..., Any]]:
    """Filters of a language."""
    return {
        "clock": clock_time,
        "day": day(lang),
        "weekday": weekday(lang),
        "lunar": lunar,
        "duration": duration(lang),
        "mention": mention,
        "moment": moment(lang),
        "points": lambda n: f"{int(n):,}",
        "of": counted,
        "bar": bar,
    }


def globals_(lang: str) -> dict[str, Any]:
    """Names every template knows."""
    return {"lang": lang}


def nearest(message: str, known: dict[str, Any]) -> str:
    """An undefined-name message with the likely meant name."""
    m = re.match(r"'([^']+)' is undefined", message)
    close = difflib.get_close_matches(m[1], map(str, known), 1) if m else []
    return f"{message}: did you mean {close[0]}?" if close else message
