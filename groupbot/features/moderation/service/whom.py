"""Whom an act is meant for, and whether that may be."""

from __future__ import annotations

from msgspec import Struct

from groupbot.core.effects import Delete
from groupbot.core.events import ANONYMOUS_ADMIN, CHANNEL_SENDER, TELEGRAM_SERVICE, ChatFacts, Command
from groupbot.engine.work import Work
from groupbot.errors import Refusal, Unsure
from groupbot.features.log import service as log
from groupbot.features.members import service as members
from groupbot.features.members.domain import is_fresh
from groupbot.features.moderation.domain.grammar import Mention, Target, target_of
from groupbot.features.moderation.store import BY_USERNAME

SHARED = (ANONYMOUS_ADMIN, CHANNEL_SENDER, TELEGRAM_SERVICE)  # ids that stand for many
ROUTER = "moderation"
_LINKED = "moderation.linked"  # when Telegram told of the linked channel


class Aim(Struct, frozen=True):
    """Whom (`actor`: a person, or negative a channel), what people call them, and the rest of the
    arguments. `message` is the message replied to, 0 without one."""

    actor: int
    name: str
    rest: str
    message: int = 0


def reply_of(cmd: Command) -> int:
    """The message a command answers to, 0 without one. In a topic every message answers its first one:
    that is no reply."""
    m = cmd.message
    return m.reply_to if m.reply_to is not None and m.reply_to != m.topic else 0


def author_of(cmd: Command) -> int:
    """Who wrote the message a command answers to: a person, or negative a channel; 0 unknown."""
    m = cmd.message
    if m.reply_chat is not None:
        return m.reply_chat.id if m.reply_chat.id != m.chat.id and not m.reply_automatic else 0
    return m.reply_person.id if m.reply_person is not None and m.reply_person.id not in SHARED else 0


def mentions_of(cmd: Command) -> tuple[Mention, ...]:
    """The names that are links to people, where they stand in the arguments."""
    start = len(cmd.message.text.rstrip()) - len(cmd.args)
    return tuple(Mention(at - start, n, who) for at, n, who in cmd.message.named if at >= start)


def aimed(work: Work, cmd: Command, *, sure: bool = True) -> Aim | None:
    """Whom a command names; None for nobody. Usernames change hands: what one points to is asked of Telegram
    before anybody is acted on. Who only looks something up takes what is known (not `sure`).

    Raises:
        Refusal: a username nobody here is known by; or an id that many share.
        Unsure: whose username it is was not asked within the last minute.
    """
    reply = reply_of(cmd)
    target, rest = target_of(cmd.args, mentions_of(cmd), replied=reply > 0)
    if target is None:
        return None
    actor, name = _replied(work, cmd) if target.replied else _named(work, target, sure)
    return Aim(actor, name, rest, reply)


def aim(work: Work, cmd: Command) -> Aim:
    """Whom an act is for, and they may be acted on.

    Raises:
        Refusal: nobody is named; an administrator, the bot itself or the linked channel is.
    """
    found = aimed(work, cmd)
    if found is None:
        raise Refusal("common/usage")
    place = members.place(work, work.chat)
    if found.actor == work.bot_id:
        raise Refusal("moderation/not_me")
    if found.actor < 0:
        _no_linked(work, found.actor)
    if (place is not None and found.actor == place.telegram_id) or members.is_staff(
        work, work.chat, found.actor
    ):
        raise Refusal("moderation/not_admin", name=found.name)
    return found


def _replied(work: Work, cmd: Command) -> tuple[int, str]:
    m = cmd.message
    if m.reply_automatic:
        raise Refusal("moderation/not_linked")
    if m.reply_chat is not None:
        if m.reply_chat.id == m.chat.id:
            raise Refusal("moderation/not_admin", name=m.reply_chat.title)
        call_channel(work, m.reply_chat.id, m.reply_chat.title)
        return m.reply_chat.id, m.reply_chat.title
    if m.reply_person is None or m.reply_person.id in SHARED:
        raise Refusal("moderation/shared_id")
    return m.reply_person.id, m.reply_person.name


def _named(work: Work, target: Target, sure: bool) -> tuple[int, str]:
    if target.username:
        return _by_name(work, target.username, sure)
    if target.id in SHARED:
        raise Refusal("moderation/shared_id")
    if target.id < 0:
        return target.id, channel_name(work, target.id)
    name = members.name(work, target.id)
    return target.id, name if name != "…" else str(target.id)


def call_channel(work: Work, channel: int, title: str) -> None:
    """Remember what a channel is called that somebody acts on: later it may be named by its id."""
    notes = work.notes(ROUTER)
    if title and notes.get(f"channel:{channel}") != title:
        notes.set(f"channel:{channel}", title)


def channel_name(work: Work, channel: int) -> str:
    """A channel's title as it was when somebody acted on it; else its id."""
    return str(work.notes(ROUTER).get(f"channel:{channel}", channel))


def _by_name(work: Work, username: str, sure: bool) -> tuple[int, str]:
    """Who has this username now. It may have been given up since, and taken by somebody never seen: whoever
    was seen with it last is asked for, then who had it before."""
    low = username.lower()
    rows = work.sql.all(BY_USERNAME, name=low)
    for row in rows:
        if members.username(work, row.id).lower() != low:
            continue
        where = _common(work, row.id) if sure else 0
        if sure and not (where and members.confirmed(work, where, row.id)):
            unchecked = Refusal("moderation/name_unchecked", username=username)
            raise Unsure(row.id, where, unchecked) if where else unchecked
        return row.id, members.name(work, row.id)
    raise Refusal("moderation/name_moved" if rows else "moderation/unknown_name", username=username)


def _common(work: Work, person: int) -> int:
    """Where Telegram can be asked about somebody: this group, or from a private chat one they are in; 0 for
    none."""
    place = members.place(work, work.chat)
    if place is None or place.type != "private":
        return work.chat
    return next((p.chat for p in members.profiles(work) if members.is_here(work, p.chat, person)), 0)


def _no_linked(work: Work, channel: int) -> None:
    """Nothing is done to the linked channel, though it never posted yet, or was linked a moment ago."""
    if channel == linked(work):
        raise Refusal("moderation/not_linked")
    asked = work.cached(_LINKED).get(work.chat)
    if asked is None or not is_fresh(asked, work.now):
        raise Unsure(0, work.chat, Refusal("moderation/linked_unchecked"))


def linked(work: Work) -> int:
    """The channel linked to this chat, as its posts showed or Telegram told; 0 for none."""
    return int(work.notes(ROUTER).get("linked", 0))


def facts(work: Work, event: ChatFacts) -> None:
    """Telegram told which channel the group belongs to."""
    work.put(_LINKED, work.chat, work.now)
    if linked(work) != event.linked_chat:
        work.notes(ROUTER).set("linked", event.linked_chat)


def basic(work: Work) -> bool:
    """A basic group, where nobody can be restricted?"""
    place = members.place(work, work.chat)
    return place is not None and place.type == "group"


def may_be_silent(work: Work) -> None:
    """Acts without a word are only for groups that write them down somewhere.

    Raises:
        Refusal: this one does not.
    """
    missing = log.missing(work, work.chat)
    if missing:
        raise Refusal("moderation/no_log", missing=missing)


def hush(work: Work, cmd: Command) -> None:
    """The command itself goes, as if nothing had been said."""
    work.say(Delete(chat=work.chat, messages=(cmd.message.message_id,), why=f"/{cmd.name} is silent"))
