"""What the page lets a visitor do, as any of the sandbox's people. Each act is a function of the world."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable
from typing import Any

from groupbot.surfaces.sandbox.world import Forbidden, Json, World

PHOTO_BYTES = 10 << 20
TEN_YEARS = 3650 * 86_400  # seconds


def act(world: World, body: Json) -> Any:
    """Perform `{"do": name, **arguments}`.

    Raises:
        Forbidden: the person may not do that.
        ValueError: no such act, or its arguments do not fit.
    """
    given = dict(body)
    name = str(given.pop("do", ""))
    fn = ACTS.get(name)
    if fn is None:
        raise ValueError(f"unknown act {name!r}; known: {', '.join(ACTS)}")
    try:
        inspect.signature(fn).bind(world, **given)
    except TypeError as e:
        raise ValueError(f"{name}: {e}") from None
    try:
        return fn(world, **given)
    except KeyError as e:
        raise ValueError(f"{name}: unknown {e}") from None


def say(
    world: World,
    user: int,
    chat: int,
    text: str,
    reply_to: int | None = None,
    anonymous: bool = False,
    album: str | None = None,
    channel: int | None = None,
    topic: int | None = None,
) -> int:
    """`channel` speaks instead of the person; `topic` is a topic of a forum."""
    made = world.say(
        user,
        chat,
        text,
        reply_to=reply_to,
        anonymous=anonymous,
        channel=channel,
        topic=topic,
        media_group_id=album,
    )
    return int(made["message_id"])


def carry(
    world: World,
    user: int,
    chat: int,
    kind: str,
    text: str = "",
    body: Json | None = None,
    reply_to: int | None = None,
    channel: int | None = None,
    topic: int | None = None,
) -> int:
    """Any carrier of Telegram's: sticker, voice, poll, contact, location, dice, game, story, checklist, …"""
    made = world.carry(user, chat, kind, text, body=body, reply_to=reply_to, channel=channel, topic=topic)
    return int(made["message_id"])


def album(world: World, user: int, chat: int, kinds: list[str], text: str = "") -> list[int]:
    """Photos, videos or files as one; the ids of its messages."""
    return [int(m["message_id"]) for m in world.album(user, chat, kinds, text)]


def publish(world: World, channel: int, text: str) -> int:
    """A channel posts; the id of what appears in the linked group, or in the channel without one."""
    return int(world.publish(channel, text)["message_id"])


def vote(world: World, user: int, chat: int, message_id: int, options: list[int]) -> None:
    """None takes the vote back."""
    world.vote(user, chat, message_id, options)


def boost(world: World, user: int, chat: int, days: float = 30) -> None:
    """Boost a chat, as people with Telegram Premium can."""
    world.boost(user, chat, days)


def unboost(world: World, user: int, chat: int) -> None:
    """Take the oldest boost back."""
    world.unboost(user, chat)


def ask(world: World, user: int, chat: int, link: str | None = None, bio: str = "") -> None:
    """Ask to join."""
    world.ask_to_join(user, chat, link=link, bio=bio)


def decide(world: World, user: int, chat: int, by: int, accept: bool) -> None:
    """An administrator answers a request to join."""
    room = world.chats[chat]
    if not world.member(room, by).staff:
        raise Forbidden("only administrators answer requests")
    world.decide(room, user, by, accept=accept)


def forum(world: World, chat: int) -> None:
    """Switch topics on."""
    world.make_forum(chat)


def topic(world: World, chat: int, by: int, name: str) -> int:
    """Open a topic; its number."""
    room = world.chats[chat]
    if not room.is_forum or not world.may(room, by, "can_manage_topics"):
        raise Forbidden("no topics may be opened here")
    return world.open_topic(room, by, name).id


def link_channel(world: World, chat: int, channel: int) -> None:
    world.link_channel(chat, channel)


def photo(
    world: World,
    user: int,
    chat: int,
    data: str,
    caption: str = "",
    anonymous: bool = False,
    album: str | None = None,
) -> int:
    """`data` is base64."""
    picture = base64.b64decode(data, validate=True)
    if not 0 < len(picture) <= PHOTO_BYTES:
        raise ValueError("a photo has 1 byte to 10 MB")
    sizes = world.photo(picture)
    made = world.say(user, chat, caption, anonymous=anonymous, photo=sizes, media_group_id=album)
    return int(made["message_id"])


def press(world: World, user: int, chat: int, message_id: int, data: str) -> str:
    """The query's id; the bot's answer comes as the change "toast"."""
    return world.press(user, chat, message_id, data)


def answer(world: World, query: str) -> Json:
    """How a press was answered so far."""
    return world.queries[query]


def start(world: World, user: int, payload: str = "") -> int:
    """Open the private chat with the bot and press Start."""
    return say(world, user, user, f"/start {payload}".strip())


def join(world: World, user: int, chat: int, link: str | None = None, by: int | None = None) -> None:
    world.join(user, chat, link=link, by=by)


def leave(world: World, user: int, chat: int) -> None:
    world.leave(user, chat)


def edit(world: World, user: int, chat: int, message_id: int, text: str) -> None:
    world.edit(user, chat, message_id, text)


def react(world: World, user: int, chat: int, message_id: int, emoji: list[str]) -> None:
    world.react(user, chat, message_id, emoji)


def delete(world: World, user: int, chat: int, message_id: int) -> None:
    """One's own message, or anybody's as staff."""
    room = world.chats[chat]
    own = room.messages[message_id].get("from", {}).get("id") == user
    if not own and room.type != "private" and not world.member(room, user).staff:
        raise Forbidden("only administrators delete others' messages")
    world.remove(room, message_id, user)


def block(world: World, user: int, free: bool = False) -> None:
    world.block(user, free=free)


def promote(world: World, chat: int, user: int, by: int, rights: list[str]) -> None:
    world.promote(chat, user, by, set(rights))


def upgrade(world: World, chat: int, by: int) -> int:
    return world.upgrade(chat, by)


def add_user(world: World, name: str, language: str = "zh-hans", username: str | None = None) -> int:
    return world.add_user(name, language=language, username=username)


def add_chat(world: World, title: str, owner: int, type: str = "supergroup", username: str = "") -> int:
    """A group, or a channel."""
    return world.add_chat(title, owner, type=type, username=username).id


def add_bot(world: World, chat: int, by: int, rights: list[str] | None = None) -> None:
    world.add_bot_to(next(iter(world.bots)), chat, by, set(rights or ()))


def remove_bot(world: World, chat: int, by: int) -> None:
    world.remove_bot(next(iter(world.bots)), chat, by)


def clock(world: World, seconds: float) -> float:
    """Move the sandbox's time; Unix seconds after.

    Raises:
        ValueError: no number, or so far that no calendar has the day.
    """
    if type(seconds) not in (int, float) or not abs(seconds) <= TEN_YEARS:  # no comparison holds for NaN
        raise ValueError("clock: seconds must be a number, ten years at most")
    return world.move(seconds)


ACTS: dict[str, Callable[..., Any]] = {
    fn.__name__: fn
    for fn in (
        say,
        carry,
        album,
        publish,
        vote,
        boost,
        unboost,
        ask,
        decide,
        forum,
        topic,
        link_channel,
        photo,
        press,
        answer,
        start,
        join,
        leave,
        edit,
        react,
        delete,
        block,
        promote,
        upgrade,
        add_user,
        add_chat,
        add_bot,
        remove_bot,
        clock,
    )
}
