"""A Work that only reads: for commands beside a running bot, and for its own long questions. It takes no turn
and no lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from groupbot.core.effects import Effect
from groupbot.engine.clock import Clock, chance
from groupbot.engine.sql import Sql
from groupbot.engine.storage import open_engine, reading
from groupbot.engine.work import Me, Work

if TYPE_CHECKING:
    from groupbot.engine.content import Content


@contextmanager
def looking(
    url: str,
    *,
    bot_id: int = 0,
    me: Me | None = None,
    now: datetime | None = None,
    content: Content | None = None,
) -> Iterator[Work]:
    """One snapshot of the database; what is said here goes nowhere."""

    def unsaid(_: Work, effect: Effect) -> Effect:
        return effect

    engine = open_engine(url, read_only=True)
    try:
        with reading(engine) as connection:
            raw = connection.connection.driver_connection
            sql = Sql(raw, engine.dialect)
            caches = defaultdict[str, dict[Any, Any]](dict)
            yield Work(
                sql,
                now=now or Clock().now(),
                rng=chance(),
                me=me or Me(bot_id),
                caches=caches,
                render=unsaid,
                content=content,
            )
    finally:
        engine.dispose()
