"""what a message was besides text"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0072'
down_revision = '0071'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('event', sa.Column('medium', sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column('event', 'medium')
