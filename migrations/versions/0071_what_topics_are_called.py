"""what the topics of a forum are called"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0071'
down_revision = '0070'
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    op.create_table('topic',
    sa.Column('chat_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('topic', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('title', sa.String(length=128), nullable=False),
    sa.Column('at', UTC, nullable=False),
    sa.PrimaryKeyConstraint('chat_id', 'topic', name=op.f('pk_topic'))
    )


def downgrade() -> None:
    op.drop_table('topic')
