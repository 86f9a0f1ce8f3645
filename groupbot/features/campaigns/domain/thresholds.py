"""From where on a campaign passes a level of ignition, as its file says it."""

from __future__ import annotations

from typing import Any

from groupbot.features.engagement.domain.measures import Levels
from groupbot.features.promos.domain import Wrong, nearest

EXAMPLE = "levels: {inside: 2%, many: 1000}"
_WHOLE = ("many", "communities")  # counted in people, and in groups
_NAMES = Levels.__struct_fields__


def levels_of(raw: Any) -> Levels:
    """Those that are not named stay as they are for everybody.

    Raises:
        Wrong: names the field, what was expected, and an example.
    """
    if raw is None:
        return Levels()
    if not isinstance(raw, dict):
        raise Wrong("levels", f"levels: {str(raw)[:80]!r}, expected a mapping", f"write {EXAMPLE}")
    for name in raw:
        if name not in _NAMES:
            raise Wrong(f"levels.{name}", f"levels.{name}: no such threshold", nearest(str(name), _NAMES))
    return Levels(**{name: _number(name, value) for name, value in raw.items()})


def _number(name: str, value: Any) -> Any:
    """More than nothing: a whole number, or a share (`2%`), which above 100 % is a multiple."""
    text = str(value).strip()
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        number = 0.0
    whole = name in _WHOLE
    if isinstance(value, bool) or not 0 < number < 1e9 or (whole and number != int(number)):
        expected = "a whole number above 0" if whole else "a share or a number above 0"
        raise Wrong(
            f"levels.{name}", f"levels.{name}: {text[:80]!r}, expected {expected}", f"write {EXAMPLE}"
        )
    return int(number) if whole else number
