"""notes that name messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0064'
down_revision = '0060'
branch_labels = None
depends_on = None

note = sa.table("note", sa.column("router", sa.String), sa.column("key", sa.String))
MOVED = (("moderation", "pinned"), ("moderation", "from:%"), ("locks", "posts"))


def upgrade() -> None:
    for router, key in MOVED:
        of_them = (note.c.router == router, note.c.key.like(key))
        op.execute(sa.update(note).where(*of_them).values(key="message:" + note.c.key))


def downgrade() -> None:
    for router, key in MOVED:
        of_them = (note.c.router == router, note.c.key.like(f"message:{key}"))
        op.execute(sa.update(note).where(*of_them).values(key=sa.func.substr(note.c.key, 9)))
