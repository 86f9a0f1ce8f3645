"""Guarding: raids, closed hours, channels, service messages."""

from groupbot.features.guarding.service import channels, cleaning, closing, raids, waves

__all__ = ["channels", "cleaning", "closing", "raids", "waves"]
