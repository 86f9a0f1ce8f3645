"""Write down what a group wants said again, and say it."""

from groupbot.features.notes.service.books import (
    add,
    clear,
    clear_all,
    exported,
    moved,
    names,
    save,
    stop,
    triggers_of,
    trouble,
)
from groupbot.features.notes.service.renaming import redraw
from groupbot.features.notes.service.saying import get, heard, opened, started
from groupbot.features.notes.store import KEPT

__all__ = [
    "KEPT",
    "add",
    "clear",
    "clear_all",
    "exported",
    "get",
    "heard",
    "moved",
    "names",
    "opened",
    "redraw",
    "save",
    "started",
    "stop",
    "triggers_of",
    "trouble",
]
