"""Moving points: balanced, once per key, never below zero.

Rows are buffered and written once a batch; the balances that decide are resident in the writer's
caches and change only through `work.put`, so a refused or failed step leaves them as they were. The
table's own constraints stand behind them: a unique key, a check against negative balances.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from groupbot.engine.storage import Hot
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import store
from groupbot.features.ledger.domain import (
    HOUSE_MONTHLY,
    Account,
    Audit,
    Line,
    OtherContent,
    Posting,
    allowed,
    checked,
    house,
    issuer,
    member,
)
from groupbot.features.members import service as members

log = structlog.get_logger(__name__)
DAY = timedelta(days=1)
QUIET_HOUR = 19  # UTC: three in the morning in Shanghai
_ACCOUNTS, _KEYS, _NEXT, _STATE = "ledger.accounts", "ledger.keys", "ledger.next", "ledger.state"
_NIGHT = "ledger.night"
_NOTES, _HALTED = ("ledger", 0), "halted"  # of the whole bot


def transfer(
    work: Work,
    key: str,
    kind: str,
    *postings: tuple[Account, int],
    ref: str = "",
    actor: int = 0,
    unseen: bool = False,
) -> bool:
    """Move points; False when this very transfer was made before (nothing is done again).

    `key` names the cause naturally (`claim:17:4711`). With `unseen` the caller knows from its own
    resident state that the key is new and saves the look; the unique index stands behind that.

    Raises:
        Unbalanced: the postings do not add up to zero.
        OtherContent: the key stands for another transfer.
        Refusal: `ledger/short`, an account would fall below zero; `ledger/halted`, the books are closed.
    """
    if halted(work):
        raise Refusal("ledger/halted")
    return _book(work, key, kind, checked(postings), ref, actor, unseen)


def reverse(work: Work, key: str, *, actor: int = 0) -> bool:
    """Take a transfer back by its mirror image under `reverse:<key>`; False when that stands already.

    Raises:
        KeyError: no transfer has this key.
        Refusal: `ledger/short`, the points are spent.
    """
    found = made(work, key)
    if found is None:
        raise KeyError(key)
    mirror = tuple(Posting(p.account, -p.amount) for p in found)
    return _book(work, f"reverse:{key}", "reverse", mirror, key[:80], actor, False)


def _book(
    work: Work, key: str, kind: str, postings: tuple[Posting, ...], ref: str, actor: int, unseen: bool
) -> bool:
    before = work.cached(_KEYS).get(key) if unseen else made(work, key)
    if before is not None:
        if before != postings:
            raise OtherContent(f"{key!r} stands for another transfer")
        return False
    known = []
    for account, amount in postings:
        number, balance = _account(work, account)
        if not allowed(account, balance + amount):
            raise Refusal("ledger/short", balance=balance, needed=-amount)
        known.append((account, amount, number, balance))
    txn = _next(work, store.LAST_TXN)
    work.add(store.TXNS, txn, key, kind, ref, actor, work.now)
    for account, amount, number, balance in known:
        work.add(store.POSTINGS, txn, number, amount)
        work.add(store.BALANCES, number, amount)
        work.put(_ACCOUNTS, account, (number, balance + amount))
    work.put(_KEYS, key, postings)
    return True


def made(work: Work, key: str) -> tuple[Posting, ...] | None:
    """The postings of an earlier transfer, or None."""
    found: tuple[Posting, ...] | None = work.cached(_KEYS).get(key)
    if found is None:
        rows = work.sql.all(store.POSTED, the_key=key)
        if rows:
            found = tuple(sorted(Posting(Account(r[0], r[1], r[2]), r[3]) for r in rows))
            work.put(_KEYS, key, found)
    return found


def _account(work: Work, account: Account) -> tuple[int, int]:
    """(id, balance); the account is opened at its first use."""
    known: tuple[int, int] | None = work.cached(_ACCOUNTS).get(account)
    if known is None:
        row = work.sql.first(store.ACCOUNT, kind=account.kind, chat=account.chat, owner=account.owner)
        if row is None:
            known = (_next(work, store.LAST_ACCOUNT), 0)
            work.add(store.ACCOUNTS, known[0], *account)
        else:
            known = (row[0], row[1])
        work.put(_ACCOUNTS, account, known)
    return known


def _next(work: Work, newest: Hot) -> int:
    """The id after the newest; the cache is emptied whenever somebody else wrote."""
    last = work.cached(_NEXT).get(newest)
    if last is None:
        last = work.sql.value(newest) or 0
    work.put(_NEXT, newest, last + 1)
    return int(last) + 1


# --- reading
def balance(work: Work, account: Account) -> int:
    """What stands there now, with what this batch has moved."""
    known = work.cached(_ACCOUNTS).get(account)
    if known is None:
        row = work.sql.first(store.ACCOUNT, kind=account.kind, chat=account.chat, owner=account.owner)
        if row is None:
            return 0
        known = (row[0], row[1])
        work.put(_ACCOUNTS, account, known)
    return int(known[1])


def statement(work: Work, account: Account, most: int = 8) -> list[Line]:
    """The newest movements, newest first. Written rows only: call it before the step's first write."""
    work.flush()
    row = work.sql.first(store.ACCOUNT, kind=account.kind, chat=account.chat, owner=account.owner)
    if row is None:
        return []
    after, lines = int(row.balance), []
    for r in work.sql.all(store.STATEMENT, the_id=row.id, most=most):
        lines.append(Line(r.at, r.kind, r.ref, r.amount, after, r.id))
        after -= r.amount
    return lines


