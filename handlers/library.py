"""What operators bring: templates and plans as files, pictures and videos kept by a name; the month drawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import Struct

from groupbot import (
    Answer,
    Button,
    Command,
    Edit,
    Fetched,
    Message,
    Refusal,
    Router,
    Send,
    Tap,
    Work,
    reply,
    sender_of,
)
from groupbot.engine.addresses import in_ops
from groupbot.features.campaigns import service as campaigns
from groupbot.features.care import service as care
from groupbot.features.lifecycle import service as lifecycle
from groupbot.features.members import service as members
from groupbot.features.promos import service
from groupbot.features.quiz import service as quiz
from groupbot.features.scenes import service as scenes

router = Router(
    "library",
    about="Files of operators: templates, plans, pictures; recorded content",
    keeps="files sent to the operators' chat, 7 days; the ids of pictures kept by a name, until they are "
    "replaced; which sessions' answers may be said again, and where they were, 180 days; which kept file was "
    "said where, while it is kept",
)


# lists that are no plans; plans are the feature's own
KINDS = (care.KIND, scenes.KIND, campaigns.KIND, quiz.KIND, lifecycle.KIND)


class Live(Struct, frozen=True, tag="pu.live"):
    """Put this file live."""

    push: int


class Drop(Struct, frozen=True, tag="pu.no"):
    """Leave this file."""

    push: int


class Picture(Struct, frozen=True, tag="pu.pic"):
    """Draw how it looks."""

    push: int


class Right(Struct, frozen=True, tag="pu.right"):
    """This answer of a quiz is the right one, by its place."""

    push: int
    place: int


@router.on(Message, idle="library.pushed")
def file_came(event: Message, work: Work) -> None:
    """A template or YAML file in the operators' chat is fetched and looked at."""
    if not in_ops(work):
        work.put("library.pushed", work.chat, False)  # nothing is pushed here
        return
    if event.traits is None or not event.traits.file_name:
        return
    if event.sender is None or not service.place_of_pushes(work):
        return
    if not event.anonymous and (event.sender_chat is not None or event.sender.is_bot):
        return  # a channel's post or another bot's file is nobody's word
    if service.is_content(event.traits.file_name):
        try:
            service.receive(work, event.traits.file_name, event.text, event.traits.file_id, event.sender.id)
        except Refusal as e:
            work.say(Send(chat=work.chat, topic=event.topic, template=e.template, data=e.data, lifetime=600))


@router.on(Fetched)
def fetched(event: Fetched, work: Work) -> None:
    """It is here: what it would change, with a button."""
    found = service.arrived(work, event, KINDS)
    if found is not None:
        _show(work, found)


@router.every(seconds=3)
def pushed(work: Work) -> None:
    """What `groupbot content push` left is shown in the operators' chat."""
    if service.place_of_pushes(work):
        for found in service.fresh(work, KINDS):
            _show(work, found)


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    """Forgets files after seven days, and items past their use."""
    service.forget_pushes(work, work.now - timedelta(days=7))
    service.sweep_items(work)


@router.tap(Live, who="operator")
def live(tap: Tap, work: Work) -> None:
    """An operator puts it live."""
    _decided(tap, work, live=True)


@router.tap(Drop, who="operator")
def drop(tap: Tap, work: Work) -> None:
    """An operator leaves it."""
    _decided(tap, work, live=False)


@router.tap(Picture, who="operator")
def picture(tap: Tap, work: Work) -> None:
    """How the template will look, drawn."""
    assert isinstance(tap.data, Picture)
    spec = service.pictured(work, tap.data.push)
    work.say(Send(chat=work.chat, topic=tap.topic, photo="picture:bubble", content=spec))
    work.say(Answer(query_id=tap.query_id))


@router.command(
    "media", about="Keep a picture, video or poll for posts", who="operator", where="any", hidden=True,
    usage="/media NAME [bind|smooth|amplify] [until DAY], as an answer to the file or poll",
    example="/media wave amplify until 2027-05-01",
)  # fmt: skip
def media(cmd: Command, work: Work) -> None:
    """In reply to a photo, video, animation: posts carry it as saved:NAME. A poll becomes the template
    posts/NAME. Alone: what is kept."""
    if not cmd.args:
        reply(work, cmd, "promos/media_list", files=service.media_kept(work))
        return
    if cmd.message.reply_poll is not None:
        _ballot(cmd, work)
        return
    own = cmd.message.traits
    file = cmd.message.reply_media or ((cmd.message.kind, own.file_id) if own and own.file_id else None)
    name = service.keep_media(work, cmd.args, file)
    reply(work, cmd, "promos/media_kept", name=name, kind=file[0] if file else "")


