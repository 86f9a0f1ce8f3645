"""Alembic's environment: the URL comes from groupbot, the tables from its features."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from groupbot.engine.storage import UTC_, Json
from groupbot.features import tables

metadata = tables()


def render_item(kind: str, item: object, autogen: object) -> str | bool:
    """Own column types by their database form, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(item, UTC_):
        return "UTC"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


def run() -> None:
    """One transaction for all steps."""
    url = context.config.attributes["url"]
    engine = sa.create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.pool.NullPool
    )
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout=10000")
                connection.commit()  # else Alembic takes the open transaction for somebody else's
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_as_batch=connection.dialect.name == "sqlite",
                render_item=render_item,
                compare_type=False,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


run()
