"""A press on a live packet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from groupbot.core.commands import Asked
from groupbot.core.effects import Answer, Delete, Send
from groupbot.core.events import Message, Person, Tap
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import member, pot
from groupbot.features.members import service as members
from groupbot.features.members.domain import fits
from groupbot.features.redpacket import domain, store
from groupbot.features.redpacket.service.cards import draw
from groupbot.features.redpacket.service.ending import end
from groupbot.features.redpacket.service.resident import LIVE, PHRASES, TRIES, Packet, live, may_redraw

MINUTE = timedelta(minutes=1)
Asks = Callable[[Work, int, Person | None], None]  # of (chat, person): raises a Refusal


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
        if packet.phrase and packet.state == "live":
            raise Refusal("redpacket/say")
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
    if bot or (
        packet.payer.kind == "house"
        and packet.who != "staff"
        and packet.whom != person
        and members.is_staff(work, packet.chat, person)
    ):
        raise Refusal("redpacket/staff")
    if packet.whom or packet.who or packet.segment:
        _meant(work, packet, person)
    wait = members.waits(work, packet.chat, person, int(members.get(work, packet.chat, domain.TENURE)))
    if wait:
        raise Refusal("redpacket/new", wait=wait)
    amount: int = packet.shares[taken]
    cap = members.get(work, packet.chat, domain.CAP) if packet.payer.kind == "house" else 0
    if cap:
        _within_cap(work, packet, person, amount, cap)
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


def _meant(work: Work, packet: Packet, person: int) -> None:
    """Is this person one of those the packet is for?"""
    if packet.whom and packet.whom != person:
        raise Refusal("redpacket/for_another", name=members.name(work, packet.whom))
    if packet.who == "staff" and not members.is_staff(work, packet.chat, person):
        raise Refusal("redpacket/for_some", who=packet.who, days=0)
    if packet.segment and not fits(packet.segment, members.segmenting.of_member(work, packet.chat, person)):
        raise Refusal("redpacket/for_segment", segment=domain.words(packet.segment))
    if packet.who not in ("new", "old"):
        return
    days = domain.NEW_DAYS if packet.who == "new" else domain.OLD_DAYS
    joined = members.joined_at(work, packet.chat, person)
    fresh = joined is not None and work.now - joined < timedelta(days=days)
    if fresh != (packet.who == "new"):
        raise Refusal("redpacket/for_some", who=packet.who, days=days)


def _within_cap(work: Work, packet: Packet, person: int, amount: int, cap: int) -> None:
    """What a member may take a day: who has reached it waits for tomorrow. The claim that reaches it is
    paid whole, for shares cannot be cut."""
    cache, key = work.cached("redpacket.got"), (packet.chat, packet.day, person)
    got = cache.get(key)
    if got is None:
        got = int(
            work.sql.value(store.GOT_TODAY, chat=packet.chat, the_day=packet.day, person=person)
        )  # claims of this batch stand in the cache already
    if got >= cap:
        raise Refusal("redpacket/capped", cap=cap)
    work.put("redpacket.got", key, got + amount)


def phrases(work: Work) -> tuple[tuple[str, int], ...]:
    """The passphrases of this chat's live packets, as (folded phrase, packet); nearly always none."""
    known: tuple[tuple[str, int], ...] | None = work.cached(PHRASES).get(work.chat)
    if known is None:
        known = tuple((r.phrase, r.id) for r in work.sql.all(store.PHRASES, chat=work.chat))
        work.put(PHRASES, work.chat, known)
    return known


def spoken(work: Work, m: Message, asks: Asks) -> None:
    """Somebody wrote in the group: if it is the passphrase of a live packet, they get a share, unless what
    is asked of them first refuses it.

    Only the exact words count. Who wrote `redpacket.tries` others within a minute waits for its end; of a
    packet whose words are a secret nothing tells then whether they were right.
    """
    found = phrases(work)
    if not found or m.edited or m.forwarded or m.sender is None or m.sender_chat is not None or work.late:
        return
    said = domain.fold(m.text)
    meant = [number for phrase, number in found if said == phrase]
    if meant:
        work.emit(Asked(m))
        _say_phrase(work, _next_of(work, meant, m.sender.id), m, asks)
        return
    if said and len(m.text.strip()) <= domain.WISH and said[0] != "/":
        _tried(work, m.sender.id)


def _next_of(work: Work, meant: list[int], person: int) -> int:
    """Of packets with the same words the oldest of which this person has no share yet, else the oldest."""
    cache = work.cached(LIVE)
    new = (n for n in meant if live(work, n) is not None and (n, person) not in cache)
    return next(new, meant[0])


def _tried(work: Work, person: int) -> None:
    """Words that could have been a passphrase and were none."""
    before = work.cached(TRIES).get(work.chat, {})
    until, n = before.get(person, (work.now + MINUTE, 0))
    if until <= work.now:
        until, n = work.now + MINUTE, 0
    lately = {p: tries for p, tries in before.items() if tries[0] > work.now}
    work.put(TRIES, work.chat, lately | {person: (until, n + 1)})


def _wait(work: Work, person: int) -> timedelta | None:
    """How long who tried too often waits."""
    until, n = work.cached(TRIES).get(work.chat, {}).get(person, (work.now, 0))
    return until - work.now if until > work.now and n >= members.get(work, work.chat, domain.TRIES) else None


def _say_phrase(work: Work, number: int, m: Message, asks: Asks) -> None:
    packet = live(work, number)
    assert m.sender is not None
    if packet is None:
        return
    person = m.sender.id
    amount, private = work.cached(LIVE).get((number, person)), members.reachable(work, person)
    template, data = "redpacket/got", {}
    wait = None if amount is not None else _wait(work, person)
    if wait is not None and packet.say == "secret":
        return
    try:
        if wait is not None:
            raise Refusal("redpacket/tries", wait=wait.total_seconds())
        if amount is None:
            asks(work, packet.chat, m.sender)
            amount = _take(work, packet, person, m.sender.is_bot)
        # where the group reads it, no balance
        have = ledger.balance(work, member(packet.chat, person)) if private else None
        data = {"amount": amount, "balance": have}
        if packet.say and not private:  # their message goes: nothing else tells whom it is for
            template, data = "redpacket/said", {"amount": amount, "name": members.name(work, person)}
    except Refusal as no:  # all of them come before the first write
        template, data = no.template, dict(no.data)
    work.say(
        Send(
            chat=None if private else work.chat,
            user=person if private else None,
            template=template,
            data=data,
            reply_to=None if private else m.message_id,
            topic=None if private else m.topic,
            lifetime=None if private else 15,
        )
    )
    if packet.say:
        work.say(Delete(chat=work.chat, messages=(m.message_id,), why="the passphrase of a packet"))
