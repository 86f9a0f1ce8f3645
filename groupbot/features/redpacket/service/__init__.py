"""Sending, grabbing and ending packets."""

from groupbot.features.redpacket.service.cards import show_result
from groupbot.features.redpacket.service.ending import expire, expire_due
from groupbot.features.redpacket.service.grabbing import grab, spoken
from groupbot.features.redpacket.service.sending import confirm, open_due, open_now, plan, send

__all__ = [
    "confirm",
    "expire",
    "expire_due",
    "grab",
    "open_due",
    "open_now",
    "plan",
    "send",
    "show_result",
    "spoken",
]
