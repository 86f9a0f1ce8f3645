"""What anybody may know of a draw that is over: enough to compute it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Button, Edit, Rows, Send
from groupbot.core.events import Command
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import Claim
from groupbot.features.members import service as members

SHOWN = timedelta(days=30)  # how long a result is worth an edit
ROOM = 3800  # characters of a record in one message


def public_record(work: Work, number: int) -> dict[str, Any]:
    """The record, from what was stored at the draw.

    Raises:
        Refusal: there is no such draw here, or it is still open.
    """
    row = work.sql.first(store.LOTTERY, the_id=number)
    if row is None:
        raise Refusal("lottery/unknown", id=number)
    if row.state == "open":
        raise Refusal("lottery/still_open", closes=row.closes_at)
    entries = [e.entry for e in work.sql.all(store.ENTRIES_OF, the_id=number) if e.out is None]
    made = domain.record(number=number, rules=row.rules, server_seed=row.server_seed, entries=entries)
    return {**made, "root": row.root, "seed": row.seed, "commitment": row.commitment}


def verify(work: Work, cmd: Command, number: int | None) -> None:
    """Tell the record: whole in private, in short in the group.

    Raises:
        Refusal: no such draw, or it is still open.
    """
    private = cmd.chat.type == "private"
    if number is None and not private:
        number = work.sql.value(store.LAST_IN, chat=work.chat)
    row = None if number is None else work.sql.first(store.LOTTERY, the_id=number)
    person = cmd.sender.id if cmd.sender is not None else 0
    if (
        number is None
        or row is None
        or (not private and row.chat_id != work.chat)
        or (private and not members.is_here(work, row.chat_id, person))
    ):
        raise Refusal("lottery/unknown", id=number or 0)
    made = public_record(work, number)
    reach = members.reachable(work, person)
    if reach or private:
        work.say(Send(user=person, template="lottery/record", data={**made, "id": number}))
        for piece in domain.printed(made, ROOM):
            work.say(Send(user=person, template="lottery/piece", data={"piece": piece}))
    if not private:
        data = {**made, "id": number, "private": reach}
        work.say(
            Send(
                chat=work.chat,
                template="lottery/proof",
                data=data,
                reply_to=cmd.message.message_id,
                topic=cmd.message.topic,
                lifetime=60,
            )
        )


def redraw(work: Work, who: int) -> None:
    """Results on which `who` stands show the name they have now."""
    for won in work.sql.all(store.WON, who=who, since=work.now - SHOWN):
        row = work.sql.first(store.LOTTERY, the_id=won.lottery_id)
        made = public_record(work, row.id)
        awards = work.sql.all(store.AWARDS, the_id=row.id)
        work.chat = row.chat_id
        data = result(work, row, made, [a.person_id for a in awards], awards[0].deadline)
        ref = f"lottery:{row.id}"
        work.say(Edit(chat=row.chat_id, ref=ref, template="lottery/ended", data=data, cause="lottery"))
        buttons: Rows = ((Button("claim", Claim(row.id)),),)
        work.say(
            Edit(
                chat=row.chat_id,
                ref=f"{ref}:winners",
                template="lottery/winners",
                data=data,
                buttons=buttons,
                cause="lottery",
            )
        )


def result(
    work: Work, lottery: Any, made: dict[str, Any], winners: list[int], deadline: Any
) -> dict[str, Any]:
    """What the two messages at the end of a draw tell."""
    return {
        "id": lottery.id,
        "prize": lottery.prize,
        "seats": lottery.seats,
        "count": made["count"],
        "root": made["root"],
        "server_seed": made["server_seed"],
        "commitment": lottery.commitment,
        "rules": lottery.rules,
        "rules_hash": lottery.rules_hash,
        "version": domain.VERSION,
        "unused": max(0, lottery.seats - len(winners)),
        "winners": [
            {"name": members.name(work, p), "number": e[: domain.NUMBER]}
            for p, e in zip(winners, made["winners"], strict=True)
        ],
        "deadline": deadline,
    }
