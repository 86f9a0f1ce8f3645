"""What anybody may know of a draw that is over: enough to compute it again."""

from __future__ import annotations

import json
from typing import Any

from msgspec import convert

from groupbot.core.effects import Button, Edit, Rows, Send
from groupbot.core.events import Command
from groupbot.core.sheet import csv_text
from groupbot.engine import naming
from groupbot.engine.replies import sender_of
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import Claim, Round
from groupbot.features.lottery.service.resident import Lottery, described, load
from groupbot.features.members import service as members

ROOM = 3800  # characters of a record in one message
MOST_PIECES = 6  # more is sent as a file


def made_record(work: Work, lottery: Lottery, found: Round | None) -> dict[str, Any]:
    """The record of a frozen draw with this round, or without one."""
    row = work.sql.first(store.LOTTERY, the_id=lottery.id)
    rows = work.sql.all(store.ENTRIES_OF, the_id=lottery.id)
    drand: dict[str, Any] = {}
    if row.round is not None:
        drand = {"chain": domain.CHAIN, "round": row.round}
        if found is not None:
            drand |= {"signature": found.signature, "mirrors": found.mirrors, "signature_verified": False}
    return domain.record(
        number=lottery.id,
        rules=row.rules,
        server_seed=row.server_seed,
        entries=[e.entry for e in rows if e.out is None],
        beacon="" if found is None else found.randomness,
        tickets={e.entry: e.tickets for e in rows},
        removed={e.entry: e.out for e in rows if e.out is not None},
        frozen_at=row.frozen_at,
        drand=drand,
        redraws=[_redraw(r) for r in work.sql.all(store.REDRAWS, the_id=lottery.id) if r.seed is not None],
    )


def _redraw(r: Any) -> dict[str, Any]:
    beacon = r.beacon or {}
    return {
        "seat": r.seat,
        "attempt": r.attempt,
        "frozen_at": r.frozen_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "round": r.round or 0,
        "beacon": beacon.get("randomness", ""),
        "signature": beacon.get("signature", ""),
        "out": r.out,
        "root": r.root,
        "seed": r.seed,
        "winner": r.winner,
    }


def public_record(work: Work, number: int) -> dict[str, Any]:
    """The record, from what was stored at the draw.

    Raises:
        Refusal: there is no such draw here, it is still open or waits for its beacon, or was called off.
    """
    row = work.sql.first(store.LOTTERY, the_id=number)
    lottery = load(work, number)
    if row is None or lottery is None:
        raise Refusal("lottery/unknown", id=number)
    if row.state == "open":
        raise Refusal("lottery/still_open", closes=row.closes_at)
    if row.state == "frozen":
        raise Refusal("lottery/waiting", round=row.round or 0)
    if row.state == "void":
        raise Refusal("lottery/called_off", id=number)
    made = made_record(work, lottery, None if row.beacon is None else convert(row.beacon, Round))
    return {**made, "root": row.root, "seed": row.seed, "commitment": row.commitment}


def verify(work: Work, cmd: Command, number: int | None) -> None:
    """Tell the record: whole in private, in short in the group.

    Raises:
        Refusal: no such draw, or it is not drawn.
    """
    private = cmd.chat.type == "private"
    if number is None and not private:
        number = work.sql.value(store.LAST_CLOSED, chat=work.chat)
    row = None if number is None else work.sql.first(store.LOTTERY, the_id=number)
    person = sender_of(cmd)
    if (
        number is None
        or row is None
        or (not private and row.chat_id != work.chat)
        or (private and not members.is_here(work, row.chat_id, person))
    ):
        raise Refusal("lottery/unknown", id=number or 0)
    made = public_record(work, number)
    told = {
        **made,
        "id": number,
        "round": made.get("drand", {}).get("round", 0) if made["beacon"] else 0,
        "removed": len(made.get("removed", ())),
        "redraws": len(made.get("redraws", ())),
    }
    reach = members.reachable(work, person)
    if reach or private:
        _whole(work, person, number, made, told)
    if not private:
        data = {**told, "private": reach}
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


def _whole(work: Work, person: int, number: int, made: dict[str, Any], told: dict[str, Any]) -> None:
    pieces = domain.printed(made, ROOM)
    work.say(Send(user=person, template="lottery/record", data={**told, "file": len(pieces) > MOST_PIECES}))
    if len(pieces) > MOST_PIECES:
        whole = json.dumps(made, ensure_ascii=False)
        work.say(Send(user=person, text="JSON", document=f"draw-{number}.json", content=whole))
    else:
        for piece in pieces:
            work.say(Send(user=person, template="lottery/piece", data={"piece": piece}))
    page = folder("content_templates") / "lottery" / "verify.html"
    work.say(Send(user=person, template="lottery/page", document=str(page)))


