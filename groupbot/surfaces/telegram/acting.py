"""Acts that take more than one call: bans and kicks, deleting what may be deleted; and what is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from telegram import Bot, ChatBoost
from telegram.error import BadRequest, Forbidden, TelegramError

from groupbot.core.effects import Ask, Ban, Bans
from groupbot.core.events import Boosts, Chat, Counted, Event, Invited
from groupbot.errors import Gone
from groupbot.surfaces.telegram.gifts import offers
from groupbot.surfaces.telegram.people import chat_facts, standing
from groupbot.surfaces.telegram.trouble import trouble

log = structlog.get_logger(__name__)
KICK_FOR = timedelta(seconds=60)  # should the bot die between a kick's two calls, it ends by itself
SOONEST = timedelta(seconds=35)  # Telegram takes an end within half a minute for "for good"
HANDS = 5  # bans at once
CALLS = 40  # for one lot of messages of which some cannot be deleted


async def ban(bot: Bot, effect: Ban, chat: int, now: datetime) -> str:
    """Ban, unban or kick; a note where nothing was to be done.

    A kick is a ban and its end; with `until` it ends by itself then, and nothing is lifted at all. Who is
    banned already is left so: nobody is freed by a kick (J-Rios/TLG_JoinCaptchaBot#75).
    """
    if effect.member < 0 and effect.free:
        await bot.unban_chat_sender_chat(chat, effect.member)
    elif effect.member < 0:
        await bot.ban_chat_sender_chat(chat, effect.member)
    elif effect.free:
        await bot.unban_chat_member(chat, effect.member, only_if_banned=True)
    elif not effect.kick:
        await bot.ban_chat_member(chat, effect.member, until_date=in_time(effect.until, now))
    elif (await bot.get_chat_member(chat, effect.member)).status == "kicked":
        return "was banned before and stays so"
    elif effect.until is not None:
        await bot.ban_chat_member(chat, effect.member, until_date=in_time(effect.until, now))
    else:
        await bot.ban_chat_member(chat, effect.member, until_date=now + KICK_FOR)
        await bot.unban_chat_member(chat, effect.member, only_if_banned=True)
    return ""


async def bans(bot: Bot, effect: Bans, chat: int, now: datetime) -> None:
    """A few calls at once; the first that says "later" or "no right" ends them all, and the whole is done
    again: whoever is out already does no harm."""
    left = list(reversed(effect.members))
    wrong: list[TelegramError] = []

    async def hand() -> None:
        while left and not wrong:
            one = Ban(member=left.pop(), until=effect.until, free=effect.free)
            try:
                await ban(bot, one, chat, now)
            except TelegramError as e:
                if not isinstance(trouble(e), Gone) or "chat not found" in e.message.lower():
                    wrong.append(e)

    await asyncio.gather(*(hand() for _ in range(HANDS)))
    if wrong:
        raise wrong[0]


def boosts(given: Sequence[ChatBoost], member: int, chat: int, now: datetime) -> Boosts:
    """What getUserChatBoosts told."""
    ends = [b.expiration_date for b in given]
    here = Chat(chat, "supergroup")
    return Boosts(at=now, chat=here, person=member, count=len(ends), until=max(ends, default=None))


async def asked(bot: Bot, ask: Ask, chat: int, now: datetime) -> tuple[Event, ...]:
    """What Telegram answers, as events."""
    here = Chat(chat, "supergroup")
    if ask.facts:
        return (chat_facts((await bot.get_chat(chat)).to_dict(), now),)
    if ask.link:
        return (await invited(bot, ask, chat, now),)
    if ask.gifts:
        return (await offers(bot, ask, chat, now),)
    if ask.boosts:
        told = await bot.get_user_chat_boosts(chat, ask.member)
        return (boosts(told.boosts, ask.member, chat, now),)
    if ask.count:
        return (Counted(at=now, chat=here, members=await bot.get_chat_member_count(chat)),)
    if not ask.member:
        return tuple(standing(m.to_dict(), here, now) for m in await bot.get_chat_administrators(chat))
    return (standing((await bot.get_chat_member(chat, ask.member)).to_dict(), here, now),)


async def invited(bot: Bot, ask: Ask, chat: int, now: datetime) -> Invited:
    """A new invite link, or why there is none: the right to make one is missing.

    Raises:
        TelegramError: whatever else Telegram said.
    """
    here = Chat(chat, "supergroup")
    try:
        made = await bot.create_chat_invite_link(
            chat, name=ask.link[:32], creates_join_request=ask.by_request or None
        )
    except (BadRequest, Forbidden) as e:
        return Invited(at=now, chat=here, ref=ask.ref, trouble=e.message)
    return Invited(at=now, chat=here, ref=ask.ref, url=made.invite_link)


def in_time(until: datetime | None, now: datetime) -> datetime | None:
    """An end that is still an end for Telegram: what left late ends soon, and not never."""
    return None if until is None else max(until, now + SOONEST)


async def delete(bot: Bot, chat: int, ids: list[int], copy_to: tuple[int, int | None] | None = None) -> str:
    """Delete messages (at most 100), once copied where they shall be kept; where some cannot be deleted, the
    others: halved until it is known which. A note `left N` says how many stand."""
    if copy_to is not None:
        await _copied(bot, chat, ids, copy_to)
    if len(ids) == 1:
        await bot.delete_message(chat, ids[0])
        return ""
    lots, left, calls = [ids], 0, 0
    while lots:
        lot = lots.pop()
        if calls >= CALLS:
            left += len(lot)
            continue
        calls += 1
        try:
            await bot.delete_messages(chat, lot)
        except BadRequest as e:
            if "can't be deleted" not in e.message.lower():
                raise
            if len(lot) == 1:
                left += 1
            else:
                half = len(lot) // 2
                lots += [lot[:half], lot[half:]]  # the newer half first: the old ones are those that stay
    return f"left {left}" if left else ""


async def _copied(bot: Bot, chat: int, ids: list[int], copy_to: tuple[int, int | None]) -> None:
    """A courtesy to those who look at it later: whatever Telegram says, what is to go goes now."""
    where, topic = copy_to
    try:
        await bot.copy_messages(where, chat, sorted(ids), disable_notification=True, message_thread_id=topic)
    except TelegramError as e:
        log.info("copy.failed", chat=chat, error=e.message)
