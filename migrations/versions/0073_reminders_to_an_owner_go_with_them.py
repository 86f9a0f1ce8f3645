"""reminders to an owner go with them

They were noted under a key that no erasure found. Those of before are dropped: at worst somebody is reminded
once more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0073'
down_revision = '0072'
branch_labels = None
depends_on = None

note = sa.table("note", sa.column("router", sa.String), sa.column("key", sa.String))


def upgrade() -> None:
    op.execute(sa.delete(note).where(note.c.router == "engagement.nudge", note.c.key == "told"))


def downgrade() -> None:
    op.execute(sa.delete(note).where(note.c.router == "engagement.nudge", note.c.key.startswith("told:")))
