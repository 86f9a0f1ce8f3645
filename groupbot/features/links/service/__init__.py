"""Links that are counted, the entrances of a group, its menu."""

from groupbot.features.links.service.entrance import (
    benefit,
    buttons,
    came,
    dead_minutes,
    entrances,
    people,
    pin_entrances,
    refresh,
    sweep,
    tracked,
    uses,
)
from groupbot.features.links.service.looking import looked, wanted
from groupbot.features.links.service.menus import (
    drop_entry,
    entries,
    linked,
    menu,
    menu_changed,
    pin_menu,
    put_entry,
    reached,
    runs,
)
from groupbot.features.links.store import KEPT

__all__ = [
    "KEPT", "benefit", "buttons", "came", "dead_minutes", "drop_entry", "entrances", "entries", "linked",
    "looked", "menu", "menu_changed", "people", "pin_entrances", "pin_menu", "put_entry", "reached",
    "refresh", "runs", "sweep", "tracked", "uses", "wanted",
]  # fmt: skip
