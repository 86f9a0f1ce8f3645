"""The grammar of administrators' commands: whom, how long, why. Pure.

`/tban @li 2d 3h adverts` names a target, a span and a reason, in this order. Without a target the
message replied to names one; a target that is written wins over the reply.
"""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec import Struct

SHORTEST, LONGEST = timedelta(seconds=30), timedelta(days=366)  # core.telegram.org/bots/api#banchatmember
REASON = 200  # characters
_NAME = re.compile(r"@([A-Za-z][A-Za-z0-9_]{1,31})(?=\s|$)")
_ID = re.compile(r"-?[0-9]{5,15}(?=\s|$)")
_UNITS = {
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86400,
    "w": 604800,
    "秒": 1,
    "分": 60,
    "分钟": 60,
    "小时": 3600,
    "天": 86400,
    "周": 604800,
}
_PART = re.compile(r"([0-9]{1,6})(分钟|小时|[smhdw秒分天周])", re.I)
_WHOLE = re.compile(r"(?:[0-9]{1,6}(?:分钟|小时|[smhdw秒分天周]))+", re.I)
_ON, _OFF = {"on", "yes", "true", "开"}, {"off", "no", "false", "关"}


class Mention(Struct, frozen=True):
    """A name in a text that is a link to a person: where it stands (characters) and who it is."""

    start: int
    length: int
    person: int


class Target(Struct, frozen=True):
    """Whom: an `id` (negative: a channel), a `username`, or (neither) who is replied to."""

    id: int = 0
    username: str = ""

    @property
    def replied(self) -> bool:
        """Is it whoever wrote the message replied to?"""
        return not self.id and not self.username


def target_of(args: str, mentions: tuple[Mention, ...], *, replied: bool) -> tuple[Target | None, str]:
    """Whom a command means and the rest of its arguments; None when it names nobody.

    `mentions` stand where they do in `args`.
    """
    for m in mentions:
        if m.start == 0 and m.length > 0:
            return Target(id=m.person), args[m.length :].strip()
    for pattern in (_NAME, _ID):
        found = pattern.match(args)
        if found is not None:
            rest = args[found.end() :].strip()
            return (Target(username=found[1]) if pattern is _NAME else Target(id=int(found[0]))), rest
    return (Target() if replied else None), args.strip()


def span_of(text: str) -> tuple[timedelta | None, str]:
    """The span a text begins with (`30m`, `2d 3h`, `1d12h`, `3天`) and the rest; None without one."""
    seconds, rest, found = 0, text.strip(), False
    while rest:
        word, _, after = rest.partition(" ")
        word = word.strip()
        if _WHOLE.fullmatch(word) is None:
            break
        seconds += sum(int(n) * _UNITS[unit.lower()] for n, unit in _PART.findall(word))
        rest, found = after.strip(), True
    return (timedelta(seconds=seconds) if found else None), rest


def for_ever(span: timedelta) -> bool:
    """Telegram takes spans under 30 seconds or over 366 days as for ever."""
    return not SHORTEST <= span <= LONGEST


def reason_of(text: str) -> str:
    """What is left, as one line of at most 200 characters."""
    return " ".join(text.split())[:REASON]


def switch_of(text: str) -> bool | None:
    """on/yes/true/开 → True, off/no/false/关 → False, anything else None."""
    word = text.strip().lower()
    return True if word in _ON else False if word in _OFF else None


def spelled(span: timedelta) -> str:
    """A span as an administrator would type it: `2d 3h`."""
    parts, rest = [], int(span.total_seconds())
    for unit, size in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        n, rest = divmod(rest, size)
        if n:
            parts.append(f"{n}{unit}")
    return " ".join(parts) or "0s"
