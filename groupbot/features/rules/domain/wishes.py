"""What a list or a lock asks to be done with a hit, and what the face of the group makes of it.

`del` removes quietly, `warn` removes and says so, `mute`, `kick` and `ban` follow the removal; `tmute 12h`
and `tban 2w` end by themselves. Nothing named: the ladder of the group decides.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from groupbot.core.spans import leading, span, spelled
from groupbot.features.rules.domain import ladder
from groupbot.features.rules.domain.ladder import Sentence, Standing

ACTS = ("del", "warn", "mute", "kick", "ban")
_SAME = {"delete": "del", "nothing": "del", "restrict": "mute"}
LEAST, MOST = timedelta(minutes=1), timedelta(days=365)  # what Telegram does not take for "for ever"
_BRACES = re.compile(r"\{([^{}]*)\}")
KICKED = timedelta(minutes=1)  # a removal one may come back from


class Wish(Struct, frozen=True):
    """`act` is one of ACTS, or "" for the group's own ladder; `span` None has no end; `keep` leaves the
    message where it is."""

    act: str = ""
    span: timedelta | None = None
    keep: bool = False

    @property
    def text(self) -> str:
        """As people write it: `tban 2w`; "" for the ladder."""
        act = f"t{self.act} {spelled(self.span)}" if self.span is not None else self.act
        return f"keep {act}".strip() if self.keep else act

    @property
    def weight(self) -> int:
        """The heavier of two is done."""
        return ACTS.index(self.act) + 1 if self.act else 2


LADDER = Wish()


def span_of(text: str) -> timedelta:
    """`30m`, `2d 3h`.

    Raises:
        ValueError: no span, or not between a minute and a year.
    """
    found = span(text)
    if found is None:
        raise ValueError("span")
    if not LEAST <= found <= MOST:
        raise ValueError("span")
    return found


@lru_cache(1024)
def read(text: str) -> Wish:
    """A wish as people write it; "" and `on` mean the ladder.

    Raises:
        ValueError: no such act, a span where none fits, or none where one is needed.
    """
    words = text.strip().lower().split()
    keep = words[:1] == ["keep"]
    act, *rest = words[keep:] or [""]
    act = _SAME.get(act, act)
    if act in ("", "on") and not rest:
        return Wish(keep=keep)
    if act in ("tmute", "tban"):
        return Wish(act[1:], span_of(" ".join(rest)), keep)
    if act not in ACTS or rest:
        raise ValueError("act")
    return Wish(act, None, keep)


FORM = "on, off, del, warn, mute, tmute 2h, kick, ban or tban 2w"


def spelling(text: str) -> str:
    """What a setting keeps of a wish: "" for off, `on` for the ladder, else the act.

    Raises:
        ValueError: none of them.
    """
    low = text.strip().lower()
    return "" if low in ("", "off", "no", "false") else read(low).text or "on"


def split(text: str) -> tuple[Wish | None, str]:
    """The wish at the beginning of a text (`tmute 2h no stickers`) and what follows; None when none
    stands there. Raises ValueError for `tmute` without its span."""
    first, _, rest = text.strip().partition(" ")
    act = first.lower()
    if act in ("tmute", "tban"):
        length, rest = leading(rest)
        return read(f"{act} {spelled(length)}" if length else act), rest
    if _SAME.get(act, act) in (*ACTS, "on"):
        return read(act), rest.strip()
    return None, text.strip()


def within(text: str) -> tuple[Wish | None, str]:
    """The wish in braces within a text (`no stickers {tmute 2h}`) and the words without it; None when there
    are no braces. Raises ValueError for braces that hold none."""
    m = _BRACES.search(text)
    if m is None:
        return None, " ".join(text.split())
    return read(m[1]), " ".join((text[: m.start()] + text[m.end() :]).split())


def sentence(
    tier: str | None,
    wish: Wish,
    standing: Standing,
    *,
    at: datetime,
    now: datetime,
    basic: bool = False,
) -> Sentence:
    """The sentence of a hit that asks for something. Only consumer groups mute and ban by themselves; in
    a store the message goes and a person decides, with dealers a person decides about all of it."""
    number = standing.prior + 1
    face = ladder.FACE.get(tier or "", ladder.FLAG)
    hard = wish.act in ("mute", "kick", "ban")
    if face == ladder.FLAG or (wish.keep and not (hard and face == ladder.MUTE)):
        return Sentence(ladder.FLAG, number=number)
    if wish.act == "del":
        return Sentence(ladder.AGAIN, number=number)
    if not hard:
        return Sentence(ladder.REMOVE, number=number)
    if face == ladder.REMOVE:
        return Sentence(ladder.HUMAN, number=number)
    ends = wish.act == "kick" or wish.span is not None
    if wish.act != "mute" and ends and (basic or not standing.person):  # to Telegram it would be for ever
        return Sentence(ladder.REMOVE, number=number, basic=basic)
    if wish.act == "kick":
        return Sentence(ladder.BAN, now + KICKED - at, number)
    if wish.act == "ban":
        return Sentence(ladder.BAN, wish.span, number)
    if not standing.person or basic:
        return Sentence(ladder.REMOVE, number=number, basic=basic)
    if wish.span is not None and at + wish.span - now < ladder.LEAST_MUTE:
        return Sentence(ladder.REMOVE, number=number)
    return Sentence(ladder.MUTE, wish.span, number)
