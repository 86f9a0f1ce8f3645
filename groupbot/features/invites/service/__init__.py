"""Making named links, printing them, and rewarding who brought friends that stay."""

from groupbot.features.invites.service.bringing import came, followed, sweep
from groupbot.features.invites.service.links import all_off, arrived, counters, issued, mine, off, printed
from groupbot.features.invites.service.rewards import left, settle, standing
from groupbot.features.invites.store import KEPT

__all__ = [
    "KEPT",
    "all_off",
    "arrived",
    "came",
    "counters",
    "followed",
    "issued",
    "left",
    "mine",
    "off",
    "printed",
    "settle",
    "standing",
    "sweep",
]
