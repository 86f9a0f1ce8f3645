"""Topics of a forum by hand: which one takes what the bot says by itself; made, renamed, closed, deleted."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from groupbot.core.effects import Button, Topic
from groupbot.core.events import Command
from groupbot.engine.replies import reply, sender_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members.domain import ACTION_TOPIC
from groupbot.features.moderation.domain.acts import Acted

NAME = 128  # characters of a topic's name, see createForumTopic of the Bot API


class DeleteTopic(Struct, frozen=True, tag="mod.topicgone"):
    """Delete this topic of this chat (our id) with all that is in it."""

    chat: int
    topic: int


def show(work: Work, cmd: Command) -> None:
    """Where greetings, the captcha, notices of raids and nights go.

    Raises:
        Refusal: the group has no topics.
    """
    topic = members.action_topic(work, work.chat)
    _forum(work, cmd, topic)
    link = members.link_to(work, work.chat, topic) if topic else ""
    reply(work, cmd, "topics/action", link=link)


def choose(work: Work, cmd: Command) -> None:
    """From now on they go to the topic this is said in; `off`, or said in General: to General.

    Raises:
        Refusal: no topics here, said in private, or another word.
    """
    if cmd.args.lower() not in ("", "off", "no"):
        raise Refusal("common/usage")
    topic = None if cmd.args else _topic(work, cmd)
    members.put(work, ACTION_TOPIC, topic or 0, chat=work.chat, by=sender_of(cmd) or None)
    show(work, cmd)


def make(work: Work, cmd: Command) -> None:
    """A new topic.

    Raises:
        Refusal: no topics here, or no name that fits.
    """
    _forum(work, cmd)
    name, why = _name(cmd), f"by {sender_of(cmd)}: /newtopic"
    work.say(Topic(chat=work.chat, topic=None, act="create", name=name, why=why))
    _did(work, cmd, "topic_new", name)


def rename(work: Work, cmd: Command) -> None:
    """The topic it is said in has another name.

    Raises:
        Refusal: as `make`.
    """
    topic, name = _topic(work, cmd), _name(cmd)
    work.say(
        Topic(chat=work.chat, topic=topic, act="rename", name=name, why=f"by {sender_of(cmd)}: /renametopic")
    )
    _did(work, cmd, "topic_renamed", name)


def turn(work: Work, cmd: Command, act: Literal["close", "reopen"]) -> None:
    """Close or open the topic it is said in. What is said of it is said before it is closed.

    Raises:
        Refusal: no topics here, or said in private.
    """
    topic = _topic(work, cmd)
    _did(work, cmd, "topic_closed" if act == "close" else "topic_reopened", "")
    work.say(Topic(chat=work.chat, topic=topic, act=act, why=f"by {sender_of(cmd)}: /{act}topic"))


def ask_delete(work: Work, cmd: Command) -> None:
    """Deleting takes all messages with it and cannot be taken back: a button asks again.

    Raises:
        Refusal: no topics here, said in private, or it is General, which Telegram keeps.
    """
    topic = _topic(work, cmd)
    if topic is None:
        raise Refusal("topics/general")
    button = Button("delete", DeleteTopic(work.chat, topic))
    reply(work, cmd, "topics/ask", buttons=((button,),), ref=f"topicgone:{work.chat}:{topic}")


def delete(work: Work, asked: DeleteTopic, who: int) -> None:
    """The topic goes; if what the bot says by itself went there, it goes to General again."""
    work.say(Topic(chat=asked.chat, topic=asked.topic, act="delete", why=f"by {who}: /deletetopic"))
    if members.action_topic(work, asked.chat) == asked.topic:
        members.put(work, ACTION_TOPIC, 0, chat=asked.chat, by=who)
    work.emit(Acted(asked.chat, "topic_deleted", who))


def _did(work: Work, cmd: Command, act: str, name: str) -> None:
    work.emit(Acted(work.chat, act, sender_of(cmd), reason=name))
    reply(work, cmd, "topics/done", act=act, name=name)


def _forum(work: Work, cmd: Command, topic: int | None = None) -> None:
    if not (cmd.chat.is_forum or cmd.message.topic or topic):
        raise Refusal("topics/none")


def _topic(work: Work, cmd: Command) -> int | None:
    if work.away is not None:
        raise Refusal("topics/say_there")
    _forum(work, cmd)
    return cmd.message.topic


def _name(cmd: Command) -> str:
    name = " ".join(cmd.args.split())
    if not 0 < len(name) <= NAME:
        raise Refusal("common/usage")
    return name
