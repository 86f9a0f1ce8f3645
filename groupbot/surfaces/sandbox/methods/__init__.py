"""The Bot API's methods over the world: rights checked per call, Telegram's own error texts.

Each is a function of one `Call`; what is not in a `METHODS` table here is answered with 501.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groupbot.surfaces.sandbox.limits import Limits
from groupbot.surfaces.sandbox.methods import (
    chats,
    entry,
    files,
    forums,
    gifts,
    itself,
    members,
    messages,
    posting,
)
from groupbot.surfaces.sandbox.methods.call import ApiError, Call, Upload, bad
from groupbot.surfaces.sandbox.world import BotState, Json, World

__all__ = ["ApiError", "Call", "Methods", "Upload", "bad"]
_TABLE: dict[str, Callable[[Call], Any]] = {
    name.lower(): fn
    for room in (messages, files, members, entry, forums, gifts, chats, itself)
    for name, fn in room.METHODS.items()
}


class Methods:
    """One world's Bot API."""

    def __init__(self, world: World, *, limits: Callable[[], Limits] = Limits) -> None:
        self.world = world
        self._limits: dict[str, Limits] = {}
        self._make_limits = limits

    def bot(self, token: str) -> BotState:
        """The bot of a token. Raises ApiError 401."""
        found = self.world.bots.get(token)
        if found is None:
            raise ApiError(401, "Unauthorized")
        return found

    def call(self, token: str, method: str, params: Json, files: dict[str, Upload]) -> Any:
        """The result of one call. Raises ApiError."""
        bot = self.bot(token)
        fn = _TABLE.get(method.lower())
        if method.lower() == "deleteephemeralmessage":
            if not self.world.ephemeral:
                raise ApiError(404, "Not Found")
            fn = posting.delete_ephemeral_message
        if fn is None:
            raise ApiError(501, f"Not Implemented: the sandbox does not model {method}")
        limits = self._limits.get(token)
        if limits is None:
            limits = self._limits[token] = self._make_limits()
        return fn(Call(self.world, bot, method, params, files, limits))
