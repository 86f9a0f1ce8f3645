"""Sending a packet: what the chat allows, the draft of a thin one, split, funds, card."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace

from groupbot.core.effects import Button, Delete, Send
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import house, member, pot
from groupbot.features.members import service as members
from groupbot.features.members.domain import spread
from groupbot.features.redpacket import domain, store
from groupbot.features.redpacket.domain import Confirm, ConfirmOwn, Order
from groupbot.features.redpacket.service.cards import card
from groupbot.features.redpacket.service.effects import await_effects
from groupbot.features.redpacket.service.planning import campaigns, day_of, spending, used_today, zone_of
from groupbot.features.redpacket.service.resident import PHRASES, live

DRAFT = timedelta(minutes=10)
AHEAD = timedelta(days=60)  # how far a packet can be planned
LATE = timedelta(hours=1)  # a planned packet that could not go out for so long is dropped


def send(
    work: Work, order: Order, *, sender: int, company: bool, topic: int | None = None
) -> tuple[int, str]:
    """Send a packet, or ask first when a lucky one is thin: (number, live | draft).

    Raises:
        Refusal: a rule of this chat says no, and which.
    """
    chat = work.chat
    if order.segment and not company:  # described by administrators: a refusal would tell how many are
        raise Refusal("common/usage")
    if company and not (order.whom or order.who or order.segment or order.everybody):
        order = replace(order, segment=spread(members.get(work, chat, domain.SEGMENT)))
    at = due(work, order)
    check(work, order, sender=sender, company=company, at=at)
    planned = at > work.now
    row = {
        "chat_id": chat,
        "topic": topic,
        "sender_id": sender,
        "payer": "house" if company else "member",
        "kind": order.kind,
        "total": order.total,
        "n": order.n,
        "wish": order.wish,
        "day": day_of(work, at),
        "state": "planned" if planned else "draft",
        "salt": "",
        "commitment": "",
        "opened_at": at,
        "expires_at": at + DRAFT,
        "occasion": order.reason,
        "whom": order.whom,
        "who": order.who,
        "segment": " ".join(order.segment),
        "phrase": order.phrase,
        "say": order.say,
    }
    number = int(work.sql.returning(store.NEW, **row)[0].id)
    if planned:
        return number, "planned"
    if not order.thin:
        _open(work, number, order.kind)
        return number, "live"
    sure = Confirm if company else ConfirmOwn
    buttons = ((Button("lucky", sure(number)),), (Button("equal", sure(number, equal=True)),))
    work.say(
        Send(
            chat=chat,
            template="redpacket/thin",
            data={"total": order.total, "n": order.n},
            buttons=buttons,
            ref=f"redpacket:ask:{number}",
            topic=topic,
            lifetime=int(DRAFT.total_seconds()),
        )
    )
    return number, "draft"


def due(work: Work, order: Order) -> datetime:
    """When the packet shall go out: now, or the time the order names.

    Raises:
        Refusal: more than 60 days ahead, in the past, or a thin lucky one, which nobody could confirm then.
    """
    if not order.at:
        return work.now
    at = domain.when(order.at, work.now.astimezone(zone(zone_of(work))))
    if at is None or not work.now < at <= work.now + AHEAD:
        raise Refusal("redpacket/bad_time", at=order.at)
    if order.thin:
        raise Refusal("redpacket/thin_later", least=domain.LUCKY_MEAN * order.n)
    return at.astimezone(UTC)


def check(
    work: Work, order: Order, *, sender: int, company: bool, at: datetime | None = None, own: int = 0
) -> None:
    """What this chat allows at that time (now, where none is given); `own` is the packet's number, when it
    has one already.

    Raises:
        Refusal: with the reason.
    """
    chat = work.chat
    if not company and not members.get(work, chat, domain.MEMBERS):
        raise Refusal("redpacket/members_off")
    most = int(members.get(work, chat, domain.MOST))
    if order.total > most:
        raise Refusal("redpacket/too_much", most=most)
    if order.n > min(domain.MOST_SHARES, order.total):
        raise Refusal("redpacket/too_many", most=min(domain.MOST_SHARES, order.total))
    if order.segment:
        there = members.segmenting.count_of(work, chat, order.segment)
        if there < order.n:
            raise Refusal("redpacket/few_of", segment=domain.words(order.segment), there=there)
    if order.say:
        members.needs(work, chat, "delete")
    at = at or work.now
    if company and members.get(work, chat, domain.OCCASION) and not order.occasion:
        raise Refusal("redpacket/no_occasion")
    first, last = members.get(work, chat, domain.FROM), members.get(work, chat, domain.UNTIL)
    if not domain.within(at.astimezone(zone(zone_of(work))), first, last):
        raise Refusal("redpacket/hours", first=first, last=last)
    daily = members.get(work, chat, domain.DAILY) if company else 1
    if used_today(work, sender, company, at, own) >= daily:
        later = at if day_of(work, at) != day_of(work, work.now) else None
        raise Refusal("redpacket/daily", daily=daily, later=later)
    if company:
        _policy(work, order, at, own)
    wallet = ledger.house_wallet(work, chat) if company else member(chat, sender)
    have = ledger.balance(work, wallet)
    if have < order.total:
        raise Refusal("redpacket/poor" if company else "ledger/short", balance=have, needed=order.total)


def _policy(work: Work, order: Order, at: datetime, own: int) -> None:
    """The gap to other packets of the house, its budget of its month, and that of the campaign."""
    gap = timedelta(hours=float(members.get(work, work.chat, domain.GAP)))
    if gap:
        near = work.sql.value(store.NEAR, chat=work.chat, after=at - gap, before=at + gap, own=own)
        if near is not None:
            raise Refusal("redpacket/gap", hours=gap, at=near)
    budget = int(members.get(work, work.chat, domain.BUDGET))
    if budget:
        spent = sum(r.spent for r in spending(work, own, at))
        if spent + order.total > budget:
            raise Refusal("redpacket/budget", left=max(0, budget - spent), budget=budget)
    for of in campaigns(work, own):
        left = of["budget"] - of["spent"]
        if of["name"].casefold() == order.reason.casefold() and order.total > left:
            raise Refusal("redpacket/campaign", name=of["name"], left=max(0, left), budget=of["budget"])


def open_due(work: Work) -> None:
    """Planned packets whose time has come, each as a step of its own."""
    for row in work.sql.all(store.PLANNED, now=work.now):
        work.finally_(f"redpacket.open:{row.id}", partial(open_planned, number=row.id))


def open_planned(work: Work, number: int) -> None:
    """Send a planned packet, once; if a rule says no by now, or it is an hour late, it is dropped and its
    sender is told why. While the books are closed it waits."""
    work.flush()
    row = work.sql.first(store.PACKET, the_id=number)
    if row is None or row.state != "planned":
        return
    if ledger.halted(work) and work.now <= row.opened_at + LATE:
        return
    before, work.chat = work.chat, row.chat_id
    try:
        order = _order(row)
        if work.now > row.opened_at + LATE:
            raise Refusal("redpacket/missed")
        if row.payer == "member" and not members.is_here(work, row.chat_id, row.sender_id):
            raise Refusal("redpacket/sender_gone")
        check(work, order, sender=row.sender_id, company=row.payer == "house", own=number)
        _open(work, number, row.kind)
    except Refusal as no:
        work.sql.run(store.END, the_id=number, was="planned", becomes="dropped", at=work.now)
        if row.sender_id and members.reachable(work, row.sender_id):
            work.say(Send(user=row.sender_id, template=no.template, data=dict(no.data)))
    finally:
        work.chat = before


def _order(row: Any) -> Order:
    return Order(
        row.total,
        row.n,
        row.kind,
        row.wish,
        row.occasion,
        whom=row.whom,
        who=row.who,
        segment=tuple(row.segment.split()),
        phrase=row.phrase,
        say=row.say,
    )


def confirm(work: Work, number: int, *, equal: bool, sender: int) -> None:
    """Send a draft after all.

    Raises:
        Refusal: not the drafter's press, or the draft is gone, or a rule says no by now.
    """
    row = work.sql.first(store.PACKET, the_id=number)
    if row is None or row.chat_id != work.chat or row.state != "draft" or row.expires_at <= work.now:
        raise Refusal("redpacket/draft_gone")
    if row.sender_id not in (0, sender):
        raise Refusal("redpacket/not_yours")
    kind = "equal" if equal else row.kind
    order = replace(_order(row), kind=kind)
    check(work, order, sender=row.sender_id, company=row.payer == "house", own=number)
    _open(work, number, kind)
    work.say(Delete(chat=work.chat, ref=f"redpacket:ask:{number}"))


def _open(work: Work, number: int, kind: str) -> None:
    """Split, fund, publish."""
    row = work.sql.first(store.PACKET, the_id=number)
    shares = domain.split(kind, row.total, row.n, work.rng)
    salt = work.rng.randbytes(32).hex()
    chat = row.chat_id
    hours = int(members.get(work, chat, domain.HOURS))
    work.sql.run(
        store.OPEN,
        the_id=number,
        kind=kind,
        day=day_of(work, work.now),
        salt=salt,
        commitment=domain.commitment(salt, shares),
        opened_at=work.now,
        expires_at=work.now + timedelta(hours=hours),
    )
    work.sql.many(
        store.SHARES,
        [{"packet_id": number, "seq": i, "amount": a} for i, a in enumerate(shares)],
    )
    payer = house(chat) if row.payer == "house" else member(chat, row.sender_id)
    ledger.transfer(
        work,
        f"packet:{number}:open",
        "packet.open",
        (payer, -row.total),
        (pot(chat, number), row.total),
        ref=f"redpacket:{number}",
        actor=row.sender_id,
    )
    if row.payer == "house":
        await_effects(work, number, chat)
    packet = live(work, number)
    assert packet is not None
    if packet.phrase:
        work.drop(PHRASES, chat)
    template, data, buttons = card(work, packet, 0)
    work.say(Send(chat=chat, template=template, data=data, buttons=buttons, ref=packet.ref, topic=row.topic))
