"""What admins set about floods and newcomers, and how it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.spans import span, spelled
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members.domain import Changed, Given, Setting
from groupbot.features.rules.domain import flood, newcomers
from groupbot.features.rules.domain.checks import BY_ID, FLOOD
from groupbot.features.rules.domain.policy import (
    CARE_BARS,
    CARE_MESSAGES,
    CARE_SECONDS,
    CARE_SINCE,
    CLEAR,
    FLOOD_MODE,
    FLOOD_WINDOW,
    FLOODS,
)
from groupbot.features.rules.service.policy import idle, policy_of

MOST, LEAST_WINDOW, LONGEST_WINDOW = 1000, timedelta(seconds=1), timedelta(hours=1)
_OFF = ("off", "no", "false", "0", "关")
_ON = ("on", "yes", "true", "开")


def word(text: str) -> bool | None:
    """on, yes, true, 开 / off, no, false, 0, 关; None for anything else."""
    low = text.strip().lower()
    return True if low in _ON else False if low in _OFF else None


def flood_now(work: Work, chat: int, topic: int | None = None) -> dict[str, Any]:
    """What counts as a flood here and what follows it."""
    policy = policy_of(work, chat, topic)
    limits = policy.limits
    return {
        "on": policy.flood,
        "limits": {k: getattr(limits, "repeats" if k == "repeat" else k) for k in flood.KINDS},
        "window": spelled(limits.window),
        "mode": limits.mode.word,
        "span": spelled(limits.mode.span) if limits.mode.span else "",
        "clear": limits.clear,
        "face": policy.tier or "",
        "idle": idle(work, chat, topic),
    }


def set_limit(work: Work, chat: int, kind: str, text: str, by: int | None, topic: int | None = None) -> None:
    """How many of a kind are a flood, or `off`. A number switches the whole rule on.

    Raises:
        Refusal: no such kind, or no number from 2 to 1,000.
    """
    setting = FLOODS.get(kind)
    if setting is None:
        raise Refusal("common/usage")
    members.put(work, setting, _number(text, 3 if kind == "burst" else 2), chat=chat, topic=topic, by=by)
    if word(text) is not False:
        members.put(work, BY_ID[FLOOD].setting, True, chat=chat, topic=topic, by=by)


def _number(text: str, least: int) -> int:
    if word(text) is False:
        return 0
    if not text.isdecimal() or not least <= int(text[:9]) <= MOST:
        raise Refusal("rules/flood_number", least=least, most=MOST)
    return int(text)


def set_flood(work: Work, chat: int, on: bool, by: int | None, topic: int | None = None) -> None:
    """The whole rule on or off."""
    members.put(work, BY_ID[FLOOD].setting, on, chat=chat, topic=topic, by=by)


def set_timer(work: Work, chat: int, text: str, by: int | None, topic: int | None = None) -> None:
    """`N 30s`: so many messages in so long; or `off`.

    Raises:
        Refusal: neither.
    """
    if word(text) is False:
        set_limit(work, chat, "burst", "off", by, topic)
        return
    n, _, rest = text.partition(" ")
    length = span(rest) or (timedelta(seconds=int(rest)) if rest.isdecimal() and len(rest) < 5 else None)
    if length is None or not LEAST_WINDOW <= length <= LONGEST_WINDOW:
        raise Refusal("common/usage")
    set_limit(work, chat, "burst", n, by, topic)
    members.put(work, FLOOD_WINDOW, int(length.total_seconds()), chat=chat, topic=topic, by=by)


def set_mode(work: Work, chat: int, text: str, by: int | None, topic: int | None = None) -> None:
    """What follows a flood: warn, del, mute, tmute 3h, kick, ban, tban 2d.

    Raises:
        Refusal: none of these.
    """
    mode = flood.mode_of(text)
    if mode is None:
        raise Refusal("common/usage")
    members.put(work, FLOOD_MODE, mode.said, chat=chat, topic=topic, by=by)


def set_clear(work: Work, chat: int, on: bool, by: int | None, topic: int | None = None) -> None:
    """The whole flood is removed, or only from where it was noticed."""
    members.put(work, CLEAR, on, chat=chat, topic=topic, by=by)


def care_now(work: Work, chat: int, topic: int | None = None) -> dict[str, Any]:
    """How newcomers are treated here."""
    care = policy_of(work, chat, topic).care
    return {
        "on": care is not None,
        "messages": care.messages if care else 0,
        "span": spelled(care.span) if care and care.span else "",
        "bars": [b for b in newcomers.BARS if care and b in care.bars],
        "known": list(newcomers.BARS),
        "idle": idle(work, chat, topic) if care else "",
    }


def care_from_now(work: Work, made: Changed) -> None:
    """A number of first messages counts from when it was set."""
    if made.key != CARE_MESSAGES.key or not made.value:
        return
    if not members.get(work, made.chat, CARE_SINCE, made.topic):
        members.put(work, CARE_SINCE, _now(work), chat=made.chat, topic=made.topic)


def care_given_from_now(work: Work, made: Given) -> None:
    """The same where it was set for many groups at once."""
    if made.key != CARE_MESSAGES.key or not made.value:
        return
    if CARE_SINCE.key not in members.own(work, None, segment=made.segment):
        members.put(work, CARE_SINCE, _now(work), segment=made.segment)


def _now(work: Work) -> str:
    return work.now.replace(microsecond=0).isoformat()


def set_care(work: Work, chat: int, words: list[str], by: int | None, topic: int | None = None) -> None:
    """`5`, `24h`, `5 24h links media`, `off`: for how many messages or how long, and what is not said.

    Raises:
        Refusal: none of these.
    """

    def put(setting: Setting, value: Any) -> None:
        members.put(work, setting, value, chat=chat, topic=topic, by=by)

    if words and word(words[0]) is False and len(words) == 1:
        put(BY_ID[newcomers.ID].setting, False)
        return
    low = [w.lower().rstrip(",") for w in words]
    messages = next((int(w) for w in low if w.isdecimal() and len(w) < 4), 0)
    length = next((s for w in low if not w.isdecimal() and (s := span(w)) is not None), timedelta())
    bars = [w for w in low if w in newcomers.BARS]
    others = [w for w in low if w not in newcomers.BARS and not w.isdecimal() and span(w) is None]
    if others or not (messages or length):
        raise Refusal("common/usage")
    put(CARE_MESSAGES, messages)
    put(CARE_SECONDS, int(length.total_seconds()))
    put(CARE_BARS, bars or list(newcomers.USUAL))
    put(CARE_SINCE, _now(work))
    put(BY_ID[newcomers.ID].setting, True)
