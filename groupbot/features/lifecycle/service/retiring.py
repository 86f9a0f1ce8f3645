"""Bringing a group to its end: first what would happen, then all of it in one transaction, and the way back.

Whatever is open ends by its own feature's rules, so that every point is where it belongs; what must stand (a
draw whose list is closed, things people paid for and did not get yet) is waited for. The bot is silent there
from then on, but for what people may ask of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Button, Rows, Send
from groupbot.engine.addresses import RETIRED, set_state
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.contest import service as contest
from groupbot.features.coupons import service as coupons
from groupbot.features.entry import service as entry
from groupbot.features.entry.domain import Sanction
from groupbot.features.experts import service as experts
from groupbot.features.gathering import service as gathering
from groupbot.features.guarding.service import closing
from groupbot.features.invites import service as invites
from groupbot.features.lifecycle import store
from groupbot.features.lottery import service as lottery
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.quiz import service as quiz
from groupbot.features.redpacket import service as redpacket
from groupbot.features.rules.service.sanctions import sanction
from groupbot.features.shop import service as shop

BACK = timedelta(days=7)  # so long it can be taken back
ASKED = timedelta(hours=1)  # so long the question stands
_LINK = re.compile(r"(?:https://)?t\.me/([A-Za-z0-9_+/-]{4,64})")
_NAME = re.compile(r"@([A-Za-z][A-Za-z0-9_]{3,31})")


class Retire(Struct, frozen=True, tag="lc.retire"):
    """[Retire this group]: the question of this number, about chat `chat`."""

    chat: int
    number: int


class Keep(Struct, frozen=True, tag="lc.keep"):
    """[Keep it]"""

    chat: int
    number: int


def ask(work: Work, words: str, by: int) -> tuple[dict[str, Any], Rows]:
    """What would happen to this chat, and the two buttons; without them while something must be waited for.

    Raises:
        Refusal: it was retired before, or nobody can tell where people shall go on.
    """
    _still(work, work.chat)
    name, link = _successor(work, words.strip())
    data = {"title": members.title(work, work.chat), "name": name, "link": link, "days": BACK.days}
    data |= _found(work)
    if data["waits"]:
        return data, ()
    row = work.sql.returning(
        store.ASK, chat_id=work.chat, by_id=by, state="asked", name=name, link=link, at=work.now
    )
    number = int(row[0].id)
    return data, ((Button("retire", Retire(work.chat, number)), Button("keep", Keep(work.chat, number))),)


def retire(work: Work, chat: int, number: int, by: int) -> dict[str, Any]:
    """All of it, once: what was ended, by kind.

    Raises:
        Refusal: it was retired before, the question is old or was answered, or something must be waited for
            since.
    """
    _still(work, chat)
    with _in(work, chat):
        found = _found(work)  # also writes what is buffered, before anything of this step
        row = work.sql.first(store.ONE, the_id=number)
        if row is None or row.chat_id != chat or row.state != "asked" or work.now - row.at > ASKED:
            raise Refusal("common/old_button")
        if found["waits"]:
            raise Refusal("lifecycle/waits", waits=found["waits"])
        ended = _end(work, by)
        work.sql.run(store.RETIRE, the_id=number, who=by, found=ended, now=work.now)
        data = {"title": members.title(work, chat), "name": row.name, "link": row.link}
        topic = members.action_topic(work, chat)
        work.say(Send(chat=chat, topic=topic, template="lifecycle/farewell", data=data, why="retired"))
        set_state(work, chat, RETIRED)
        _forget(work, chat)
    return {**data, **ended, "days": BACK.days}


def keep(work: Work, chat: int, number: int) -> None:
    """The group stays as it is.

    Raises:
        Refusal: it was retired before, or that was answered before.
    """
    _still(work, chat)
    if not work.sql.run(store.KEEP, the_id=number, now=work.now):
        raise Refusal("common/old_button")


def undo(work: Work) -> dict[str, Any]:
    """The bot speaks here again; what was ended stays ended. What is said of it.

    Raises:
        Refusal: it was not retired, or more than a week ago.
    """
    row = work.sql.first(store.LAST, chat=work.chat)
    if row is None or not _retired(work, work.chat):
        raise Refusal("lifecycle/not_retired")
    if work.now - row.at > BACK:
        raise Refusal("lifecycle/too_late", at=row.at, days=BACK.days)
    work.sql.run(store.UNDO, the_id=row.id, now=work.now)
    set_state(work, work.chat, "active", back=True)
    _forget(work, work.chat)
    return {"links": int((row.ended or {}).get("links", 0))}


def _retired(work: Work, chat: int) -> bool:
    place = members.place(work, chat)
    return place is not None and place.state == RETIRED


def _still(work: Work, chat: int) -> None:
    """Two may have been asked at once: who answers later finds the group retired.

    Raises:
        Refusal: it is.
    """
    if _retired(work, chat):
        raise Refusal("lifecycle/retired_before", days=BACK.days)


def _forget(work: Work, chat: int) -> None:
    """What is resident of a chat's state."""
    work.drop("members.profile", chat)
    work.drop("members.groups", 0)
    work.clear("promos.recent")


