"""groupbot operates Telegram member groups.

This is the public face: what a handler author may import. Everything is loaded when first used, so that
`groupbot --help` stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

API = 1  # raised when this face changes incompatibly; old names stay for one minor version

_HOME = {
    "Admit": "core.effects",
    "Answer": "core.effects",
    "Asked": "core.commands",
    "Ban": "core.effects",
    "Boosts": "core.events",
    "BoostChanged": "core.events",
    "BotStanding": "core.events",
    "ChatFacts": "core.events",
    "Counted": "core.events",
    "Button": "core.effects",
    "ClosePoll": "core.effects",
    "Command": "core.events",
    "Delete": "core.effects",
    "Edit": "core.effects",
    "Event": "core.events",
    "Fetched": "core.events",
    "GiftOffers": "core.events",
    "Invited": "core.events",
    "JoinRequest": "core.events",
    "Joined": "core.events",
    "Left": "core.events",
    "Message": "core.events",
    "Misfit": "errors",
    "Permit": "core.effects",
    "Person": "core.events",
    "Pin": "core.effects",
    "PinMessage": "core.effects",
    "Poll": "core.effects",
    "PollAnswer": "core.events",
    "PollTotals": "core.events",
    "Promote": "core.effects",
    "React": "core.effects",
    "Reaction": "core.events",
    "Refusal": "errors",
    "Restrict": "core.effects",
    "Revoke": "core.effects",
    "Router": "engine.router",
    "Send": "core.effects",
    "Service": "core.events",
    "Setting": "core.setting",
    "Standing": "core.events",
    "Tap": "core.events",
    "Topic": "core.effects",
    "Traits": "core.events",
    "Unpin": "core.effects",
    "Unreact": "core.effects",
    "Upgraded": "core.events",
    "Work": "engine.work",
    "here": "engine.replies",
    "person_of": "engine.replies",
    "reply": "engine.replies",
    "sender_of": "engine.replies",
    "switched": "engine.replies",
}
__all__ = [
    "API",
    "Admit",
    "Answer",
    "Asked",
    "Ban",
    "BoostChanged",
    "Boosts",
    "BotStanding",
    "Button",
    "ChatFacts",
    "ClosePoll",
    "Command",
    "Counted",
    "Delete",
    "Edit",
    "Event",
    "Fetched",
    "GiftOffers",
    "Invited",
    "JoinRequest",
    "Joined",
    "Left",
    "Message",
    "Misfit",
    "Permit",
    "Person",
    "Pin",
    "PinMessage",
    "Poll",
    "PollAnswer",
    "PollTotals",
    "Promote",
    "React",
    "Reaction",
    "Refusal",
    "Restrict",
    "Revoke",
    "Router",
    "Send",
    "Service",
    "Setting",
    "Standing",
    "Tap",
    "Topic",
    "Traits",
    "Unpin",
    "Unreact",
    "Upgraded",
    "Work",
    "here",
    "person_of",
    "reply",
    "sender_of",
    "switched",
]

if TYPE_CHECKING:
    from groupbot.core.commands import Asked
    from groupbot.core.effects import (
        Admit,
        Answer,
        Ban,
        Button,
        ClosePoll,
        Delete,
        Edit,
        Permit,
        Pin,
        PinMessage,
        Poll,
        Promote,
        React,
        Restrict,
        Revoke,
        Send,
        Topic,
        Unpin,
        Unreact,
    )
    from groupbot.core.events import (
        BoostChanged,
        Boosts,
        BotStanding,
        ChatFacts,
        Command,
        Counted,
        Event,
        Fetched,
        GiftOffers,
        Invited,
        Joined,
        JoinRequest,
        Left,
        Message,
        Person,
        PollAnswer,
        PollTotals,
        Reaction,
        Service,
        Standing,
        Tap,
        Traits,
        Upgraded,
    )
    from groupbot.core.setting import Setting
    from groupbot.engine.replies import here, person_of, reply, sender_of, switched
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
