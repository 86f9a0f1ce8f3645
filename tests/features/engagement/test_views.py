"""The views an operator's SQL reads, and sums made anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from groupbot.engine import migrate, views
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.engagement import service
from groupbot.features.engagement.store import chat_day, chat_hour, event, member_day, member_week
from tests.features.engagement.test_rollups import PEOPLE, ROOMS, a_day, told


def test_every_view_can_be_selected_from_and_is_on_the_page_of_the_data(db_url: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "data.md").read_text("utf-8")
    engine = open_engine(db_url)
    with engine.connect() as c:
        for view in views.VIEWS.values():
            columns = list(c.exec_driver_sql(f"SELECT * FROM {view.name}").keys())
            assert f"| `{view.name}` | {view.about} | {', '.join(columns)} |" in page
    engine.dispose()
    assert len(views.VIEWS) >= 11


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_migrated_database_has_the_views_again_after_each_migration(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tables()
    url = f"sqlite:///{tmp_path}/a.db" if kind == "sqlite" else request.getfixturevalue("pg_url")
    migrate.upgrade(url)
    engine = open_engine(url)
    with engine.connect() as c:
        assert {*sa.inspect(c).get_view_names()} == {*views.VIEWS}
        views.drop(c)
    migrate.upgrade(url)  # at the newest revision already: a killed migration left no views
    assert {*sa.inspect(engine).get_view_names()} == {*views.VIEWS}
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_migration_makes_the_weeks_of_the_days_that_are_there(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tables()
    url = f"sqlite:///{tmp_path}/a.db" if kind == "sqlite" else request.getfixturevalue("pg_url")
    migrate.upgrade(url)
    writer = Writer(url, bot_id=1)
    writer.write(lambda w: told(w, a_day(w, 150)))
    weeks = lambda: writer.write(  # noqa: E731
        lambda w: w.sql.all(sa.select(member_week).order_by(*member_week.primary_key))
    )
    before = weeks()
    writer.close()
    script = ScriptDirectory.from_config(migrate.config(url)).get_revision("0048")
    command.downgrade(migrate.config(url), str(script.down_revision))
    migrate.upgrade(url)
    writer = Writer(url, bot_id=1)
    assert (weeks(), len(before) > 20) == (before, True)
    writer.close()


def test_sums_made_anew_equal_the_sums_written_with_the_events(writer: Writer) -> None:
    for _ in range(3):
        writer.write(lambda w: told(w, a_day(w, 150)))

    def take_away(work: Work) -> None:
        row = work.sql.first(sa.select(event).where(event.c.kind == "reply"))
        work.event, work.chat, work.zone = None, row.chat_id, "Asia/Shanghai"
        service.removed(_at(work, row.at + timedelta(hours=1)), row.chat_id, row.message_id)
        service.voted(work, row.chat_id, PEOPLE[2].id, row.at, "quiz:1")

    writer.write(take_away)

    def everything(work: Work) -> list[object]:
        return [
            work.sql.all(sa.select(t).order_by(*t.primary_key))
            for t in (chat_day, chat_hour, member_day, member_week)
        ]

    before = writer.write(everything)

    def again(work: Work) -> list[bool]:
        chats = sorted({r.chat_id for r in work.sql.all(sa.select(event.c.chat_id).distinct())})
        return [service.rebuild(work, c, d) for c in chats for d in service.days_kept(work, c)]

    assert {*writer.write(again)} == {False}
    assert writer.write(everything) == before

    def spoil(work: Work) -> None:
        work.sql.run(sa.update(chat_hour).values(messages=7))
        work.sql.run(sa.update(chat_day).values(active=7))
        work.sql.run(sa.update(member_week).values(active=6))
        work.sql.run(sa.delete(member_day).where(member_day.c.person_id == PEOPLE[0].id))

    writer.write(spoil)
    assert True in writer.write(again)
    assert writer.write(everything) == before
    assert len(ROOMS) == 3


def _at(work: Work, at: object) -> Work:
    work.now = at  # type: ignore[assignment]
    return work
