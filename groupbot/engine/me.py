"""What the bot knows of itself, from its routers."""

from __future__ import annotations

from typing import Any

from groupbot.engine.plugins import Registry
from groupbot.engine.work import Me


def me_of(registry: Registry, bot_id: int, username: str, **more: Any) -> Me:
    """The bot with these routers; `more` are the fields that settings decide."""
    return Me(
        bot_id,
        username,
        frozenset(registry.needs),
        tuple(registry.every_command),
        modules=tuple((r.about, frozenset(r.needs)) for r in registry.routers if r.needs),
        wants=tuple((r.about, s, needs) for r in registry.routers for s, needs in r.wants),
        settings=registry.settings,
        conditions=registry.conditions,
        routers=tuple((r.name, r.about) for r in registry.routers),
        **more,
    )
