"""who is muted: an index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_verdict_muted', 'verdict', ['chat_id', 'actor'], unique=False,
                    sqlite_where=sa.text("action = 'mute'"), postgresql_where=sa.text("action = 'mute'"))


def downgrade() -> None:
    op.drop_index('ix_verdict_muted', table_name='verdict')
