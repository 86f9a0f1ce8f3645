"""Public random numbers over the network: one guarded question a mirror, and two must say the same.

Nothing is sent but the number of a round. Only https, no redirects, five seconds, four kilobytes; whatever
is not exactly a round counts as no answer. With one mirror configured, one is enough, and the record says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
import msgspec
import structlog

from groupbot.engine.clock import Clock
from groupbot.features.lottery import service as lottery
from groupbot.features.lottery.domain import CHAIN, Round, genuine

PATIENCE = aiohttp.ClientTimeout(total=5)
LARGEST = 4096  # bytes
PAUSES = (0, 3, 10, 30, 60)  # seconds between failed rounds of questions
GIVEN_UP = timedelta(minutes=10)  # of asking in vain
log = structlog.get_logger(__name__)


class Beacon:
    """Asks mirrors for rounds, and remembers how long in vain."""

    def __init__(self, mirrors: Sequence[str], clock: Clock, *, plain: bool = False) -> None:
        """`plain` allows http, for mirrors on this machine."""
        schemes = ("https://", "http://") if plain else ("https://",)
        self.mirrors = [m.rstrip("/") for m in mirrors if m.startswith(schemes)]
        self._clock = clock
        self._failing: dict[int, tuple[datetime, int, datetime]] = {}  # since, times, not before

    async def fetch(self, number: int) -> Round | None:
        """The round, when two mirrors agree on it (one, where there is only one); else None."""
        now = self._clock.now()
        since, times, earliest = self._failing.get(number, (now, 0, now))
        if now < earliest:
            return None
        async with aiohttp.ClientSession(timeout=PATIENCE, trust_env=True) as session:
            answers = await asyncio.gather(*(self._one(session, m, number) for m in self.mirrors))
        found = [a for a in answers if a is not None]
        agreed = max((sum(a == b for b in found) for a in found), default=0)
        if agreed >= min(2, len(self.mirrors)) > 0 and all(a == found[0] for a in found):
            self._failing.pop(number, None)
            return msgspec.structs.replace(found[0], mirrors=agreed)
        if len({a.signature for a in found}) > 1:
            log.error("beacon.mirrors_differ", round=number)
        pause = timedelta(seconds=PAUSES[min(times + 1, len(PAUSES) - 1)])
        self._failing[number] = (since, times + 1, now + pause)
        return None

    async def serve(self, ask: Callable[..., Awaitable[Any]], tick: Callable[..., Awaitable[Any]]) -> None:
        """Fetch what draws wait for: `ask(fn)` reads, `tick(cause, fn)` decides and commits."""
        for number in await ask(lottery.rounds_wanted):
            found = await self.fetch(number)
            if found is not None:
                await tick("tick:lottery.round", partial(lottery.round_came, found=found))
            elif self.lost(number):
                await tick("tick:lottery.round", partial(lottery.out_of_patience, missing=number))

    def lost(self, number: int) -> bool:
        """Was this round asked for in vain for ten minutes?"""
        known = self._failing.get(number)
        return known is not None and self._clock.now() - known[0] >= GIVEN_UP

    async def _one(self, session: aiohttp.ClientSession, mirror: str, number: int) -> Round | None:
        try:
            async with session.get(f"{mirror}/{CHAIN}/public/{number}", allow_redirects=False) as answer:
                if answer.status != 200:
                    return None
                body = b""
                async for piece in answer.content.iter_chunked(LARGEST):
                    body += piece
                    if len(body) > LARGEST:
                        return None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return None
        return read(body, number)


def read(body: bytes, number: int) -> Round | None:
    """The round in an answer, if it is that round and its randomness comes from its signature."""
    if len(body) > LARGEST:
        return None
    try:
        found = msgspec.json.decode(body, type=Round)
    except msgspec.DecodeError:
        return None
    found = msgspec.structs.replace(found, mirrors=1)
    return found if found.round == number and genuine(found) else None
