"""The library's Bot over our transport, and its first words with Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError

from groupbot.engine.outbox.calls import before_call
from groupbot.errors import Later, Misfit
from groupbot.surfaces.telegram.transport import Transport, UpdatesTransport
from groupbot.surfaces.telegram.trouble import trouble
from groupbot.surfaces.telegram.wire import ALLOWED_UPDATES

log = structlog.get_logger(__name__)
LONGEST_PAUSE = 15.0  # seconds, where Telegram itself names no longer one
_SENT: ContextVar[list[Any] | None] = ContextVar("sent", default=None)


@contextmanager
def sent_raw() -> Iterator[list[Any]]:
    """Messages sent within come into this list as Telegram wrote them, and the library makes no object of
    them, which took it 150 µs for an answer with buttons; what it returns means nothing."""
    messages: list[Any] = []
    before = _SENT.set(messages)
    try:
        yield messages
    finally:
        _SENT.reset(before)


class PacedBot(Bot):
    """The library's Bot, which asks before each call whether it may leave yet."""

    async def _do_post(self, endpoint: str, data: dict[str, Any], **more: Any) -> Any:
        before_call()  # `_do_post` is where the library's own ExtBot puts its limiter
        answer = await super()._do_post(endpoint, data, **more)
        messages = _SENT.get()
        if messages is None:
            return answer
        if isinstance(answer, list):
            messages += answer
            return []
        messages.append(answer)
        return True


def make_bot(token: str, base_url: str) -> Bot:
    """A Bot for this token on this Bot API server."""
    base = base_url.rstrip("/")
    return PacedBot(
        token or "0:none",
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=Transport(),
        get_updates_request=UpdatesTransport(connections=2),
    )


async def introduce(bot: Bot, base_url: str) -> tuple[str, int]:
    """The bot's username and id.

    Raises:
        Misfit: the token is refused or the server not reached.
    """
    try:
        await bot.initialize()
    except InvalidToken:
        raise Misfit(
            "Telegram does not accept this token",
            where="GROUPBOT_TOKEN",
            next="copy it again from @BotFather: /mybots, API Token",
        ) from None
    except NetworkError as e:
        raise Misfit(
            f"{base_url} was not reached: {e.message.removeprefix('not reached: ')}",
            where="GROUPBOT_BASE_URL",
            next="check network and address",
        ) from None
    except TelegramError as e:
        raise Misfit(e.message, where="getMe", next="see docs/operating.md") from None
    return bot.username, bot.id


async def hook(bot: Bot, url: str, secret: str) -> None:
    """Telegram delivers to `url` from now on; what waits is kept. A busy or distant Telegram is waited for.

    Raises:
        Misfit: Telegram refuses the address, or the bot.
    """
    pause = 1.0
    while True:
        try:
            await bot.set_webhook(
                url, secret_token=secret, allowed_updates=list(ALLOWED_UPDATES), drop_pending_updates=False
            )
            return
        except BadRequest as e:
            raise Misfit(
                f"Telegram refuses it: {e.message}",
                where="GROUPBOT_WEBHOOK_URL",
                next="a public https address at port 443, 80, 88 or 8443",
            ) from None
        except TelegramError as e:
            no = trouble(e)
            if not isinstance(no, Later):
                raise Misfit(str(no), where="setWebhook", next="see docs/operating.md") from None
            seconds = max(no.retry_after, pause)
            log.warning("hook.failed", error=e.message, again_in=seconds)
        await asyncio.sleep(seconds)
        pause = min(pause * 2, LONGEST_PAUSE)
