"""The weekly digest: what was seen of each group until it is posted, and that it was."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, Hot, Json, metadata

digest = sa.Table(
    "digest",
    metadata,
    sa.Column("week", sa.Date, primary_key=True),  # its Monday
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),  # 0: the post itself
    sa.Column("found", Json, nullable=False),
    sa.Column("at", UTC_, nullable=False),
)
b = sa.bindparam
DIGEST_PARTS = Hot(lambda: sa.select(digest.c.chat_id, digest.c.found).where(digest.c.week == b("week")))
DIGEST_NEW = Hot(
    lambda: sa.insert(digest).values(week=b("week"), chat_id=b("chat"), found=b("found"), at=b("at"))
)
DIGEST_DROP = Hot(lambda: sa.delete(digest).where(digest.c.chat_id != sa.literal_column("0")))
DIGEST_BEFORE = Hot(  # when the digest of an earlier week was posted
    lambda: sa.select(sa.func.max(digest.c.at)).where(
        digest.c.chat_id == sa.literal_column("0"), digest.c.week < b("week"), digest.c.at >= b("since")
    )
)
