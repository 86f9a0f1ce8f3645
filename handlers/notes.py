"""Notes: #name says what the group wrote down."""

from __future__ import annotations

from groupbot import (
    Answer,
    Button,
    Command,
    Edit,
    Message,
    Refusal,
    Router,
    Tap,
    Work,
    reply,
    sender_of,
    switched,
)
from groupbot.core.fillings import marked
from groupbot.engine.replies import asked_at
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started
from groupbot.features.notes import service
from groupbot.features.notes.domain.names import PRIVATE, ClearNotes, Open

router = Router(
    "notes",
    about="Notes and filters: what the group wrote down",
    keeps="the group's own notes and filters, until they are cleared",
    settings=(PRIVATE,),
)
router.keeps_of(*service.KEPT, redraw=service.redraw)
MEDIA = ("photo", "animation", "video", "document", "sticker", "audio", "voice", "video_note")


@router.on(Message, idle="notes.books")
def heard(event: Message, work: Work) -> None:
    """#name, and triggers."""
    service.heard(work, event)


@router.on(Started)
def started(event: Started, work: Work) -> None:
    service.started(work, event.person, event.payload)


def written(cmd: Command) -> str:
    """The arguments with the marks that their author made in the app."""
    said = marked(cmd.message.text, cmd.message.marks).split(None, 1)
    return said[1] if len(said) > 1 else ""


def media(m: Message) -> tuple[str, str] | None:
    """The file a command came with, or replies to."""
    if m.traits is not None and m.traits.file_id and m.kind in MEDIA:
        return m.kind, m.traits.file_id
    return m.reply_media


@router.command(
    "save",
    about="Write a note down",
    who="admin",
    right="info",
    usage="/save NAME TEXT (or reply to a message)",
    example="/save opening We are open from 9 to 18.",
)
def save(cmd: Command, work: Work) -> None:
    """Words behind the name, else those of the message replied to, with its file."""
    name, _, text = _parted(written(cmd))
    m = cmd.message
    replied = marked(m.reply_text, m.reply_marks)
    called = service.save(work, work.chat, name, text or replied, media(m), sender_of(cmd) or None)
    reply(work, cmd, "notes/saved", name=called)


def _parted(args: str) -> tuple[str, str, str]:
    parts = args.split(None, 1)
    return (parts[0] if parts else "", " ", parts[1] if len(parts) > 1 else "")


@router.command("get", about="A note by its name", usage="/get NAME [noformat]", example="/get opening")
def get(cmd: Command, work: Work) -> None:
    """With `noformat` as it was typed."""
    words = cmd.words
    if not words or words[1:] not in ([], ["noformat"]):
        raise Refusal("common/usage")
    service.get(work, cmd.message, words[0], source=len(words) > 1)


@router.command("notes", about="Notes of this group", aliases=("saved",))
def notes(cmd: Command, work: Work) -> None:
    """All names."""
    reply(work, cmd, "notes/list", names=service.names(work, work.chat))


@router.command(
    "clear",
    about="Take a note away",
    who="admin",
    right="info",
    usage="/clear NAME",
    example="/clear opening",
)
def clear(cmd: Command, work: Work) -> None:
    """One note or several."""
    if not cmd.args:
        raise Refusal("common/usage")
    reply(
        work,
        cmd,
        "notes/cleared",
        names=[service.clear(work, work.chat, n, sender_of(cmd) or None) for n in cmd.words],
    )


@router.command(
    "privatenotes",
    rare=True,
    about="Notes are sent in private: on or off",
    who="admin",
    right="info",
    usage="/privatenotes on|off",
    example="/privatenotes on",
)
def privatenotes(cmd: Command, work: Work) -> None:
    """Except where a note says {noprivate}."""
    if cmd.args:
        on = switched(cmd.args)
        members.put(work, PRIVATE, on, chat=work.chat, by=sender_of(cmd) or None)
    reply(work, cmd, "notes/privately", active=bool(members.get(work, work.chat, PRIVATE)))


@router.command("clearall", about="Take all notes away", who="owner", hidden=True)
def clearall(cmd: Command, work: Work) -> None:
    """Asks first."""
    ask(cmd, work, len(service.names(work, work.chat)), filters=False)


def ask(cmd: Command, work: Work, n: int, *, filters: bool) -> None:
    """The owner is asked before all of them go."""
    if not n or cmd.sender is None:
        raise Refusal("notes/nothing")
    reply(
        work,
        cmd,
        "notes/sure",
        buttons=((Button("clear", ClearNotes(work.chat, cmd.sender.id, filters)),),),
        lifetime=300,
        ref=f"notes:{work.chat}:{int(filters)}",
        n=n,
        filters=filters,
    )


@router.tap(ClearNotes, who="owner")
def cleared(tap: Tap, work: Work) -> None:
    """Only who asked may confirm."""
    data = tap.data
    assert isinstance(data, ClearNotes) and tap.sender is not None
    if tap.sender.id != data.owner:
        raise Refusal("common/owner_only")
    n = service.clear_all(work, data.chat, tap.sender.id, filters=data.filters)
    if not n:
        raise Refusal("common/old_button")
    ref = f"notes:{data.chat}:{int(data.filters)}"
    work.say(Answer(query_id=tap.query_id))
    shown = {"n": n, "filters": data.filters}
    work.say(Edit(**asked_at(tap, data.chat), ref=ref, template="notes/all_gone", data=shown))


@router.tap(Open)
def open_(tap: Tap, work: Work) -> None:
    """A button of a note leads to another one, in private."""
    assert isinstance(tap.data, Open) and tap.sender is not None
    service.opened(work, tap.sender.id, tap.data.id)
    work.say(Answer(query_id=tap.query_id))