def wallets(work: Work, person: int) -> list[tuple[str, int]]:
    """A person's points by chat, as (title, points)."""
    work.flush()
    rows = work.sql.all(store.WALLETS, person=person)
    return [(members.title(work, r.chat_id) or "…", int(r.balance)) for r in rows]


# --- the house wallet
def month_start(work: Work, chat: int, at: datetime | None = None) -> datetime:
    """When this month, or that of `at`, begins on the chat's wall clock."""
    local = (at or work.now).astimezone(zone(members.voice(work, chat, None)[1]))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def house_wallet(work: Work, chat: int) -> Account:
    """The chat's house wallet, with this month's points in it: they come at the first need."""
    account = house(chat)
    month = month_start(work, chat)
    key = f"house:{chat}:{month:%Y-%m}"
    if made(work, key) is None:
        amount = int(members.get(work, chat, HOUSE_MONTHLY))
        if amount > 0:
            transfer(work, key, "house", (issuer(chat), -amount), (account, amount), unseen=True)
    return account


def house_spent(work: Work, chat: int) -> int:
    """Points the house gave out this month, less what came back. Written rows only."""
    work.flush()
    row = work.sql.first(store.ACCOUNT, kind="house", chat=chat, owner=0)
    if row is None:
        return 0
    return -int(work.sql.value(store.SPENT, the_id=row.id, since=month_start(work, chat)))


# --- recounting
def recount(work: Work) -> Audit:
    """Check every balance, every transfer and the global zero against the postings."""
    work.flush()
    faults = [
        f"account {r.id} ({r.kind}) shows {r.balance}, its postings say {r.posted}"
        for r in work.sql.all(store.WRONG_BALANCES)
    ]
    faults += [f"transfer {r.id} ({r.key}) adds up to {r.total}" for r in work.sql.all(store.WRONG_TXNS)]
    faults += [f"account {r.id} stands at {r.balance}" for r in work.sql.all(store.BELOW_ZERO)]
    total = int(work.sql.value(store.TOTAL))
    if total:
        faults.append(f"all balances add up to {total}, not to zero")
    return Audit(
        int(work.sql.value(store.COUNT_ACCOUNTS)), int(work.sql.value(store.COUNT_TXNS)), tuple(faults)
    )


def reconcile(work: Work) -> Audit:
    """Recount, and close the books to spending while something is wrong."""
    found = recount(work)
    for fault in found.faults:
        log.error("ledger.fault", fault=fault)
    if bool(found.faults) != halted(work):
        work.notes(*_NOTES).set(_HALTED, bool(found.faults))
        work.put(_STATE, _HALTED, bool(found.faults))
    return found


def nightly(work: Work) -> None:
    """Reconcile once a day in the quiet hour, also when the bot was restarted in between; at once where a
    night was missed."""
    hour = f"{work.now:%Y-%m-%dT%H}"
    if work.cached(_NIGHT).get(0) == hour:
        return
    work.put(_NIGHT, 0, hour)
    work.flush()  # before the day is noted: a step may not flush after its first write
    notes, today = work.notes("ledger.recounted", 0), work.now.date()
    last, yesterday = notes.get("day"), (today - DAY).isoformat()
    if last is None:
        notes.set("day", yesterday)
    missed = last is not None and last < yesterday
    if (work.now.hour == QUIET_HOUR or missed) and notes.first(today.isoformat()):
        reconcile(work)


def halted(work: Work) -> bool:
    """Are the books closed because a recount found a fault?"""
    cache = work.cached(_STATE)
    if _HALTED not in cache:
        work.put(_STATE, _HALTED, bool(work.notes(*_NOTES).get(_HALTED)))
    return bool(cache[_HALTED])


def points_of(work: Work, chat: int, person: int) -> int:
    """A member's balance in a chat."""
    return balance(work, member(chat, person))
