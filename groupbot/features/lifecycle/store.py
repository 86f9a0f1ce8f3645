"""Groups that were brought to their end: asked for, done, taken back."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, among, metadata, only

retirement = sa.Table(
    "retirement",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False, index=True),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # asked | kept | retired | undone
    sa.Column("name", sa.Text, nullable=False),  # where people go on, as it is called; '': nowhere
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("ended", Json),  # what ended with it, by kind
    sa.Column("at", UTC_, nullable=False),  # of its state
    sa.Column("exported_at", UTC_),
    sa.Index(
        "ix_retirement_unexported", "id", **only("state IN ('retired', 'undone') AND exported_at IS NULL")
    ),
    sqlite_autoincrement=True,
)
b, r = sa.bindparam, retirement.c
KEPT = (Kept(retirement, "by_id", "former", by="id"),)
ASK = Hot(
    lambda: (
        sa.insert(retirement)
        .values({n: b(n) for n in ("chat_id", "by_id", "state", "name", "link", "at")})
        .returning(r.id)
    )
)
ONE = Hot(lambda: sa.select(retirement).where(r.id == b("the_id")))
RETIRE = Hot(
    lambda: (
        sa.update(retirement)
        .where(r.id == b("the_id"), r.state == "asked")
        .values(state="retired", by_id=b("who"), ended=b("found"), at=b("now"))
    )
)
KEEP = Hot(
    lambda: (
        sa.update(retirement).where(r.id == b("the_id"), r.state == "asked").values(state="kept", at=b("now"))
    )
)
LAST = Hot(
    lambda: (
        sa.select(retirement)
        .where(r.chat_id == b("chat"), r.state == "retired")
        .order_by(r.id.desc())
        .limit(1)
    )
)
UNDO = Hot(
    lambda: (
        sa.update(retirement)
        .where(r.id == b("the_id"), r.state == "retired")
        .values(state="undone", at=b("now"))
    )
)
UNEXPORTED = Hot(
    lambda: (
        sa.select(r.id, r.chat_id, r.by_id, r.at)
        .where(among(r.state, "retired", "undone"), r.exported_at.is_(None))
        .order_by(r.id)
        .limit(1)
    )
)
EXPORTED = Hot(
    lambda: (
        sa.update(retirement).where(r.id == b("the_id"), r.exported_at.is_(None)).values(exported_at=b("now"))
    )
)
