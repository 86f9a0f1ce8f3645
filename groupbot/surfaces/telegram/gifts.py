"""Gifts: what the bot could give and pay, and giving one."""

from __future__ import annotations

from datetime import datetime

from telegram import Bot, Gift
from telegram.error import BadRequest, Forbidden, InvalidToken

from groupbot.core.effects import Ask, Receipt
from groupbot.core.effects import Gift as Give
from groupbot.core.events import Chat, GiftOffer, GiftOffers
from groupbot.errors import Gone


async def offers(bot: Bot, ask: Ask, chat: int, now: datetime) -> GiftOffers:
    """The gifts on offer and the bot's Stars, or why there are none to tell. The library takes a method that
    the server does not know (404) for a bad token.

    Raises:
        TelegramError: not answered now.
    """
    here = Chat(chat, "supergroup")
    try:
        found = (await bot.get_available_gifts()).gifts
        stars = (await bot.get_my_star_balance()).amount
    except InvalidToken:
        return GiftOffers(at=now, chat=here, ref=ask.ref, trouble="no_method")
    except (BadRequest, Forbidden) as e:
        return GiftOffers(at=now, chat=here, ref=ask.ref, trouble=e.message)
    return GiftOffers(at=now, chat=here, ref=ask.ref, offers=tuple(map(_offer, found)), stars=stars)


def _offer(g: Gift) -> GiftOffer:
    left = [n for n in (g.remaining_count, g.personal_remaining_count) if n is not None]
    return GiftOffer(
        g.id, g.sticker.emoji or "", g.star_count, left=min(left, default=None), premium=bool(g.is_premium)
    )


async def give(bot: Bot, effect: Give, person: int) -> Receipt:
    """Send it.

    Raises:
        Gone: the server does not know gifts.
        TelegramError: as Telegram said.
    """
    try:
        await bot.send_gift(effect.gift, user_id=person, text=effect.text or None)
    except InvalidToken as e:
        raise Gone(e.message) from None
    return Receipt()
