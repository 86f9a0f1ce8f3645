"""Looks at the groups' entrances through the guarded way out: does each still answer?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from groupbot.engine import egress
from groupbot.features.links import service as links

AT_ONCE = 20  # addresses of one look


async def look(
    ask: Callable[..., Awaitable[Any]], tick: Callable[..., Awaitable[Any]], *, inside: bool = False
) -> None:
    """Look at what is due: `ask(fn)` reads, `tick(cause, fn)` decides and commits."""
    urls = (await ask(links.wanted))[:AT_ONCE]
    for url in urls:
        why = await egress.trouble(url, inside=inside)
        await tick("tick:links.looked", partial(links.looked, url=url, why=why))
