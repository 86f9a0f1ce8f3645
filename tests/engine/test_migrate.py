"""Schema upgrades on both databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from groupbot.cli import main
from groupbot.engine.migrate import config, current, drift, head, upgrade
from groupbot.engine.seen import among
from groupbot.engine.storage import open_engine
from groupbot.errors import Misfit
from groupbot.features import tables


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database of either kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("pg_url"))
    return f"sqlite:///{tmp_path / 'groupbot.db'}"


def test_migrations_make_the_tables_the_code_declares(empty_url: str) -> None:
    tables()
    assert upgrade(empty_url) == (None, head(), None)
    assert current(empty_url) == head()
    assert drift(empty_url) == []
    assert upgrade(empty_url) == (head(), head(), None)


def test_drift_names_what_differs(empty_url: str) -> None:
    tables()
    upgrade(empty_url)
    engine = open_engine(empty_url)
    with engine.connect() as connection:
        connection.execute(sa.text("alter table note add column extra text"))
        connection.execute(sa.text("drop table secret"))
    engine.dispose()
    assert drift(empty_url) == ["add_table secret", "remove_column note.extra"]


def test_migrations_go_down_and_up_again(empty_url: str) -> None:
    upgrade(empty_url)
    command.downgrade(config(empty_url), "base")
    assert current(empty_url) is None
    assert upgrade(empty_url)[1] == head()


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(config("")).get_heads()) == 1


def test_database_of_a_newer_groupbot_is_refused_and_left_alone(empty_url: str) -> None:
    upgrade(empty_url)
    engine = open_engine(empty_url)
    with engine.connect() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    with pytest.raises(Misfit, match="9999, which this groupbot does not know") as caught:
        upgrade(empty_url)
    assert "install the newer groupbot" in caught.value.next
    assert current(empty_url) == "9999"


def test_sqlite_file_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "groupbot.db"
    url = f"sqlite:///{path}"
    first = ScriptDirectory.from_config(config("")).get_base()
    assert first is not None
    command.upgrade(config(url), first)
    with closing(sqlite3.connect(path)) as c:
        c.execute("insert into note values ('quiz', 1, 'k', '7')")
        c.commit()
    before, after, copy = upgrade(url)
    if before != after:
        assert copy is not None
        with closing(sqlite3.connect(copy)) as c:
            assert c.execute("select value from note").fetchall() == [("7",)]
            assert c.execute("select version_num from alembic_version").fetchall() == [(first,)]


def test_database_that_cannot_be_opened_is_a_misfit() -> None:
    with pytest.raises(Misfit, match="cannot be opened"):
        current("postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")


def test_migrate_command_tells_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GROUPBOT_WORKSPACE", str(tmp_path))
    for said in (f"database: empty → {head()}", f"database at revision {head()}: nothing to do"):
        with pytest.raises(SystemExit) as ended:
            main(["migrate", "--check"])
        assert ended.value.code == 0
        assert capsys.readouterr().out.splitlines() == [said, "tables and code agree"]
    with closing(sqlite3.connect(tmp_path / "groupbot.db")) as c:
        c.execute("drop table secret")
    with pytest.raises(SystemExit) as ended:
        main(["migrate", "--check"])
    assert ended.value.code == 1
    assert "differs: add_table secret" in capsys.readouterr().out


def test_update_ids_and_their_answers_move_into_blocks_and_back(empty_url: str) -> None:
    rows = [(1, 31, None), (1, 32, "0Got it"), (1, 700_000_063, None), (1, 700_000_064, "1No"), (2, 33, None)]
    command.upgrade(config(empty_url), "0026")
    engine = open_engine(empty_url)
    with engine.connect() as sql:
        for bot, update, answer in rows:
            sql.execute(
                sa.text("INSERT INTO update_seen VALUES (:b, :u, '2027-01-15 08:00:00.000000', :a)"),
                {"b": bot, "u": update, "a": answer},
            )
    command.upgrade(config(empty_url), "0027")
    with engine.connect() as sql:
        kept = sql.execute(sa.text("SELECT bot_id, block, ids FROM update_block ORDER BY 1, 2")).all()
        ids = [(bot, id_) for bot, block, bits in kept for id_ in among(block, bits)]
    assert ids == [(bot, update) for bot, update, _ in rows]
    command.downgrade(config(empty_url), "0026")
    with engine.connect() as sql:
        back = sql.execute(sa.text("SELECT bot_id, update_id, answer FROM update_seen ORDER BY 1, 2")).all()
    engine.dispose()
    assert [tuple(r) for r in back] == rows


def test_reminders_noted_without_whom_they_reminded_are_dropped(empty_url: str) -> None:
    command.upgrade(config(empty_url), "0072")
    engine = open_engine(empty_url)
    with engine.begin() as sql:
        for key in ("told", "day"):
            sql.execute(sa.text("INSERT INTO note VALUES ('engagement.nudge', 1, :k, '{}')"), {"k": key})
    upgrade(empty_url)
    with engine.connect() as sql:
        left = sql.execute(sa.text("SELECT key FROM note")).scalars().all()
    engine.dispose()
    assert left == ["day"]
