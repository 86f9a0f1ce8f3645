"""Long lists looked at a page at a time: some rows may have to wait, and behind these come others."""

from __future__ import annotations

from typing import Any

from groupbot.engine.storage import Hot
from groupbot.engine.work import Work


def page(work: Work, name: str, statement: Hot, most: int) -> list[Any]:
    """The next page of the list `name`: `statement` gives, by id, at most `most` rows due `now` with an id
    beyond `behind`. After the last page it begins anew."""
    behind = work.cached(name).get("behind", 0)
    rows = work.sql.all(statement, now=work.now, behind=behind, most=most)
    work.put(name, "behind", rows[-1].id if len(rows) == most else 0)
    return rows


def others(work: Work, name: str) -> bool:
    """May there be others behind the last page?"""
    return bool(work.cached(name).get("behind"))
