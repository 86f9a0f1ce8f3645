"""A group for acts by hand: an owner, a moderator, members; and short words for what tests ask."""

from __future__ import annotations

from typing import Any

from groupbot.features.members import service as members
from groupbot.surfaces.sandbox.acts import forum, topic
from groupbot.testing import Talk

MODERATOR = {"can_restrict_members", "can_delete_messages", "can_pin_messages", "can_promote_members"}


def member(chat: Talk, name: str, *, username: str | None = None, starts: bool = False) -> int:
    """A member who may have a username; they read English."""
    who = chat.person(name, starts=starts)
    if username:
        chat.world.users[who]["username"] = username
    return who


async def moderator(chat: Talk, name: str = "Zhou", rights: set[str] | None = None) -> int:
    """An administrator who is not the owner."""
    who = chat.person(name)
    chat.world.promote(chat.id, who, chat.owner, MODERATOR if rights is None else rights)
    await chat.settle()
    return who


async def tier(chat: Talk, name: str) -> None:
    """The group gets its tier."""

    def write(work: Any) -> None:
        for p in members.profiles(work):
            members.set_profile(work, p.chat, tier=name, owner=chat.owner)

    await chat.app.writer.submit(write)


def acts(chat: Talk) -> list[tuple[Any, ...]]:
    """What is on record: number, action, actor, by, reason, taken back."""
    return chat.rows(
        "SELECT number, action, actor, by_id, reason, undone_at IS NOT NULL FROM verdict ORDER BY id"
    )


def buttons(chat: Talk, where: int | None = None) -> list[str]:
    """The labels of the buttons that stand, oldest first."""
    room = chat.world.chats[where or chat.id]
    return [
        b["text"]
        for m in room.messages.values()
        for row in m.get("reply_markup", {}).get("inline_keyboard", [])
        for b in row
    ]


async def opened(chat: Talk, name: str) -> int:
    """A topic of the group, which is a forum from now on."""
    if not chat.room.is_forum:
        forum(chat.world, chat.id)
    made = topic(chat.world, chat.id, chat.owner, name)
    await chat.settle()
    return made
