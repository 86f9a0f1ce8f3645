"""What begins with a text is found however the database sorts."""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from groupbot.engine import media
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Begins, Hot
from groupbot.engine.writer import Writer
from groupbot.features.links import store as links
from groupbot.features.promos.service.posting import progress
from tests.features.promos.test_approval import DUE
from tests.features.promos.test_publish import at, chats, plan, publish, take_in


def test_a_database_that_sorts_as_a_language_does_is_asked_for_beginnings_not_for_a_range() -> None:
    """In most languages a semicolon comes before a colon."""
    for hot, said in (
        (media._NAMES, "starts_with(media.name, 'saved:')"),
        (links.MENU_WHO, "starts_with(tracked_link.name, %(below)s)"),
        (
            Hot(lambda: sa.select(outbox.c.id).where(Begins(outbox.c.ref, "promo:"))),
            "starts_with(outbox.ref, 'promo:')",
        ),
    ):
        assert said in hot.of(postgresql.dialect()).sql
    made = Hot(lambda: sa.select(outbox.c.id).where(Begins(outbox.c.ref, sa.bindparam("start")))).of(
        sqlite.dialect()
    )
    assert "(outbox.ref >= ? AND outbox.ref < (? || char(1114111)))" in made.sql
    assert made.take({"start": "promo:"}) == ["promo:", "promo:"]


def test_a_beginning_is_found_by_the_index(lite_tables: Path) -> None:
    made = Hot(lambda: sa.select(outbox.c.id).where(Begins(outbox.c.ref, "promo:7:"))).of(sqlite.dialect())
    with closing(sqlite3.connect(lite_tables)) as c:
        assert "ix_outbox_ref (ref>? AND ref<?)" in str(
            c.execute(f"EXPLAIN QUERY PLAN {made.sql}").fetchall()
        )


def test_a_broadcast_counts_its_own_posts_alone(writer: Writer) -> None:
    chats(writer, 2)
    take_in(writer, plan())
    at(writer, DUE)
    publish(writer)
    other = "promo:1:2027-01-31T02:00:001:"  # begins almost so
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(outbox.c.id == 2).values(ref=other)))
    due = writer.clock.now()
    assert writer.write(lambda w: progress(w, 1, due))["queued"] == 1
