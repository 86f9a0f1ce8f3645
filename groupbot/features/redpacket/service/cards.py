"""What people see of a packet: the card and the result list."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Answer, Button, Edit, Rows, Send
from groupbot.core.events import Tap
from groupbot.engine.naming import SHOWN
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import member
from groupbot.features.members import service as members
from groupbot.features.redpacket import domain, store
from groupbot.features.redpacket.domain import Grab, Result
from groupbot.features.redpacket.service.planning import used_today
from groupbot.features.redpacket.service.resident import DRAWN, Packet, live, taken

LISTED = 100  # names on a result list
SHORT = 900  # characters of salt and shares that a card holds; more stand in the result list


def draw(work: Work, number: int) -> None:
    """Edit the card to how the packet stands now."""
    packet = live(work, number)
    if packet is None:
        return
    claims = taken(work, number)
    template, data, buttons = card(work, packet, claims)
    work.say(
        Edit(
            chat=packet.chat, ref=packet.ref, template=template, data=data, buttons=buttons, cause="redpacket"
        )
    )
    work.sql.run(store.DRAWN, the_id=number, claims=claims)
    work.put(DRAWN, number, work.now)


def card(work: Work, packet: Packet, claimed: int) -> tuple[str, dict[str, Any], Rows]:
    """Template, data and buttons of the card."""
    data: dict[str, Any] = {
        "sender": members.name(work, packet.sender) if packet.sender else "",
        "wish": packet.wish,
        "kind": packet.kind,
        "total": packet.total,
        "n": packet.n,
        "taken": claimed,
        "left": packet.expires - packet.opened,
        "seal": packet.commitment,
        "whom": members.name(work, packet.whom) if packet.whom else "",
        "who": packet.who,
        "segment": domain.words(packet.segment),
        "phrase": "" if packet.say == "secret" else packet.phrase,
        "secret": packet.say == "secret",
        "tries": members.get(work, packet.chat, domain.TRIES) if packet.phrase else 0,
    }
    if packet.state == "live" and packet.phrase:
        return "redpacket/card", data, ()
    if packet.state == "live":
        return "redpacket/card", data, ((Button("grab", Grab(packet.id)),),)
    claims = _claims(work, packet.id)
    best = domain.luckiest([c.amount for c in claims], packet.n) if packet.kind == "lucky" else None
    data["took"] = (claims[-1].at - packet.opened).total_seconds() if claims else 0.0
    data["best"] = None if best is None else members.name(work, claims[best].person_id)
    data["best_amount"] = None if best is None else claims[best].amount
    opened = domain.sealed(packet.salt, packet.shares)
    data["opened"] = opened if len(opened) <= SHORT else ""
    data["rest"] = packet.total - sum(c.amount for c in claims)
    buttons = ((Button("result", Result(packet.id)),),) if claims else ()
    return f"redpacket/{packet.state}", data, buttons


def _claims(work: Work, number: int) -> list[Any]:
    work.flush()
    return work.sql.all(store.CLAIMS_OF, the_id=number)


def show_result(work: Work, number: int, tap: Tap) -> None:
    """The result list: all of it in private where possible, the top as a toast.

    Raises:
        Refusal: the packet is still being grabbed.
    """
    packet = live(work, number)
    if packet is None or packet.chat != work.chat or tap.sender is None:
        raise Refusal("common/old_button")
    if packet.state == "live":
        raise Refusal("redpacket/still_live")
    claims = _claims(work, number)
    best = domain.luckiest([c.amount for c in claims], packet.n) if packet.kind == "lucky" else None
    rows = [
        {"name": members.name(work, c.person_id), "amount": c.amount, "best": i == best}
        for i, c in enumerate(claims)
    ]
    mine = next((c.amount for c in claims if c.person_id == tap.sender.id), 0)
    private = members.reachable(work, tap.sender.id)
    told = (number, tap.sender.id)
    if private and told not in work.cached("redpacket.told"):
        data = {
            "wish": packet.wish,
            "rows": rows[:LISTED],
            "more": max(0, len(rows) - LISTED),
            "total": packet.total,
            "opened": domain.sealed(packet.salt, packet.shares),
            "seal": packet.commitment,
            "pass_on": _to_pass_on(work, packet, tap.sender.id, mine),
        }
        work.say(Send(user=tap.sender.id, template="redpacket/result", data=data))
        work.put("redpacket.told", told, True)
    top = sorted(rows, key=lambda r: -r["amount"])[:5]
    data = {"mine": mine, "top": top, "more": len(rows) - len(top), "private": private}
    work.say(Answer(query_id=tap.query_id, template="redpacket/result_toast", data=data, alert=True))


def _to_pass_on(work: Work, packet: Packet, person: int, mine: int) -> int:
    """Points that who took a share may be asked to pass on in a packet of their own; 0: they are not asked.
    A suggestion in private (C1), after packets of the house only: one of a member asks nobody, so no chain
    grows."""
    if packet.payer.kind != "house" or not members.get(work, packet.chat, domain.MEMBERS):
        return 0
    points = min(mine, int(members.get(work, packet.chat, domain.MOST)))
    have = ledger.balance(work, member(packet.chat, person))
    if points < 2 or have < points or used_today(work, person, company=False):
        return 0
    return points


def redraw(work: Work, who: int) -> None:
    """Cards on which `who` stood show the name they have now."""
    for row in work.sql.all(store.SHOWING, who=who, since=work.now - SHOWN):
        work.chat = row.chat_id
        draw(work, row.id)
