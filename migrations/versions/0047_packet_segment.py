"""Packets for a segment; who took a share and groups without a packet, of what followed it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = '0046'
branch_labels = None
depends_on = None

COUNTS = ("takers", "takers_before", "takers_after", "woken", "cost")
CONTROLS = ("control", "control_before", "control_after", "control_people")


def upgrade() -> None:
    with op.batch_alter_table("packet", schema=None) as batch_op:
        batch_op.add_column(sa.Column("segment", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("packet_effect", schema=None) as batch_op:
        for name in (*COUNTS, *CONTROLS):
            batch_op.add_column(sa.Column(name, sa.Integer()))


def downgrade() -> None:
    with op.batch_alter_table("packet_effect", schema=None) as batch_op:
        for name in reversed((*COUNTS, *CONTROLS)):
            batch_op.drop_column(name)
    with op.batch_alter_table("packet", schema=None) as batch_op:
        batch_op.drop_column("segment")
