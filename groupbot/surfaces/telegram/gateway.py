"""Effect → Bot API call → receipt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    ChatPermissions,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    User,
)
from telegram.error import TelegramError

from groupbot.core.effects import (
    Answer,
    Ask,
    Ban,
    Delete,
    Edit,
    Effect,
    Leave,
    Menu,
    Pin,
    Receipt,
    Restrict,
    Rows,
    Send,
)
from groupbot.core.events import Chat
from groupbot.core.text import Entity
from groupbot.engine.clock import Clock
from groupbot.engine.outbox import Target
from groupbot.surfaces.telegram.intake import standing
from groupbot.surfaces.telegram.trouble import fine, trouble

_MUTED = ChatPermissions.no_permissions()
_FREE = ChatPermissions.all_permissions()
_SCOPES: dict[str, Any] = {
    "default": BotCommandScopeDefault,
    "groups": BotCommandScopeAllGroupChats,
    "private": BotCommandScopeAllPrivateChats,
    "admins": BotCommandScopeAllChatAdministrators,
}


class TelegramGateway:
    """Speaks the Bot API through one `telegram.Bot`."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self.bot = bot
        self.clock = clock
        self.calls = 0

    async def perform(self, effect: Effect, target: Target) -> Receipt:
        """Raises Gone, Denied or Later."""
        self.calls += 1
        try:
            return await self._perform(effect, target)
        except TelegramError as e:
            if fine(e):
                return Receipt(note=e.message)
            raise trouble(e) from None

    async def _perform(self, effect: Effect, target: Target) -> Receipt:
        chat, bot = target.telegram_id, self.bot
        match effect:
            case Send():
                return await self._send(effect, chat)
            case Edit():
                return await self._edit(effect, target)
            case Delete():
                ids = list(effect.messages or target.messages)
                if len(ids) == 1:
                    await bot.delete_message(chat, ids[0])
                else:
                    await bot.delete_messages(chat, ids)
            case Answer():
                await bot.answer_callback_query(
                    effect.query_id,
                    text=effect.text or None,
                    show_alert=effect.alert or None,
                    url=effect.url,
                )
            case Restrict():
                await bot.restrict_chat_member(
                    chat,
                    effect.member,
                    _FREE if effect.free else _MUTED,
                    until_date=effect.until,
                    use_independent_chat_permissions=True,
                )
            case Ban(free=True):
                await bot.unban_chat_member(chat, effect.member, only_if_banned=True)
            case Ban():
                await bot.ban_chat_member(chat, effect.member, until_date=effect.until)
            case Pin():
                for message_id in target.messages:
                    await bot.pin_chat_message(chat, message_id, disable_notification=effect.silent)
            case Leave():
                await bot.leave_chat(chat)
            case Menu():
                await bot.set_my_commands(
                    [BotCommand(n, d) for n, d in effect.commands],
                    scope=_SCOPES[effect.scope](),
                    language_code=effect.language or None,
                )
            case Ask(member=0):
                here = Chat(chat, "supergroup")
                staff = await bot.get_chat_administrators(chat)
                return Receipt(events=tuple(standing(m.to_dict(), here, self.clock.now()) for m in staff))
            case Ask():
                member = await bot.get_chat_member(chat, effect.member)
                return Receipt(
                    events=(standing(member.to_dict(), Chat(chat, "supergroup"), self.clock.now()),)
                )
        return Receipt()

    async def _send(self, effect: Send, chat: int) -> Receipt:
        common: dict[str, Any] = {
            "message_thread_id": effect.topic,
            "disable_notification": effect.silent or None,
            "reply_markup": keyboard(effect.buttons),
            "reply_parameters": ReplyParameters(effect.reply_to, allow_sending_without_reply=True)
            if effect.reply_to
            else None,
        }
        if effect.photo:
            path = Path(effect.photo)
            photo: Any = InputFile(path.read_bytes(), filename=path.name) if path.is_file() else effect.photo
            sent = await self.bot.send_photo(
                chat,
                photo,
                caption=effect.text or None,
                caption_entities=entities(effect.entities),
                **common,
            )
            file_id = sent.photo[-1].file_id if sent.photo else None
            return Receipt((sent.message_id,), file_id=file_id)
        sent = await self.bot.send_message(
            chat,
            effect.text,
            entities=entities(effect.entities),
            link_preview_options=None if effect.preview else LinkPreviewOptions(is_disabled=True),
            **common,
        )
        return Receipt((sent.message_id,))

    async def _edit(self, effect: Edit, target: Target) -> Receipt:
        for message_id in target.messages:
            await self.bot.edit_message_text(
                effect.text,
                chat_id=target.telegram_id,
                message_id=message_id,
                entities=entities(effect.entities),
                reply_markup=keyboard(effect.buttons),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        return Receipt(target.messages)


def entities(marks: tuple[Entity, ...]) -> list[MessageEntity] | None:
    """Our marks as the library's."""
    return [
        MessageEntity(
            e.type,
            e.offset,
            e.length,
            url=e.url,
            language=e.language,
            custom_emoji_id=e.custom_emoji_id,
            user=User(e.user, "-", False) if e.user else None,
        )
        for e in marks
    ] or None


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Rows of buttons as the library's keyboard."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    b.label, url=b.url, callback_data=None if b.url else b.data or b.label[:64]
                )
                for b in row
            ]
            for row in rows
        ]
    )
