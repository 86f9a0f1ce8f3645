"""Use cases: propose what fits a group's stage; bring a group to its end, and back."""

from groupbot.features.lifecycle.service.exporting import Export, export_step, exported
from groupbot.features.lifecycle.service.playbooks import KIND, read
from groupbot.features.lifecycle.service.retiring import ask, keep, retire, undo
from groupbot.features.lifecycle.service.telling import draft, shown, tell
from groupbot.features.lifecycle.store import KEPT

__all__ = [
    "KEPT",
    "KIND",
    "Export",
    "ask",
    "draft",
    "export_step",
    "exported",
    "keep",
    "read",
    "retire",
    "shown",
    "tell",
    "undo",
]
