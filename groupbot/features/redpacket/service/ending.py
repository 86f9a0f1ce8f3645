"""The end of a packet: drained or expired, once; what is left goes back."""

from __future__ import annotations

from functools import partial

from msgspec import structs

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import pot
from groupbot.features.members import service as members
from groupbot.features.redpacket import store
from groupbot.features.redpacket.service.cards import draw
from groupbot.features.redpacket.service.resident import DRAWN, LIVE, PHRASES, TRIES, Packet, live, may_redraw


def end(work: Work, packet: Packet, state: str) -> bool:
    """live → drained | expired, once; False when it had ended before."""
    if not work.sql.run(store.END, the_id=packet.id, was="live", becomes=state, at=work.now):
        return False
    work.drop(DRAWN, packet.id)
    work.drop(PHRASES, packet.chat)
    work.drop(TRIES, packet.chat)
    work.put(LIVE, packet.id, structs.replace(packet, state=state))
    work.finally_(packet.ref, partial(draw, number=packet.id))
    return True


def expire_due(work: Work) -> None:
    """Return the rest of overdue packets to who paid, each as a step of its own; drop old drafts, redraw
    cards that lag."""
    for row in work.sql.all(store.OVERDUE, now=work.now):
        if row.state == "draft":
            work.sql.run(store.END, the_id=row.id, was="draft", becomes="dropped", at=work.now)
        else:
            work.finally_(f"redpacket.expire:{row.id}", partial(expire, number=row.id))
    for row in work.sql.all(store.STALE):
        if may_redraw(work, row.id):
            work.finally_(f"redpacket:{row.id}", partial(draw, number=row.id))


def open_here(work: Work) -> tuple[int, int]:
    """Packets of this chat that can be grabbed or are planned, and the points that lie in them."""
    work.flush()
    rows = work.sql.all(store.LIVE_IN, chat=work.chat, now=work.now)
    planned = work.sql.all(store.PLANNED_IN, chat=work.chat)
    return len(rows) + len(planned), sum(ledger.balance(work, pot(work.chat, r.id)) for r in rows)


def end_all(work: Work) -> tuple[int, int]:
    """Every packet of this chat ends as if its time were over, planned ones never open: how many, and the
    points given back."""
    rows = work.sql.all(store.LIVE_IN, chat=work.chat, now=work.now)
    planned = work.sql.all(store.PLANNED_IN, chat=work.chat)
    for row in planned:
        work.sql.run(store.END, the_id=row.id, was="planned", becomes="dropped", at=work.now)
    return len(rows) + len(planned), sum(expire(work, row.id) for row in rows)


def expire(work: Work, number: int) -> int:
    """End a live packet; what is left of it goes back once, and the sender hears of it. The points."""
    work.flush()  # claims of this batch are in
    packet = live(work, number)
    if packet is None or not end(work, packet, "expired"):
        return 0
    jar = pot(packet.chat, number)
    rest = ledger.balance(work, jar)
    if rest <= 0:
        return 0
    ledger.transfer(
        work, f"packet:{number}:refund", "refund", (jar, -rest), (packet.payer, rest), ref=packet.ref
    )
    if packet.sender and members.reachable(work, packet.sender):
        data = {"rest": rest, "wish": packet.wish, "company": packet.payer.kind == "house"}
        work.say(Send(user=packet.sender, template="redpacket/returned", data=data))
    return rest
