"""What the page lets a visitor do, as any of the sandbox's people. Each act is a function of the world."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable
from typing import Any

from groupbot.surfaces.sandbox.world import Forbidden, Json, World

PHOTO_BYTES = 10 << 20


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
) -> int:
    made = world.say(user, chat, text, reply_to=reply_to, anonymous=anonymous, media_group_id=album)
    return int(made["message_id"])


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
    own = room.messages[message_id]["from"]["id"] == user
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


def add_chat(world: World, title: str, owner: int, type: str = "supergroup") -> int:
    return world.add_chat(title, owner, type=type).id


def add_bot(world: World, chat: int, by: int, rights: list[str] | None = None) -> None:
    world.add_bot_to(next(iter(world.bots)), chat, by, set(rights or ()))


def remove_bot(world: World, chat: int, by: int) -> None:
    world.remove_bot(next(iter(world.bots)), chat, by)


def clock(world: World, seconds: float) -> float:
    """Move the sandbox's time; Unix seconds after."""
    return world.move(seconds)


ACTS: dict[str, Callable[..., Any]] = {
    fn.__name__: fn
    for fn in (
        say,
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
