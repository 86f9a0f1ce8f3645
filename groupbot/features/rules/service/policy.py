"""The policy of a chat, kept until one of its settings changes."""

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain.facts import Policy
from groupbot.features.rules.domain.policy import make

_CACHE = "rules.policy"


def policy_of(work: Work, chat: int) -> Policy:
    """What the rules are here. Without a change of settings this is two look-ups."""
    own, of_tier, default, tier = members.layers(work, chat)
    kept = work.cached(_CACHE).get(chat)
    if kept is not None:
        seen, policy = kept
        if seen[0] is own and seen[1] is of_tier and seen[2] is default and seen[3] == tier:
            return policy  # type: ignore[no-any-return]

    def get(setting: Setting) -> Any:
        for rows in (own, of_tier, default):
            if setting.key in rows:
                return rows[setting.key]
        return setting.fallback(tier)

    policy = make(tier, get)
    work.put(_CACHE, chat, ((own, of_tier, default, tier), policy))
    return policy
