"""Points by hand: thanks from the house wallet, mistakes undone, earnings taken back. All of it by new
transfers; nothing is ever changed or removed."""

from __future__ import annotations

from datetime import datetime

from groupbot.core.events import Message
from groupbot.core.numbering import name_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import store
from groupbot.features.ledger.domain import Account, Posting, house, issuer, member
from groupbot.features.ledger.service import books

_NEWEST = 2**63 - 1
# what stands for itself; a packet's or a draw's points are bound to its shares, which end by themselves
UNDOABLE = ("award", "checkin", "earn", "quiz", "gathering", "expire", "gift")


def award_key(by: Message) -> str:
    """Of the award that a message gives."""
    return f"award:{name_of(by)}"


def award(work: Work, person: int, amount: int, *, by: int, key: str, why: str = "") -> None:
    """Points from the house wallet to a member, with a reason.

    Raises:
        Refusal: the house has not so many.
    """
    wallet = books.house_wallet(work, work.chat)
    have = books.balance(work, wallet)
    if have < amount:
        raise Refusal("redpacket/poor", balance=have, needed=amount)
    books.transfer(
        work,
        key,
        "award",
        (house(work.chat), -amount),
        (member(work.chat, person), amount),
        ref=why[:80],
        actor=by,
    )


def undo(work: Work, number: int, *, by: int) -> str:
    """Reverse transfer `number` of this chat by its mirror image; the key of what was undone.

    Raises:
        Refusal: no such transfer here, undone or taken back before, or its points are spent.
    """
    work.flush()
    row = work.sql.first(store.TXN_IN, the_id=number, chat=work.chat)
    if row is None or row.kind not in UNDOABLE:
        raise Refusal("ledger/no_transfer", number=number)
    got = _got(work, row.key)
    if (got and _taken(work, row.key, got)) or not books.reverse(work, row.key, actor=by):
        raise Refusal("ledger/undone_before", number=number)
    return str(row.key)


def _got(work: Work, key: str) -> Posting | None:
    """What this transfer gave a member."""
    made = books.made(work, key)
    return next((p for p in made or () if p.account.kind == "member" and p.amount > 0), None)


def _taken(work: Work, key: str, got: Posting) -> bool:
    """Was what this transfer gave taken back before, alone or with all that was got in some days?"""
    if books.made(work, f"back:{key}") is not None:
        return True
    row = work.sql.first(store.OF_KEY, the_key=key)
    if row is None:  # of this very batch
        return False
    whose = got.account._asdict()
    start = f"back:{row.kind}:{got.account.chat}:{got.account.owner}:%"
    back = work.sql.value(store.NEXT_BACK, **whose, the_id=row.id, start=start)
    if back is None:
        return False
    # what was got from this transfer on was all taken, or else the days began after it
    return _since(work, got.account, row.kind, row.at, upto=back)[0] < got.amount


def _since(work: Work, account: Account, kind: str, since: datetime, upto: int = _NEWEST) -> tuple[int, int]:
    """What this account got by transfers of a kind since then, less what was undone or taken back, up to a
    transfer, and the newest of them."""
    whose, back = account._asdict(), f"{kind}.back"
    [row] = work.sql.all(  # a sum has a row always
        store.GOT_SINCE, **whose, what=kind, back=back, since=since, upto=upto
    )
    return int(row.points or 0), int(row.newest or 0)


def take_back_of(work: Work, key: str, kind: str) -> int:
    """What one transfer gave a member goes back to the issuer, once and as far as it is still there; the
    points taken, 0 where no such transfer stands or it was undone."""
    got = _got(work, key)
    if got is None or books.made(work, f"reverse:{key}") is not None or _taken(work, key, got):
        return 0
    due = min(got.amount, books.balance(work, got.account))
    if due > 0:
        issued = issuer(got.account.chat)
        books.transfer(work, f"back:{key}", f"{kind}.back", (got.account, -due), (issued, due))
    return max(due, 0)


def take_back(work: Work, account: Account, kind: str, since: datetime) -> int:
    """What this account got by transfers of a kind since then goes back to the issuer, as far as it is still
    there: one transfer under the key of the newest it answers for. The points taken."""
    work.flush()
    got, newest = _since(work, account, kind, since)
    due = min(got, books.balance(work, account))
    if due <= 0:
        return 0
    key = f"back:{kind}:{account.chat}:{account.owner}:{newest}"
    books.transfer(work, key, f"{kind}.back", (account, -due), (issuer(account.chat), due))
    return due
