"""Forum topics: made, renamed, closed, reopened, deleted; General apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groupbot.surfaces.sandbox.markup import units
from groupbot.surfaces.sandbox.methods.call import Call, bad
from groupbot.surfaces.sandbox.world import ChatRoom, Json
from groupbot.surfaces.sandbox.world.places import ICON
from groupbot.surfaces.sandbox.world.things import GENERAL, TopicState

_COLOURS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def create_forum_topic(call: Call) -> Json:
    room = _forum(call, "not enough rights to create a topic")
    name = _name(call)
    colour = call.number("icon_color") or ICON
    if colour not in _COLOURS:
        raise bad("invalid icon color specified")
    topic = call.world.open_topic(room, call.bot.user, name)
    return {"message_thread_id": topic.id, "name": name, "icon_color": colour}


def edit_forum_topic(call: Call) -> bool:
    return _rename(call, _topic(call))


def edit_general_forum_topic(call: Call) -> bool:
    return _rename(call, _general(call))


def _rename(call: Call, found: tuple[ChatRoom, TopicState]) -> bool:
    room, topic = found
    if topic.id == GENERAL or call.params.get("name") is not None:
        name = _name(call)
        if name == topic.name:
            raise bad("TOPIC_NOT_MODIFIED")
        call.world.change_topic(room, call.bot.user, topic, name=name)
    return True


def delete_forum_topic(call: Call) -> bool:
    room = _forum(call, "not enough rights to delete the topic", right="can_delete_messages")
    call.world.drop_topic(room, call.bot.user, _found(call, room))
    return True


def unpin_all_forum_topic_messages(call: Call) -> bool:
    room = _forum(call, "not enough rights to manage pinned messages in the chat", right="can_pin_messages")
    topic = _found(call, room)
    here = [m for m in room.pinned if room.messages[m].get("message_thread_id") == topic.id]
    for mid in here:
        room.pinned.remove(mid)
    call.world.changed("pinned", chat=room.id, pinned=room.pinned)
    return True


def _switch(
    find: Callable[[Call], tuple[ChatRoom, TopicState]], key: str, to: bool
) -> Callable[[Call], bool]:
    def switch(call: Call) -> bool:
        room, topic = find(call)
        if getattr(topic, key) is to:
            raise bad("TOPIC_NOT_MODIFIED")
        call.world.change_topic(room, call.bot.user, topic, **{key: to})
        return True

    return switch


def _forum(call: Call, otherwise: str, *, right: str = "can_manage_topics") -> ChatRoom:
    room = call.supergroup("method is available only for supergroups")
    if not room.is_forum:
        raise bad("the chat is not a forum")
    call.right(room, right, otherwise)
    return room


def _found(call: Call, room: ChatRoom) -> TopicState:
    number = call.number("message_thread_id")
    if number == GENERAL or number not in room.topics:
        raise bad("TOPIC_ID_INVALID")
    return room.topics[number]


def _topic(call: Call) -> tuple[ChatRoom, TopicState]:
    room = _forum(call, "not enough rights to edit the topic")
    return room, _found(call, room)


def _general(call: Call) -> tuple[ChatRoom, TopicState]:
    room = _forum(call, "not enough rights to edit the topic")
    return room, room.topics[GENERAL]


def _name(call: Call) -> str:
    name = call.text("name").strip()
    if not name:
        raise bad("topic name must be non-empty")
    if units(name) > 128:
        raise bad("topic name is too long")
    return name


METHODS: dict[str, Callable[[Call], Any]] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": _switch(_topic, "closed", True),
    "reopenForumTopic": _switch(_topic, "closed", False),
    "deleteForumTopic": delete_forum_topic,
    "unpinAllForumTopicMessages": unpin_all_forum_topic_messages,
    "editGeneralForumTopic": edit_general_forum_topic,
    "closeGeneralForumTopic": _switch(_general, "closed", True),
    "reopenGeneralForumTopic": _switch(_general, "closed", False),
    "hideGeneralForumTopic": _switch(_general, "hidden", True),
    "unhideGeneralForumTopic": _switch(_general, "hidden", False),
}
