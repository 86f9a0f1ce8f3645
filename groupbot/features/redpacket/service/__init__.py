"""Sending, grabbing and ending packets."""

from groupbot.features.redpacket.service.cards import redraw, show_result
from groupbot.features.redpacket.service.effects import Step, effect_step, effects, keep_effect
from groupbot.features.redpacket.service.ending import end_all, expire, expire_due, open_here
from groupbot.features.redpacket.service.grabbing import grab, spoken
from groupbot.features.redpacket.service.planning import open_now, plan
from groupbot.features.redpacket.service.sending import confirm, open_due, send
from groupbot.features.redpacket.store import KEPT

__all__ = [
    "Step",
    "KEPT",
    "redraw",
    "confirm",
    "effect_step",
    "effects",
    "end_all",
    "expire",
    "expire_due",
    "grab",
    "keep_effect",
    "open_due",
    "open_here",
    "open_now",
    "plan",
    "send",
    "show_result",
    "spoken",
]
