"""Sanctions outlive membership."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot.core.effects import Restrict
from groupbot.engine.work import Work
from groupbot.errors import Refusal, Unsure
from groupbot.features.members import service as members
from groupbot.features.rules import store
from groupbot.features.rules.domain import ladder
from groupbot.features.rules.domain.cases import Case

_MUTED = "rules.muted"
JUST = timedelta(seconds=10)  # what was sent before a sanction arrived


def mute_again(work: Work, person: int) -> bool:
    """Who is muted here and comes in is muted again: what a person decided, or a rule where rules may. False
    when nothing holds."""
    if person not in _ever_muted(work):
        return False
    rows = in_force(work, work.chat, person, ladder.MUTE)
    by_people = [r for r in rows if r.by_id is not None]
    rows = by_people if members.human_decides(work, work.chat) else rows
    if not rows:
        return False
    row = longest(rows)
    mute = Restrict(chat=work.chat, member=person, until=row.until, why=f"case {row.number} still holds")
    if row.by_id is None:
        return members.by_itself(work, mute)
    work.say(mute)
    return True


def in_force(work: Work, chat: int, person: int, action: str) -> list[Any]:
    """The cases whose mute (or ban) of somebody goes on for so long that Telegram can be told its end."""
    now = work.now + ladder.LEAST_MUTE
    return work.sql.all(store.IN_FORCE, chat=chat, who=person, the_action=action, now=now)


def outlasted(work: Work, case: Case, action: str, until: datetime | None) -> bool:
    """Was the sender of a message just banned or muted for longer than this mute (or ban)? Telegram would
    hold only the newer one. What was said later stands for itself: they are here, whatever is on record."""
    rows = in_force(work, case.chat, case.actor, ladder.BAN)
    if action == ladder.MUTE:
        rows = [*rows, *in_force(work, case.chat, case.actor, ladder.MUTE)]
    rows = [r for r in rows if r.at > case.at - JUST]
    if case.shadow or not rows:
        return False
    last = longest(rows).until
    return last is None or (until is not None and last >= until)


def banned(work: Work, chat: int, person: int) -> bool:
    """Does a ban, of ours or made in a client, keep somebody out, which muting or freeing them would lift?
    Who is here in spite of one was let in, unless it was said just now. Only where somebody asks for an act.

    Raises:
        Unsure: a ban that is on no record here may be over: nobody tells.
    """
    rows, here = in_force(work, chat, person, ladder.BAN), members.is_here(work, chat, person)
    if any(not here or r.at > work.now - JUST for r in rows):
        return True
    fact = members.standing(work, chat, person)
    if here or fact is None or fact[0] != "kicked":
        return False
    if not members.confirmed(work, chat, person):
        stays = Refusal("moderation/banned_already", name=members.name(work, person))
        raise Unsure(person, chat, stays)
    return True


def held(work: Work, chat: int, person: int) -> bool:
    """Does a mute or a ban stand against somebody, whatever else is said to them?"""
    return any(in_force(work, chat, person, action) for action in (ladder.MUTE, ladder.BAN))


def stronger(work: Work, chat: int, person: int, until: datetime | None) -> tuple[str, datetime | None]:
    """What stands against somebody that a mute until then would lift or cut short: `ban`, or `mute` and its
    end (None: for good); '' for nothing.

    Raises:
        Unsure: as `banned`.
    """
    if banned(work, chat, person):
        return "ban", None
    rows = in_force(work, chat, person, ladder.MUTE)
    last = longest(rows).until if rows else until
    if rows and (last is None or (until is not None and last > until)):
        return "mute", last
    return "", None


def longest(rows: list[Any]) -> Any:
    """Of cases in force the one that ends last, or never."""
    return next((r for r in rows if r.until is None), None) or max(rows, key=lambda r: r.until)


def muted_one(work: Work, chat: int, person: int) -> None:
    """A mute was recorded in a chat."""
    known: frozenset[int] | None = work.cached(_MUTED).get(chat)
    if known is not None and person not in known:
        work.put(_MUTED, chat, known | {person})


def _ever_muted(work: Work) -> frozenset[int]:
    """Everybody with a mute on record here: nearly nobody who joins, so that a raid costs no look each."""
    known: frozenset[int] | None = work.cached(_MUTED).get(work.chat)
    if known is None:
        known = frozenset(r.actor for r in work.sql.all(store.EVER_MUTED, chat=work.chat))
        work.put(_MUTED, work.chat, known)
    return known
