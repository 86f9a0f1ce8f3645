"""A press on a live packet."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from groupbot.core.effects import Answer
from groupbot.core.events import Tap
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import member, pot
from groupbot.features.members import service as members
from groupbot.features.redpacket import domain, store
from groupbot.features.redpacket.service.cards import draw
from groupbot.features.redpacket.service.ending import end
from groupbot.features.redpacket.service.resident import LIVE, Packet, live, may_redraw


def grab(work: Work, number: int, tap: Tap) -> None:
    """Take the next share for whoever pressed, and answer.

    Raises:
        Refusal: over, empty, staff of the house, or too new here.
    """
    person = tap.sender
    cache = work.cached(LIVE)
    packet = cache.get(number) or live(work, number)
    if packet is None or person is None or packet.chat != work.chat:
        raise Refusal("common/old_button")
    mine = cache.get((number, person.id))
    if mine is None:
        mine = _take(work, packet, person.id, person.is_bot)
    data = {"amount": mine, "balance": ledger.balance(work, member(packet.chat, person.id))}
    work.say(Answer(query_id=tap.query_id, template="redpacket/got", data=data))


def _take(work: Work, packet: Packet, person: int, bot: bool) -> int:
    """The next share goes to this person; its points."""
    taken = work.cached(LIVE)[packet.id, "taken"]
    if taken >= packet.n:
        raise Refusal("redpacket/empty", n=packet.n)
    if packet.state != "live" or packet.expires <= work.now:
        raise Refusal("redpacket/over")
    if bot or (packet.payer.kind == "house" and members.is_staff(work, packet.chat, person)):
        raise Refusal("redpacket/staff")
    tenure = timedelta(hours=members.get(work, packet.chat, domain.TENURE))
    joined = members.joined_since(work, packet.chat, person, work.now - tenure)
    if joined is not None:
        raise Refusal("redpacket/new", wait=joined + tenure - work.now)
    amount: int = packet.shares[taken]
    ledger.transfer(
        work,
        f"claim:{packet.id}:{person}",
        "packet",
        (pot(packet.chat, packet.id), -amount),
        (member(packet.chat, person), amount),
        ref=packet.ref,
        actor=person,
        unseen=True,
    )
    work.add(store.CLAIMS, packet.id, person, taken, amount, work.now)
    work.put(LIVE, (packet.id, person), amount)
    work.put(LIVE, (packet.id, "taken"), taken + 1)
    if taken + 1 == packet.n:
        end(work, packet, "drained")
    elif may_redraw(work, packet.id):
        work.finally_(packet.ref, partial(draw, number=packet.id))
    return amount