@contextmanager
def _in(work: Work, chat: int) -> Iterator[None]:
    """Features end what is in `work.chat`: of a press in private that is the group."""
    home, work.chat = work.chat, chat
    try:
        yield
    finally:
        work.chat = home


def _found(work: Work) -> dict[str, Any]:
    """What is open in this chat, and what must be waited for."""
    packets, points = redpacket.open_here(work)
    draws, one = lottery.undrawn(work), contest.open_here(work)
    waits = [{"kind": "draw", "what": f"#{number} {prize}"} for number, prize, stands in draws if stands]
    if one is not None and one[1]:
        waits.append({"kind": "contest", "what": one[0]})
    orders = shop.open_orders(work)
    if orders:
        waits.append({"kind": "orders", "what": str(orders)})
    return {
        "packets": packets,
        "points": points,
        "draws": len(draws),
        "contests": int(one is not None),
        "gatherings": len(gathering.open_here(work)),
        "coupons": len(coupons.open_here(work)),
        "links": invites.issued(work),
        "waits": waits,
    }


def _end(work: Work, by: int) -> dict[str, int]:
    """Each feature's own end, in this chat."""
    chat = work.chat
    draws = lottery.undrawn(work)
    for number, _, _ in draws:
        lottery.cancel(work, number, by=by)
    packets, points = redpacket.end_all(work)
    contests = int(contest.open_here(work) is not None)
    if contests:
        contest.drop(work)
    meetings, pools = gathering.open_here(work), coupons.open_here(work)
    for number in meetings:
        gathering.drop(work, number)
    for number in pools:
        coupons.close(work, number)
    for none in (quiz.stop, experts.call_off):
        with suppress(Refusal):  # there was none
            none(work)
    closing.let_go(work, chat)
    entry.release(work, chat, _other)
    posts = promos.stop_chat(work, chat)
    return {
        "packets": packets,
        "points": points,
        "draws": len(draws),
        "contests": contests,
        "gatherings": len(meetings),
        "coupons": len(pools),
        "links": invites.all_off(work),
        "posts": posts,
    }


def _other(work: Work, chat: int, person: int) -> Sanction | None:
    """A case that stands against somebody whom the captcha lets go."""
    found = sanction(work, chat, person)
    return None if found is None else Sanction(*found)


def _successor(work: Work, words: str) -> tuple[str, str]:
    """(name, link) of where people go on: an address of Telegram, or the title of a group of ours, whose
    address nobody but its people gives."""
    if not words:
        return "", ""
    *said, last = words.split()
    link, name = _LINK.fullmatch(last), _NAME.fullmatch(last)
    if link or name:
        found = link or name
        assert found is not None
        return " ".join(said)[:60] or (last if name else ""), f"https://t.me/{found[1]}"
    near = [p.title for p in members.profiles(work) if p.title == words and p.chat != work.chat]
    if not near:
        raise Refusal("lifecycle/no_successor", words=words[:60])
    return near[0], ""
