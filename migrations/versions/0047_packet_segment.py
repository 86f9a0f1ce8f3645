"""Packets for a segment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("packet", schema=None) as batch_op:
        batch_op.add_column(sa.Column("segment", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("packet", schema=None) as batch_op:
        batch_op.drop_column("segment")
