"""/points: how many points have I, and where did they come from?"""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Send, Work, reply, sender_of
from groupbot.core.points import parse_amount
from groupbot.features.ledger import service
from groupbot.features.ledger.domain import EXPIRE_DAYS, HOUSE_MONTHLY, member
from groupbot.features.members import service as members

router = Router(
    "ledger",
    about="Points",
    keeps="every movement of points, for as long as the group uses them; names are forgotten with you",
    settings=(HOUSE_MONTHLY, EXPIRE_DAYS),
)
router.keeps_of(*service.KEPT, export=service.movements, erase=service.erase)


@router.command(
    "points",
    about="My points",
    where="any",
    usage="/points [log]",
    example="/points log",
    words=("积分",),
    aliases=("balance",),
    mirrored=True,
)
def points(cmd: Command, work: Work) -> None:
    """The balance and the newest movements: in private where possible, else one short line."""
    if cmd.sender is None or cmd.message.anonymous:
        return
    person = cmd.sender.id
    if cmd.args.strip().lower() in ("log", "明细") and cmd.chat.type != "private":
        members.alone(work, person)
        lines = service.statement(work, member(work.chat, person), 30)
        whole = {
            "balance": service.points_of(work, work.chat, person),
            "title": cmd.chat.title,
            "lines": [
                {"at": x.at, "kind": x.kind, "amount": x.amount, "after": x.balance, "number": x.number}
                for x in lines
            ],
        }
        work.say(Send(user=person, template="ledger/log", data=whole))
        return
    if cmd.chat.type == "private":
        work.say(
            Send(user=person, template="ledger/wallets", data={"wallets": service.wallets(work, person)})
        )
        return
    have = service.points_of(work, work.chat, person)
    if members.reachable(work, person):
        lines = service.statement(work, member(work.chat, person))
        data = {
            "balance": have,
            "title": cmd.chat.title,
            "lines": [{"at": x.at, "kind": x.kind, "amount": x.amount} for x in lines],
        }
        work.say(Send(user=person, template="ledger/statement", data=data))
        return
    reply(work, cmd, "ledger/points", alone=True, balance=have)


@router.command(
    "award",
    about="Thank a member with points from the house wallet",
    who="admin",
    right="info",
    usage="/award 20 [REASON] (in reply)",
    example="/award 20 for the photos",
)
def award(cmd: Command, work: Work) -> None:
    """In reply to a message of the member; once a message."""
    whom = cmd.message.reply_person
    word, _, why = cmd.args.partition(" ")
    amount = parse_amount(word)
    if amount is None or amount <= 0:
        raise Refusal("common/usage")
    if whom is None or whom.is_bot or (cmd.sender is not None and whom.id == cmd.sender.id):
        raise Refusal("ledger/reply_to_whom")
    by = sender_of(cmd)
    key = service.award_key(cmd.message)
    service.award(work, whom.id, amount, by=by, key=key, why=why.strip())
    reply(work, cmd, "ledger/awarded", name=whom.name, amount=amount, why=why.strip())


@router.command(
    "undopoints",
    about="Take a movement of points back",
    who="owner",
    usage="/undopoints NUMBER",
    example="/undopoints 123",
    hidden=True,
)
def undo(cmd: Command, work: Work) -> None:
    """By its mirror image; the statement shows both. Numbers stand in /points log."""
    number = parse_amount(cmd.args.strip(), most=999_999_999)
    if number is None:
        raise Refusal("common/usage")
    service.undo(work, number, by=sender_of(cmd))
    reply(work, cmd, "ledger/undone", number=number)


@router.every(seconds=3600)
def expire(work: Work) -> None:
    service.expire_old(work)


@router.every(seconds=600)
def recount(work: Work) -> None:
    service.nightly(work)
