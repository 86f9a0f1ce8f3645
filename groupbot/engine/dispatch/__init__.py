"""Dispatch: batch → observe → guard → handle → commit → answer → wake.

A batch of updates is one transaction. An update that cannot be decoded, a step that fails, a row that
the database refuses: each is quarantined alone and the rest goes on.
"""

from groupbot.engine.dispatch.batches import Dispatch
from groupbot.engine.dispatch.items import SHORT, WHOLE, Facts, Habits, Item, Outcome, id_of

__all__ = ["SHORT", "WHOLE", "Dispatch", "Facts", "Habits", "Item", "Outcome", "id_of"]
