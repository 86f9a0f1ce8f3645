"""The world: people, bots, chats, messages, and what each bot is told of them.

Four layers, each knowing those below: `things` (what there is), `ground` (making, telling), `standing`
(membership), `talking` (messages, buttons, reactions).
"""

from __future__ import annotations

from groupbot.surfaces.sandbox.world.talking import Talking
from groupbot.surfaces.sandbox.world.things import (
    ANONYMOUS,
    PERMISSIONS,
    RIGHTS,
    BotState,
    ChatRoom,
    Forbidden,
    Json,
    Member,
)

__all__ = [
    "ANONYMOUS",
    "PERMISSIONS",
    "RIGHTS",
    "BotState",
    "ChatRoom",
    "Forbidden",
    "Json",
    "Member",
    "World",
]


class World(Talking):
    """Everything the sandbox knows. Each of `listeners` is called with (kind, body) for the page."""
