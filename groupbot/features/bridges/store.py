"""Who was asked to be a bridge for which campaign, and what they said; who agreed to be on the map."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, metadata
from groupbot.engine.views import view

ask = sa.Table(
    "bridge_ask",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("campaign", sa.String(60), nullable=False),  # '' for none
    sa.Column("inside_id", sa.BigInteger, nullable=False),
    sa.Column("outside_id", sa.BigInteger, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("agreed", sa.Boolean),  # NULL: no answer
    sa.UniqueConstraint("person_id", "campaign"),
    sqlite_autoincrement=True,
)

b = sa.bindparam
_NEW = ("person_id", "campaign", "inside_id", "outside_id", "by_id", "at")
NEW = Hot(lambda: Upsert(ask, _NEW, ("person_id", "campaign")))
FIND = Hot(lambda: sa.select(ask).where(ask.c.person_id == b("who"), ask.c.campaign == b("the_campaign")))
OF = Hot(lambda: sa.select(ask).where(ask.c.campaign == b("the_campaign")))
ONE = Hot(lambda: sa.select(ask).where(ask.c.id == b("the_id")))
SAID = Hot(
    lambda: sa.update(ask).where(ask.c.id == b("the_id"), ask.c.agreed.is_(None)).values(agreed=b("the_word"))
)
OLD = Hot(lambda: sa.delete(ask).where(ask.c.at < b("before"), ask.c.agreed.is_not(sa.false())))

KEPT = (Kept(ask, "person_id", "gone"), Kept(ask, "by_id", "former", by="id"))

view(
    "v_bridge",
    "one row a person who agreed (/bridge) to be on the map of groups, and is not quiet or opted out",
    """SELECT c.person_id, c.at FROM consent c WHERE c.kind = 'bridge' AND c.given AND NOT EXISTS (
      SELECT 1 FROM consent d WHERE d.person_id = c.person_id AND d.kind = 'bridge' AND d.id > c.id)
    AND NOT EXISTS (
      SELECT 1 FROM consent q WHERE q.person_id = c.person_id AND q.kind IN ('quiet', 'optout') AND q.given
        AND NOT EXISTS (SELECT 1 FROM consent r WHERE r.person_id = q.person_id AND r.kind = q.kind
          AND r.id > q.id))""",
)
