"""Making and keeping federations: /newfed and its kin."""

from __future__ import annotations

from groupbot import (
    Answer,
    Button,
    Command,
    Edit,
    Refusal,
    Router,
    Send,
    Tap,
    Work,
    reply,
    sender_of,
    switched,
)
from groupbot.features.federation import service
from groupbot.features.federation.domain import Delete, Fed
from groupbot.features.members import service as members
from groupbot.features.moderation.service.whom import aimed

from .federation import its_fed

router = Router(
    "federation_keeping",
    about="Federations: groups with one list",
    keeps="federations with owner, admins and groups, until they are dissolved",
)


@router.command(
    "newfed",
    about="Make a federation",
    where="any",
    hidden=True,
    usage="/newfed NAME",
    example="/newfed East",
)
def newfed(cmd: Command, work: Work) -> None:
    """Its code lets groups join."""
    if cmd.sender is None or cmd.message.sender_chat is not None:
        raise Refusal("federation/not_yours", owner=True)
    fed = service.make(work, cmd.sender.id, cmd.args)
    reply(work, cmd, "federation/made", lifetime=300, name=fed.name, code=fed.code)


@router.command(
    "renamefed",
    about="Another name for my federation",
    where="any",
    hidden=True,
    usage="/renamefed NAME",
    example="/renamefed West",
)
def renamefed(cmd: Command, work: Work) -> None:
    fed = service.change(work, its_fed(cmd, work, owner=True), name=cmd.args)
    reply(work, cmd, "federation/info", **service.about(work, fed))


@router.command("delfed", about="Dissolve my federation", where="any", hidden=True)
def delfed(cmd: Command, work: Work) -> None:
    """Asks first, in private."""
    fed = its_fed(cmd, work, owner=True)
    work.say(
        Send(
            user=members.alone(work, fed.owner),
            template="federation/sure",
            data=service.about(work, fed),
            buttons=((Button("delete", Delete(fed.id, fed.owner)),),),
            ref=f"fed:{fed.id}:delete",
        )
    )


@router.tap(Delete)
def deleted(tap: Tap, work: Work) -> None:
    """Only its owner may confirm."""
    assert isinstance(tap.data, Delete) and tap.sender is not None
    fed = service.dissolve(work, tap.data.id, tap.sender.id)
    work.say(Answer(query_id=tap.query_id))
    ref = f"fed:{fed.id}:delete"
    work.say(Edit(user=fed.owner, ref=ref, template="federation/gone", data={"fed": fed.name}))


@router.command(
    "fedinfo",
    about="What a federation is",
    where="any",
    hidden=True,
    usage="/fedinfo [CODE]",
    example="/fedinfo 7KQ2M9XA",
)
def fedinfo(cmd: Command, work: Work) -> None:
    """By its code, else that of this group or one's own."""
    reply(work, cmd, "federation/info", **service.about(work, _any(cmd, work)))


def _any(cmd: Command, work: Work) -> Fed:
    if cmd.args:
        return service.named(work, cmd.args)
    found = service.of_chat(work, work.chat) if cmd.chat.type != "private" else None
    found = found or next(iter(service.owned(work, sender_of(cmd))), None)
    if found is None:
        raise Refusal("federation/none")
    return found


@router.command("myfeds", about="Federations of mine", where="any", hidden=True)
def myfeds(cmd: Command, work: Work) -> None:
    """Those I own and those whose list I help to keep."""
    feds = [
        {"name": f.name, "code": f.code, "own": f.owner == sender_of(cmd)}
        for f in service.owned(work, sender_of(cmd))
    ]
    reply(work, cmd, "federation/mine", feds=feds)


@router.command("fedadmins", about="Who keeps the federation's list", where="any", hidden=True)
def fedadmins(cmd: Command, work: Work) -> None:
    fed = its_fed(cmd, work)
    reply(work, cmd, "federation/admins", fed=fed.name, names=service.admins(work, fed))


@router.command(
    "fedpromote",
    about="Let somebody keep the federation's list",
    where="any",
    hidden=True,
    usage="/fedpromote @NAME",
    example="/fedpromote @mei",
)
def fedpromote(cmd: Command, work: Work) -> None:
    """By reply, name or id."""
    _staff(cmd, work, on=True)


@router.command(
    "feddemote",
    about="Let somebody keep the list no more",
    where="any",
    hidden=True,
    usage="/feddemote @NAME",
    example="/feddemote @mei",
)
def feddemote(cmd: Command, work: Work) -> None:
    _staff(cmd, work, on=False)


def _staff(cmd: Command, work: Work, *, on: bool) -> None:
    fed = its_fed(cmd, work, owner=True)
    found = aimed(work, cmd)
    if found is None:
        raise Refusal("common/usage")
    (service.promote if on else service.demote)(work, fed, found.actor, sender_of(cmd))
    reply(work, cmd, "federation/staffed", name=found.name, fed=fed.name, active=on)


@router.command(
    "subfed",
    about="Follow another federation's list too",
    where="any",
    hidden=True,
    usage="/subfed CODE",
    example="/subfed 7KQ2M9XA",
)
def subfed(cmd: Command, work: Work) -> None:
    """Its own list alone, not what it follows itself."""
    _follow(cmd, work, on=True)


@router.command(
    "unsubfed",
    about="Follow that list no more",
    where="any",
    hidden=True,
    usage="/unsubfed CODE",
    example="/unsubfed 7KQ2M9XA",
)
def unsubfed(cmd: Command, work: Work) -> None:
    _follow(cmd, work, on=False)


def _follow(cmd: Command, work: Work, *, on: bool) -> None:
    fed = its_fed(cmd, work, owner=True)
    if not cmd.args:
        raise Refusal("common/usage")
    service.subscribe(work, fed, cmd.args, on=on)
    reply(work, cmd, "federation/info", **service.about(work, fed))


@router.command(
    "fedreason",
    about="Every ban of the federation needs a reason",
    where="any",
    hidden=True,
    usage="/fedreason on|off",
    example="/fedreason on",
)
def fedreason(cmd: Command, work: Work) -> None:
    _change(cmd, work, "reasons")


@router.command(
    "fednotif",
    about="Tell me in private what happens in my federation",
    where="any",
    hidden=True,
    usage="/fednotif on|off",
    example="/fednotif off",
)
def fednotif(cmd: Command, work: Work) -> None:
    _change(cmd, work, "tells")


def _change(cmd: Command, work: Work, what: str) -> None:
    fed = its_fed(cmd, work, owner=True)
    on = switched(cmd.args) if cmd.args else None
    if on is not None:
        fed = service.change(work, fed, **{what: on})
    about = "Every ban of the federation needs a reason"
    if what == "tells":
        about = "Tell me in private what happens in my federation"
    reply(work, cmd, "federation/switch", name=cmd.name, about=about, active=getattr(fed, what))


@router.command("setfedlog", about="Tell here what happens in my federation", where="any", hidden=True)
def setfedlog(cmd: Command, work: Work) -> None:
    """In a group one is an administrator of, or in private."""
    fed = its_fed(cmd, work, owner=True)
    if cmd.chat.type != "private" and not members.heads(work, work.chat, sender_of(cmd)):
        raise Refusal("common/admin_only")
    service.change(work, fed, log=work.chat)
    reply(work, cmd, "federation/logged", fed=fed.name, active=True)


@router.command("unsetfedlog", about="Tell it here no more", where="any", hidden=True)
def unsetfedlog(cmd: Command, work: Work) -> None:
    fed = service.change(work, its_fed(cmd, work, owner=True), log=0)
    reply(work, cmd, "federation/logged", fed=fed.name, active=False)
