"""Pins: of messages, of words of one's own, and what the linked channel does to them."""

from __future__ import annotations

from msgspec import Struct

from groupbot.core.effects import Button, Delete, PinMessage, Send, Unpin
from groupbot.core.events import Command, Service
from groupbot.core.fillings import marked, read
from groupbot.engine import custom
from groupbot.engine.notes import OF_MESSAGES
from groupbot.engine.replies import reply, sender_of, switched
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.members.domain import LinkedPost, Setting
from groupbot.features.moderation.domain.acts import ANTI_CHANNEL_PIN, CLEAN_LINKED, Acted
from groupbot.features.moderation.service.whom import ROUTER, reply_of

_PINNED = f"{OF_MESSAGES}pinned"
_LOUD = ("loud", "notify", "violent", "响")


class UnpinAll(Struct, frozen=True, tag="mod.unpinall"):
    """[Unpin all]"""

    chat: int


def pin(work: Work, cmd: Command) -> None:
    """Pin the message replied to; silently, unless `loud` is said.

    Raises:
        Refusal: there is no reply.
    """
    message = reply_of(cmd)
    if not message:
        raise Refusal("moderation/reply_first")
    loud = cmd.args.strip().lower() in _LOUD
    work.say(PinMessage(chat=work.chat, message=message, silent=not loud, why=f"by {sender_of(cmd)}"))
    work.notes(ROUTER).set(_PINNED, message)
    work.emit(Acted(work.chat, "pin", sender_of(cmd)))
    reply(work, cmd, "moderation/pins", what="pinned")


def permapin(work: Work, cmd: Command) -> None:
    """The bot says the words itself and pins them: nobody can delete them under it. They are written like
    all of a group's own, with marks, fillings and buttons.

    Raises:
        Refusal: no words, or a line that does not render.
    """
    said = marked(cmd.message.text, cmd.message.marks).split(None, 1)
    if len(said) < 2:
        raise Refusal("common/usage")
    draft = read(said[1])
    try:
        custom.check(work, draft, "permapin")
    except Misfit as e:
        _, _, line = e.where.rpartition(":")
        number = int(line) if line.isdecimal() else 0
        raise Refusal("moderation/not_pinned", cause=e.what, line=number, next=e.next) from None
    piece = work.rng.choice(draft.pieces)
    made = custom.render(work, piece, custom.fillings([], members.title(work, work.chat)))
    work.say(
        Send(
            chat=work.chat,
            text=made.text,
            entities=made.entities,
            buttons=custom.keyboard(piece),
            preview="preview" in draft.flags,
            protect="protect" in draft.flags,
            topic=cmd.message.topic,
            pin=True,
            why=f"by {sender_of(cmd)}",
        )
    )
    work.emit(Acted(work.chat, "pin", sender_of(cmd)))


def unpin(work: Work, cmd: Command) -> None:
    """Unpin the message replied to, or the newest pin that was seen.

    Raises:
        Refusal: no reply and no pin was seen.
    """
    message = reply_of(cmd) or int(work.notes(ROUTER).get(_PINNED, 0))
    if not message:
        raise Refusal("moderation/no_pin")
    work.say(Unpin(chat=work.chat, message=message, why=f"by {sender_of(cmd)}"))
    if work.notes(ROUTER).get(_PINNED, 0) == message:
        work.notes(ROUTER).drop(_PINNED)
    work.emit(Acted(work.chat, "unpin", sender_of(cmd)))
    reply(work, cmd, "moderation/pins", what="unpinned")


def ask_unpin_all(work: Work, cmd: Command) -> None:
    """It cannot be taken back: a button asks again."""
    reply(
        work,
        cmd,
        "moderation/unpin_all",
        buttons=((Button("all", UnpinAll(work.chat)),),),
        ref=f"unpinall:{work.chat}",
    )


def unpin_all(work: Work, chat: int, who: int, *, private: bool) -> None:
    """Every pin of the group goes, and the question: in the group, or where it was asked from `private`."""
    work.say(Unpin(chat=chat, message=None, why=f"by {who}"))
    place = (None, who) if private else (chat, None)
    work.say(Delete(chat=place[0], user=place[1], ref=f"unpinall:{chat}", why="answered"))
    work.notes(ROUTER, chat).drop(_PINNED)
    work.emit(Acted(chat, "unpin", who))


def pinned(work: Work, cmd: Command) -> None:
    """Where the newest pin is. Telegram tells of pins as they are made: only those since the bot came.

    Raises:
        Refusal: none was seen.
    """
    message = int(work.notes(ROUTER).get(_PINNED, 0))
    if not message or cmd.chat.type != "supergroup":
        raise Refusal("moderation/no_pin")
    reply(work, cmd, "moderation/pinned", link=members.link_to(work, work.chat, message))


def seen(work: Work, event: Service) -> None:
    """Somebody pinned a message."""
    if event.about:
        work.notes(ROUTER).set(_PINNED, event.about)


def switch(work: Work, cmd: Command, setting: Setting) -> None:
    """Show or set what becomes of the linked channel's posts."""
    value = switched(cmd.args) if cmd.args else bool(members.get(work, work.chat, setting))
    if cmd.args:
        members.put(work, setting, value, chat=work.chat, by=sender_of(cmd))
    reply(work, cmd, "moderation/switched", name=cmd.name, value=value, changed=bool(cmd.args))


def linked_post(work: Work, post: LinkedPost) -> None:
    """The linked channel's post arrived: it is not pinned, or goes, as the group wants it."""
    notes = work.notes(ROUTER)
    if notes.get("linked", 0) != post.channel:
        notes.set("linked", post.channel)
    if members.get(work, post.chat, CLEAN_LINKED):
        work.say(
            Delete(chat=post.chat, messages=(post.message,), why="posts of the linked channel are cleaned")
        )
    elif members.get(work, post.chat, ANTI_CHANNEL_PIN):
        work.say(
            Unpin(chat=post.chat, message=post.message, why="posts of the linked channel are not pinned")
        )
