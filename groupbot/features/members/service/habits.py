"""What a chat does with commands: which are off, whose messages go, how long short replies stay."""

from __future__ import annotations

from collections.abc import Iterable

from groupbot.engine.dispatch.items import Habits
from groupbot.engine.router import CommandRoute
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members.domain import (
    ADMIN_ERROR,
    CLEAN,
    CLEAN_KINDS,
    DISABLED,
    DISABLED_ADMINS,
    DISABLED_DROP,
    KEPT_ON,
    REPLY_LIFE,
    Setting,
)
from groupbot.features.members.service.settings import get, layers, put

_CACHE = "members.habits"
_ALL = (DISABLED, DISABLED_ADMINS, DISABLED_DROP, ADMIN_ERROR, CLEAN, REPLY_LIFE)
_USUAL = Habits()


def of(work: Work, chat: int) -> Habits | None:
    """The chat's habits, None for the usual ones; kept until one of its settings changes."""
    here = layers(work, chat)
    kept = work.cached(_CACHE).get(chat)
    if kept is not None and kept[0] is here:
        return kept[1]  # type: ignore[no-any-return]
    value = {s.key: get(work, chat, s) for s in _ALL}
    made = Habits(
        frozenset(value[DISABLED.key]) - KEPT_ON,
        bool(value[DISABLED_ADMINS.key]),
        bool(value[DISABLED_DROP.key]),
        bool(value[ADMIN_ERROR.key]),
        _each(value[CLEAN.key]),
        max(0, int(value[REPLY_LIFE.key])),
    )
    habits = None if made == _USUAL else made
    work.put(_CACHE, chat, (here, habits))
    return habits


def _each(names: Iterable[str]) -> frozenset[str]:
    """`all` kinds of command messages, one by one."""
    found = frozenset(names)
    return frozenset(CLEAN_KINDS) if "all" in found else found


def can_be_disabled(route: CommandRoute) -> bool:
    """Commands of members may be switched off; not those by which somebody learns what is kept and why."""
    return (
        route.who == "anyone" and route.where != "private" and not route.hidden and route.name not in KEPT_ON
    )


def may_be_off(work: Work, chat: int, names: Iterable[str]) -> None:
    """Asked of every value of DISABLED, by whatever way it comes.

    Raises:
        Refusal: one of them stays on.
    """
    for name in names:
        if name in KEPT_ON:
            raise Refusal("commands/stays_on", name=name, known=True)


def change(
    work: Work, chat: int, setting: Setting, names: Iterable[str], by: int | None, *, out: bool
) -> list[str]:
    """Put names into a setting that is a list, or take them out; what stands there now, sorted."""
    now = frozenset(get(work, chat, setting))
    if setting is CLEAN:
        now = _each(now)
    made = sorted(now - set(names) if out else now | set(names))
    put(work, setting, made, chat=chat, by=by)
    return made


def disable(work: Work, chat: int, words: Iterable[str], by: int | None, *, on: bool) -> list[str]:
    """Switch commands off for members (`on`: on again); which are off now.

    Raises:
        Refusal: unknown, or one that stays on.
    """
    known = {c.name: c for c in work.me.commands}
    known |= {a: c for c in work.me.commands for a in c.aliases}
    names = []
    for word in words:
        route = known.get(word.lower().lstrip("/!"))
        if route is None or not can_be_disabled(route):
            raise Refusal("commands/stays_on", name=word.lstrip("/!")[:32], known=route is not None)
        names.append(route.name)
    return change(work, chat, DISABLED, names, by, out=on)
