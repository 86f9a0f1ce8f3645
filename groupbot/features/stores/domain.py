"""What a store may be called. Pure."""

from __future__ import annotations

NAME = 40  # characters


def name_of(text: str) -> str:
    """A store's name as it is kept; '' where there is none."""
    name = " ".join(text.split())
    return name if 0 < len(name) <= NAME and name.isprintable() else ""
