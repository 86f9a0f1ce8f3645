"""What is kept of people: stated by every feature, exported and erased by one engine."""

from groupbot.engine.keeping.asking import ask_erasure, ask_export, erased, erasing, staying
from groupbot.engine.keeping.declared import FORMER, Kept, former
from groupbot.engine.keeping.desk import PrivacyDesk

__all__ = [
    "FORMER",
    "Kept",
    "PrivacyDesk",
    "ask_erasure",
    "ask_export",
    "erased",
    "erasing",
    "former",
    "staying",
]
