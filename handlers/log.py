"""The log of a group: where it goes, what is in it."""

from __future__ import annotations

from groupbot import (
    Answer,
    Command,
    Refusal,
    Router,
    Send,
    Tap,
    Work,
    reply,
    sender_of,
    switched,
)
from groupbot.features.approvals.domain import Approved
from groupbot.features.log import service
from groupbot.features.log.domain import EVERY, SETTINGS, SILENT, Record, TakeBack
from groupbot.features.members import service as members
from groupbot.features.members.domain import Changed
from groupbot.features.moderation.domain.acts import Acted
from groupbot.features.moving.domain.file import Moved
from groupbot.features.notes.domain.names import Noted
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import Recorded, Settled
from groupbot.features.staff.domain import Rota

router = Router(
    "log",
    about="Who did what, written down",
    keeps="who did what in the group and to whom; where a log is set also who came and left, 180 days",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT)


@router.condition(SILENT)
def needs_log(work: Work, chat: int, value: bool) -> None:
    service.may_be_silent(work, chat, value)


# --- where
@router.command(
    "setlog",
    about="Where the log of this group goes",
    who="admin",
    right="info",
    where="any",
    usage="/setlog · /setlog CODE [CATEGORY]",
    example="/setlog 7K3F9QWE reports",
    forwards=True,
    mirrored=True,
)
def setlog(cmd: Command, work: Work) -> None:
    """Say it where the log shall be: it gives a code for the group. In a topic it is this group's log at
    once; forwarded from a channel into the group it needs no code."""
    origin = cmd.message.forwarded or ""
    code, _, category = cmd.args.partition(" ")
    if origin.startswith("channel:"):
        done = service.claim_forward(work, work.chat, int(origin.partition(":")[2]), sender_of(cmd))
        category = ""
    elif code:
        if cmd.chat.type == "channel":
            raise Refusal("log/say_in_group")
        done = service.claim(work, work.chat, code, category.strip().lower() or EVERY, sender_of(cmd))
    else:
        _offer(cmd, work)
        return
    if done is None:
        reply(work, cmd, "common/checking")
    else:
        data = service.linked(work, work.chat, category.strip().lower() or EVERY)
        reply(work, cmd, "log/linked", **data)


def _offer(cmd: Command, work: Work) -> None:
    topic = cmd.message.topic
    own = topic is not None and cmd.chat.type != "channel"
    if own:
        service.link(work, work.chat, work.chat, topic, EVERY, sender_of(cmd))
    code = service.offer(work, work.chat, topic, sender_of(cmd))
    kind = "channel" if cmd.chat.type == "channel" else "topic" if own else "group"
    lines = service.overview(work, work.chat) if kind == "group" else []
    now = next((line["to"] for line in lines if line["to"]), "")
    work.say(
        Send(
            chat=work.chat,
            template="log/offer",
            data={"code": code, "kind": kind, "now": now},
            reply_to=cmd.message.message_id,
            topic=topic,
            lifetime=600,
        )
    )


@router.command(
    "unsetlog",
    rare=True,
    about="No log any more",
    who="admin",
    right="info",
    where="any",
    mirrored=True,
)
def unsetlog(cmd: Command, work: Work) -> None:
    """Said in a channel or group that is a log, every group that uses it loses it."""
    if not service.unlink(work, work.chat, sender_of(cmd)):
        raise Refusal("log/none")
    reply(work, cmd, "log/unlinked")


@router.command(
    "nolog",
    rare=True,
    about="Leave a category out of the log",
    who="admin",
    right="info",
    usage="/nolog CATEGORY ...",
    example="/nolog settings",
)
def nolog(cmd: Command, work: Work) -> None:
    """settings, admin (what people with rights do), user (who comes and goes), automated (what rules do),
    reports, other (notes, filters, files), or all."""
    service.switch(work, work.chat, cmd.args.lower().split(), False, sender_of(cmd) or None)
    reply(work, cmd, "log/categories", lines=service.overview(work, work.chat))


