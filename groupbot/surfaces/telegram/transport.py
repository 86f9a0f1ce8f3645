"""python-telegram-bot's calls over aiohttp: ten times the sends a second of its own transport.

The token stands in every URL, so no error and no log line carries a URL from here.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, runtime_checkable

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from groupbot.engine.clock import ticking
from groupbot.surfaces.telegram.wire import split


@runtime_checkable
class Timed(Protocol):
    """A transport that may know the server's time."""

    def time_there(self) -> datetime | None:
        """What the server's clock says now, by its last answer and the time since: a second early at most.
        None where it does not tell."""
        ...


class Transport(BaseRequest):
    """One connection pool. Timeouts in seconds."""

    def __init__(self, *, connections: int = 128, read_timeout: float = 20.0) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None
        self._told: tuple[str, float] | None = None  # the time there, and our monotonic clock's then

    def time_there(self) -> datetime | None:
        """See `Timed`."""
        if self._told is None:
            return None
        said, heard = self._told
        try:
            return parsedate_to_datetime(said) + timedelta(seconds=ticking() - heard)
        except (ValueError, TypeError, OverflowError):
            return None

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections), auto_decompress=True
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        assert self._session is not None, "Transport.initialize() was not called"
        body: Any = None
        if request_data is not None and request_data.multipart_data:
            body = aiohttp.FormData()
            for name, value in request_data.json_parameters.items():
                body.add_field(name, value)
            for name, (filename, content, mime) in request_data.multipart_data.items():
                body.add_field(name, content, filename=filename, content_type=mime)
        elif request_data is not None and request_data.json_parameters:
            body = request_data.json_parameters
        wait = DefaultValue.get_value(read_timeout)
        seconds = self._read_timeout if wait is None else float(wait)
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                timeout=aiohttp.ClientTimeout(total=None, sock_read=seconds, sock_connect=10.0),
            ) as answer:
                if said := answer.headers.get("Date"):
                    self._told = said, ticking()
                return answer.status, await answer.read()
        except aiohttp.ConnectionTimeoutError as e:
            raise Unreached(f"not reached: {type(e).__name__}") from None
        except (TimeoutError, asyncio.CancelledError) as e:
            if isinstance(e, asyncio.CancelledError):
                raise
            raise TimedOut from None
        except (aiohttp.ClientConnectorError, aiohttp.ClientConnectorDNSError) as e:
            raise Unreached(f"not reached: {type(e).__name__}") from None
        except aiohttp.ClientError as e:
            raise NetworkError(f"connection lost: {type(e).__name__}") from None


class Unreached(NetworkError):
    """The server was not reached at all: the call certainly had no effect."""


class UpdatesTransport(Transport):
    """The transport of getUpdates: its answer is split into raw updates and decoded once, by intake."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        if payload.startswith(b'{"ok":false') or b'"error_code"' in payload[:200]:
            return BaseRequest.parse_json_payload(payload)
        try:
            return {"ok": True, "result": split(payload)}
        except (ValueError, KeyError, TypeError, RecursionError):
            raise NetworkError("Invalid server response") from None
