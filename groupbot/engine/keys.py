"""Keys the bot makes for itself and keeps in the database."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from groupbot.engine.storage import metadata
from groupbot.engine.work import Work

secret = sa.Table(
    "secret",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.String(128), nullable=False),
)


def sealing_key(work: Work) -> bytes:
    """The 32 bytes that seal buttons; made at the first start."""
    found = work.sql.value(sa.select(secret.c.value).where(secret.c.name == "seal"))
    if found is None:
        found = hashlib.sha256(work.rng.randbytes(32)).hexdigest()
        work.sql.run(sa.insert(secret).values(name="seal", value=found))
    return bytes.fromhex(found)
