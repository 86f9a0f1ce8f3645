"""Commands where there is no database, or none that can be: one line that says so, and nothing is made."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.cli._checks import _database
from groupbot.engine.migrate import current
from groupbot.errors import Misfit

READERS = ("quarantine list", "quarantine retry 1", "outbox list", "outbox trace 1", "backup", "report")
OF_FILES = (  # they can do without a database, not with one they cannot read
    "templates diff promos/card",
    "templates versions promos/card",
    "templates rollback promos/card 1",
    "rehearse x.csv --workspace .",
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GROUPBOT_WORKSPACE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], command: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    assert ended.value.code == 2
    return capsys.readouterr().err.strip()


@pytest.mark.parametrize("command", READERS)
def test_command_where_no_bot_ran_says_so_and_makes_nothing(
    place: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    line = f"groupbot: no database at {place / 'groupbot.db'} yet -> groupbot run, and add the bot to a group"
    assert said(capsys, command) == line
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("command", (*READERS[:4], *OF_FILES))
def test_command_on_an_empty_database_says_so(
    place: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (place / "groupbot.db").touch()
    assert said(capsys, command) == "groupbot: the database is empty -> groupbot migrate"


@pytest.mark.parametrize("command", ("migrate", "run", *READERS))
def test_database_of_another_kind_is_named_without_its_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("GROUPBOT_TOKEN", "1:x")
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", "mysql://me:secret@host/name")
    assert said(capsys, command) == (
        "groupbot: GROUPBOT_DATABASE_URL: mysql is no database for groupbot -> "
        "postgresql://user:password@host/name, sqlite:///file.db, or nothing: groupbot.db in the workspace"
    )


def test_text_that_is_no_url_is_named_without_being_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", "me secret@host")
    assert said(capsys, "outbox list").startswith("groupbot: GROUPBOT_DATABASE_URL: this is no database URL")


def test_campaigns_are_shown_beside_an_empty_database_too(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown() -> str:
        with pytest.raises(SystemExit) as ended:
            main(["campaigns", "show"])
        assert ended.value.code == 0
        return capsys.readouterr().out

    without = shown()
    (place / "groupbot.db").touch()
    assert shown() == without


@pytest.mark.parametrize(
    "command",
    (
        "outbox list", "quarantine list", "report", "campaigns show", "campaigns check", "restore x.dump",
        *OF_FILES,
    ),
)  # fmt: skip
def test_server_that_is_not_there_is_named_without_its_password(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/name")
    (place / "x.dump").touch()
    line = said(capsys, command)
    assert line.startswith("groupbot: GROUPBOT_DATABASE_URL: the database cannot be opened")
    assert "secret" not in line


@pytest.mark.parametrize("command", ["plan show", "plan check", "campaigns show", "campaigns check"])
def test_groups_of_a_database_of_another_version_are_said_not_to_count(
    place: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    with closing(sqlite3.connect(place / "groupbot.db")) as old:
        old.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        old.execute("INSERT INTO alembic_version VALUES ('0005')")
        old.commit()
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    assert ended.value.code == 0
    told = capsys.readouterr()
    assert told.err == (
        "note: the database is of another version, so its groups are not counted -> groupbot migrate\n"
    )
    assert "No chats yet" not in told.out


def test_a_month_beside_a_damaged_database_says_why_its_groups_are_not_counted(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "groupbot.db").write_bytes(b"no database" * 1000)
    with pytest.raises(SystemExit) as ended:
        main(["plan", "show"])
    assert ended.value.code == 0
    told = capsys.readouterr()
    assert told.err.startswith(f"note: {place / 'groupbot.db'}: the database cannot be opened: ")
    assert ", so its groups are not counted -> groupbot restore" in told.err
    assert told.out.startswith("Shown for one imagined group in Asia/Shanghai.\n")


@pytest.mark.parametrize("junk", [b"no database" * 1000, b"SQLite format 3\x00" + b"\xff" * 8000])
@pytest.mark.parametrize("command", ["report", "backup", "migrate", "audience", "outbox list"])
def test_damaged_file_is_named_and_what_puts_it_right(
    place: Path, capsys: pytest.CaptureFixture[str], command: str, junk: bytes
) -> None:
    (place / "groupbot.db").write_bytes(junk)
    assert said(capsys, command) == (
        f"groupbot: {place / 'groupbot.db'}: the database cannot be opened: file is not a database"
        " -> groupbot restore FILE puts a backup in its place; docs/runbook.md"
    )
    assert [p.name for p in place.rglob("*") if p.is_file()] == ["groupbot.db"]


def test_file_that_may_not_be_opened_is_named_with_its_rights(place: Path) -> None:
    (place / "groupbot.db").mkdir()  # root may open all files, but no folder
    with pytest.raises(Misfit) as e:
        current(f"sqlite:///{place / 'groupbot.db'}")
    assert e.value.line() == (
        f"{place / 'groupbot.db'}: the database cannot be opened: unable to open database file"
        " -> check who may read and write it and its folder"
    )


def test_doctor_has_a_line_for_a_database_of_another_kind() -> None:
    line = _database("mysql://me:secret@host/name")
    assert (line.mark, line.what) == ("bad", "mysql is no database for groupbot")
    assert line.next.startswith("postgresql://user:password@host/name")


def test_doctor_names_a_server_that_is_not_there_and_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/name")
    with pytest.raises(SystemExit):
        main(["doctor"])
    told = capsys.readouterr().out
    assert "✗ database: postgresql://me:***@127.0.0.1:1/name: the database cannot be opened" in told
    assert "✓ recipes: " in told
    assert "✗ token: none" in told
    assert "secret" not in told


SAYS_IT = """
import logging
import os