def entrants(work: Work, number: int | None, *, to: int, form: str) -> None:
    """Send staff the list of who came in, with names: JSON or CSV, in private only.

    Raises:
        Refusal: no such draw here, or the bot may not write to them yet.
    """
    work.flush()
    found = (
        number
        or work.sql.value(store.OPEN_IN, chat=work.chat)
        or work.sql.value(store.LAST_IN, chat=work.chat)
    )
    lottery = load(work, int(found)) if found else None
    if lottery is None or lottery.chat != work.chat:
        raise Refusal("lottery/unknown", id=number or 0)
    person = members.alone(work, to)
    rows = [
        {
            "entry": e.entry,
            "person": e.person_id,
            "name": members.name(work, e.person_id),
            "at": e.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tickets": e.tickets,
            "removed": e.out or "",
            "place": e.place or "",
        }
        for e in work.sql.all(store.ENTRIES_OF, the_id=lottery.id)
    ]
    name, content = f"draw-{lottery.id}-entrants.{form}", json.dumps(rows, ensure_ascii=False, indent=1)
    if form == "csv":
        content = _csv(rows)
    work.say(
        Send(
            user=person,
            template="lottery/entrants",
            data={"id": lottery.id, "count": len(rows)},
            document=name,
            content=content,
        )
    )


def _csv(rows: list[dict[str, Any]]) -> str:
    fields = ("entry", "person", "name", "at", "tickets", "removed", "place")
    return csv_text(fields, ([row.get(f, "") for f in fields] for row in rows))


def redraw(work: Work, who: int) -> None:
    """Results on which `who` stands show the name they have now: of the draw, and of seats drawn again."""
    for won in work.sql.all(store.WON, who=who, since=work.now - naming.SHOWN):
        lottery = load(work, won.lottery_id)
        if lottery is None:
            continue
        work.chat = lottery.chat
        made = public_record(work, lottery.id)
        claim: Rows = ((Button("claim", Claim(lottery.id)),),)
        if won.attempt:
            again = next(r for r in made["redraws"] if (r["seat"], r["attempt"]) == (won.seat, won.attempt))
            data = seat_result(work, lottery, again, who, won.deadline)
            _edit(work, lottery, f":{won.seat}:{won.attempt}", "lottery/redrawn", data, claim)
            continue
        first = [a for a in work.sql.all(store.AWARDS, the_id=lottery.id) if not a.attempt]
        data = result(work, lottery, made, [a.person_id for a in first], first[0].deadline)
        _edit(work, lottery, "", "lottery/ended", data)
        _edit(work, lottery, ":winners", "lottery/winners", data, claim)


def redraw_void(work: Work, who: int) -> None:
    """Cards that say who called the draw off show the name they have now."""
    for chat, ref in naming.posts(work, who, "lottery:"):
        lottery = load(work, int(ref.split(":")[1]))
        if lottery is not None:
            work.chat = chat
            entered = len(work.sql.all(store.ENTRIES_OF, the_id=lottery.id))
            data = {**described(lottery), "entered": entered, "name": members.name(work, who)}
            work.say(Edit(chat=chat, ref=ref, template="lottery/void", data=data, cause="lottery"))


def _edit(
    work: Work, lottery: Lottery, what: str, template: str, data: dict[str, Any], buttons: Rows = ()
) -> None:
    ref = f"{lottery.ref}{what}"
    work.say(Edit(chat=lottery.chat, ref=ref, template=template, data=data, buttons=buttons, cause="lottery"))


def result(
    work: Work, lottery: Lottery, made: dict[str, Any], winners: list[int], until: Any
) -> dict[str, Any]:
    """What the two messages at the end of a draw tell."""
    return {
        **described(lottery),
        "count": made["count"],
        "removed": len(made.get("removed", ())),
        "root": made["root"],
        "server_seed": made["server_seed"],
        "round": made.get("drand", {}).get("round", 0),
        "missed": lottery.beacon and not made["beacon"] and made["count"] > 0,
        "unused": max(0, lottery.seats - len(winners)),
        "winners": [
            {
                "name": members.name(work, p),
                "number": e[: domain.NUMBER],
                "prize": lottery.prize_of(i).name,
            }
            for i, (p, e) in enumerate(zip(winners, made["winners"], strict=True), 1)
        ],
        "deadline": until,
    }


def seat_result(
    work: Work, lottery: Lottery, again: dict[str, Any], person: int, until: Any
) -> dict[str, Any]:
    """What the message about a seat drawn again tells."""
    return {
        "id": lottery.id,
        "prize": lottery.prize_of(again["seat"]).name,
        "seat": again["seat"],
        "attempt": again["attempt"],
        "name": members.name(work, person),
        "number": again["winner"][: domain.NUMBER],
        "round": again["round"],
        "missed": bool(again["round"]) and not again["beacon"],
        "deadline": until,
    }
