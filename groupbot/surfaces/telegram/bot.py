"""The library's Bot over our transport, and its first words with Telegram."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken, NetworkError, TelegramError

from groupbot.engine.outbox.calls import before_call
from groupbot.errors import Misfit
from groupbot.surfaces.telegram.transport import Transport, UpdatesTransport

_BRIEF: ContextVar[bool] = ContextVar("brief", default=False)
_BOOKED = frozenset(  # what is booked of a message that was sent, and what the library's Message must have
    (
        *("message_id", "date", "poll", "ephemeral_message_id"),
        *("photo", "animation", "video", "document", "sticker"),
    )
)


@contextmanager
def brief() -> Iterator[None]:
    """Calls of whom nothing of a sent message is looked at but its ids: the library makes objects of nothing
    else, which took it 150 µs for an answer with buttons."""
    before = _BRIEF.set(True)
    try:
        yield
    finally:
        _BRIEF.reset(before)


def _shortened(answer: Any) -> Any:
    """A sent message, or an album's, without what nobody reads."""
    if isinstance(answer, list):
        return [_shortened(one) for one in answer]
    if isinstance(answer, dict) and "message_id" in answer and "chat" in answer:
        kept = {k: v for k, v in answer.items() if k in _BOOKED}
        kept["chat"] = {k: v for k, v in answer["chat"].items() if k in ("id", "type")}
        return kept
    return answer


class PacedBot(Bot):
    """The library's Bot, which asks before each call whether it may leave yet."""

    async def _do_post(self, endpoint: str, data: dict[str, Any], **more: Any) -> Any:
        before_call()  # `_do_post` is where the library's own ExtBot puts its limiter
        answer = await super()._do_post(endpoint, data, **more)
        return _shortened(answer) if _BRIEF.get() else answer


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
            f"{base_url} was not reached: {e.message}",
            where="GROUPBOT_BASE_URL",
            next="check network and address",
        ) from None
    except TelegramError as e:
        raise Misfit(e.message, where="getMe", next="see docs/operating.md") from None
    return bot.username, bot.id
