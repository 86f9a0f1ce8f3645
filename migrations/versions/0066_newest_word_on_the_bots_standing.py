"""the newest word on the bot's standing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0066'
down_revision = '0065'
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table('chat_profile', schema=None) as batch_op:
        batch_op.add_column(sa.Column('standing_at', UTC, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('chat_profile', schema=None) as batch_op:
        batch_op.drop_column('standing_at')
