"""Floods: too much of something in a short time, by one sender or by a crowd. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct, structs

from groupbot.core.spans import span, spelled
from groupbot.features.rules.domain import ladder
from groupbot.features.rules.domain.ladder import Sentence

BURST_WINDOW = timedelta(seconds=15)
REPEAT_WINDOW = timedelta(minutes=10)
CROWD_WINDOW = timedelta(seconds=60)
ROW_GAP = timedelta(minutes=10)  # a pause after which somebody who goes on alone begins anew
CROWD_LEAST = 16  # folded characters; shorter words are said by many without any plan
KEPT = 20  # messages of one sender kept at least
YEAR = timedelta(days=365)  # a mute without an end; Telegram takes at most 366 days
KICK = timedelta(seconds=60)  # a kick is a ban that ends by itself

MODES = ("warn", "del", "mute", "tmute", "kick", "ban", "tban")
KINDS = ("burst", "row", "repeat", "mentions", "links", "lines", "crowd")
_TIMED = ("tmute", "tban")
_MENTION = re.compile(r"@[A-Za-z]\w{3,31}")
_LINK = re.compile(r"https?://|\bwww\.|\bt\.me/", re.IGNORECASE)


class Mode(Struct, frozen=True):
    """What follows a flood: a word of MODES, with a span for the timed ones. `warn` is the ladder."""

    word: str = "warn"
    span: timedelta | None = None

    @property
    def said(self) -> str:
        """As admins type it."""
        return f"{self.word} {spelled(self.span)}" if self.span else self.word


class Limits(Struct, frozen=True, dict=True):
    """From how many on it is a flood; 0 means that kind is off.

    `burst` in `window`; `row` by one sender with nobody between; `repeats` identical in 10 minutes;
    `mentions`, `links`, `lines` (line breaks) of one sender in `window`; `crowd` people with the same
    words in a minute. `clear` takes away the whole flood, not only from where it was noticed.
    """

    burst: int = 10
    window: timedelta = BURST_WINDOW
    row: int = 0
    repeats: int = 4
    mentions: int = 0
    links: int = 0
    lines: int = 0
    crowd: int = 0
    mode: Mode = Mode()
    clear: bool = False

    @cached_property
    def kept(self) -> int:
        """How many messages of one sender tell: twice the largest limit, for others may stand between."""
        most = max(self.burst, self.row, self.repeats, self.mentions, self.links, self.lines)
        return max(KEPT, 2 * most)


class Said(Struct, frozen=True):
    """One message in a sender's recent past: when, its text as a hash, its album, what it holds."""

    at: datetime
    digest: int
    album: str | None = None
    message: int = 0
    mentions: int = 0
    links: int = 0
    lines: int = 0


class Flood(Struct, frozen=True):
    """A flood: its kind, how many of what, and in how long."""

    kind: str
    count: int
    within: timedelta

    @property
    def matched(self) -> str:
        """As evidence: `10 in 15 s`."""
        seconds = int(self.within.total_seconds())
        span = f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"
        if self.kind == "row":
            return f"{self.count} in a row"
        what = {"repeat": " identical", "burst": "", "crowd": " people with the same words"}
        return f"{self.count}{what.get(self.kind, ' ' + self.kind)} in {span}"


_EVIDENCE = re.compile(r"(\d+)\D*?(?: in (\d+) (s|min))?")


def told(matched: str) -> tuple[int, int] | None:
    """Evidence read again: how many, in how many seconds (0: in a row)."""
    m = _EVIDENCE.fullmatch(matched)
    return None if m is None else (int(m[1]), int(m[2] or 0) * (60 if m[3] == "min" else 1))


class Row(Struct, frozen=True):
    """Who speaks alone in a chat: since how many messages."""

    actor: int
    count: int
    at: datetime
    album: str | None = None


def counted(text: str, urls: int, limits: Limits) -> tuple[int, int, int]:
    """Mentions, links and line breaks of a text; only what has a limit is counted."""
    return (
        len(_MENTION.findall(text)) if limits.mentions else 0,
        max(urls, len(_LINK.findall(text))) if limits.links else 0,
        text.count("\n") if limits.lines else 0,
    )


