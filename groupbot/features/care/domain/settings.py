"""What a chat may set of care."""

from __future__ import annotations

from groupbot.core.setting import Setting

ON = Setting(
    "care.recipes",
    [],
    "Recipes of care that are switched on here (list)",
    most=50,
    example="newcomer, silent14",
)
SETTINGS = (ON,)
