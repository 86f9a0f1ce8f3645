"""update ids in blocks of 32"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    op.create_table('update_block',
    sa.Column('bot_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('block', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('ids', sa.BigInteger(), nullable=False),
    sa.Column('at', UTC, nullable=False),
    sa.PrimaryKeyConstraint('bot_id', 'block', name=op.f('pk_update_block')),
    sqlite_with_rowid=False
    )
    op.create_table('update_answer',
    sa.Column('bot_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('update_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('at', UTC, nullable=False),
    sa.PrimaryKeyConstraint('bot_id', 'update_id', name=op.f('pk_update_answer')),
    sqlite_with_rowid=False
    )
    op.execute(
        "INSERT INTO update_block SELECT bot_id, update_id / 32, "
        "SUM(CAST(1 AS BIGINT) << CAST(update_id % 32 AS INTEGER)), MAX(at) FROM update_seen GROUP BY 1, 2"
    )
    op.execute(
        "INSERT INTO update_answer SELECT bot_id, update_id, answer, at FROM update_seen WHERE answer IS NOT NULL"
    )
    op.drop_table('update_seen')


def downgrade() -> None:
    op.create_table('update_seen',
    sa.Column('bot_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('update_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', UTC, nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('bot_id', 'update_id', name=op.f('pk_update_seen')),
    sqlite_with_rowid=False
    )
    op.execute(
        "INSERT INTO update_seen WITH RECURSIVE bit(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM bit WHERE n < 31) "
        "SELECT b.bot_id, b.block * 32 + bit.n, b.at, a.answer FROM bit JOIN update_block b "
        "ON (b.ids >> bit.n) & 1 = 1 LEFT JOIN update_answer a "
        "ON a.bot_id = b.bot_id AND a.update_id = b.block * 32 + bit.n"
    )
    op.drop_table('update_answer')
    op.drop_table('update_block')
