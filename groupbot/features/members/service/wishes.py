"""What people asked of the bot for themselves: to be left in peace, not to be counted. Every word given and
taken back is kept as a record of consent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import structs

from groupbot.core.effects import Edit, Effect, Send
from groupbot.engine.work import Work
from groupbot.features.members.store import kept as store

QUIET, OPTOUT, BRIDGE, SCENES, OFFERS = "quiet", "optout", "bridge", "scenes", "offers"
BLOCKED = "blocked"  # said by blocking the bot, taken back by letting it write again
KINDS = (QUIET, OPTOUT, BRIDGE, SCENES, OFFERS, BLOCKED)
_NOBODY: frozenset[int] = frozenset()


def wishing(work: Work, kind: str) -> frozenset[int]:
    """Everybody who wishes this now; one dict look-up."""
    known: frozenset[int] | None = work.cached("members.wishes").get(kind)
    if known is not None:
        return known
    found: dict[str, set[int]] = {k: set() for k in KINDS}
    for row in work.sql.all(store.WISHES):
        found.setdefault(row.kind, set()).add(int(row.person_id))
    for k, who in found.items():
        work.put("members.wishes", k, frozenset(who))
    return work.cached("members.wishes").get(kind, _NOBODY)  # type: ignore[no-any-return]


def quiet(work: Work, person: int) -> bool:
    """No private messages but answers, and no mentions."""
    return person in wishing(work, QUIET)


def opted_out(work: Work, person: int) -> bool:
    """Not counted, on no list of the most active, in no sequence."""
    known = work.cached("members.wishes").get(OPTOUT)
    return person in (wishing(work, OPTOUT) if known is None else known)


def back_in(work: Work, person: int) -> datetime | None:
    """Since when they are counted again who had opted out: of before nothing can be said. None: ever since
    they came."""
    found: datetime | None = work.sql.value(store.BACK_IN, who=person)
    return found


def bridging(work: Work, person: int) -> bool:
    """Agreed to be on the map of who is at home in several groups."""
    return person in wishing(work, BRIDGE)


def wants_offers(work: Work, person: int) -> bool:
    """Said that offers may come in private; nobody did who did not say so."""
    return person in wishing(work, OFFERS)


def left_alone(work: Work, person: int) -> bool:
    """Nothing is begun with this person: they asked for quiet, or to be on no list and in no sequence."""
    return quiet(work, person) or opted_out(work, person)


def quiet_within(work: Work, since: datetime, until: datetime) -> list[int]:
    """Who asked to be left alone after `since`, and by `until`."""
    return [int(r.person_id) for r in work.sql.all(store.QUIET_WITHIN, since=since, until=until)]


def wish(work: Work, person: int, kind: str, given: bool) -> bool:
    """Write a wish down; False when it stood so already."""
    now = wishing(work, kind)
    if (person in now) == given:
        return False
    work.sql.run(store.CONSENT, person_id=person, kind=kind, given=given, at=work.now)
    work.put("members.wishes", kind, now | {person} if given else now - {person})
    return True


def hushed(render: Callable[[Work, Effect], Effect]) -> Callable[[Work, Effect], Effect]:
    """The renderer, without the mentions of who wants none: their name stays as plain text."""

    def fill(work: Work, effect: Effect) -> Effect:
        made = render(work, effect)
        if not isinstance(made, Send | Edit) or not made.entities:
            return made
        silent = wishing(work, QUIET)
        if not silent or not any(e.user in silent for e in made.entities if e.user):
            return made
        return structs.replace(made, entities=tuple(e for e in made.entities if e.user not in silent))

    return fill
