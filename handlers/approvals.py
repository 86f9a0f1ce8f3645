"""/approve and its kin: people who are trusted here."""

from __future__ import annotations

from msgspec import Struct

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
)
from groupbot.engine.replies import asked_at
from groupbot.features.approvals import service
from groupbot.features.approvals.domain import AFTER
from groupbot.features.members import service as members
from groupbot.features.moderation.domain.grammar import reason_of
from groupbot.features.moderation.service.whom import aim, aimed

router = Router(
    "approvals",
    about="People who are trusted here",
    keeps="who was approved by whom and why, until it is taken back; how many clean messages were counted",
)
router.keeps_of(*service.KEPT)
WHO = "@NAME"


class ClearAll(Struct, frozen=True, tag="app.clear"):
    """The owner confirms that nobody is approved any more."""

    chat: int
    owner: int


@router.command(
    "approve",
    about="Trust somebody: no limits apply",
    who="admin",
    right="restrict",
    usage="/approve @NAME [REASON] · /approve auto N|off",
    example="/approve @mei our florist",
)
def approve(cmd: Command, work: Work) -> None:
    """By reply, name or id; a reason may follow. `auto 50`: by itself after so many clean messages."""
    word, _, rest = cmd.args.partition(" ")
    if word.lower() == "auto":
        n = 0 if rest.lower() == "off" else int(rest) if rest.isascii() and rest.isdigit() else -1
        if not 0 <= n <= 10_000:
            raise Refusal("common/usage")
        members.put(work, AFTER, n, chat=work.chat, by=sender_of(cmd))
        reply(work, cmd, "approvals/auto", n=n)
        return
    found = aim(work, cmd)
    service.approve(work, work.chat, found.actor, sender_of(cmd), reason_of(found.rest))
    reply(work, cmd, "approvals/approved", name=found.name)


@router.command(
    "unapprove",
    about="Limits apply to somebody again",
    who="admin",
    right="restrict",
    usage="/unapprove @NAME",
    example="/unapprove @mei",
)
def unapprove(cmd: Command, work: Work) -> None:
    """By reply, name or id."""
    found = aimed(work, cmd)
    if found is None:
        raise Refusal("common/usage")
    service.unapprove(work, work.chat, found.actor, sender_of(cmd))
    reply(work, cmd, "approvals/unapproved", name=found.name)


@router.command("approved", about="Who is trusted here", who="admin")
def approved(cmd: Command, work: Work) -> None:
    """All who are approved, with reason."""
    reply(
        work,
        cmd,
        "approvals/list",
        people=service.everybody(work, work.chat),
        after=service.after(work, work.chat),
    )


@router.command(
    "approval", rare=True, about="Am I trusted here", usage="/approval [@NAME]", example="/approval"
)
def approval(cmd: Command, work: Work) -> None:
    """Yourself, or somebody you name or reply to."""
    found = aimed(work, cmd, sure=False)
    actor = found.actor if found is not None else sender_of(cmd)
    name = found.name if found is not None else members.name(work, actor)
    row = service.why(work, work.chat, actor)
    staff = actor > 0 and members.is_staff(work, work.chat, actor)
    reason = row["reason"] if row is not None else ""
    reply(work, cmd, "approvals/state", name=name, approved=row is not None, staff=staff, reason=reason)


@router.command("unapproveall", rare=True, about="Nobody is trusted any more", who="owner")
def clear(cmd: Command, work: Work) -> None:
    """Asks first."""
    people = service.everybody(work, work.chat)
    if not people or cmd.sender is None:
        raise Refusal("approvals/nobody")
    work.say(
        Send(
            chat=work.chat,
            template="approvals/clear",
            data={"n": len(people)},
            buttons=((Button("clear", ClearAll(work.chat, cmd.sender.id)),),),
            ref=f"approvals:{work.chat}",
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=300,
        )
    )


@router.tap(ClearAll, who="owner")
def cleared(tap: Tap, work: Work) -> None:
    """Only who asked may confirm."""
    assert isinstance(tap.data, ClearAll) and tap.sender is not None
    if tap.sender.id != tap.data.owner:
        raise Refusal("common/owner_only")
    n = service.unapprove_all(work, tap.data.chat, tap.sender.id)
    if not n:
        raise Refusal("common/old_button")
    ref = f"approvals:{tap.data.chat}"
    work.say(Answer(query_id=tap.query_id))
    work.say(Edit(**asked_at(tap, tap.data.chat), ref=ref, template="approvals/cleared", data={"n": n}))
