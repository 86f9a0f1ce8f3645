"""The world: people, bots, chats, messages, and what each bot is told of them.

Six layers, each knowing those below: `things` (what there is), `ground` (making, telling), `standing`
(membership), `places` (topics, requests to join, channels), `talking` (messages, buttons, reactions),
`carrying` (carriers, albums, polls).
"""

from __future__ import annotations

from groupbot.surfaces.sandbox.world.carrying import Carrying
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


class World(Carrying):
    """Everything the sandbox knows. Each of `listeners` is called with (kind, body) for the page."""
