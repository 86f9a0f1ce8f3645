"""what the library is for; how many members a group has"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def _uses(*more: str) -> None:
    """The table of uses anew, with its rows: its key becomes another."""
    op.execute("CREATE TABLE content_use_kept AS SELECT item_id, chat_id, at FROM content_use")
    op.drop_table("content_use")
    op.create_table(
        "content_use",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        *([sa.Column("ref", sa.Text(), nullable=True)] if more else []),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_content_use_chat_id")),
        sa.ForeignKeyConstraint(["item_id"], ["content_item.id"], name=op.f("fk_content_use_item_id")),
        sa.PrimaryKeyConstraint("item_id", "chat_id", *more, name=op.f("pk_content_use")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO content_use (item_id, chat_id, at)"
        " SELECT item_id, chat_id, MAX(at) FROM content_use_kept GROUP BY item_id, chat_id"
    )
    op.drop_table("content_use_kept")


def upgrade() -> None:
    with op.batch_alter_table("content_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.alter_column("chat_id", existing_type=sa.BigInteger(), nullable=True)
        batch_op.alter_column("use_by", existing_type=UTC, nullable=True)
    _uses("at")
    with op.batch_alter_table("chat_profile", schema=None) as batch_op:
        batch_op.add_column(sa.Column("members", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("counted_at", UTC, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("chat_profile", schema=None) as batch_op:
        batch_op.drop_column("counted_at")
        batch_op.drop_column("members")
    op.execute("DELETE FROM content_use WHERE item_id IN (SELECT id FROM content_item WHERE chat_id IS NULL)")
    op.execute("DELETE FROM content_item WHERE chat_id IS NULL")
    op.execute("UPDATE content_item SET use_by = at WHERE use_by IS NULL")
    _uses()
    with op.batch_alter_table("content_item", schema=None) as batch_op:
        batch_op.alter_column("use_by", existing_type=UTC, nullable=False)
        batch_op.alter_column("chat_id", existing_type=sa.BigInteger(), nullable=False)
        batch_op.drop_column("retired")
        batch_op.drop_column("pinned")
