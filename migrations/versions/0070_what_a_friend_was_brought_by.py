"""what a friend was brought by, and who came to the bot by a member's own link; v_role tells its reasons"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0070'
down_revision = '0069'
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    op.create_table('invite_start',
    sa.Column('invite_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', UTC, nullable=False),
    sa.PrimaryKeyConstraint('invite_id', 'person_id', name=op.f('pk_invite_start'))
    )
    with op.batch_alter_table('invite_start', schema=None) as batch_op:
        batch_op.create_index('ix_invite_start_person', ['person_id', 'at'], unique=False)
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.add_column(sa.Column('grade', sa.String(length=8), server_default='exact', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.drop_column('grade')
    op.drop_table('invite_start')
