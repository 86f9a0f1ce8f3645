"""/export, /import and /reset: a group's settings as a file."""

from __future__ import annotations

import re

from groupbot import Answer, Command, Fetched, Refusal, Router, Send, Tap, Work, reply
from groupbot.features.members import service as members
from groupbot.features.moving import service
from groupbot.features.moving.domain.file import Moved

router = Router(
    "moving",
    about="Settings as a file, also to and from Rose",
    keeps="files of settings that wait for a yes, 7 days; what Rose's export held beyond us, until /reset",
)
router.keeps_of(*service.KEPT)
_UNSAFE = re.compile(r"[^\w-]+")


def _alone(cmd: Command, work: Work) -> int:
    """Who is answered in private."""
    if cmd.sender is None or cmd.message.sender_chat is not None:
        raise Refusal("common/owner_only")
    return members.alone(work, cmd.sender.id)


@router.command(
    "export",
    about="This group's settings, notes and filters as a file",
    who="admin",
    right="info",
    usage="/export [rose | MODULE ...]",
    example="/export notes filters",
)
def export(cmd: Command, work: Work) -> None:
    """A YAML file in private, or with `rose` the file that Rose imports. Secrets stay here."""
    person = _alone(cmd, work)
    rose = cmd.args.strip().lower() == "rose"
    text = service.rose_of(work, work.chat) if rose else service.text_of(work, work.chat, tuple(cmd.words))
    title = members.title(work, work.chat)
    name = _UNSAFE.sub("-", title).strip("-")[:40] or "group"
    work.say(
        Send(
            user=person,
            template="moving/exported",
            data={"title": title, "rose": rose},
            document=f"{name}-rose.json" if rose else f"{name}.yaml",
            content=text,
        )
    )
    work.emit(Moved(work.chat, "exported", 0, person))
    if work.away is None:
        reply(work, cmd, "members/see_private")


@router.command(
    "import",
    about="Take settings from a file",
    who="owner",
    usage="/import [MODULE ...], as an answer to the file",
    example="/import rules",
)
def import_(cmd: Command, work: Work) -> None:
    """In reply to a file of ours or Rose's, or with the settings in the message. What would change is shown
    in private first."""
    person = _alone(cmd, work)
    file = cmd.message.reply_file or cmd.message.traits
    if ":" in cmd.args:
        service.take_text(work, work.chat, person, cmd.args)
    elif file is not None and file.file_id:
        service.ask_for(work, work.chat, person, file.file_id, tuple(cmd.words))
    else:
        raise Refusal("common/usage")
    if work.away is None:
        reply(work, cmd, "members/see_private")


@router.command(
    "reset",
    about="Inherit all settings again",
    who="owner",
    usage="/reset [MODULE ...]",
    example="/reset rules",
)
def reset(cmd: Command, work: Work) -> None:
    """What would change is shown in private first."""
    service.reset(work, work.chat, _alone(cmd, work), tuple(cmd.words))
    if work.away is None:
        reply(work, cmd, "members/see_private")


@router.on(Fetched)
def fetched(event: Fetched, work: Work) -> None:
    service.arrived(work, event)


@router.tap(service.Apply, who="owner")
def apply(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, service.Apply) and tap.sender is not None
    n = service.decide(work, tap.data, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="moving/applied", data={"n": n}))


@router.tap(service.Drop, who="owner")
def drop(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, service.Drop) and tap.sender is not None
    service.decide(work, tap.data, tap.sender.id)


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    """Forgets proposals after seven days."""
    service.sweep(work)
