"""The guarded way out: public hosts only, bounded, of the right type."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.resolver import ThreadedResolver

from groupbot.engine import egress
from groupbot.engine.egress import fetch, public, type_of
from groupbot.errors import Misfit

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1", "::", "nonsense",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not public(address)


def test_an_address_outside_is_public() -> None:
    assert public("93.184.216.34")
    assert public("2606:2800:220:1:248:1893:25c8:1946")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png", "https://127.0.0.1/a.png", "https://[::1]/a.png", "https://localhost/a.png",
        "https://example.com:8443/a.png", "https://user@example.com/a.png", "file:///etc/passwd",
        "https://169.254.169.254/latest/meta-data", "https://2130706433/a.png", "https:///a.png",
    ],
)  # fmt: skip
async def test_what_is_not_public_https_is_not_even_asked_for(url: str) -> None:
    with pytest.raises(Misfit, match="not fetched"):
        await fetch(url, "photo", 1 << 20)


@pytest.mark.parametrize("url", ["https://shop.example:99999/x", "https://[shop.example/x"])
async def test_what_is_no_address_is_told_and_not_raised(url: str) -> None:
    assert await egress.trouble(url) == "it is no address"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name == "farther":
            raise web.HTTPFound("/away")
        if name == "farthest":
            raise web.HTTPFound("/farther")
        if name == "away":
            raise web.HTTPFound("/a.png")
        if name == "inward":
            raise web.HTTPFound("https://169.254.169.254/latest/meta-data")
        if name == "nowhere":
            return web.Response(status=302, headers={"Location": "https://shop.example:99999/x"})
        if name == "round":
            raise web.HTTPFound("/round")
        if name == "gone":
            raise web.HTTPNotFound
        if name == "long":
            made = web.StreamResponse()
            await made.prepare(request)
            for _ in range(40):
                await made.write(PNG * 10)
            return made
        return web.Response(body=PNG if name.endswith("png") else b"<html>", content_type="image/png")

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


async def test_a_file_is_taken_whole_and_redirects_are_followed_twice(server: str) -> None:
    assert await fetch(f"{server}/a.png", "photo", 1 << 20, inside=True) == PNG
    assert await fetch(f"{server}/away", "photo", 1 << 20, inside=True) == PNG
    assert await fetch(f"{server}/farther", "photo", 1 << 20, inside=True) == PNG
    with pytest.raises(Misfit, match="it leads on and on"):
        await fetch(f"{server}/farthest", "photo", 1 << 20, inside=True)


@pytest.mark.parametrize(
    ("name", "leads", "why"),
    [
        ("inward", "https://169.254.169.254/latest/meta-data", "no public address"),
        ("nowhere", "https://shop.example:99999/x", "it is no address"),
    ],
)
async def test_where_a_redirect_leads_is_looked_at_anew(
    server: str, monkeypatch: pytest.MonkeyPatch, name: str, leads: str, why: str
) -> None:
    """Only the server of this test may be inside; what it leads to is not even asked for."""
    looked, known = egress._looked_at, list[str]()

    def look(url: str, inside: bool) -> None:
        known.append(url)
        looked(url, inside and url.startswith(server))

    monkeypatch.setattr(egress, "_looked_at", look)
    with pytest.raises(Misfit, match=why):
        await fetch(f"{server}/{name}", "photo", 1 << 20, inside=True)
    assert known == [f"{server}/{name}", leads]


async def test_a_name_that_leads_inside_is_not_connected_to(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the address looked at is the one connected to, and one that is inside refuses them all."""
    asked = list[str]()

    async def resolve(self: ThreadedResolver, host: str, port: int = 0, family: int = 0) -> list[Any]:
        asked.append(host)
        outside, inside = ({"hostname": host, "host": a, "port": port, "family": 2, "proto": 0, "flags": 0}
                           for a in ("93.184.216.34", "127.0.0.1"))  # fmt: skip
        return [outside, inside]

    monkeypatch.setattr(ThreadedResolver, "resolve", resolve)
    with pytest.raises(Misfit, match="not reached"):
        await fetch("https://rebound.example/a.png", "photo", 1 << 20)
    assert asked == ["rebound.example"]


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("a.html", "photo", "it is no photo"),
        ("a.png", "video", "it is no video"),
        ("round", "photo", "leads on"),
        ("gone", "photo", "answers 404"),
        ("long", "photo", "larger than"),
    ],
)
async def test_what_does_not_fit_is_refused_with_the_reason(
    server: str, name: str, kind: str, why: str
) -> None:
    with pytest.raises(Misfit, match=why):
        await fetch(f"{server}/{name}", kind, 10_000, inside=True)


def test_the_type_is_read_from_the_bytes() -> None:
    found = [
        type_of(b) for b in (b"\xff\xd8\xff\xe0", b"GIF89a", b"\0\0\0\x18ftypmp42", b"%PDF-1.7", b"<svg")
    ]
    assert found == ["photo", "animation", "video", "document", ""]
