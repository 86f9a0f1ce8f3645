"""Effect → Bot API call → receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import structs
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    ChatPermissions,
)
from telegram.error import BadRequest, EndPointNotFound, TelegramError

from groupbot.core.effects import (
    Admit,
    Answer,
    Ask,
    Ban,
    Bans,
    ClosePoll,
    Delete,
    Edit,
    Effect,
    Gift,
    Leave,
    Menu,
    Permit,
    Pin,
    PinMessage,
    Poll,
    Promote,
    React,
    Receipt,
    Restrict,
    Revoke,
    Send,
    Tag,
    Title,
    Topic,
    Unpin,
    Unreact,
)
from groupbot.engine.clock import Clock
from groupbot.engine.outbox import Target
from groupbot.surfaces.telegram.acting import asked, ban, bans, delete, in_time
from groupbot.surfaces.telegram.editing import edit
from groupbot.surfaces.telegram.files import fetched
from groupbot.surfaces.telegram.gifts import give
from groupbot.surfaces.telegram.sending import booked, send, send_poll
from groupbot.surfaces.telegram.transport import Timed, Unreached
from groupbot.surfaces.telegram.trouble import fine, trouble
from groupbot.surfaces.telegram.whispers import Whispers

_FREE = ChatPermissions.all_permissions()
_MAY = tuple(_FREE.to_dict())
_NO_TOPIC = ("message thread not found", "topic_closed", "topic_deleted")
_UNMARKED = ("parse entities", "parse messageentity", "entity_")
_RIGHTS = {
    "delete": "can_delete_messages",
    "restrict": "can_restrict_members",
    "pin": "can_pin_messages",
    "invite": "can_invite_users",
    "promote": "can_promote_members",
    "info": "can_change_info",
    "manage": "can_manage_chat",
    "topics": "can_manage_topics",
    "video": "can_manage_video_chats",
    "tags": "can_manage_tags",
    "anonymous": "is_anonymous",
}
_SCOPES: dict[str, Any] = {
    "default": BotCommandScopeDefault,
    "groups": BotCommandScopeAllGroupChats,
    "private": BotCommandScopeAllPrivateChats,
    "admins": BotCommandScopeAllChatAdministrators,
}


class TelegramGateway:
    """Speaks the Bot API through one `telegram.Bot`."""

    def __init__(self, bot: Bot, clock: Clock, *, ephemeral: bool = False) -> None:
        self.bot = bot
        self.whispers = Whispers(bot, allowed=ephemeral)
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
            case Poll():
                return await self._send_poll(effect, chat)
            case ClosePoll():
                for message_id in target.messages:
                    await bot.stop_poll(chat, message_id)
            case Edit():
                return await edit(bot, effect, target)
            case Delete():
                ids = list(effect.messages or target.messages)
                return Receipt(note=await delete(bot, chat, ids, effect.copy_to))
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
                    _FREE if effect.free else permissions(effect.can),
                    until_date=in_time(effect.until, self._there()),
                    use_independent_chat_permissions=True,
                )
            case Ban():
                return await ban(bot, effect, chat, self._there())
            case Bans():
                await bans(bot, effect, chat, self._there())
            case Permit():
                await bot.set_chat_permissions(
                    chat, permissions(effect.can), use_independent_chat_permissions=True
                )
            case Admit() if effect.words is not None:
                return await self._announced(effect, effect.words)
            case Admit():
                await self._admit(effect, chat)
            case Promote():
                given: dict[str, Any] = {flag: name in effect.rights for name, flag in _RIGHTS.items()}
                await bot.promote_chat_member(chat, effect.member, **given)
            case Title():
                await bot.set_chat_administrator_custom_title(chat, effect.member, effect.title)
            case Tag():
                await bot.set_chat_member_tag(chat, effect.member, effect.label)
            case Topic():
                return await self._topic(effect, chat)
            case PinMessage():
                await bot.pin_chat_message(chat, effect.message, disable_notification=effect.silent)
            case Unpin(message=None):
                await bot.unpin_all_chat_messages(chat)
            case Unpin():
                await bot.unpin_chat_message(chat, effect.message)
            case React():
                return await self._react(effect, chat)
            case Unreact():
                by_chat = effect.member < 0
                await bot.delete_message_reaction(
                    chat,
                    effect.message,
                    user_id=None if by_chat else effect.member,
                    actor_chat_id=effect.member if by_chat else None,
                )
            case Pin():
                for message_id in target.messages:
                    await bot.pin_chat_message(chat, message_id, disable_notification=effect.silent)
            case Gift():
                return await give(bot, effect, chat)
            case Revoke():
                await bot.revoke_chat_invite_link(chat, effect.link)
            case Leave():
                await bot.leave_chat(chat)
            case Menu():
                await bot.set_my_commands(
                    [BotCommand(n, d) for n, d in effect.commands],
                    scope=_SCOPES[effect.scope](),
                    language_code=effect.language or None,
                )
            case Ask() if effect.file:
                return Receipt(events=(await fetched(bot, effect, self.clock.now()),))
            case Ask():
                return Receipt(events=await asked(bot, effect, chat, self.clock.now()))
        return Receipt()

    def _there(self) -> datetime:
        """Now, by Telegram's clock where ours is behind it: by that one it judges what is too soon an end."""
        now, wire = self.clock.now(), self.bot.request
        there = wire.time_there() if isinstance(wire, Timed) else None
        return now if there is None else max(now, there)

    async def _send(self, effect: Send, chat: int) -> Receipt:
        if effect.only_for is not None:
            return await self.whispers.send(effect, chat)
        to = effect.to or chat
        try:
            return booked(await send(self.bot, effect, to, effect.topic))
        except BadRequest as e:
            said = e.message.lower()
            if effect.entities and any(w in said for w in _UNMARKED):  # the words are worth more than marks
                plain = structs.replace(effect, entities=())
                return booked(
                    await send(self.bot, plain, to, effect.topic), f"said without marks: {e.message}"
                )
            if not _without_topic(effect, e):
                raise
        sent = await send(self.bot, effect, to, None)
        return booked(sent, "the topic is gone or closed: said in General")

    async def _react(self, effect: React, chat: int) -> Receipt:
        try:
            await self.bot.set_message_reaction(chat, effect.message, effect.sign or None)
        except BadRequest as e:  # the group allows none, or the message is gone
            return Receipt(note=e.message)
        return Receipt()

    async def _send_poll(self, effect: Poll, chat: int) -> Receipt:
        try:
            return await send_poll(self.bot, effect, chat, effect.topic)
        except BadRequest as e:
            if not _without_topic(effect, e):
                raise
        return await send_poll(self.bot, effect, chat, None)

    async def _announced(self, effect: Admit, words: Send) -> Receipt:
        """The words, while the request stands. Its decision follows from the receipt: tried again it repeats
        no words. Only where Telegram was not reached do both wait."""
        note = "announced; the decision follows"
        try:
            await self._send(words, effect.member)
        except Unreached:
            raise
        except TelegramError as e:
            note = f"not announced: {e.message}"
        return Receipt(note=note, then=(structs.replace(effect, words=None),))

    async def _admit(self, effect: Admit, chat: int) -> None:
        """By the query first; a query that is too old, or a server without them, leaves the request."""
        if effect.query:
            result = "queue" if effect.accept is None else "approve" if effect.accept else "decline"
            args = {"chat_join_request_query_id": effect.query, "result": result}
            try:
                await self.bot.do_api_request("answerChatJoinRequestQuery", api_kwargs=args)
                return
            except (BadRequest, EndPointNotFound):
                pass
        if effect.accept is None:
            return
        if effect.accept:
            await self.bot.approve_chat_join_request(chat, effect.member)
        else:
            await self.bot.decline_chat_join_request(chat, effect.member)

    async def _topic(self, effect: Topic, chat: int) -> Receipt:
        bot, topic = self.bot, effect.topic
        if effect.act == "create":
            made = await bot.create_forum_topic(chat, effect.name)
            return Receipt((made.message_thread_id,))
        if topic is None:
            await self._general(effect, chat)
        elif effect.act == "rename":
            await bot.edit_forum_topic(chat, topic, name=effect.name)
        elif effect.act == "close":
            await bot.close_forum_topic(chat, topic)
        elif effect.act == "reopen":
            await bot.reopen_forum_topic(chat, topic)
        else:
            await bot.delete_forum_topic(chat, topic)
        return Receipt()

    async def _general(self, effect: Topic, chat: int) -> None:
        """General cannot be deleted: it is hidden instead."""
        if effect.act == "rename":
            await self.bot.edit_general_forum_topic(chat, effect.name)
        elif effect.act == "close":
            await self.bot.close_general_forum_topic(chat)
        elif effect.act == "reopen":
            await self.bot.reopen_general_forum_topic(chat)
        else:
            await self.bot.hide_general_forum_topic(chat)


def _without_topic(effect: Send | Poll, e: BadRequest) -> bool:
    """Did it fail for its topic alone?"""
    return effect.topic is not None and any(w in e.message.lower() for w in _NO_TOPIC)


def permissions(can: tuple[str, ...]) -> ChatPermissions:
    """Every permission said, so that none is left to a default."""
    every: dict[str, Any] = {flag: flag.removeprefix("can_") in can for flag in _MAY}
    return ChatPermissions(**every)
