"""who mentioned whom"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0065'
down_revision = '0064'
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    op.create_table('mention',
    sa.Column('chat_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('whom', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', UTC, nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=True),
    sa.Column('staff', sa.Boolean(), nullable=False),
    sa.Column('of_staff', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('chat_id', 'day', 'person_id', 'whom', name=op.f('pk_mention')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('mention', schema=None) as batch_op:
        batch_op.create_index('ix_mention_at', ['at'], unique=False)

    # by hand: on SQLite an index over an expression is neither found nor kept when the table is rebuilt
    op.create_index('ix_person_handle', 'person', [sa.text('lower(username)')], unique=False)


def downgrade() -> None:
    op.drop_index('ix_person_handle', table_name='person')
    with op.batch_alter_table('mention', schema=None) as batch_op:
        batch_op.drop_index('ix_mention_at')

    op.drop_table('mention')
