"""Acts that take more than one call: bans and kicks, deleting what may be deleted; and what is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from telegram import Bot, ChatBoost, ChatMemberBanned
from telegram.error import BadRequest, Forbidden, TelegramError

from groupbot.core.effects import Ask, Ban, Bans, Receipt
from groupbot.core.events import Boosts, Chat, Counted, Event, Invited
from groupbot.errors import Gone, Hushed
from groupbot.surfaces.telegram.gifts import offers
from groupbot.surfaces.telegram.people import chat_facts, standing
from groupbot.surfaces.telegram.trouble import trouble

log = structlog.get_logger(__name__)
KICK_FOR = timedelta(
    minutes=2
)  # should the end of a kick be lost, it ends by itself: SOONEST, and a slow call
NEAR = timedelta(seconds=5)  # two readings of Telegram's clock may differ by a second or two
SOONEST = timedelta(seconds=35)  # Telegram takes an end within half a minute for "for good"
HANDS = 5  # bans at once
CALLS = 40  # for one lot of messages of which some cannot be deleted


async def ban(bot: Bot, effect: Ban, chat: int, now: datetime) -> Receipt:
    """Ban, unban or kick; a note where nothing was to be done.

    A kick is a short ban, and its end an effect of its own that follows from the receipt; with `until` it
    ends by itself then, and nothing is lifted at all. Who is banned already is left so: nobody is freed by a
    kick (J-Rios/TLG_JoinCaptchaBot#75). A ban that is as short as a kick's is one: the bot died before it
    was booked. `now`: by Telegram's clock, where that is known; by one that is behind it the ban would be for
    good, and nothing would tell it from one that is meant so.
    """
    if effect.member < 0 and effect.free:
        await bot.unban_chat_sender_chat(chat, effect.member)
    elif effect.member < 0:
        await bot.ban_chat_sender_chat(chat, effect.member)
    elif effect.kick:
        return await _kick(bot, effect, chat, now)
    elif effect.free:
        await bot.unban_chat_member(chat, effect.member, only_if_banned=True)
    else:
        await bot.ban_chat_member(chat, effect.member, until_date=in_time(effect.until, now))
    return Receipt()


async def _kick(bot: Bot, effect: Ban, chat: int, now: datetime) -> Receipt:
    """A kick, or its end (`free`)."""
    banned, kicked = await _banned(bot, effect, chat, now)
    if effect.free:
        if kicked:
            await bot.unban_chat_member(chat, effect.member, only_if_banned=True)
        return Receipt(note="" if kicked else "the kick is over")
    if banned and not kicked:
        return Receipt(note="was banned before and stays so")
    if effect.until is not None:
        await bot.ban_chat_member(chat, effect.member, until_date=in_time(effect.until, now))
        return Receipt()
    over = now + KICK_FOR
    if not kicked:
        await bot.ban_chat_member(chat, effect.member, until_date=over)
        _, kicked = await _banned(bot, effect, chat, now)  # no: by Telegram's clock it ended too soon
    end = Ban(chat=effect.chat, member=effect.member, free=True, kick=kicked, not_after=over, cause="kick")
    return Receipt(then=(end,))


async def _banned(bot: Bot, effect: Ban, chat: int, now: datetime) -> tuple[bool, bool]:
    """Are they banned, and for so short that it is a kick?"""
    member = await bot.get_chat_member(chat, effect.member)
    if not isinstance(member, ChatMemberBanned):
        return False, False
    return True, now < member.until_date <= now + KICK_FOR + NEAR


async def bans(bot: Bot, effect: Bans, chat: int, now: datetime) -> None:
    """A few calls at once; the first that says "later" or "no right", or that the chat is out of reach, ends
    them all, and the whole is done again: whoever is out already does no harm."""
    left = list(reversed(effect.members))
    wrong: list[TelegramError | Hushed] = []

    async def hand() -> None:
        while left and not wrong:
            one = Ban(member=left.pop(), until=effect.until, free=effect.free)
            try:
                await ban(bot, one, chat, now)
            except TelegramError as e:
                said = trouble(e)
                if not isinstance(said, Gone) or said.state or said.moved_to:
                    wrong.append(e)
            except Hushed as e:
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
