"""Guarding: raids, closed hours, channels, service messages."""

from groupbot.features.guarding.service import channels, cleaning, closing, raids, waves
from groupbot.features.guarding.store import KEPT

__all__ = ["KEPT", "channels", "cleaning", "closing", "raids", "waves"]
