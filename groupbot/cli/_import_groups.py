"""Which chats of an export are taken in: of an account's only groups where the bot is, or those named."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from groupbot.cli._export import Chat, Heads
from groupbot.cli._guest import Guest
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.engagement import service
from groupbot.features.engagement.domain.history import is_group, plain, telegram_id


async def chosen(guest: Guest, heads: Heads, named: Sequence[str]) -> tuple[list[bool], list[str]]:
    """For each chat of the file whether it is taken in, and the titles of groups passed over.

    Raises:
        Misfit: a name is none of the file's groups, or of several; or nothing is left.
    """
    groups = [c for c in heads.chats if _group(c)]
    if not groups:
        return [False] * len(heads.chats), []
    wanted = {id(_named(groups, name)) for name in named}
    if heads.account:
        wanted |= await guest.write("import", lambda w: {id(c) for c in groups if _known(w, c)})
        if not wanted:
            raise Misfit(
                f"the bot knows none of the {len(groups)} groups in this file",
                next=f"add it to the group first, or --group TITLE of: {_titles(groups)}",
            )
    else:
        wanted = {id(c) for c in groups}
    return [id(c) in wanted for c in heads.chats], [titled(c) for c in groups if id(c) not in wanted]


def titled(c: Chat) -> str:
    """A chat's name as databases and terminals take it."""
    return plain(c.name) or "…"


def address(c: Chat) -> int:
    """The Bot API's id of a group of the export."""
    return telegram_id(str(c.type), int(str(c.id)))


def _group(c: Chat) -> bool:
    return is_group(c.type) and type(c.id) is int


def _known(work: Work, c: Chat) -> bool:
    return service.of_history(work, address(c)) is not None


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
