"""/bind: a member says which customer of the shop they are."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Work, reply, sender_of
from groupbot.features.orders import service

router = Router(
    "orders",
    about="Orders of the shop, and whose they are",
    keeps="which customer of the shop a member said to be, until taken back; of orders the shop's number, its"
    " products and sums, and a keyed hash of the customer's number",
)
router.keeps_of(*service.KEPT)


@router.command(
    "bind",
    about="Say which customer of the shop you are",
    where="private",
    usage="/bind CODE (or off)",
    example="/bind K7M2QXA9PD",
    hidden=True,
)
def bind(cmd: Command, work: Work) -> None:
    """By the shop's code, once; `off` takes it back; without a word how it stands."""
    code, person = cmd.args.strip(), sender_of(cmd)
    if not person:
        raise Refusal("common/usage")
    if code.lower() == "off":
        reply(work, cmd, "orders/unbound", was=service.unbind(work, person))
        return
    if code:
        service.bind(work, person, code)
    reply(work, cmd, "orders/bound", customers=service.bound(work, person))


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)
