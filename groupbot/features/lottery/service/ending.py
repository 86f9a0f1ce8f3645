"""The end of a draw: the list is frozen and its root published; when the announced beacon has come, or at
once where the rules know none, all is ranked and revealed. Each once."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from msgspec import structs

from groupbot.core.effects import Button, Edit, Rows, Send
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.ledger import domain as accounts
from groupbot.features.ledger import service as ledger
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import Claim, Freed, Round
from groupbot.features.lottery.service.awards import SOON
from groupbot.features.lottery.service.conditions import tickets_of, unmet
from groupbot.features.lottery.service.opening import the_open
from groupbot.features.lottery.service.records import made_record, result
from groupbot.features.lottery.service.resident import OPEN, WORDS, Lottery, described, load
from groupbot.features.members import service as members


def end_due(work: Work) -> None:
    """End every draw whose time has come, each as a step of its own. After an outage too: presses that
    come late are refused by the clock, who is in is asked again now, and the beacon is a later one."""
    for row in work.sql.all(store.DUE, now=work.now):
        work.finally_(f"lottery.end:{row.id}", partial(end, number=row.id))


def close(work: Work, number: int | None = None) -> int:
    """End the open draw of this chat now; its number.

    Raises:
        Refusal: none is open, or not the one that was named.
    """
    found = the_open(work, number).id
    end(work, found)
    return found


def end(work: Work, number: int) -> bool:
    """Freeze the list: ask every condition again, count tickets, publish root and beacon round. False when
    that was done before."""
    work.flush()  # entries of this batch are in
    lottery = load(work, number)
    if lottery is None or lottery.state != "open":
        return False
    leaves, taking, outs = [], 0, []
    frozen_at = work.now.replace(microsecond=0)
    many: list[dict[str, Any]] = []
    for e in work.sql.all(store.ENTRIES_OF, the_id=number):
        why, tickets = unmet(work, lottery, e.person_id), tickets_of(work, lottery, e.person_id)
        if not why and _hired(work, lottery.chat, e.person_id):
            why = "hired"  # known a day or two after they came
        leaves.append(domain.leaf(e.entry, tickets, why))
        if tickets > 1:
            many.append({"the_id": number, "who": e.person_id, "many": tickets})
        if why:
            outs.append((e.person_id, why))
        else:
            taking += 1
    root = domain.root_of(leaves)
    wait = domain.round_at_or_after(frozen_at + timedelta(seconds=domain.MARGIN)) if lottery.beacon else None
    if not work.sql.run(store.FREEZE, the_id=number, at=frozen_at, the_root=root, the_round=wait):
        return False
    for person, why in outs:
        work.sql.run(store.OUT, the_id=number, who=person, why=why)
    work.sql.many(store.TICKETS, many)
    work.put(OPEN, number, structs.replace(lottery, state="frozen"))
    work.drop(WORDS, lottery.chat)
    for person, why in outs:
        if members.reachable(work, person) and members.is_here(work, lottery.chat, person):
            data = {"id": number, "prize": lottery.prize, "reason": why}
            work.say(Send(user=person, template="lottery/removed", data=data))
    if wait is None or not taking:
        return draw(work, number, None)
    data = {
        **described(lottery),
        "count": taking,
        "removed": len(outs),
        "root": root,
        "round": wait,
        "said_at": domain.said_at(wait),
    }
    work.say(Edit(chat=lottery.chat, ref=lottery.ref, template="lottery/frozen", data=data, cause="lottery"))
    return True


def _hired(work: Work, chat: int, person: int) -> bool:
    """In a crowd that looks bought, and silent since; of who opted out no word would be written down."""
    if members.opted_out(work, person):
        return False
    return work.sql.first(store.HIRED, chat=chat, who=person) is not None


def draw(work: Work, number: int, found: Round | None) -> bool:
    """Rank, reveal, announce; False when it was drawn before. Without a round the record is the weaker
    one, and says so."""
    lottery = load(work, number)
    if lottery is None:
        return False
    made = made_record(work, lottery, found)
    people = {e.entry: e.person_id for e in work.sql.all(store.ENTRIES_OF, the_id=number)}
    state = "drawn" if made["ranking"] else "empty"
    if not work.sql.run(
        store.END,
        the_id=number,
        becomes=state,
        at=work.now,
        the_seed=made["seed"],
        the_beacon=None if found is None else structs.asdict(found),
    ):
        return False
    lottery = structs.replace(lottery, state=state)
    work.put(OPEN, number, lottery)
    places = [{"the_id": number, "who": people[e], "the_place": i} for i, e in enumerate(made["ranking"], 1)]
    work.sql.many(store.PLACE, places)
    until = deadline(work, lottery)
    winners = [people[e] for e in made["winners"]]
    work.sql.many(
        store.AWARD,
        [
            {"lottery_id": number, "seat": i, "attempt": 0, "person_id": p, **claimable(work, until)}
            for i, p in enumerate(winners, 1)
        ],
    )
    give_back(work, lottery, range(len(winners) + 1, lottery.seats + 1))
    _announce(work, lottery, made, winners, until)
    return True


def deadline(work: Work, lottery: Lottery) -> Any:
    """Until when somebody who wins now may claim, closed days of the chat not counted."""
    extra = str(members.get(work, lottery.chat, domain.HOLIDAYS))
    where = zone(members.voice(work, lottery.chat, None)[1])
    return domain.claim_until(work.now, lottery.claim_hours, where, extra)


def claimable(work: Work, until: datetime) -> dict[str, Any]:
    """The end of a claim time; where it is a day at most, the news of winning is the reminder too."""
    return {"deadline": until, "reminded_at": work.now if until - work.now <= SOON else None}


def give_back(work: Work, lottery: Lottery, seats: Any) -> None:
    """Points of seats that nobody takes return to the house wallet, coupons to their pool."""
    freed = tuple(filter(None, map(lottery.coupon, seats)))
    if freed:
        work.emit(Freed(lottery.chat, freed))
    for seat in seats:
        amount = lottery.prize_of(seat).amount
        if amount:
            ledger.transfer(
                work,
                f"lottery:{lottery.id}:{seat}:back",
                "lottery",
                (lottery.pot, -amount),
                (accounts.house(lottery.chat), amount),
                ref=lottery.ref,
            )


def _announce(work: Work, lottery: Lottery, made: dict[str, Any], winners: list[int], until: Any) -> None:
    data = result(work, lottery, made, winners, until)
    work.say(Edit(chat=lottery.chat, ref=lottery.ref, template="lottery/ended", data=data, cause="lottery"))
    if not winners:
        return
    buttons: Rows = ((Button("claim", Claim(lottery.id)),),)
    work.say(
        Send(
            chat=lottery.chat,
            template="lottery/winners",
            data=data,
            buttons=buttons,
            ref=f"{lottery.ref}:winners",
            topic=lottery.topic,
        )
    )
    for seat, person in enumerate(winners, 1):
        tell_winner(work, lottery, person, seat, until)


def tell_winner(work: Work, lottery: Lottery, person: int, seat: int, until: Any) -> None:
    """In private, where that is possible."""
    if members.reachable(work, person):
        data = {"id": lottery.id, "prize": lottery.prize_of(seat).name, "deadline": until}
        work.say(Send(user=person, template="lottery/won", data=data))
