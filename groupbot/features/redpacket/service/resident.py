"""Live packets as the writer holds them.

A packet with its shares stands under its number, how many are taken under (number, "taken"), each
claimed amount under (number, person). They change only through `work.put`; the tables' unique keys and
the ledger's natural keys stand behind them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from groupbot.engine.work import Work
from groupbot.features.ledger.domain import Account, house, member
from groupbot.features.redpacket import store

LIVE, DRAWN, PHRASES, TRIES = "redpacket.live", "redpacket.drawn", "redpacket.phrases", "redpacket.tries"
REDRAW = timedelta(seconds=6)  # a live card is edited at most ten times a minute


class Packet(Struct, frozen=True):
    """A packet as it was sent, with its state now."""

    id: int
    chat: int
    sender: int
    payer: Account
    kind: str
    total: int
    n: int
    wish: str
    state: str
    salt: str
    commitment: str
    opened: datetime
    expires: datetime
    shares: tuple[int, ...]
    whom: int = 0
    who: str = ""
    segment: tuple[str, ...] = ()
    phrase: str = ""
    say: str = ""
    day: str = ""

    @property
    def ref(self) -> str:
        return f"redpacket:{self.id}"


def live(work: Work, number: int) -> Packet | None:
    """The packet, made resident with all its claims; None for one that was never opened.

    What this batch has claimed is resident already, so the tables are complete when they are read.
    """
    cache = work.cached(LIVE)
    if number in cache:
        return cache[number]  # type: ignore[no-any-return]
    r = work.sql.first(store.PACKET, the_id=number)
    if r is None or r.state in ("draft", "planned", "dropped"):
        return None
    claims = work.sql.all(store.CLAIMS_OF, the_id=number)
    for c in claims:
        work.put(LIVE, (number, c.person_id), int(c.amount))
    work.put(LIVE, (number, "taken"), len(claims))
    made = Packet(
        id=r.id,
        chat=r.chat_id,
        sender=r.sender_id,
        payer=house(r.chat_id) if r.payer == "house" else member(r.chat_id, r.sender_id),
        kind=r.kind,
        total=r.total,
        n=r.n,
        wish=r.wish,
        state=r.state,
        salt=r.salt,
        commitment=r.commitment,
        opened=r.opened_at,
        expires=r.expires_at,
        shares=tuple(int(s.amount) for s in work.sql.all(store.SHARES_OF, the_id=number)),
        whom=r.whom,
        who=r.who,
        segment=tuple(r.segment.split()),
        phrase=r.phrase,
        say=r.say,
        day=r.day,
    )
    work.put(LIVE, number, made)
    return made


def taken(work: Work, number: int) -> int:
    """How many shares of a resident packet are taken."""
    return int(work.cached(LIVE)[number, "taken"])


def may_redraw(work: Work, number: int) -> bool:
    last = work.cached(DRAWN).get(number)
    return last is None or work.now - last >= REDRAW
