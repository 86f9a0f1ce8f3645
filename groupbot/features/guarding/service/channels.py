"""Channels that post in the group as themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Ask, Ban, Delete
from groupbot.core.events import ChatFacts, Message
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.guarding.domain.settings import CHANNELS, CHANNELS_ALLOWED, LINKED
from groupbot.features.log import service as log
from groupbot.features.members import service as members

_ALBUMS = "guarding.albums"  # of channels that may not post, by chat and album: why they went
_ASKED = "guarding.asked"  # when Telegram was asked for a chat's linked channel
ASK_AGAIN = timedelta(seconds=5)


def now(work: Work, chat: int) -> dict[str, Any]:
    """Whether channels may post here, and which may anyway."""
    return {
        "on": bool(members.get(work, chat, CHANNELS)),
        "allowed": [int(i) for i in members.get(work, chat, CHANNELS_ALLOWED)],
        "linked": int(members.get(work, chat, LINKED)),
        "human": members.human_decides(work, chat),
    }


def switch(work: Work, chat: int, on: bool, by: int | None) -> None:
    """Channels may post, or not; then the linked channel is asked for, which always may."""
    members.put(work, CHANNELS, on, chat=chat, by=by)
    if not on:
        work.say(Ask(chat=chat, facts=True))


def allow(work: Work, chat: int, channel: int, by: int | None, *, gone: bool = False) -> list[int]:
    """A channel may post though others may not (or no longer); a ban of it is lifted.

    Raises:
        Refusal: that is no channel's id; the bot may not lift its ban.
    """
    if channel >= 0:
        raise Refusal("common/usage")
    if not gone:
        members.needs(work, chat, "restrict")
    kept = [int(i) for i in members.get(work, chat, CHANNELS_ALLOWED) if int(i) != channel]
    if not gone:
        kept.append(channel)
        work.say(Ban(chat=chat, member=channel, free=True, why=f"allowed by {by}"))
    members.put(work, CHANNELS_ALLOWED, kept, chat=chat, by=by)
    return kept


def number(text: str) -> int:
    """A channel's id as people write it, with or without Telegram's -100.

    Raises:
        Refusal: that is no number.
    """
    if not text.removeprefix("-").isdecimal() or len(text) > 18:
        raise Refusal("common/usage")
    found = abs(int(text))
    return -found if found > 10**12 else -(10**12 + found)


def unwelcome(work: Work, event: Message) -> bool:
    """Did a channel speak that may not? The group's own anonymous administrators and its linked channel
    always may."""
    channel = _channel(event)
    if not channel or members.get(work, work.chat, CHANNELS):
        return False
    return not linked(work, event) and channel not in members.get(work, work.chat, CHANNELS_ALLOWED)


def _channel(event: Message) -> int:
    """The channel in whose name somebody speaks here; 0 for none."""
    sender = event.sender_chat
    if sender is None or event.automatic_forward or event.anonymous:
        return 0
    return sender.id if sender.type == "channel" and event.chat.type == "supergroup" else 0


def linked(work: Work, event: Message) -> bool:
    """Does somebody speak as the linked channel? While it is not known which that is, Telegram is asked and
    what a channel said stands."""
    channel = _channel(event)
    if not channel:
        return False
    own = members.layers(work, work.chat)[0].get(LINKED.key)
    if own is None:
        asked = work.cached(_ASKED).get(work.chat)
        if asked is None or abs(work.now - asked) > ASK_AGAIN:
            work.put(_ASKED, work.chat, work.now)
            work.say(Ask(chat=work.chat, facts=True))
        return True
    return bool(channel == own)


def rest_of_album(work: Work, event: Message) -> str:
    """Why the album went whose part this is; "" for the first part, and for what is no album."""
    if event.album is None:
        return ""
    why: str = work.cached(_ALBUMS).get((work.chat, event.album), "")
    return why


def goes(work: Work) -> bool:
    """Does a channel that spoke go with its message? In consumer groups only."""
    p = members.profile(work, work.chat)
    return p is not None and p.tier == "consumer" and not work.late


def put_away(work: Work, event: Message, why: str) -> None:
    """The message of a channel goes, and with `goes` the channel too."""
    again = bool(rest_of_album(work, event))
    ids, copy_to = (event.message_id,), log.copies(work, work.chat)
    work.say(Delete(chat=work.chat, messages=ids, why=why, copy_to=copy_to))
    if event.album is not None:
        work.put(_ALBUMS, (work.chat, event.album), why)
    if event.sender_chat is not None and goes(work) and not again:
        members.by_itself(work, Ban(chat=work.chat, member=event.sender_chat.id, why=why))


def facts(work: Work, event: ChatFacts) -> None:
    """Which channel the group belongs to."""
    learn(work, event.linked_chat)


def learn(work: Work, channel: int) -> None:
    """The linked channel as Telegram told it, or as its posts show; 0 for none."""
    if members.layers(work, work.chat)[0].get(LINKED.key) != channel:
        members.put(work, LINKED, channel, chat=work.chat)
