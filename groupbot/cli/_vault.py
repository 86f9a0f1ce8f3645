"""Does the workspace's key open what is sealed in the database?"""

from __future__ import annotations

from groupbot.cli._guest import untouched
from groupbot.engine import vault
from groupbot.engine.migrate import current, head
from groupbot.engine.reader import looking
from groupbot.errors import Misfit
from groupbot.features.coupons import service as coupons
from groupbot.features.lottery import service as lottery
from groupbot.settings import Settings

STEP = "put back the vault.key that lay beside this database, from your backup, before the bot runs"


def unopened(settings: Settings) -> list[Misfit]:
    """What is to be said of the key: that it is damaged, is not there, or is not the one that codes in the
    database are sealed under. Nothing of a database that cannot be read: that is told of itself."""
    try:
        key = vault.lying(settings.folder)
    except Misfit as e:
        return [e]
    try:
        if untouched(settings) or current(settings.database) != head():
            return []
    except Misfit:
        return []
    with looking(settings.database) as work:
        codes = [*coupons.sealed(work), *lottery.sealed(work)]
    shut = [about for about, code in codes if key is None or not vault.opens(key, code, about=about)]
    if not shut:
        return []
    what = f"{len(shut)} of {len(codes)} codes in the database are sealed under another key"
    if key is None:
        what = f"there is none, and {len(codes)} codes in the database are sealed under it"
    return [Misfit(what, where=str(settings.folder / vault.FILE), next=STEP)]
