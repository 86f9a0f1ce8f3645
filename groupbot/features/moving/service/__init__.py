"""What moves in and out, and what is tried before it is on."""

from groupbot.features.moving.service.deciding import decide, sweep, take
from groupbot.features.moving.service.files import (
    arrived,
    ask_for,
    reset,
    rose_of,
    take_text,
    text_of,
)
from groupbot.features.moving.service.showing import Apply, Drop
from groupbot.features.moving.store import OF_PEOPLE as KEPT

__all__ = [
    "KEPT",
    "Apply",
    "Drop",
    "arrived",
    "ask_for",
    "decide",
    "reset",
    "rose_of",
    "sweep",
    "take",
    "take_text",
    "text_of",
]
