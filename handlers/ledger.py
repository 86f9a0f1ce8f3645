"""/points: how many points have I, and where did they come from?"""

from __future__ import annotations

from groupbot import Command, Router, Send, Work
from groupbot.features.ledger import service
from groupbot.features.ledger.domain import member
from groupbot.features.members import service as members

router = Router(
    "ledger",
    about="Points",
    keeps="every movement of points, for as long as the group uses them; names are forgotten with you",
)
router.keeps_of(*service.KEPT, export=service.movements, erase=service.erase)


@router.command("points", about="My points", where="any", words=("积分",), aliases=("balance",))
def points(cmd: Command, work: Work) -> None:
    """The balance and the newest movements: in private where possible, else one short line."""
    if cmd.sender is None or cmd.message.anonymous:
        return
    person = cmd.sender.id
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
    work.say(
        Send(
            chat=work.chat,
            template="ledger/points",
            data={"balance": have},
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )


@router.every(seconds=600)
def recount(work: Work) -> None:
    service.nightly(work)
