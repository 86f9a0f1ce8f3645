"""groupbot operates Telegram member groups.

This is the public face: what a handler author may import. Everything is loaded when first used, so that
`groupbot --help` stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

API = 1  # raised when this face changes incompatibly; old names stay for one minor version

_HOME = {
    "Answer": "core.effects",
    "Ban": "core.effects",
    "BotStanding": "core.events",
    "Button": "core.effects",
    "Command": "core.events",
    "Delete": "core.effects",
    "Edit": "core.effects",
    "Event": "core.events",
    "Joined": "core.events",
    "Left": "core.events",
    "Message": "core.events",
    "Misfit": "errors",
    "Person": "core.events",
    "Pin": "core.effects",
    "Reaction": "core.events",
    "Refusal": "errors",
    "Restrict": "core.effects",
    "Router": "engine.router",
    "Send": "core.effects",
    "Standing": "core.events",
    "Tap": "core.events",
    "Upgraded": "core.events",
    "Work": "engine.work",
}
__all__ = [
    "API",
    "Answer",
    "Ban",
    "BotStanding",
    "Button",
    "Command",
    "Delete",
    "Edit",
    "Event",
    "Joined",
    "Left",
    "Message",
    "Misfit",
    "Person",
    "Pin",
    "Reaction",
    "Refusal",
    "Restrict",
    "Router",
    "Send",
    "Standing",
    "Tap",
    "Upgraded",
    "Work",
]

if TYPE_CHECKING:
    from groupbot.core.effects import Answer, Ban, Button, Delete, Edit, Pin, Restrict, Send
    from groupbot.core.events import (
        BotStanding,
        Command,
        Event,
        Joined,
        Left,
        Message,
        Person,
        Reaction,
        Standing,
        Tap,
        Upgraded,
    )
    from groupbot.engine.router import Router
    from groupbot.engine.work import Work
    from groupbot.errors import Misfit, Refusal


def __getattr__(name: str) -> Any:
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"groupbot has no {name!r}") from None
    return getattr(import_module(f"groupbot.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