logging.getLogger("careless").error("cannot connect to %s", os.environ["SAID"])
raise RuntimeError("cannot connect to " + os.environ["SAID"])
"""


@pytest.mark.parametrize("as_json", [[], ["--json"]])
@pytest.mark.parametrize("said_as", ["{url}", "p%40ss-word", "p@ss-word", "password 'p@ss-word' for me"])
def test_doctor_tells_no_password_whoever_says_it(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    said_as: str,
    as_json: list[str],
) -> None:
    url = "postgresql://me:p%40ss-word@127.0.0.1:1/name"
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", url)
    monkeypatch.setenv("SAID", said_as.format(url=url))
    (place / "handlers").mkdir()
    (place / "handlers" / "careless.py").write_text(SAYS_IT)
    with pytest.raises(SystemExit):
        main(["doctor", *as_json])
    told = capsys.readouterr().out
    assert "careless.py:6: RuntimeError: cannot connect to " in told
    assert "ss-word" not in told


@pytest.mark.parametrize("said_as", ["{url}", "p%40ss-word", "p@ss-word", "password 'p@ss-word' for me"])
def test_the_bots_log_tells_no_password_whoever_says_it(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, said_as: str
) -> None:
    url = "postgresql://me:p%40ss-word@127.0.0.1:1/name"
    monkeypatch.setenv("GROUPBOT_TOKEN", "1:x")
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", url)
    monkeypatch.setenv("SAID", said_as.format(url=url))
    (place / "handlers").mkdir()
    (place / "handlers" / "careless.py").write_text(SAYS_IT)
    with pytest.raises(SystemExit):
        main(["run"])
    told = capsys.readouterr().err
    assert "cannot connect to " in told
    assert "ss-word" not in told


@pytest.mark.parametrize("command", ["doctor", "outbox list", "backup", "migrate", "restore x.dump", "run"])
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:secret/name",
        "postgresql://me:not@secret@127.0.0.1:1/name",
        "postgresql://me:secret@127.0.0.1:1/name",
        "postgresql://127.0.0.1:1/name?user=me&password=secret&connect_timeout=2",
        "postgresql://127.0.0.1:1/name?sslpassword=secret",
        "postgresql://me:secret@127.0.0.1:1/name?nonsense=1",
        "postgresql://me:secret@127.0.0.1:1/name?connect_timeout=soon",
        "postgresql://me:secret@[127.0.0.1/name",
    ],
)
def test_whatever_is_wrong_with_a_url_its_password_is_not_told(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str, url: str
) -> None:
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", url)
    monkeypatch.setenv("GROUPBOT_TOKEN", "" if command == "doctor" else "1:x")
    (place / "x.dump").touch()
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    told = capsys.readouterr()
    assert ended.value.code in (1, 2)
    assert "secret" not in told.out + told.err
    assert len(told.err.splitlines()) == (command != "doctor")


BROKEN = """
import typer
from groupbot.cli import audience, main

app = typer.Typer(add_completion=False)

@app.command()
def broken() -> None:
    password = "geheim" + "nis"
    raise KeyError("a bug")

audience.app = app
main(["audience"])
"""


def test_bug_in_a_command_is_told_without_what_its_variables_hold() -> None:
    ended = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "KeyError: 'a bug'" in ended.stderr
    assert "geheimnis" not in ended.stderr


@pytest.mark.parametrize(
    ("command", "coding"),
    [("doctor", "gbk"), *((c, "cp1252") for c in ("doctor", "migrate", "campaigns show", "plan show"))],
)
def test_a_pipe_that_is_not_utf8_gets_what_it_can_take(place: Path, command: str, coding: str) -> None:
    words = [sys.executable, "-m", "groupbot", *command.split()]
    env = {**os.environ, "PYTHONIOENCODING": coding}
    ended = subprocess.run(words, capture_output=True, check=False, env=env)
    assert b"Traceback" not in ended.stderr
    assert ended.stdout.decode(coding)
