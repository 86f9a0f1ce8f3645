"""What is kept of a person: every movement, told to them; and their name, taken out of the books."""

from __future__ import annotations

from groupbot.engine.work import Work
from groupbot.features.ledger import store

KEPT = store.KEPT
MOST = 500  # transfers renamed in one transaction


def movements(work: Work, person: int) -> dict[str, list[dict[str, object]]]:
    """Every movement of a person's points, wallet by wallet."""
    lines: list[dict[str, object]] = [
        {"chat_id": account.chat_id, "at": r.at, "kind": r.kind, "ref": r.ref, "amount": int(r.amount)}
        for account in work.sql.all(store.ACCOUNTS_OF, person=person)
        for r in work.sql.all(store.ALL_LINES, the_id=account.id)
    ]
    return {"movements_of_points": lines} if lines else {}


def erase(work: Work, person: int, to: int) -> bool:
    """Transfers are named after their cause, and some causes name a person: those names change, the amounts
    do not. True while there may be more."""
    more = False
    for account in work.sql.all(store.ACCOUNTS_OF, person=person):
        rows = work.sql.all(
            store.NAMING,
            the_id=account.id,
            inside=f"%:{person}:%",
            at_end=f"%:{person}",
            most=MOST,
        )
        for r in rows:
            parts = [str(to) if p == str(person) else p for p in r.key.split(":")]
            work.sql.run(store.RENAME, the_id=r.id, becomes=":".join(parts))
        more = more or len(rows) >= MOST
    return more
