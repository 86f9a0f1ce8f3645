"""The one guarded way out to addresses that operators write: https, public hosts, bounded, of the right type.

The host's name is resolved here and the connection goes to the very address that was looked at, so that a
name cannot point inside between the look and the call. Redirects are followed twice, each looked at anew.
No proxy of the environment is used: behind one nothing could be checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Any
from urllib.parse import urljoin, urlsplit

from groupbot.errors import Misfit

SECONDS = 20.0  # for the whole file
REDIRECTS = 2
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_MOVED = (301, 302, 303, 307, 308)


def public(address: str) -> bool:
    """Is it an address of the public internet? Those written as IPv4 within IPv6 are looked at as IPv4."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if found.version == 6 and found in _NAT64:
        inner = ipaddress.ip_address(found.packed[-4:])
    if inner is not None:
        found = inner
    return found.is_global and not found.is_multicast


def type_of(data: bytes) -> str:
    """photo, animation, video, document (pdf, zip) or '' by the first bytes, whatever the server says."""
    if data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n":
        return "photo"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "photo"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "animation"
    if data[4:8] == b"ftyp":
        return "video"
    if data[:5] == b"%PDF-" or data[:4] == b"PK\x03\x04":
        return "document"
    return ""


FITS = {
    "photo": ("photo",),
    "video": ("video",),
    "animation": ("animation", "video"),
    "document": ("photo", "animation", "video", "document"),
}


async def fetch(url: str, kind: str, most: int, *, inside: bool = False) -> bytes:
    """The file behind an address, at most `most` bytes. `inside` allows http and this machine, for tests.

    Raises:
        Misfit: why it is not taken; nothing of its content is in the text.
    """
    try:
        async with asyncio.timeout(SECONDS):
            data = await _fetched(url, most, inside)
    except TimeoutError:
        raise _no(url, f"it took longer than {SECONDS:.0f} s") from None
    if type_of(data) not in FITS[kind]:
        raise _no(url, f"it is no {kind}")
    return data


async def trouble(url: str, *, inside: bool = False) -> str:
    """Why an address does not answer, '' when it does; nothing of its content is read."""
    try:
        async with asyncio.timeout(SECONDS):
            await _fetched(url, 0, inside, whole=False)
    except TimeoutError:
        return f"it took longer than {SECONDS:.0f} s"
    except Misfit as e:
        return e.what.removeprefix("not fetched: ")
    return ""


async def _fetched(url: str, most: int, inside: bool, *, whole: bool = True) -> bytes:
    import aiohttp  # noqa: PLC0415 - only once an address is fetched

    connector = aiohttp.TCPConnector(resolver=_resolver(inside), limit=2, use_dns_cache=False)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
        for _ in range(REDIRECTS + 1):
            _looked_at(url, inside)
            try:
                async with session.get(url, allow_redirects=False) as answer:
                    if answer.status in _MOVED:
                        url = urljoin(url, answer.headers.get("Location", ""))
                        continue
                    if answer.status != 200:
                        raise _no(url, f"it answers {answer.status}")
                    return await _read(answer, url, most) if whole else b""
            except (aiohttp.ClientError, OSError, ValueError) as e:
                raise _no(url, f"not reached ({type(e).__name__})") from None
    raise _no(url, "it leads on and on")


async def _read(answer: Any, url: str, most: int) -> bytes:
    if (answer.content_length or 0) > most:
        raise _no(url, f"it is larger than {most >> 20} MB")
    body = bytearray()
    async for piece in answer.content.iter_chunked(1 << 16):
        body += piece
        if len(body) > most:
            raise _no(url, f"it is larger than {most >> 20} MB")
    return bytes(body)


def _looked_at(url: str, inside: bool) -> None:
    """Raises Misfit for what is not even asked for; hosts written as numbers do not meet the resolver."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no(url, "it is no address") from None
    if inside:
        return
    if parts.scheme != "https" or parts.username is not None or port not in (None, 443):
        raise _no(url, "only https:// on its own port is fetched")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if not public(host):
            raise _no(url, "it is no public address")
    if "." not in host and ":" not in host:
        raise _no(url, "it is no public address")


def _resolver(inside: bool) -> Any:
    from aiohttp.abc import AbstractResolver, ResolveResult  # noqa: PLC0415
    from aiohttp.resolver import ThreadedResolver  # noqa: PLC0415

    class Guarded(AbstractResolver):
        """Names lead to public addresses only: one that is not refuses them all."""

        def __init__(self) -> None:
            self._inner = ThreadedResolver()

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> list[ResolveResult]:
            found = await self._inner.resolve(host, port, family)
            if not inside and not all(public(r["host"]) for r in found):
                raise OSError("no public address")
            return found

        async def close(self) -> None:
            await self._inner.close()

    return Guarded()


def _no(url: str, why: str) -> Misfit:
    return Misfit(f"not fetched: {why}", where=url[:200], next="give another address, or put the file here")
