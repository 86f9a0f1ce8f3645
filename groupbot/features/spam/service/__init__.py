"""What the spam score does in a chat: looks at newcomers, learns from its people."""

from groupbot.features.spam.service.judging import heard, look, newcomer, remember, trust, would_be
from groupbot.features.spam.service.learning import explained, sweep, teach, teach_back
from groupbot.features.spam.service.model import shipped
from groupbot.features.spam.store import KEPT

__all__ = [
    "KEPT",
    "explained",
    "heard",
    "look",
    "newcomer",
    "remember",
    "shipped",
    "sweep",
    "teach",
    "teach_back",
    "trust",
    "would_be",
]
