"""/helpers: members who help on their shift. /usernote: what staff keep in mind of somebody."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Send, Work, reply, sender_of
from groupbot.features.members import service as members
from groupbot.features.moderation.service.whom import aimed
from groupbot.features.staff import service

router = Router(
    "staff",
    about="Helpers and their shifts; notes of staff",
    keeps="helpers and their shifts, and notes of staff on people, until they are taken back",
)
router.keeps_of(*service.KEPT)


@router.command(
    "helpers",
    about="Who helps when",
    usage="/helpers · /helpers add @NAME [mon-fri 9:00-18:00] · /helpers drop @NAME",
    example="/helpers add @mei mon-fri 9:00-18:00",
    admin_args={"add": "promote", "drop": "promote"},
)
def helpers(cmd: Command, work: Work) -> None:
    """The rota. Helpers have no rights of Telegram: on their shift they decide about reports."""
    word, _, rest = cmd.args.partition(" ")
    if word.lower() in ("add", "drop"):
        found = aimed(work, _without(cmd, rest))
        if found is None:
            raise Refusal("common/usage")
        if word.lower() == "add":
            if members.is_staff(work, work.chat, found.actor):
                raise Refusal("staff/is_admin", name=found.name)
            shift = service.add(work, work.chat, found.actor, found.rest, sender_of(cmd))
            reply(work, cmd, "staff/added", name=found.name, shift=shift.text)
        else:
            service.drop(work, work.chat, found.actor, sender_of(cmd))
            reply(work, cmd, "staff/dropped", name=found.name)
        return
    if word:
        raise Refusal("common/usage")
    reply(work, cmd, "staff/rota", people=service.rota(work, work.chat))


def _without(cmd: Command, rest: str) -> Command:
    """The command without its first word."""
    return Command(
        at=cmd.at,
        chat=cmd.chat,
        sender=cmd.sender,
        update_id=cmd.update_id,
        name=cmd.name,
        args=rest.strip(),
        message=cmd.message,
    )


@router.command(
    "usernote",
    about="Keep a note on somebody, for staff",
    who="admin",
    right="restrict",
    usage="/usernote @NAME TEXT",
    example="/usernote @mei asked for an invoice twice",
)
def usernote(cmd: Command, work: Work) -> None:
    """By reply, name or id. Only administrators read it, in private."""
    found = aimed(work, cmd)
    if found is None:
        raise Refusal("common/usage")
    n = service.keep_note(work, work.chat, found.actor, found.rest, sender_of(cmd))
    reply(work, cmd, "staff/noted", n=n)


@router.command(
    "usernotes",
    about="What staff noted on somebody",
    who="admin",
    right="restrict",
    usage="/usernotes @NAME [drop N]",
    example="/usernotes @mei",
)
def usernotes(cmd: Command, work: Work) -> None:
    """Shown in private; `drop 2` takes the second away."""
    found = aimed(work, cmd)
    if found is None:
        raise Refusal("common/usage")
    word, _, number = found.rest.partition(" ")
    if word.lower() == "drop":
        if not (number.isascii() and number.isdigit()):
            raise Refusal("common/usage")
        service.drop_note(work, work.chat, found.actor, int(number[:4]))
    elif word:
        raise Refusal("common/usage")
    person = members.alone(work, sender_of(cmd))
    data = {"name": found.name, "notes": service.notes(work, work.chat, found.actor)}
    work.say(Send(user=person, template="staff/notes", data=data))
