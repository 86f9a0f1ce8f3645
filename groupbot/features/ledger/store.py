"""Tables of the ledger, append-only but for the cached balance, and their statements."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, Hot, among, metadata
from groupbot.engine.views import view
from groupbot.engine.work import Work
from groupbot.features.ledger.domain import EARNED

# Ids are given by the writer (it alone writes), so that rows which refer to each other can be buffered.
account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("owner_id", sa.BigInteger, nullable=False),
    sa.Column("balance", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("kind", "chat_id", "owner_id", name="uq_account_whose"),
    sa.CheckConstraint("balance >= 0 OR kind = 'issuer'", name="never_below_zero"),
    sa.Index("ix_account_owner", "owner_id"),
)


def _join_accounts(work: Work, gone: int, stays: int) -> None:
    """Two accounts of one holder, of a group that was two chats here, are one: its postings are of both."""
    mine, theirs = account.alias(), account.alias()
    same = sa.and_(mine.c.kind == theirs.c.kind, mine.c.owner_id == theirs.c.owner_id)
    both = sa.select(theirs.c.id, theirs.c.balance, mine.c.id.label("into")).select_from(
        theirs.join(mine, same)
    )
    for row in work.sql.all(both.where(theirs.c.chat_id == gone, mine.c.chat_id == stays)):
        work.sql.run(sa.update(posting).where(posting.c.account_id == row.id).values(account_id=row.into))
        sum_ = account.c.balance + row.balance
        work.sql.run(sa.update(account).where(account.c.id == row.into).values(balance=sum_))
        work.sql.run(sa.delete(account).where(account.c.id == row.id))


account.info["merging"] = _join_accounts

txn = sa.Table(
    "txn",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(120), nullable=False, unique=True),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("ref", sa.String(80), nullable=False),
    sa.Column("actor_id", sa.BigInteger, nullable=False),  # 0: the bot itself
    sa.Column("at", UTC_, nullable=False),
)

posting = sa.Table(
    "posting",
    metadata,
    sa.Column("txn_id", sa.BigInteger, sa.ForeignKey("txn.id"), primary_key=True, autoincrement=False),
    sa.Column(
        "account_id", sa.BigInteger, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.CheckConstraint("amount <> 0", name="not_zero"),
    sa.Index("ix_posting_account_id", "account_id", "txn_id"),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_ACCOUNT = ("id", "kind", "chat_id", "owner_id")
_TXN = ("id", "key", "kind", "ref", "actor_id", "at")
_POSTING = ("txn_id", "account_id", "amount")
# Flushed in the order of their names: accounts and transfers stand before what refers to them.
ACCOUNTS = Bulk("ledger.1", sa.insert(account).values({n: b(n) for n in _ACCOUNT}), _ACCOUNT, key=1)
TXNS = Bulk("ledger.2", sa.insert(txn).values({n: b(n) for n in _TXN}), _TXN)
POSTINGS = Bulk("ledger.3", sa.insert(posting).values({n: b(n) for n in _POSTING}), _POSTING, key=2)
BALANCES = Bulk(
    "ledger.4",
    sa.update(account).where(account.c.id == b("the_id")).values(balance=account.c.balance + b("change")),
    ("the_id", "change"),
    key=1,
    sums=1,
)

ACCOUNT = Hot(
    lambda: sa.select(account.c.id, account.c.balance).where(
        account.c.kind == b("kind"), account.c.chat_id == b("chat"), account.c.owner_id == b("owner")
    )
)
LAST_ACCOUNT = Hot(lambda: sa.select(sa.func.max(account.c.id)))
LAST_TXN = Hot(lambda: sa.select(sa.func.max(txn.c.id)))
POSTED = Hot(
    lambda: (
        sa.select(account.c.kind, account.c.chat_id, account.c.owner_id, posting.c.amount)
        .select_from(
            txn.join(posting, posting.c.txn_id == txn.c.id).join(
                account, account.c.id == posting.c.account_id
            )
        )
        .where(txn.c.key == b("the_key"))
    )
)
STATEMENT = Hot(
    lambda: (
        sa.select(txn.c.at, txn.c.kind, txn.c.ref, posting.c.amount, txn.c.id)
        .select_from(posting.join(txn, txn.c.id == posting.c.txn_id))
        .where(posting.c.account_id == b("the_id"))
        .order_by(posting.c.txn_id.desc())
        .limit(b("most"))
    )
)
WALLETS = Hot(
    lambda: (
        sa.select(account.c.chat_id, account.c.balance)
        .where(account.c.kind == "member", account.c.owner_id == b("person"))
        .order_by(account.c.chat_id)
    )
)
SPENT = Hot(
    lambda: (
        sa.select(sa.func.coalesce(sa.func.sum(posting.c.amount), 0))
        .select_from(posting.join(txn, txn.c.id == posting.c.txn_id))
        .where(posting.c.account_id == b("the_id"), txn.c.kind != "house", txn.c.at >= b("since"))
    )
)

_booked = posting.join(txn, txn.c.id == posting.c.txn_id)
_whose = posting.join(account, account.c.id == posting.c.account_id).join(txn, txn.c.id == posting.c.txn_id)
# What was undone (`reverse:KEY`) counts against what it undid: as of its kind, and of its time.
_undone = txn.alias("undone")
# Of all others the key is NULL, for which the index is not asked.
_mirrored = sa.case((txn.c.kind == "reverse", sa.func.substr(txn.c.key, len("reverse:") + 1)))
_net = _whose.outerjoin(_undone, _undone.c.key == _mirrored)
_kind, _at = sa.func.coalesce(_undone.c.kind, txn.c.kind), sa.func.coalesce(_undone.c.at, txn.c.at)
BOARD = Hot(
    lambda: (
        sa.select(account.c.owner_id, sa.func.sum(posting.c.amount).label("earned"))
        .select_from(_net)
        .where(
            account.c.kind == "member",
            account.c.chat_id == b("chat"),
            among(_kind, *EARNED),
            _at >= b("since"),
            _at < b("until"),
        )
        .group_by(account.c.owner_id)
        .order_by(sa.desc("earned"), account.c.owner_id)
    )
)
TXN_IN = Hot(  # a transfer that touches this chat
    lambda: (
        sa.select(txn.c.key, txn.c.kind)
        .select_from(_whose)
        .where(txn.c.id == b("the_id"), account.c.chat_id == b("chat"))
        .limit(1)
    )
)
_theirs = sa.and_(
    account.c.kind == b("kind"), account.c.chat_id == b("chat"), account.c.owner_id == b("owner")
)
GOT_SINCE = Hot(
    lambda: (
        sa.select(sa.func.sum(posting.c.amount).label("points"), sa.func.max(txn.c.id).label("newest"))
        .select_from(_net)
        .where(
            _theirs, sa.or_(_kind == b("what"), _kind == b("back")), _at >= b("since"), txn.c.id <= b("upto")
        )
    )
)
OF_KEY = Hot(lambda: sa.select(txn.c.id, txn.c.kind, txn.c.at).where(txn.c.key == b("the_key")))
NEXT_BACK = Hot(  # the first transfer after this one that took all of some days back
    lambda: (
        sa.select(sa.func.min(txn.c.id))
        .select_from(_whose)
        .where(_theirs, txn.c.id > b("the_id"), txn.c.key.like(b("start")))
    )
)
CHATS = Hot(
    lambda: sa.select(account.c.chat_id).where(account.c.kind == "issuer").order_by(account.c.chat_id)
)
_fresh = sa.func.coalesce(sa.func.sum(sa.case((txn.c.at >= b("since"), posting.c.amount), else_=0)), 0)
_in = sa.and_(posting.c.account_id == account.c.id, posting.c.amount > 0)
OLD_POINTS = Hot(  # members who hold more than they got since then
    lambda: (
        sa.select(account.c.id, account.c.owner_id, account.c.balance, _fresh.label("fresh"))
        .select_from(account.outerjoin(posting, _in).outerjoin(txn, txn.c.id == posting.c.txn_id))
        .where(account.c.kind == "member", account.c.chat_id == b("chat"), account.c.balance > 0)
        .group_by(account.c.id, account.c.owner_id, account.c.balance)
        .having(account.c.balance > _fresh)
        .order_by(account.c.id)
    )
)
FRESH = Hot(
    lambda: (
        sa.select(sa.func.coalesce(sa.func.sum(posting.c.amount), 0))
        .select_from(_booked)
        .where(posting.c.account_id == b("the_id"), posting.c.amount > 0, txn.c.at >= b("since"))
    )
)

COUNT_ACCOUNTS = Hot(lambda: sa.select(sa.func.count()).select_from(account))
COUNT_TXNS = Hot(lambda: sa.select(sa.func.count()).select_from(txn))
_sum = sa.func.coalesce(sa.func.sum(posting.c.amount), 0)
WRONG_BALANCES = Hot(
    lambda: (
        sa.select(account.c.id, account.c.kind, account.c.balance, _sum.label("posted"))
        .select_from(account.outerjoin(posting, posting.c.account_id == account.c.id))
        .group_by(account.c.id, account.c.kind, account.c.balance)
        .having(_sum != account.c.balance)
        .order_by(account.c.id)
        .limit(20)
    )
)
WRONG_TXNS = Hot(
    lambda: (
        sa.select(txn.c.id, txn.c.key, _sum.label("total"))
        .select_from(txn.outerjoin(posting, posting.c.txn_id == txn.c.id))
        .group_by(txn.c.id, txn.c.key)
        .having(sa.or_(_sum != 0, sa.func.count(posting.c.amount) < 2))
        .order_by(txn.c.id)
        .limit(20)
    )
)
BELOW_ZERO = Hot(
    lambda: (
        sa.select(account.c.id, account.c.balance)
        .where(account.c.balance < 0, account.c.kind != "issuer")
        .limit(20)
    )
)
TOTAL = Hot(lambda: sa.select(sa.func.coalesce(sa.func.sum(account.c.balance), 0)))

ACCOUNTS_OF = Hot(
    lambda: (
        sa.select(account.c.id, account.c.chat_id, account.c.balance)
        .where(account.c.kind == "member", account.c.owner_id == b("person"))
        .order_by(account.c.id)
    )
)
ALL_LINES = Hot(
    lambda: (
        sa.select(txn.c.at, txn.c.kind, txn.c.ref, posting.c.amount)
        .select_from(posting.join(txn, txn.c.id == posting.c.txn_id))
        .where(posting.c.account_id == b("the_id"))
        .order_by(posting.c.txn_id)
    )
)
NAMING = Hot(
    lambda: (
        sa.select(txn.c.id, txn.c.key)
        .select_from(posting.join(txn, txn.c.id == posting.c.txn_id))
        .where(
            posting.c.account_id == b("the_id"),
            txn.c.key.like(b("inside")) | txn.c.key.like(b("at_end")),
        )
        .limit(b("most"))
    )
)
RENAME = Hot(lambda: sa.update(txn).where(txn.c.id == b("the_id")).values(key=b("becomes")))
KEPT = (
    Kept(account, "owner_id", "former", only=account.c.kind == "member", why="books"),
    Kept(txn, "actor_id", "former", by="id"),
)

view(
    "v_paid",
    "one row a transfer the house of a group paid: its kind and points, less than 0 where they came back",
    """SELECT a.chat_id, t.id AS transfer_id, t.at, t.kind, -SUM(p.amount) AS points
    FROM posting p JOIN account a ON a.id = p.account_id JOIN txn t ON t.id = p.txn_id
    WHERE a.kind IN ('house', 'issuer') AND t.kind <> 'house' GROUP BY a.chat_id, t.id, t.at, t.kind""",
)
