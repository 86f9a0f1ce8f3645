"""A seat whose winner did not come is drawn again, that seat alone: who is out is published with a root and
a later beacon round first; nobody wins twice; it is always said in the group. Three times, then the prize
goes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import structs

from groupbot.core.effects import Button, Rows, Send
from groupbot.engine.work import Work
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import Claim, Round
from groupbot.features.lottery.service.awards import tell_organiser
from groupbot.features.lottery.service.conditions import unmet
from groupbot.features.lottery.service.ending import claimable, deadline, draw, give_back, tell_winner
from groupbot.features.lottery.service.records import seat_result
from groupbot.features.lottery.service.resident import Lottery, load


def lapse_due(work: Work) -> None:
    """Close claims whose time is over, tell the organiser, and have the seat drawn again."""
    for row in work.sql.all(store.UNCLAIMED, now=work.now):
        lottery = load(work, row.lottery_id)
        lapsed = work.sql.run(
            store.LAPSE,
            the_id=row.lottery_id,
            the_seat=row.seat,
            the_attempt=row.attempt,
            at=work.now,
        )
        if lottery is None or not lapsed:
            continue
        tell_organiser(work, lottery, "lottery/unclaimed", row.person_id, lottery.prize_of(row.seat).name)
        begin(work, lottery, row.seat, row.attempt + 1)


def begin(work: Work, lottery: Lottery, seat: int, attempt: int) -> None:
    """Freeze who may take the seat, and announce the round that decides."""
    if attempt > domain.MOST_REDRAWS or lottery.rules.find(domain.VERSION) < 0:
        _returned(work, lottery, seat)
        return
    entries = [e for e in work.sql.all(store.ENTRIES_OF, the_id=lottery.id) if e.out is None]
    reasons = {e.entry: unmet(work, lottery, e.person_id) for e in entries}
    out = {e: why for e, why in sorted(reasons.items()) if why}
    root = domain.root_of(domain.leaf(e.entry, e.tickets, out.get(e.entry, "")) for e in entries)
    frozen_at = work.now.replace(microsecond=0)
    wait = domain.round_at_or_after(frozen_at + timedelta(seconds=domain.MARGIN)) if lottery.beacon else None
    number = work.sql.returning(
        store.REDRAW,
        lottery_id=lottery.id,
        seat=seat,
        attempt=attempt,
        frozen_at=frozen_at,
        out=out,
        root=root,
        round=wait,
    )[0].id
    if wait is None:
        redraw_seat(work, int(number), None)
        return
    data = {
        "id": lottery.id,
        "prize": lottery.prize_of(seat).name,
        "seat": seat,
        "root": root,
        "round": wait,
        "said_at": domain.said_at(wait),
    }
    work.say(Send(chat=lottery.chat, template="lottery/redraw", data=data, topic=lottery.topic))


def redraw_seat(work: Work, number: int, found: Round | None) -> bool:
    """Fill the seat by its beacon; False when that was done before."""
    row = work.sql.first(store.REDRAW_OF, the_id=number)
    lottery = None if row is None else load(work, row.lottery_id)
    if row is None or lottery is None or row.seed is not None:
        return False
    server_seed, beacon = lottery.server_seed, "" if found is None else found.randomness
    seed = domain.redraw_seed(
        lottery.id, row.seat, row.attempt, lottery.rules_hash, row.root, server_seed, beacon
    )
    entries = [e for e in work.sql.all(store.ENTRIES_OF, the_id=lottery.id) if e.out is None]
    people = {e.entry: e.person_id for e in entries}
    won = {a.person_id for a in work.sql.all(store.AWARDS, the_id=lottery.id)}
    ranking = domain.ranking_of(seed, people, {e.entry: e.tickets for e in entries})
    winner = domain.won_by(ranking, row.out, (e for e, p in people.items() if p in won))
    if not work.sql.run(
        store.REDRAWN,
        the_id=number,
        the_seed=seed,
        the_winner=winner,
        the_beacon=None if found is None else structs.asdict(found),
    ):
        return False
    if not winner:
        _returned(work, lottery, row.seat)
        return True
    until, person = deadline(work, lottery), people[winner]
    work.sql.run(
        store.AWARD,
        lottery_id=lottery.id,
        seat=row.seat,
        attempt=row.attempt,
        person_id=person,
        **claimable(work, until),
    )
    buttons: Rows = ((Button("claim", Claim(lottery.id)),),)
    again = {
        "seat": row.seat,
        "attempt": row.attempt,
        "winner": winner,
        "round": row.round or 0,
        "beacon": beacon,
    }
    data = seat_result(work, lottery, again, person, until)
    work.say(
        Send(
            chat=lottery.chat,
            template="lottery/redrawn",
            data=data,
            buttons=buttons,
            ref=f"{lottery.ref}:{row.seat}:{row.attempt}",
            topic=lottery.topic,
        )
    )
    tell_winner(work, lottery, person, row.seat, until)
    return True


def _returned(work: Work, lottery: Lottery, seat: int) -> None:
    """Nobody takes it: points go back, the group is told."""
    give_back(work, lottery, (seat,))
    data = {"id": lottery.id, "prize": lottery.prize_of(seat).name, "seat": seat}
    work.say(Send(chat=lottery.chat, template="lottery/returned", data=data, topic=lottery.topic))


# --- rounds that are waited for
def rounds_wanted(work: Work) -> list[int]:
    """Rounds that are published by now and not here yet, the oldest first."""
    rows = [*work.sql.all(store.WAITING), *work.sql.all(store.REDRAWS_WAITING)]
    return sorted({int(r.round) for r in rows if r.round and domain.said_at(r.round) < work.now})


def round_came(work: Work, found: Round) -> None:
    """Draw what waited for this round.

    Raises:
        ValueError: its randomness does not come from its signature.
    """
    if not domain.genuine(found):
        raise ValueError("the round is not genuine")
    for row in work.sql.all(store.WAITING):
        if row.round == found.round:
            draw(work, row.id, found)
    waiting: set[int] = set()
    for row in work.sql.all(store.REDRAWS_WAITING):
        if row.round == found.round and row.lottery_id not in waiting:
            redraw_seat(work, row.id, found)
        else:
            waiting.add(row.lottery_id)  # seats of a draw are filled in their order


def out_of_patience(work: Work, missing: int = 0) -> None:
    """What waited a day, for a round that cannot be had (`missing`), for none, or with nobody to ask any
    more, is drawn without: weaker, and says so. Rounds stay to be had: a bot that was away asks first."""
    for row in work.sql.all(store.WAITING):
        if _lost(work, row, missing):
            draw(work, row.id, None)
    for row in work.sql.all(store.REDRAWS_WAITING):
        if _lost(work, row, missing):
            redraw_seat(work, row.id, None)


def _lost(work: Work, row: Any, missing: int) -> bool:
    waited = work.now - row.frozen_at > domain.PATIENCE
    return bool(waited and (row.round in (None, missing) or not work.me.beacon))
