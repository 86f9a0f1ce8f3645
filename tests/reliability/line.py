"""A line between bot and Telegram that can be cut."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass
class Line:
    """The line between bot and Telegram: whole, or cut at random within so many bytes."""

    port: int = 0
    cuts: float = 0.0  # how likely a connection is cut at each piece it carries
    done: int = 0


@asynccontextmanager
async def line_to(port: int, rng: random.Random) -> AsyncIterator[Line]:
    """A proxy on 127.0.0.1. What is cut may have arrived, or its answer may be lost: as in life."""
    line, open_ = Line(), set[asyncio.StreamWriter]()

    async def carry(
        source: asyncio.StreamReader, to: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        try:
            while piece := await source.read(4096):
                if rng.random() < line.cuts:
                    line.done += 1
                    to.write(piece[: rng.randrange(len(piece) + 1)])
                    for end in (to, back):
                        end.transport.abort()
                    return
                to.write(piece)
                await to.drain()
        except OSError:
            pass
        finally:
            to.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.transport.abort()
            return
        open_.update((writer, there))
        await asyncio.gather(carry(reader, there, writer), carry(there_reader, writer, there))
        open_.difference_update((writer, there))

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        for end in list(open_):
            end.transport.abort()