def heard(
    past: tuple[Said, ...], new: Said, kept: int = KEPT, window: timedelta = BURST_WINDOW
) -> tuple[Said, ...]:
    """The recent past with one more message: an album is one; ten minutes and `kept` messages are kept. Who
    speaks is heard in the order of time, so what is over stands in front."""
    if new.album is not None and any(s.album == new.album for s in past):
        return past
    since = new.at - (window if window > REPEAT_WINDOW else REPEAT_WINDOW)
    over = 0
    while over < len(past) and past[over].at < since:
        over += 1
    return (*past[over:][-kept:], new)


def followed(row: Row | None, actor: int, at: datetime, album: str | None) -> Row:
    """The row after one more message of `actor`."""
    if row is None or row.actor != actor or at - row.at > ROW_GAP:
        return Row(actor, 1, at, album)
    if album is not None and album == row.album:
        return structs.replace(row, at=at)
    return Row(actor, row.count + 1, at, album)


def flooded(past: tuple[Said, ...], limits: Limits, row: Row | None = None) -> Flood | None:
    """The flood that the newest message is part of, if any."""
    if not past:
        return None
    new, window = past[-1], limits.window
    n = limits.burst
    if n and len(past) >= n and past[-n].at >= new.at - window:
        return Flood("burst", n, window)
    if limits.row and row is not None and row.count >= limits.row:
        return Flood("row", row.count, new.at - past[0].at)
    most = limits.repeats
    if most and new.digest and len(past) >= most and [s.digest for s in past].count(new.digest) >= most:
        same = sum(s.digest == new.digest and s.at >= new.at - REPEAT_WINDOW for s in past)
        if same >= most:
            return Flood("repeat", most, REPEAT_WINDOW)
    if not (limits.mentions or limits.links or limits.lines):
        return None
    for kind in ("mentions", "links", "lines"):
        most = getattr(limits, kind)
        if most and getattr(new, kind):
            sum_ = sum(getattr(s, kind) for s in past if s.at >= new.at - window)
            if sum_ >= most:
                return Flood(kind, sum_, window)
    return None


def parts(past: tuple[Said, ...], flood: Flood) -> tuple[int, ...]:
    """The messages of a sender that make up a flood."""
    new = past[-1]
    if flood.kind == "repeat":
        return tuple(s.message for s in past if s.digest == new.digest)
    if flood.kind == "row":
        return tuple(s.message for s in past[-flood.count :])
    return tuple(s.message for s in past if s.at >= new.at - flood.within)


Crowd = tuple[tuple[datetime, int], ...]


def joined_in(crowd: Crowd, at: datetime, actor: int) -> Crowd:
    """Who said these words within the last minute, each once, the newest last."""
    since = at - CROWD_WINDOW
    return (*((t, a) for t, a in crowd if t >= since and a != actor), (at, actor))


def instead(
    said: Sentence,
    mode: Mode,
    *,
    tier: str | None,
    kind: str,
    newcomer: bool,
    late: bool,
    basic: bool,
) -> Sentence:
    """The sentence for a flood where a mode was chosen. Face goes first: where only a person decides, or
    only removal is allowed, it stays so; and who is no newcomer is never banned by a machine, but muted
    for a day. A crowd's words are removed, nobody but newcomers is muted for them."""
    if said.action in (ladder.FLAG, ladder.AGAIN):
        return said
    removed = Sentence(ladder.REMOVE, number=said.number)
    if late or ladder.FACE.get(tier or "") != ladder.MUTE or (kind == "crowd" and not newcomer):
        return removed
    word, length = mode.word, mode.span
    if word == "warn":
        return said
    if word == "del":
        return removed
    if word in ("kick", "ban", "tban"):
        if newcomer and (word == "ban" or not basic):  # in a basic group a ban has no end
            return Sentence(ladder.BAN, {"kick": KICK, "tban": length}.get(word), said.number)
        length = min(length or ladder.DAY, ladder.DAY)
    if basic:
        return Sentence(ladder.REMOVE, number=said.number, basic=True)
    return Sentence(ladder.MUTE, length or YEAR, said.number)


def mode_of(text: str) -> Mode | None:
    """`tmute 3h`, `del`, `ban` … as a mode; None where it is none. Timed ones without a span are a day."""
    word, _, rest = text.strip().lower().partition(" ")
    if word not in MODES:
        return None
    if not rest:
        return Mode(word, ladder.DAY if word in _TIMED else None)
    length = span(rest)
    if length is None or length < ladder.LEAST_MUTE:
        return None
    timed = {"mute": "tmute", "ban": "tban"}.get(word, word)
    return Mode(timed, length) if timed in _TIMED else None
