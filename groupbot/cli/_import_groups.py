"""Which chats of an export are taken in: of an account's only groups where the bot is, or those named."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import NamedTuple

from groupbot.cli._export import Chat, Heads
from groupbot.cli._guest import Guest
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.engagement import service
from groupbot.features.engagement.domain.exported import plain
from groupbot.features.engagement.domain.history import is_group, telegram_id
from groupbot.features.members import service as members


class Choice(NamedTuple):
    """`taken`: for each chat of the file, whether it is taken in; titles of groups passed over, and of those
    taken that nobody is known to run."""

    taken: list[bool]
    passed: list[str]
    unled: list[str]


async def chosen(guest: Guest, heads: Heads, named: Sequence[str]) -> Choice:
    """What of a file is taken in.

    Raises:
        Misfit: a name is none of the file's groups, or of several; or nothing is left.
    """
    groups = [c for c in heads.chats if _group(c)]
    wanted = {id(_named(groups, name)) for name in named}
    known, led = await guest.write("import", lambda w: _known(w, groups))
    wanted |= known if heads.account else {id(c) for c in groups}
    if groups and not wanted:
        raise Misfit(
            f"the bot knows none of the {len(groups)} groups in this file",
            next=f"add it to the group first, or --group TITLE of: {_titles(groups)}",
        )
    return Choice(
        [id(c) in wanted for c in heads.chats],
        [titled(c) for c in groups if id(c) not in wanted],
        [titled(c) for c in groups if id(c) in wanted - led],
    )


def titled(c: Chat) -> str:
    """A chat's name as databases and terminals take it."""
    return plain(c.name) or "…"


def address(c: Chat) -> int:
    """The Bot API's id of a group of the export."""
    return telegram_id(str(c.type), int(str(c.id)))


def _group(c: Chat) -> bool:
    return is_group(c.type) and type(c.id) is int


def _known(work: Work, groups: list[Chat]) -> tuple[set[int], set[int]]:
    """Those that the bot knows, and those of them whose administrators it knows."""
    known, led = set(), set()
    for c in groups:
        chat = service.of_history(work, address(c))
        if chat is not None:
            known.add(id(c))
            if members.staff_of(work, chat):
                led.add(id(c))
    return known, led


def _named(groups: list[Chat], name: str) -> Chat:
    found = [c for c in groups if name in (titled(c), str(c.id), str(address(c)))]
    if len(found) > 1:
        ids = ", ".join(str(address(c)) for c in found)
        raise Misfit(f"{len(found)} groups are named {name!r}", next=f"give its id: {ids}")
    if not found:
        near = difflib.get_close_matches(name, [titled(c) for c in groups], 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {_titles(groups)}"
        raise Misfit(f"no group {name!r} in this file", next=hint)
    return found[0]


def _titles(groups: list[Chat]) -> str:
    return ", ".join(titled(c) for c in groups)
