"""The map of groups by who agreed to be on it, five bridges for a campaign, and asking them first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Button, Rows, Send
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.bridges import store
from groupbot.features.bridges.domain import (
    DAYS,
    Agree,
    AskThem,
    Bridge,
    Days,
    Decline,
    Overlap,
    days_of,
    overlaps,
    proposed,
)
from groupbot.features.campaigns import service as campaigns
from groupbot.features.members import service as members

KEPT = store.KEPT
_STATES = {None: "asked", True: "yes", False: "no"}
PAIRS, LIFE = 15, timedelta(days=180)


def question(work: Work) -> str:
    """The SQL behind the map: days on which each who agreed was active in each group, of the last 28."""
    first = (work.now - timedelta(days=DAYS - 1)).date()
    return (
        "SELECT d.person_id, d.chat_id, COUNT(*) FROM v_member_day d JOIN v_bridge b"
        " ON b.person_id = d.person_id"
        f" WHERE d.day >= '{first}' AND NOT d.staff AND d.messages + d.reactions + d.taps > 0"
        " GROUP BY d.person_id, d.chat_id ORDER BY d.person_id, d.chat_id"
    )


def days(work: Work) -> Days:
    """Its rows, of groups that are looked after."""
    here = {p.chat for p in members.profiles(work)}
    return days_of((p, c, n) for p, c, n in work.sql.plain(question(work)) if c in here)


def overlap(work: Work) -> list[Overlap]:
    """How groups overlap, the most first."""
    return overlaps(days(work))[:PAIRS]


def bridges(work: Work, campaign: str) -> list[Bridge]:
    """At most five for a campaign of the files, or with '' between any groups.

    Raises:
        Refusal: there is no such campaign.
    """
    inside = {p.chat for p in members.profiles(work)}
    if campaign:
        inside = set(campaigns.chats_of(work, campaigns.find(work, campaign)))
    return proposed(days(work), inside)


def told(work: Work, campaign: str) -> tuple[dict[str, Any], Rows]:
    """The map for operators, with a button for each who was not asked yet. A name and no address: that comes
    with their consent."""
    asked = {r.person_id: r.agreed for r in work.sql.all(store.OF, the_campaign=campaign)}
    rows = []
    buttons = []
    for n, each in enumerate(bridges(work, campaign), 1):
        state = "new" if each.person not in asked else _STATES[asked[each.person]]
        rows.append({
            "n": n, "name": members.name(work, each.person), "inside": members.title(work, each.inside),
            "outside": members.title(work, each.outside), "days": (each.days_inside, each.days_outside),
            "state": state,
        })  # fmt: skip
        if state == "new" and members.reachable(work, each.person) and len(campaign.encode()) <= 24:
            data = AskThem(each.person, campaign, each.inside, each.outside)
            buttons.append(Button(f"? {n}", data))
    pairs = [
        {"one": members.title(work, o.one), "other": members.title(work, o.other), "both": o.both,
         "share": None if o.share is None else round(100 * o.share)}
        for o in overlap(work)
    ]  # fmt: skip
    return {"campaign": campaign, "bridges": rows, "pairs": pairs}, (tuple(buttons),) if buttons else ()


def ask(work: Work, them: AskThem, by: int) -> str:
    """Ask somebody in private, once for a campaign; their name.

    Raises:
        Refusal: they were asked, took their word back, or cannot be written to.
    """
    known = work.sql.first(store.FIND, who=them.person, the_campaign=them.campaign)
    willing = members.wishes.bridging(work, them.person) and not members.left_alone(work, them.person)
    if known is not None or not willing or not members.reachable(work, them.person):
        raise Refusal("bridges/not_now")
    work.sql.run(
        store.NEW, person_id=them.person, campaign=them.campaign, inside_id=them.inside,
        outside_id=them.outside, by_id=by, at=work.now,
    )  # fmt: skip
    number = work.sql.first(store.FIND, who=them.person, the_campaign=them.campaign).id
    data = {
        "by": members.name(work, by), "campaign": them.campaign, "inside": members.title(work, them.inside),
        "outside": members.title(work, them.outside),
    }  # fmt: skip
    buttons = ((Button("yes", Agree(number)), Button("no", Decline(number))),)
    work.say(Send(user=them.person, template="bridges/ask", data=data, buttons=buttons))
    return members.name(work, them.person)


def said(work: Work, number: int, person: int, agreed: bool) -> bool:
    """Their word: only with a yes who asked hears how to reach them.

    Raises:
        Refusal: it was another who was asked, or they answered already.
    """
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.person_id != person or not work.sql.run(store.SAID, the_id=number, the_word=agreed):
        raise Refusal("common/old_button")
    if agreed and members.reachable(work, row.by_id):
        data = {"name": members.name(work, person), "person": person, "campaign": row.campaign}
        work.say(Send(user=row.by_id, template="bridges/agreed", data=data))
    return agreed


def sweep(work: Work) -> None:
    """Forget who was asked half a year ago, but for who declined: they are not asked about it again."""
    work.sql.run(store.OLD, before=work.now - LIFE)
