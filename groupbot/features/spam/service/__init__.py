"""What the spam score does in a chat: judge newcomers, learn from its people."""

from groupbot.features.spam.service.model import shipped

__all__ = ["shipped"]
