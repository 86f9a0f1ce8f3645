"""Locks: kinds of messages that are not said here, and what passes all the same."""

from __future__ import annotations

from msgspec import Struct

from groupbot import Answer, Button, Command, Joined, Reaction, Refusal, Router, Send, Tap, Work
from groupbot.features.rules.service import locking

router = Router("locks", about="Kinds of messages that are not said here", needs={"delete", "restrict"})
_ON = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


class Empty(Struct, frozen=True, tag="lk.empty"):
    """The allowlist shall be emptied; only `by` may say so."""

    by: int


def _by(cmd: Command) -> int | None:
    return cmd.sender.id if cmd.sender else None


def _reply(cmd: Command, work: Work, template: str, *buttons: Button, **data: object) -> None:
    work.say(
        Send(
            chat=work.chat,
            template=template,
            data=data,
            buttons=(buttons,) if buttons else (),
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )


@router.command(
    "lock",
    about="Lock kinds of messages",
    who="admin",
    right="delete",
    usage="/lock TYPE [TYPE] [del|warn|mute|tmute 2h|kick|ban|tban 2w] [REASON]",
    example="/lock sticker gif warn Words only, please",
)
def lock(cmd: Command, work: Work) -> None:
    """What is locked is put away; without arguments it shows what is."""
    if cmd.args:
        locking.lock(work, work.chat, cmd.args, _by(cmd))
    _reply(cmd, work, "locks/state", locks=locking.state(work, work.chat))


@router.command(
    "unlock",
    about="Open what is locked",
    who="admin",
    right="delete",
    usage="/unlock TYPE [TYPE]|all",
    example="/unlock sticker",
)
def unlock(cmd: Command, work: Work) -> None:
    """`/unlock all` opens everything."""
    _reply(cmd, work, "locks/opened", names=locking.unlock(work, work.chat, cmd.args, _by(cmd)))


@router.command("locks", about="What is locked here", who="admin")
def locks(cmd: Command, work: Work) -> None:
    """Each lock, what follows and what is said."""
    _reply(cmd, work, "locks/state", locks=locking.state(work, work.chat))


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
        _reply(cmd, work, "locks/one", **locking.one(cmd.args))
    else:
        _reply(cmd, work, "locks/types", lines=locking.kinds())


@router.command(
    "lockwarns",
    rare=True,
    about="Say a word to who runs into a lock",
    who="admin",
    right="delete",
    usage="/lockwarns on|off",
    example="/lockwarns off",
)
def lockwarns(cmd: Command, work: Work) -> None:
    """Off: what is locked goes without a word, and does not count."""
    low = cmd.args.lower()
    if low and low not in _ON:
        raise Refusal("common/usage")
    _reply(cmd, work, "locks/warns", on=locking.warns(work, work.chat, _ON.get(low), _by(cmd)))


# --- what passes
@router.command(
    "allowlist",
    about="Let addresses, packs, commands, files or channels pass locks",
    who="admin",
    right="delete",
    usage="/allowlist [DOMAIN] [t.me/NAME] [t.me/addstickers/PACK] [/COMMAND] [file:*.pdf] [ID]",
    example="/allowlist example.com file:*.pdf",
    aliases=("allow",),
)
def allowlist(cmd: Command, work: Work) -> None:
    """Shows what passes; with arguments lets more pass."""
    if cmd.args:
        locking.allow(work, work.chat, cmd.args, _by(cmd))
    _reply(cmd, work, "locks/allowed", items=locking.passing(work, work.chat))


@router.command(
    "rmallowlist",
    rare=True,
    about="Take something from the allowlist",
    who="admin",
    right="delete",
    usage="/rmallowlist ITEM",
    example="/rmallowlist example.com",
)
def rmallowlist(cmd: Command, work: Work) -> None:
    """It no longer passes locks."""
    if not cmd.args:
        raise Refusal("common/usage")
    _reply(cmd, work, "locks/allowed", items=locking.forbid(work, work.chat, cmd.args, _by(cmd)))


@router.command("rmallowlistall", rare=True, about="Empty the allowlist", who="owner")
def rmallowlistall(cmd: Command, work: Work) -> None:
    """The owner, and asked once more."""
    n, by = len(locking.passing(work, work.chat)), _by(cmd)
    _reply(cmd, work, "locks/sure", Button("empty", Empty(by or 0)), n=n)


@router.tap(Empty, who="owner")
def empty(tap: Tap, work: Work) -> None:
    """Done once the same person says so."""
    assert isinstance(tap.data, Empty)
    if tap.sender is None or tap.sender.id != tap.data.by:
        raise Refusal("rules/not_yours")
    n = locking.forbid_all(work, work.chat, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="locks/emptied", data={"n": n}, alert=True))


# --- locks on what is no message
@router.on(Joined)
def added(event: Joined, work: Work) -> None:
    locking.bots_added(work, event)


@router.on(Reaction)
def reacted(event: Reaction, work: Work) -> None:
    locking.reacted(work, event)
