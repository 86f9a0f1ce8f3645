"""What anybody may know of a draw that is over: enough to compute it again."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Send
from groupbot.core.events import Command
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery import domain, store
from groupbot.features.members import service as members

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
