"""Looking without touching: what Telegram says of the bot, its webhook and its standing in a chat."""

from __future__ import annotations

from msgspec import Struct
from telegram import Bot
from telegram.error import TelegramError

from groupbot.core.events import Chat
from groupbot.engine.clock import Clock
from groupbot.surfaces.telegram.people import standing
from groupbot.surfaces.telegram.trouble import trouble


class Self(Struct, frozen=True):
    """The bot as Telegram knows it. `reads_all` is false in privacy mode."""

    username: str
    id: int
    reads_all: bool
    webhook: str
    pending: int
    webhook_error: str


class Seat(Struct, frozen=True):
    """The bot's standing in one chat: Telegram's word for it, and its rights by routers' names."""

    status: str
    rights: frozenset[str]


async def myself(bot: Bot) -> Self:
    """getMe and getWebhookInfo of an initialised bot.

    Raises:
        Gone, Denied or Later: Telegram said no.
    """
    try:
        me = await bot.get_me()
        hook = await bot.get_webhook_info()
    except TelegramError as e:
        raise trouble(e) from None
    return Self(
        me.username or "",
        me.id,
        bool(me.can_read_all_group_messages),
        hook.url,
        hook.pending_update_count,
        hook.last_error_message or "",
    )


async def seat(bot: Bot, telegram_id: int) -> Seat:
    """getChatMember of the bot itself.

    Raises:
        Gone: the chat is not there for the bot any more, or has moved. Denied or Later: not now.
    """
    try:
        member = await bot.get_chat_member(telegram_id, bot.id)
    except TelegramError as e:
        raise trouble(e) from None
    seen = standing(member.to_dict(), Chat(telegram_id, "supergroup"), Clock().now())
    return Seat(seen.status, seen.rights)


async def drop_webhook(bot: Bot) -> None:
    """Stop deliveries by webhook; what waits is kept and comes by polling.

    Raises:
        Gone, Denied or Later: Telegram said no.
    """
    try:
        await bot.delete_webhook(drop_pending_updates=False)
    except TelegramError as e:
        raise trouble(e) from None
