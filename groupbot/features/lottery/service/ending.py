"""The end of a draw: entries frozen, ranking computed, everything revealed. Once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from msgspec import structs

from groupbot.core.effects import Button, Edit, Rows, Send
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import Claim
from groupbot.features.lottery.service.records import result
from groupbot.features.lottery.service.resident import OPEN, Lottery, ineligible, load
from groupbot.features.members import service as members


def end_due(work: Work) -> None:
    """End every draw whose time has come, each as a step of its own."""
    for row in work.sql.all(store.DUE, now=work.now):
        work.finally_(f"lottery.end:{row.id}", partial(end, number=row.id))


def close(work: Work, number: int | None = None) -> int:
    """End the open draw of this chat now; its number.

    Raises:
        Refusal: none is open, or not the one that was named.
    """
    row = work.sql.first(store.OPEN_IN, chat=work.chat)
    if row is None or number not in (None, row.id):
        raise Refusal("lottery/none_open")
    end(work, row.id)
    return int(row.id)


def end(work: Work, number: int) -> bool:
    """Freeze, rank, reveal, announce; False when it had ended before."""
    work.flush()  # entries of this batch are in
    lottery = load(work, number)
    secret = work.sql.first(store.LOTTERY, the_id=number)
    if lottery is None or secret is None:
        return False
    taking: dict[str, int] = {}
    outs: list[tuple[int, str]] = []
    for e in work.sql.all(store.ENTRIES_OF, the_id=number):
        why = ineligible(work, lottery, e.person_id)
        if why:
            outs.append((e.person_id, why))
        else:
            taking[e.entry] = e.person_id
    made = domain.record(
        number=number, rules=lottery.rules, server_seed=secret.server_seed, entries=list(taking)
    )
    state = "drawn" if taking else "empty"
    if not work.sql.run(
        store.END, the_id=number, becomes=state, at=work.now, the_root=made["root"], the_seed=made["seed"]
    ):
        return False
    work.put(OPEN, number, structs.replace(lottery, state=state))
    for person, why in outs:
        work.sql.run(store.OUT, the_id=number, who=person, why=why)
    places = [{"the_id": number, "who": taking[e], "the_place": i} for i, e in enumerate(made["ranking"], 1)]
    work.sql.many(store.PLACE, places)
    deadline = work.now + timedelta(hours=lottery.claim_hours)
    winners = [taking[e] for e in made["winners"]]
    work.sql.many(
        store.AWARD,
        [
            {"lottery_id": number, "seat": i, "person_id": p, "deadline": deadline}
            for i, p in enumerate(winners, 1)
        ],
    )
    _announce(work, lottery, made, winners, deadline, secret.topic)
    return True


def _announce(
    work: Work, lottery: Lottery, made: dict[str, Any], winners: list[int], deadline: Any, topic: int | None
) -> None:
    data = result(work, lottery, made, winners, deadline)
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
            topic=topic,
        )
    )
    for person in winners:
        if members.reachable(work, person):
            work.say(Send(user=person, template="lottery/won", data=data))
