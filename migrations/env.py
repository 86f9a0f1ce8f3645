"""Alembic's environment: the URL comes from groupbot, the tables from its features."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

from groupbot.engine import views
from groupbot.engine.columns import UTC_, Json, for_postgresql, ours
from groupbot.features import tables

metadata = tables()
for_postgresql(metadata)


def render_item(kind: str, item: object, autogen: object) -> str | bool:
    """Own column types by their database form, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(item, UTC_):
        return "UTC"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


def _wait_and_begin_in_words(connection: Any, _record: Any) -> None:
    """sqlite3 commits before each CREATE TABLE by itself; so a killed migration would leave half of it."""
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=10000")


def run() -> None:
    """One transaction for all steps."""
    url = context.config.attributes["url"]
    engine = sa.create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.pool.NullPool
    )
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _wait_and_begin_in_words)
        sa.event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_as_batch=connection.dialect.name == "sqlite",
                render_item=render_item,
                include_name=ours,
                compare_type=False,
                transaction_per_migration=True,
            )
            views.drop(connection)  # a table under a view cannot be rebuilt
            connection.commit()
            with context.begin_transaction():
                context.run_migrations()
            if {*context.get_context().get_current_heads()} == {*context.script.get_heads()}:
                views.create(connection)
            connection.commit()
    finally:
        engine.dispose()


run()
