"""What stops a start is told to the operator: where it stands, and what to do."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from groupbot.app import App
from groupbot.errors import Misfit
from groupbot.settings import load
from groupbot.surfaces.sandbox.methods import ApiError, Methods
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import BotState, Json, World
from groupbot.surfaces.telegram.bot import hook, introduce, make_bot
from groupbot.testing import TOKEN, migrated


async def started(folder: Path, **given: Any) -> Misfit:
    (folder / "groupbot.db").write_bytes(migrated())
    world = World()
    world.add_bot(TOKEN)
    async with Sandbox(world).running() as sandbox:
        app = App(load(folder, token=TOKEN, base_url=sandbox.url, **given))
        with pytest.raises(Misfit) as told:
            await app.start()
            await app.run()
        await app.stop()
    return told.value


async def test_webhook_that_telegram_refuses_is_named_with_its_reason(tmp_path: Path) -> None:
    told = await started(
        tmp_path,
        webhook_url="https://example.org:9000/telegram",
        webhook_secret="s" * 32,
        listen="127.0.0.1:0",
    )
    assert told.line() == (
        "GROUPBOT_WEBHOOK_URL: Telegram refuses it: Bad webhook: webhook can be set up only on ports 80, 88, "
        "443 or 8443 -> a public https address at port 443, 80, 88 or 8443"
    )


class Busy(Methods):
    """Fails in these ways before it sets a webhook."""

    def __init__(self, world: World, *fails: ApiError) -> None:
        super().__init__(world)
        self.fails = list(fails)

    def call(self, token: str, method: str, params: Json, files: Any) -> Any:
        if method.lower() == "setwebhook" and self.fails:
            raise self.fails.pop(0)
        return super().call(token, method, params, files)


async def hooked(*fails: ApiError) -> BotState:
    """The bot after its webhook was set in spite of these."""
    world = World()
    world.add_bot(TOKEN)
    async with Sandbox(world, methods=Busy(world, *fails)).running() as sandbox:
        bot = make_bot(TOKEN, sandbox.url)
        await introduce(bot, sandbox.url)
        try:
            await hook(bot, "https://example.org/telegram", "s" * 32)
        finally:
            await bot.shutdown()
    return world.bots[TOKEN]


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_webhook_is_set_once_telegram_that_was_busy_takes_it() -> None:
    state = await hooked(ApiError(429, "Too Many Requests: retry after 1", retry_after=1))
    assert state.webhook["url"] == "https://example.org/telegram"


async def test_token_that_is_taken_back_before_the_webhook_is_set_is_named() -> None:
    with pytest.raises(Misfit) as told:
        await hooked(ApiError(401, "Unauthorized"))
    assert told.value.line() == "setWebhook: the token is not valid -> see docs/operating.md"


async def test_port_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        told = await started(
            tmp_path,
            webhook_url="https://example.org/telegram",
            webhook_secret="s" * 32,
            listen=f"127.0.0.1:{busy.getsockname()[1]}",
        )
    assert (told.where, told.next) == ("GROUPBOT_LISTEN", "choose another port")


async def test_server_that_is_not_there_is_named_once(tmp_path: Path) -> None:
    app = App(load(tmp_path, token=TOKEN, base_url="http://127.0.0.1:9"))
    with pytest.raises(Misfit) as told:
        await app.start()
    await app.stop()
    assert told.value.line() == (
        "GROUPBOT_BASE_URL: http://127.0.0.1:9 was not reached: ClientConnectorError"
        " -> check network and address"
    )