@router.command(
    "library", about="The library: what was recorded or kept, and may be said again", who="operator",
    where="any", hidden=True,
    usage="/library [show|pin|unpin|retire|restore NAME | job NAME bind|smooth|amplify | until NAME DAY|off]",
    example="/library pin wave",
)  # fmt: skip
def items(cmd: Command, work: Work) -> None:
    """Without a word: everything, with its medium, its job, until when it is of use and when it was last
    said. A pinned item may come again within thirty days; a retired one does not come."""
    word, _, rest = cmd.args.strip().partition(" ")
    match word.lower():
        case "":
            reply(work, cmd, "promos/library", items=service.library(work), lifetime=None)
            return
        case "show" if rest:
            found = service.item(work, rest)
        case "pin" | "unpin" if rest:
            found = service.mark(work, rest, pinned=word.lower() == "pin")
        case "retire" | "restore" if rest:
            found = service.mark(work, rest, retired=word.lower() == "retire")
        case "job" if rest.rpartition(" ")[2] in service.JOBS:
            name, _, job = rest.rpartition(" ")
            found = service.mark(work, name, job=job)
        case "until" if rest:
            found = service.until(work, rest)
        case _:
            raise Refusal("common/usage")
    carried: dict[str, Any] = {}
    if word.lower() == "show" and found["saved"]:
        carried[found["medium"]] = found["source"]
    to = cmd.message
    work.say(
        Send(
            chat=work.chat,
            topic=to.topic,
            reply_to=to.message_id,
            template="promos/item",
            data=found,
            **carried,
        )
    )


@router.command(
    "calendar", about="The month's posts as a picture", who="operator", where="any", hidden=True,
    usage="/calendar [MONTH]", example="/calendar 2027-02",
)  # fmt: skip
def calendar(cmd: Command, work: Work) -> None:
    """What is posted when, what a limit would hold and where it is empty."""
    person = None if in_ops(work) else members.alone(work, sender_of(cmd))
    spec = service.calendar(work, cmd.args.strip(), members.voice(work, work.chat, person)[0])
    work.say(
        Send(
            chat=work.chat if person is None else None,
            user=person,
            topic=cmd.message.topic if person is None else None,
            photo="picture:month",
            content=spec,
        )
    )


@router.tap(Right, who="operator")
def right(tap: Tap, work: Work) -> None:
    """An operator says which answer of a quiz is right; then it is shown like any file."""
    assert isinstance(tap.data, Right) and tap.sender is not None
    word = service.answer(work, tap.data.push, tap.data.place)
    where: dict[str, Any] = {"user": tap.sender.id} if tap.chat.type == "private" else {"chat": work.chat}
    data = {"answer": word, "who": tap.sender.name}
    work.say(Edit(**where, template="promos/poll_answered", data=data, ref=f"promos.quiz:{tap.data.push}"))
    work.say(Answer(query_id=tap.query_id))
    pushed(work)


def _ballot(cmd: Command, work: Work) -> None:
    """A poll is kept: shown at once, or asked for its right answer."""
    assert cmd.message.reply_poll is not None
    made = service.keep_ballot(work, cmd.args, cmd.message.reply_poll, sender_of(cmd))
    number = made.pop("id")
    if number:
        rows = tuple((Button(word, Right(number, n)),) for n, word in enumerate(made["options"]))
        ref = f"promos.quiz:{number}"
        reply(work, cmd, "promos/poll_right", buttons=rows, lifetime=None, ref=ref, **made)
    elif not in_ops(work):
        reply(work, cmd, "promos/poll_kept", **made)
    pushed(work)


def _show(work: Work, found: dict[str, Any]) -> None:
    to, number = service.ops_chat(work), found.pop("id")
    rows: tuple[tuple[Button, ...], ...] = ()
    if number:
        rows = ((Button("live", Live(number)), Button("drop", Drop(number))),)
        if service.drawable(found):
            rows = (*rows, (Button("picture", Picture(number)),))
    template = "promos/push_unread" if found.get("trouble") else "promos/push"
    work.say(Send(chat=to, template=template, data=found, buttons=rows, ref=_ref(number)))


def _decided(tap: Tap, work: Work, *, live: bool) -> None:
    assert isinstance(tap.data, Live | Drop) and tap.sender is not None
    data = service.decide(work, tap.data.push, tap.sender.id, KINDS, live=live)
    work.say(Edit(chat=work.chat, template="promos/push_done", data=data, ref=_ref(tap.data.push) or ""))
    work.say(Answer(query_id=tap.query_id, template="promos/push_done", data=data))


def _ref(number: int) -> str | None:
    return f"promos.push:{number}" if number else None