@router.command(
    "log",
    about="Put a category into the log; without one: its newest lines",
    who="admin",
    right="info",
    usage="/log [CATEGORY ...]",
    example="/log settings",
)
def log(cmd: Command, work: Work) -> None:
    """Without a category the ten newest records, in private."""
    names = cmd.args.lower().split()
    if names:
        service.switch(work, work.chat, names, True, sender_of(cmd) or None)
        reply(work, cmd, "log/categories", lines=service.overview(work, work.chat))
        return
    person = members.alone(work, sender_of(cmd))
    work.say(Send(user=person, template="log/latest", data={"records": service.latest(work, work.chat)}))


@router.command(
    "logcategories",
    rare=True,
    about="What the log holds, and where it goes",
    who="admin",
    aliases=("logchannel",),
)
def logcategories(cmd: Command, work: Work) -> None:
    reply(work, cmd, "log/categories", lines=service.overview(work, work.chat))


@router.command(
    "silentactions",
    about="May acts be silent here",
    who="owner",
    usage="/silentactions on|off",
    example="/silentactions on",
)
def silentactions(cmd: Command, work: Work) -> None:
    """Only with a log: nothing is done that nobody can see."""
    if cmd.args:
        on = switched(cmd.args)
        service.set_silent(work, work.chat, on, sender_of(cmd))
    reply(work, cmd, "log/silent", on=service.silent(work, work.chat), change=not cmd.args)


# --- what is written down
@router.on(Changed)
def changed(made: Changed, work: Work) -> None:
    service.changed(work, made)


@router.on(Recorded)
def recorded(made: Recorded, work: Work) -> None:
    c = made.case
    service.note(
        work,
        Record(
            c.chat,
            "automated",
            "listed" if c.rule == "federation" and made.action == "ban" else made.action,
            c.at,
            None,
            c.actor,
            c.matched or c.reason[:64] or (f"[{c.kind}]" if c.kind else ""),
            c.rule,
            c.version,
            c.number,
            c.id,
            made.until,
        ),
    )


@router.on(Settled)
def settled(made: Settled, work: Work) -> None:
    c = made.case
    words = "" if made.result == "kick" else c.matched  # a kick's text is an administrator's, and stays
    text = made.text or c.reason or words
    service.note(
        work,
        Record(
            c.chat,
            "admin",
            made.result,
            work.now,
            made.by,
            c.actor,
            text[:64],
            number=c.number,
            until=made.until,
        ),
    )


@router.on(Acted)
def acted(made: Acted, work: Work) -> None:
    id_ = rules.by_number(work, made.chat, made.number) if made.number and made.act in _UNDONE else 0
    text = made.reason or (str(made.messages) if made.messages else "")
    service.note(
        work,
        Record(
            made.chat,
            "admin" if made.by or made.act != "decline" else "automated",
            made.act,
            work.now,
            made.by or None,
            made.actor or None,
            text,
            number=made.number,
            id=id_,
            until=service.when(made.until),
        ),
    )


_UNDONE = ("ban", "mute", "warn", "promote")


@router.on(Approved)
def approved(made: Approved, work: Work) -> None:
    kind = "unapprove" if made.gone else "approve"
    category = "admin" if made.by else "automated"
    by = made.by or None
    service.note(work, Record(made.chat, category, kind, work.now, by, made.person, made.reason))


@router.on(Rota)
def rota(made: Rota, work: Work) -> None:
    kind = "helper_gone" if made.gone else "helper"
    service.note(work, Record(made.chat, "admin", kind, work.now, made.by, made.person, made.shift))


@router.on(Noted)
def noted(made: Noted, work: Work) -> None:
    names = ", ".join(made.names)
    service.note(work, Record(made.chat, "other", made.kind, work.now, made.by, text=names[:64]))


@router.on(Moved)
def moved(made: Moved, work: Work) -> None:
    category, text = ("other", "") if made.kind == "exported" else ("settings", str(made.n))
    service.note(work, Record(made.chat, category, made.kind, work.now, made.by, text=text))


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    """Forgets what is old."""
    service.sweep(work)


# --- buttons of records
@router.tap(TakeBack, who="admin", right="restrict")
def take_back(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, TakeBack) and tap.sender is not None
    case = rules.undo_by_hand(work, tap.data.id, tap.sender.id)
    data = {"number": case.number, "result": "undone"}
    work.say(Answer(query_id=tap.query_id, template="rules/settled", data=data))
