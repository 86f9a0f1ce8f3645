"""Locks: kinds of messages that are not said here, and what passes all the same."""

from __future__ import annotations

from msgspec import Struct

from groupbot import (
    Answer,
    Button,
    Command,
    Edit,
    Joined,
    Reaction,
    Refusal,
    Router,
    Tap,
    Work,
    here,
    reply,
    sender_of,
    switched,
)
from groupbot.engine.replies import asked_at
from groupbot.features.members import service as members
from groupbot.features.members.domain import LinkedPost
from groupbot.features.rules.service import commenting, locking
from groupbot.features.rules.service.policy import idle

router = Router("locks", about="Kinds of messages that are not said here", needs={"delete", "restrict"})


class Empty(Struct, frozen=True, tag="lk.empty"):
    """The allowlist shall be emptied; only `by` may say so."""

    chat: int
    by: int


@router.command(
    "lock",
    about="Lock kinds of messages",
    who="admin",
    right="delete",
    usage="/lock [here] TYPE [TYPE] [del|warn|mute|tmute 2h|kick|ban|tban 2w] [REASON]",
    example="/lock sticker gif warn Words only, please",
)
def lock(cmd: Command, work: Work) -> None:
    """What is locked is put away; without arguments it shows what is. `here`: in this topic only."""
    args, topic = here(cmd)
    if args:
        locking.lock(work, work.chat, args, sender_of(cmd) or None, topic)
    _state(cmd, work)


def _state(cmd: Command, work: Work) -> None:
    """What is locked where it was said: a topic may have locks of its own."""
    topic = cmd.message.topic
    own = locking.apart(work, work.chat, topic)
    found = locking.state(work, work.chat, topic)
    face, waits = members.tier(work, work.chat), idle(work, work.chat, topic)
    reply(work, cmd, "locks/state", locks=found, own=own, face=face, idle=waits)


@router.command(
    "unlock",
    about="Open what is locked",
    who="admin",
    right="delete",
    usage="/unlock [here] TYPE [TYPE]|all",
    example="/unlock sticker",
)
def unlock(cmd: Command, work: Work) -> None:
    """`/unlock all` opens everything, `/unlock here all` everything in this topic."""
    args, topic = here(cmd)
    names = locking.unlock(work, work.chat, args, sender_of(cmd) or None, topic)
    reply(work, cmd, "locks/opened", names=names, own=topic is not None)


@router.command("locks", about="What is locked here", who="admin")
def locks(cmd: Command, work: Work) -> None:
    """Each lock, what follows and what is said, as it is in the topic where you ask."""
    _state(cmd, work)


@router.command(
    "locktypes",
    rare=True,
    about="What can be locked",
    who="admin",
    usage="/locktypes [TYPE]",
    example="/locktypes sticker",
)
def locktypes(cmd: Command, work: Work) -> None:
    """All names; with one of them, what it shuts."""
    if cmd.args:
        reply(work, cmd, "locks/one", **locking.one(cmd.args))
    else:
        reply(work, cmd, "locks/types", lines=locking.kinds())


@router.command(
    "lockwarns",
    rare=True,
    about="Say a word to who runs into a lock",
    who="admin",
    right="delete",
    usage="/lockwarns [here] on|off",
    example="/lockwarns off",
)
def lockwarns(cmd: Command, work: Work) -> None:
    """Off: what is locked goes without a word, and does not count."""
    args, topic = here(cmd)
    on = switched(args) if args else None
    reply(work, cmd, "locks/warns", on=locking.warns(work, work.chat, on, sender_of(cmd) or None, topic))


# --- what passes
@router.command(
    "allowlist",
    about="Let addresses, packs, commands, files or channels pass locks",
    who="admin",
    right="delete",
    usage="/allowlist [here] [DOMAIN] [t.me/NAME] [t.me/addstickers/PACK] [/COMMAND] [file:*.pdf] [ID]",
    example="/allowlist example.com file:*.pdf",
    aliases=("allow",),
)
def allowlist(cmd: Command, work: Work) -> None:
    """Shows what passes; with arguments lets more pass. With `here` this topic gets a list of its own, a
    copy of the group's to begin with."""
    args, topic = here(cmd)
    if args:
        locking.allow(work, work.chat, args, sender_of(cmd) or None, topic)
    topic = topic if topic is not None else cmd.message.topic
    reply(work, cmd, "locks/allowed", items=locking.passing(work, work.chat, topic))


@router.command(
    "rmallowlist",
    rare=True,
    about="Take something from the allowlist",
    who="admin",
    right="delete",
    usage="/rmallowlist [here] ITEM",
    example="/rmallowlist example.com",
)
def rmallowlist(cmd: Command, work: Work) -> None:
    """It no longer passes locks."""
    args, topic = here(cmd)
    if not args:
        raise Refusal("common/usage")
    items = locking.forbid(work, work.chat, args, sender_of(cmd) or None, topic)
    reply(work, cmd, "locks/allowed", items=items)


@router.command("rmallowlistall", rare=True, about="Empty the allowlist", who="owner")
def rmallowlistall(cmd: Command, work: Work) -> None:
    """The owner, and asked once more."""
    n, by = len(locking.passing(work, work.chat)), sender_of(cmd)
    button = Button("empty", Empty(work.chat, by))
    reply(work, cmd, "locks/sure", buttons=((button,),), ref=_ref(work.chat), n=n)


def _ref(chat: int) -> str:
    """The name of the question."""
    return f"locks:empty:{chat}"


@router.tap(Empty, who="owner")
def empty(tap: Tap, work: Work) -> None:
    """Done once the same person says so."""
    assert isinstance(tap.data, Empty)
    if tap.sender is None or tap.sender.id != tap.data.by:
        raise Refusal("rules/not_yours")
    n = locking.forbid_all(work, tap.data.chat, tap.sender.id)
    ref, template, data = _ref(tap.data.chat), "locks/emptied", {"n": n}
    work.say(Answer(query_id=tap.query_id, template=template, data=data, alert=True))
    work.say(Edit(**asked_at(tap, tap.data.chat), ref=ref, template=template, data=data))


# --- locks on what is no message
@router.on(Joined)
def added(event: Joined, work: Work) -> None:
    locking.bots_added(work, event)


@router.on(LinkedPost)
def posted(post: LinkedPost, work: Work) -> None:
    commenting.posted(work, post)


@router.on(Reaction)
def reacted(event: Reaction, work: Work) -> None:
    locking.reacted(work, event)
