"""The blocklist: words, files and sources that are not said here."""

from __future__ import annotations

from msgspec import Struct

from groupbot import (
    Answer,
    Button,
    Command,
    Edit,
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
from groupbot.features.rules.service import listing
from groupbot.features.rules.service.policy import idle

router = Router(
    "blocklist", about="Words, files and sources that are not said here", needs={"delete", "restrict"}
)


class Empty(Struct, frozen=True, tag="bl.empty"):
    """The list shall be emptied; only `by` may say so."""

    chat: int
    by: int


@router.command(
    "addblocklist",
    about="Add to the blocklist",
    who="admin",
    right="delete",
    usage='/addblocklist [here] WORD|"SOME WORDS"|(A, B, "C D") [{ban}|{tmute 12h}|{warn}|{del}] [REASON]',
    example='/addblocklist "free * money" {tban 2w} We know this one',
)
def addblocklist(cmd: Command, work: Work) -> None:
    """`?` one letter, `*` no space, `**` anything; prefix: exact: lookalike: stickerpack: file: forward:
    inlinebot: re:
    With `here` this topic gets a list of its own, a copy of the group's to begin with."""
    args, topic = here(cmd, loose=True)
    if not args:
        _list(cmd, work, change=True)
        return
    added, n = listing.add(work, work.chat, args, sender_of(cmd) or None, topic)
    face, waits = members.tier(work, work.chat), idle(work, work.chat, topic)
    reply(work, cmd, "blocklist/added", names=added, n=n, face=face, idle=waits)


@router.command(
    "rmblocklist",
    about="Take from the blocklist",
    who="admin",
    right="delete",
    usage='/rmblocklist [here] WORD|"SOME WORDS"|(A, B)',
    example='/rmblocklist "free * money"',
    aliases=("unblocklist",),
)
def rmblocklist(cmd: Command, work: Work) -> None:
    """The entry as it was written."""
    args, topic = here(cmd, loose=True)
    gone, n = listing.remove(work, work.chat, args, sender_of(cmd) or None, topic)
    reply(work, cmd, "blocklist/gone", names=gone, n=n)


@router.command("blocklist", about="What stands on the blocklist", who="admin", aliases=("blocklists",))
def blocklist(cmd: Command, work: Work) -> None:
    """The entries with their acts and reasons; in a topic with a list of its own, that one."""
    _list(cmd, work)


def _list(cmd: Command, work: Work, *, change: bool = False) -> None:
    topic = cmd.message.topic
    own = listing.apart(work, work.chat, topic)
    reply(work, cmd, "blocklist/list", own=own, change=change, **listing.show(work, work.chat, topic))


@router.command(
    "blocklistmode",
    rare=True,
    about="What follows an entry of the blocklist",
    who="admin",
    right="delete",
    usage="/blocklistmode [here] [on|del|warn|mute|tmute 12h|kick|ban|tban 2w]",
    example="/blocklistmode tmute 12h",
)
def blocklistmode(cmd: Command, work: Work) -> None:
    """For entries that name nothing themselves; `on` is the group's own ladder."""
    args, topic = here(cmd)
    if args:
        listing.set_mode(work, work.chat, args, sender_of(cmd) or None, topic)
    _mode(cmd, work)


def _mode(cmd: Command, work: Work) -> None:
    reply(work, cmd, "blocklist/mode", **listing.mode(work, work.chat, cmd.message.topic))


@router.command(
    "blocklistdelete",
    rare=True,
    about="Put away what stands on the blocklist",
    who="admin",
    right="delete",
    usage="/blocklistdelete [here] [on|off]",
    example="/blocklistdelete on",
)
def blocklistdelete(cmd: Command, work: Work) -> None:
    """Off: the message stays, and a person is asked."""
    args, topic = here(cmd)
    if args:
        listing.set_delete(work, work.chat, switched(args), sender_of(cmd) or None, topic)
    _mode(cmd, work)


@router.command(
    "setblocklistreason",
    rare=True,
    about="What is said of entries without words of their own",
    who="admin",
    right="delete",
    usage="/setblocklistreason TEXT",
    example="/setblocklistreason We leave these words out",
)
def setblocklistreason(cmd: Command, work: Work) -> None:
    """Shown to who runs into one."""
    if cmd.args:
        listing.set_reason(work, work.chat, cmd.args, sender_of(cmd) or None)
    _mode(cmd, work)


@router.command(
    "resetblocklistreason",
    rare=True,
    about="Say nothing more of entries without words of their own",
    who="admin",
    right="delete",
)
def resetblocklistreason(cmd: Command, work: Work) -> None:
    """Back to the bare rule."""
    listing.set_reason(work, work.chat, "", sender_of(cmd) or None)
    reply(work, cmd, "blocklist/mode", **listing.mode(work, work.chat))


@router.command(
    "unblocklistall", rare=True, about="Empty the blocklist", who="owner", aliases=("rmblocklistall",)
)
def unblocklistall(cmd: Command, work: Work) -> None:
    """The owner, and asked once more."""
    n, by = listing.show(work, work.chat)["n"], sender_of(cmd)
    button = Button("empty", Empty(work.chat, by))
    reply(work, cmd, "blocklist/sure", buttons=((button,),), ref=_ref(work.chat), n=n)


def _ref(chat: int) -> str:
    """The name of the question."""
    return f"blocklist:empty:{chat}"


@router.tap(Empty, who="owner")
def empty(tap: Tap, work: Work) -> None:
    """Done once the same person says so."""
    assert isinstance(tap.data, Empty)
    if tap.sender is None or tap.sender.id != tap.data.by:
        raise Refusal("rules/not_yours")
    n = listing.clear(work, tap.data.chat, tap.sender.id)
    ref, template, data = _ref(tap.data.chat), "blocklist/emptied", {"n": n}
    work.say(Answer(query_id=tap.query_id, template=template, data=data, alert=True))
    work.say(Edit(**asked_at(tap, tap.data.chat), ref=ref, template=template, data=data))
