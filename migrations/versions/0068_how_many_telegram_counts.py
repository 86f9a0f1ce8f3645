"""how many Telegram counts: v_chat tells it; the views are made anew after each migration"""

from __future__ import annotations

revision = '0068'
down_revision = '0067'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
