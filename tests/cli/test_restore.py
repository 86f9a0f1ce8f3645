"""Whatever goes wrong while a backup is put back, the database stays as it was; nothing is said twice."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.cli import _guest, main
from groupbot.core.effects import Send
from groupbot.engine import backups
from groupbot.engine.clock import Clock
from groupbot.engine.migrate import upgrade
from groupbot.engine.outbox_table import outbox
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.features import tables
from tests import postgres


class Killed(BaseException):
    """The process ends here."""


def _made(place: Path, said: str = "the post") -> str:
    """A database with a message that waits; its URL."""
    place.mkdir(exist_ok=True)
    tables()
    url = f"sqlite:///{place / 'groupbot.db'}"
    upgrade(url)
    _say(url, said)
    return url


def _say(url: str, said: str) -> None:
    writer = Writer(url, bot_id=7)
    writer.write(lambda work: work.say(Send(chat=1, text=said, again=True)))
    writer.close()


def _waiting(url: str) -> list[str]:
    """What the outbox says by itself."""
    writer = Writer(url)
    try:
        query = sa.select(outbox.c.payload).where(outbox.c.state == "waiting").order_by(outbox.c.id)
        return [r.payload for r in writer.write(lambda work: work.sql.all(query))]
    finally:
        writer.close()


def _restored(url: str, file: Path) -> backups.Told:
    return backups.restore(url, file, now=Clock().now())


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()


@pytest.mark.parametrize("damage", (b"no database" * 1000, b"SQLite format 3\x00" + b"\xff" * 8000))
def test_a_damaged_database_is_put_aside_as_it_is(tmp_path: Path, damage: bytes) -> None:
    url, live, file = _made(tmp_path), tmp_path / "groupbot.db", tmp_path / "x.db"
    backups.take(url, file)
    live.write_bytes(damage)
    told = _restored(url, file)
    assert told.held == 1
    assert told.aside is not None
    assert told.aside.read_bytes() == damage


def test_a_full_disk_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, file = _made(tmp_path), tmp_path / "x.db"
    backups.take(url, file)
    _say(url, "said after the backup")
    there = sorted(p.name for p in tmp_path.iterdir())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(Misfit, match="No space left on device"):
        _restored(url, file)
    assert len(_waiting(url)) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == there


def test_the_database_itself_is_restored_like_a_copy_of_it(tmp_path: Path) -> None:
    url = _made(tmp_path)
    assert (_restored(url, tmp_path / "groupbot.db").held, _waiting(url)) == (1, [])


def test_a_backup_of_a_bot_that_did_nothing_yet_is_of_no_known_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables()
    upgrade(f"sqlite:///{tmp_path / 'groupbot.db'}")
    file = tmp_path / "x.db"
    backups.take(f"sqlite:///{tmp_path / 'groupbot.db'}", file)
    with pytest.raises(SystemExit) as ended:
        main(["restore", str(file), "--workspace", str(tmp_path)])
    assert ended.value.code == 0
    line = f"restored {file}: nobody knows when it was taken, nothing in it has a time"
    assert line in capsys.readouterr().out.splitlines()


def test_a_backup_of_a_newer_groupbot_changes_nothing(tmp_path: Path) -> None:
    url, file = _made(tmp_path), tmp_path / "x.db"
    backups.take(url, file)
    _newer(file)
    with pytest.raises(Misfit, match="of a newer groupbot: this one does not know revision 9999"):
        _restored(url, file)
    assert len(_waiting(url)) == 1
    with closing(sqlite3.connect(file)) as other:
        other.execute("DELETE FROM alembic_version")
        other.commit()
    with pytest.raises(Misfit, match="no backup of groupbot: it is of no version"):
        _restored(url, file)


def test_killed_before_what_waited_is_held_the_old_database_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, file = _made(tmp_path), tmp_path / "x.db"
    backups.take(url, file)
    _say(url, "said after the backup")

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as here:
        here.setattr(backups, "upgrade", killed)
        here.setattr(shutil, "rmtree", killed)  # nothing is tidied up either
        with pytest.raises(Killed):
            _restored(url, file)
    assert len(_waiting(url)) == 2
    (tmp_path / "groupbot.db.restoring").mkdir(exist_ok=True)
    (tmp_path / "groupbot.db.restoring" / "groupbot.db-wal").write_bytes(b"of the one that was killed")
    assert (_restored(url, file).held, _waiting(url)) == (1, [])
    assert not (tmp_path / "groupbot.db.restoring").exists()


def test_what_features_must_hear_is_heard_before_the_bot_can_use_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, file = _made(tmp_path), tmp_path / "x.db"
    backups.take(url, file)
    _say(url, "said after the backup")

    async def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(_guest.Guest, "write", killed)
    with pytest.raises(Killed):
        main(["restore", str(file), "--workspace", str(tmp_path)])
    assert len(_waiting(url)) == 2


def _code(file: Path, *more: str) -> object:
    """What the command ends with."""
    with pytest.raises(SystemExit) as ended:
        main(["restore", str(file), *more])
    return ended.value.code


def test_what_the_environment_names_is_not_replaced_from_another_folder_unless_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, file, drill = _made(tmp_path / "live"), tmp_path / "x.db", tmp_path / "drill"
    backups.take(url, file)
    _say(url, "said after the backup")
    drill.mkdir()

    code = partial(_code, file)
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", url)
    assert code("--workspace", str(drill)) == 2
    told = capsys.readouterr()
    assert told.out == f"into {url}\n"
    assert f"GROUPBOT_DATABASE_URL names {url}" in told.err
    assert (len(_waiting(url)), [*drill.iterdir()]) == (2, [])
    monkeypatch.delenv("GROUPBOT_DATABASE_URL")
    assert code("--workspace", str(drill)) == 0
    assert (len(_waiting(url)), (drill / "groupbot.db").exists()) == (2, True)
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", f"sqlite:///{drill / 'other.db'}")  # nothing is there to lose
    assert (code("--workspace", str(drill)), (drill / "other.db").exists()) == (0, True)
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", url)
    assert (code("--workspace", str(drill), "--yes"), _waiting(url)) == (0, [])
    monkeypatch.chdir(tmp_path / "live")  # the bot's own workspace
    assert (code("--workspace", str(tmp_path / "live")), code()) == (0, 0)


def test_what_the_environment_names_is_not_replaced_from_inside_a_folder_where_no_bot_ever_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, file, drill = _made(tmp_path / "live"), tmp_path / "x.db", tmp_path / "drill"
    backups.take(url, file)
    _say(url, "said after the backup")
    drill.mkdir()
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", url)
    monkeypatch.chdir(drill)

    code = partial(_code, file)
    for folder in ((), ("--workspace", "."), ("--workspace", str(drill))):
        assert code(*folder) == 2
        assert f"GROUPBOT_DATABASE_URL names {url}, not the folder {drill}" in capsys.readouterr().err
    assert (len(_waiting(url)), [*drill.iterdir()]) == (2, [])
    (drill / "groupbot.toml").touch()  # the bot's own workspace, its database elsewhere
    assert (code(), _waiting(url)) == (0, [])


def test_a_path_with_signs_of_an_address(tmp_path: Path) -> None:
    url, place = _made(tmp_path), tmp_path / "100%20 #1"
    place.mkdir()
    backups.take(url, file := place / "x#1.db")
    assert (_restored(url, file).held, _waiting(url)) == (1, [])


def test_a_newer_dump_changes_nothing_on_postgresql(
    pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binaries = postgres.binaries()
    if binaries is None or not (binaries / "pg_dump").exists():
        pytest.skip("no pg_dump beside the server")
    monkeypatch.setenv("PATH", f"{binaries}:{os.environ['PATH']}")
    upgrade(pg_url)
    _say(pg_url, "the post")
    mark = sa.text("UPDATE alembic_version SET version_num = :version")

    def version(work: Work, is_: str) -> None:
        work.sql.run(mark, version=is_)

    writer = Writer(pg_url)
    was = writer.write(lambda work: work.sql.value(sa.text("SELECT version_num FROM alembic_version")))
    writer.write(version, "9999")
    backups.take(pg_url, file := tmp_path / "newer.dump")
    writer.write(version, was)
    writer.close()
    with pytest.raises(Misfit, match="of a newer groupbot"):
        _restored(pg_url, file)
    assert len(_waiting(pg_url)) == 1
