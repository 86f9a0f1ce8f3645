"""What of the settings no log line and no check may tell."""

from __future__ import annotations

from groupbot.engine import logs
from groupbot.settings import Settings


def hide(settings: Settings) -> None:
    """Before anything is logged."""
    for secret in (settings.token, settings.webhook_secret, settings.orders_secret):
        logs.hide(secret.reveal())
    if settings.database_url:
        from groupbot.engine.urls import passwords  # SQLAlchemy's imports take a while

        for word in passwords(settings.database_url):
            logs.hide(word)
