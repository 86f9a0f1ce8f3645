"""The card by which staff are asked: in the group's log elsewhere, or to those who decide in private."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Button, Edit, Rows, Send
from groupbot.engine.keeping import FORMER
from groupbot.engine.naming import SHOWN
from groupbot.engine.work import Work
from groupbot.features.log import service as log
from groupbot.features.members import service as members
from groupbot.features.reports import store
from groupbot.features.reports.domain import Ban, Dismiss, Mute, PutAway, Warn
from groupbot.features.staff import service as staff


def ask(work: Work, row: Any) -> int:
    """Say the card, or bring it up to date when it was said; how many places have it."""
    if row.cards:
        show(work, row)
        return len(row.cards)
    cards: list[list[int | None]] = []
    route = log.destination(work, row.chat_id, "reports")
    if route is not None and route[0] == row.chat_id:
        route = None  # a topic of the group itself, where every member would read who reported whom
    if route is not None:
        cards.append([route[0], None])
    else:
        people = members.people_to_ask(work, row.chat_id)
        helping = [p for p in staff.now_helping(work, row.chat_id) if members.reachable(work, p)]
        cards += [[None, p] for p in dict.fromkeys((*people, *helping[:3]))]
    for chat, person in cards:
        work.say(
            Send(
                chat=chat,
                user=person,
                topic=route[1] if route is not None else None,
                template="reports/card",
                lang=members.voice(work, row.chat_id, None)[0] if chat is not None else None,
                data=data(work, row),
                buttons=buttons(work, row),
                ref=ref(row.id, chat, person),
                silent=False,
                why=f"report {row.id}",
            )
        )
    work.sql.run(store.CARDS, the_id=row.id, the_cards=cards)
    return len(cards)


def show(work: Work, row: Any) -> None:
    """Bring every card of a report up to date; one that is decided has no buttons."""
    for chat, person in row.cards:
        work.say(
            Edit(
                chat=chat,
                user=person,
                ref=ref(row.id, chat, person),
                template="reports/card",
                lang=members.voice(work, row.chat_id, None)[0] if chat is not None else None,
                data=data(work, row),
                buttons=() if row.decided_at is not None else buttons(work, row),
            )
        )


def ref(id_: int, chat: int | None, person: int | None) -> str:
    """The name of one card."""
    return f"report:{id_}:{f'c{chat}' if chat is not None else person}"


def buttons(work: Work, row: Any) -> Rows:
    """What staff may do. A basic group mutes nobody; a channel is neither warned nor muted; of who had
    themselves forgotten only the message is left."""
    place = members.place(work, row.chat_id)
    args = (row.id, row.chat_id)
    acts = [Button("delete", PutAway(*args))]
    if row.actor > 0:
        acts.append(Button("warn", Warn(*args)))
        if place is not None and place.type == "supergroup":
            acts.append(Button("mute", Mute(*args)))
    if row.actor > FORMER:
        acts.append(Button("ban", Ban(*args)))
    last: tuple[Button, ...] = (Button("dismiss", Dismiss(*args)),)
    where = link(work, row)
    if where and not row.hidden:
        last = (Button("look", url=where), *last)
    return (tuple(acts[:2]), tuple(acts[2:]), last)


def link(work: Work, row: Any) -> str:
    """The address of the message, which members of a supergroup can open; '' for a basic group."""
    return members.link_to(work, row.chat_id, row.message_id, row.topic)


def data(work: Work, row: Any) -> dict[str, Any]:
    """What the card says."""
    votes = work.sql.all(store.VOTES, the_id=row.id)
    p = members.profile(work, row.chat_id)
    return {
        "title": p.title if p is not None else "",
        "name": row.name if FORMER < row.actor < 0 else members.name(work, row.actor),
        "text": row.text,
        "n": len(votes),
        "reporters": [{"name": members.name(work, v.reporter), "reason": v.reason} for v in votes[:5]],
        "hidden": row.hidden is not None,
        "result": row.result or "",
        "by": members.name(work, row.decided_by) if row.decided_by else "",
        "at": row.at,
    }


def erase(work: Work, person: int, to: int) -> bool:
    """Cards of reports that a person was sent are theirs no more."""
    for row in work.sql.all(store.ASKED, digits=str(person)):
        cards = [c for c in row.cards if c[1] != person]
        if cards != row.cards:
            work.sql.run(store.CARDS, the_id=row.id, the_cards=cards)
    return False


def redraw(work: Work, who: int) -> None:
    """Cards on which `who` stands, as sender, reporter or who decided, show the name they have now."""
    for row in work.sql.all(store.NAMING, who=who, since=work.now - SHOWN):
        work.chat = row.chat_id  # whose language the name is in
        show(work, row)
