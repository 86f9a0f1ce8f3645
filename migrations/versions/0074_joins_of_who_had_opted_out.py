"""joins of who had opted out: v_join leaves them out; the views are made anew after each migration"""

from __future__ import annotations

revision = '0074'
down_revision = '0073'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
