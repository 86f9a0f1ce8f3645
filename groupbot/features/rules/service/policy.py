"""The policy of a chat, kept until one of its settings changes."""

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain.facts import Policy
from groupbot.features.rules.domain.policy import DIGEST, IDLE, SETTINGS, SINCE, TEXT, make

_CACHE = "rules.policy"
_SHAPING = frozenset(s.key for s in SETTINGS if s not in (SINCE, DIGEST, TEXT))


def policy_of(work: Work, chat: int, topic: int | None = None) -> Policy:
    """What the rules are here. Without a change of settings this is two look-ups; chats of a tier that
    set nothing themselves share one policy. A topic that sets something has a policy of its own."""
    layers = members.layers(work, chat, topic)
    here = chat if topic is None or topic not in members.topics(work, chat) else (chat, topic)
    kept = work.cached(_CACHE).get(here)
    if kept is not None and kept[0] is layers:
        return kept[1]  # type: ignore[no-any-return]
    own, of_tier, default, tier = layers
    shared = None if _SHAPING & own.keys() else f"tier:{tier}"
    policy = _shared(work, shared, of_tier, default) if shared else None
    if policy is None:

        def get(setting: Setting) -> Any:
            for rows in (own, of_tier, default):
                if setting.key in rows:
                    return rows[setting.key]
            return setting.fallback(tier)

        policy = make(tier, get)
        if shared:
            work.put(_CACHE, shared, (of_tier, default, policy))
    work.put(_CACHE, here, (layers, policy))
    return policy


def idle(work: Work, chat: int, topic: int | None = None) -> str:
    """Why nothing comes of what is locked or listed here yet, in English words; "" where the rules act."""
    policy = policy_of(work, chat, topic)
    return IDLE.get("new" if policy.tier is None and policy.mode != "off" else policy.mode, "")


def _shared(work: Work, name: str, of_tier: dict[str, Any], default: dict[str, Any]) -> Policy | None:
    """The policy another chat of the tier made from the very same rows."""
    kept = work.cached(_CACHE).get(name)
    if kept is None or kept[0] is not of_tier or kept[1] is not default:
        return None
    return kept[2]  # type: ignore[no-any-return]
