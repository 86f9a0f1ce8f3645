"""Face: what the bot may do to people by itself in a group of this tier.

Every mute and every removal that no person decided is said here and nowhere else (tests/test_house.py holds
all features to it). In dealer and store groups it is not said at all: who calls is told, and asks a person.
"""

from __future__ import annotations

from groupbot.core.effects import Ban, Bans, Restrict
from groupbot.engine.work import Work
from groupbot.features.members.domain import HUMAN_TIERS
from groupbot.features.members.service.chats import profile


def tier(work: Work, chat: int) -> str:
    """dealer, store or consumer; "" before the set-up."""
    p = profile(work, chat)
    return (p.tier or "") if p is not None else ""


def human_decides(work: Work, chat: int) -> bool:
    """Does only a person mute and remove here? In dealer and store groups, whatever is switched on."""
    return tier(work, chat) in HUMAN_TIERS


def by_itself(work: Work, effect: Restrict | Ban | Bans, *, shadow: bool = False) -> bool:
    """Mute or remove somebody without a person's word; False, and nothing is done, where a person decides."""
    assert effect.chat is not None
    if human_decides(work, effect.chat):
        return False
    work.say(effect, shadow=shadow)
    return True
