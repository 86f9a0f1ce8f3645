"""Draws are forgotten half a year after their end, with who took part and who won."""

from __future__ import annotations

from datetime import timedelta

from groupbot.engine.work import Work
from groupbot.features.lottery.service.resident import OPEN
from groupbot.features.lottery.store import forgetting as store

KEEP = timedelta(days=180)


def over(work: Work) -> int | None:
    """The oldest draw that ended 180 days ago and of which nothing is open, asked beside the writer."""
    found = work.sql.value(store.OVER, before=work.now - KEEP)
    return None if found is None else int(found)


def sweep(found: int | None, work: Work) -> bool:
    """Forget it; True when there may be more. After the last, whose boosts were asked about as long ago."""
    if found is None:
        work.sql.run(store.FORGET_BOOSTS, before=work.now - KEEP)
        return False
    for part in store.FORGET_PARTS:
        work.sql.run(part, the_id=found)
    work.sql.run(store.FORGET, the_id=found)
    for key in list(work.cached(OPEN)):
        if key == found or (isinstance(key, tuple) and key[0] == found):
            work.drop(OPEN, key)
    return True
