"""`/orders`: orders the shop signs, over real HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import sqlalchemy as sa

from groupbot.app import App
from groupbot.errors import Misfit
from groupbot.features.orders import service
from groupbot.settings import load
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import World
from groupbot.surfaces.telegram.web import ORDERS_LIMIT
from groupbot.testing import TOKEN, Talk, conversation
from tests.reliability.webhook import free_port

SECRET = "of-the-shop-" * 3
PAGE = Path(__file__).parents[3] / "docs" / "orders.md"


class Shop:
    """A shop's system beside a conversation whose bot listens."""

    def __init__(self, talk: Talk, port: int, http: aiohttp.ClientSession) -> None:
        self.talk, self.http, self.url = talk, http, f"http://127.0.0.1:{port}/orders"

    async def sends(
        self, body: bytes, *, secret: str = SECRET, late: int = 0, **headers: str
    ) -> tuple[int, Any]:
        """Status and answer of a delivery signed `late` seconds ago."""
        at = str(int(self.talk.app.clock.now().timestamp()) - late)
        signature = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        given = {"X-Groupbot-Time": at, "X-Groupbot-Signature": signature} | headers
        async with self.http.post(self.url, data=body, headers=given) as answer:
            return answer.status, await answer.json()

    def order(self, number: str = "A1", status: str = "paid", **more: Any) -> bytes:
        at = self.talk.app.clock.now().isoformat()
        one = {"order": number, "at": at, "customer": "13800138000", "status": status, **more}
        return json.dumps({"orders": [one]}).encode()

    def kept(self) -> list[tuple[Any, ...]]:
        return self.talk.rows("SELECT number, status FROM order_ref ORDER BY number")


@pytest_asyncio.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    port = free_port()
    async with (
        conversation(tmp_path, orders_secret=SECRET, listen=f"127.0.0.1:{port}") as talk,
        aiohttp.ClientSession() as http,
    ):
        yield Shop(talk, port, http)


async def test_an_order_comes_in_is_told_to_its_buyer_and_kept_without_what_pays(shop: Shop) -> None:
    talk = shop.talk
    mei = talk.person("Mei")
    await talk.says(mei, "/start", private=True)
    ((_, code),) = await talk.app.writer.submit(service.codes, ["13800138000"])
    await talk.says(mei, f"/bind {code}", private=True)
    sent = shop.order(lines=[{"product": "HAW", "amount": 59}], card_no="6222020200112233", address="Lane 7")
    assert await shop.sends(sent) == (
        200,
        {"new": 1, "changed": 0, "known": 0, "stale": 0, "parked": ["HAW"]},
    )
    await talk.settle()
    assert "A1" in talk.last(mei)
    heard = len(talk.bot_texts(mei))
    assert (await shop.sends(sent))[1]["known"] == 1  # at least once, as shops send
    assert (await shop.sends(shop.order(status="shipped"), late=-1))[1]["changed"] == 1
    assert (await shop.sends(sent, late=20))[1]["stale"] == 1
    await talk.settle()
    assert len(talk.bot_texts(mei)) == heard + 1
    assert shop.kept() == [("A1", "shipped")]
    everything = b"".join(p.read_bytes() for p in talk.app.settings.folder.iterdir() if p.is_file())
    assert [w for w in (b"6222020200112233", b"Lane 7", b"13800138000") if w in everything] == []


async def test_what_is_not_signed_so_or_does_not_fit_changes_nothing(shop: Shop) -> None:
    body = shop.order()
    assert (await shop.sends(body, secret=SECRET[1:]))[0] == 401
    assert (await shop.sends(body, late=301))[0] == 401
    assert (await shop.sends(body, **{"X-Groupbot-Time": "ä"}))[0] == 401
    assert (await shop.sends(body, **{"X-Groupbot-Signature": ""}))[0] == 401
    async with shop.http.post(shop.url, data=body) as answer:
        assert answer.status == 401
    async with shop.http.get(shop.url) as answer:
        assert answer.status == 405
    status, said = await shop.sends(b'{"orders": [{"order": "A1"}]}')
    assert (status, said) == (400, {"error": "Object missing required field `at` - at `$.orders[0]`"})
    good = json.loads(shop.order("A2"))["orders"]
    wrong = json.loads(shop.order("A3", "lost"))["orders"]
    status, said = await shop.sends(json.dumps({"orders": good + wrong}).encode())
    assert (status, said) == (400, {"error": "orders[1].status: 'lost'"})
    full = body + b" " * (ORDERS_LIMIT - len(body))
    assert (await shop.sends(full + b" "))[0] == 413
    assert shop.kept() == []
    assert (await shop.sends(full))[0] == 200


async def test_what_the_database_refuses_is_not_said_to_be_taken(shop: Shop) -> None:
    await shop.talk.app.writer.submit(lambda work: work.sql.run(sa.text("DROP TABLE order_line")))
    status, said = await shop.sends(shop.order())
    assert (status, list(said)) == (500, ["error"])
    assert shop.kept() == []


async def test_the_example_of_the_page_works_as_it_stands(shop: Shop) -> None:
    if not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("needs curl and openssl")
    page = PAGE.read_text("utf-8")
    script, answer = (re.search(rf"```{kind}\n(.+?)```", page, re.S)[1] for kind in ("sh", "json"))  # type: ignore[index]
    script = script.replace("http://127.0.0.1:8080/orders", shop.url)
    done = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        script,
        env=os.environ | {"GROUPBOT_ORDERS_SECRET": SECRET},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await done.communicate()
    assert out.decode() == answer.strip()
    assert shop.kept() == [("A1001", "paid")]


async def test_without_a_secret_there_is_no_door_and_a_short_one_is_refused(tmp_path: Path) -> None:
    port = free_port()
    async with (
        conversation(tmp_path / "none", health=True, listen=f"127.0.0.1:{port}") as talk,
        aiohttp.ClientSession() as http,
        http.post(f"http://127.0.0.1:{port}/orders", data=b"{}") as answer,
    ):
        assert (answer.status, talk.rows("SELECT 1 FROM order_ref")) == (404, [])
    world = World()
    world.add_bot(TOKEN)
    async with Sandbox(world).running() as sandbox:
        app = App(load(tmp_path, token=TOKEN, base_url=sandbox.url, orders_secret="short"))
        with pytest.raises(Misfit) as e:
            await app.start()
        await app.stop()
    assert e.value.where == "GROUPBOT_ORDERS_SECRET"
