"""Ephemeral messages: said in a group, seen by one member (Bot API 10.2, in its shape of 10.3).

A server that does not know them takes `sendMessage` with an unknown parameter for a public message. So
nothing is sent until the operator allowed it and the server proved that it has `deleteEphemeralMessage`;
what was said names its receiver in the shapes of both versions; and an answer that is not an ephemeral
message is deleted at once and ends them until the next start.
"""

from __future__ import annotations

import structlog
from telegram import Bot
from telegram.error import BadRequest, EndPointNotFound, Forbidden, NetworkError, TelegramError, TimedOut

from groupbot.core.effects import Receipt, Send
from groupbot.engine.outbox.calls import at_once
from groupbot.errors import Gone
from groupbot.surfaces.telegram.sending import send

log = structlog.get_logger(__name__)


class Whispers:
    """What is known of the server: `known` None until it was asked."""

    def __init__(self, bot: Bot, *, allowed: bool) -> None:
        self.bot = bot
        self.known: bool | None = None if allowed else False

    async def send(self, effect: Send, chat: int) -> Receipt:
        """Say it to `only_for` alone.

        Raises:
            Gone: not possible here; nothing was said.
            TelegramError: the server or the network is in the way for now.
        """
        member = effect.only_for
        assert member is not None
        if chat > 0 or not await self._able(chat, member):
            raise Gone("this server shows no message to one member alone")
        try:
            (sent,) = await send(
                self.bot,
                effect,
                chat,
                effect.topic,
                ephemeral_message_parameters={"receiver_user_id": member},
                receiver_user_id=member,  # where 10.2 is spoken
            )
        except (BadRequest, Forbidden) as e:
            raise Gone(e.message) from None
        if not sent.ephemeral_message_id:
            self.known = False
            log.error(
                "ephemeral.public", chat=chat, next="deleted; ephemeral messages are off until the start"
            )
            with at_once():  # everybody reads it
                await self._take_back(chat, sent.message_id)
            raise Gone("the server made it public: deleted, and not tried again")
        return Receipt(note="seen by one member")

    async def _able(self, chat: int, member: int) -> bool:
        """Does the server have the method that came with ephemeral messages? Asked once, harmlessly."""
        if self.known is None:
            asked = {"chat_id": chat, "receiver_user_id": member, "ephemeral_message_id": 0}
            try:
                await self.bot.do_api_request("deleteEphemeralMessage", api_kwargs=asked)
                self.known = True
            except EndPointNotFound:
                self.known = False
            except (BadRequest, Forbidden):  # it is there, and found no such message
                self.known = True
            log.info("ephemeral.known", known=self.known)
        return self.known

    async def _take_back(self, chat: int, message_id: int) -> None:
        for _ in range(3):
            try:
                await self.bot.delete_message(chat, message_id)
                return
            except (TimedOut, NetworkError) as e:
                log.error("ephemeral.still_public", chat=chat, message=message_id, error=e.message)
                if isinstance(e, BadRequest):
                    return
            except TelegramError as e:
                log.error("ephemeral.still_public", chat=chat, message=message_id, error=e.message)
                return
