"""The restore drill: a backup taken under a running bot is put back, nothing is said twice, points add up."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.cli import main
from groupbot.core.effects import Ban, Delete, Gift, Poll, Send, Topic
from groupbot.engine import backups
from groupbot.engine.clock import Clock
from groupbot.engine.migrate import upgrade
from groupbot.engine.outbox_table import outbox
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.features.ledger import service as ledger
from groupbot.testing import Talk, conversation
from tests import canary, postgres

LATER = timedelta(hours=1)


def _run(args: list[str]) -> int:
    try:
        main(args)
    except SystemExit as e:
        return int(e.code or 0)
    return 0


def _life(work: Work) -> None:
    """Points that moved, a post and a ban that wait."""
    chat = work.sql.value(sa.text("SELECT id FROM chat WHERE title = 'Test group'")) or 1
    ledger.house_wallet(work, chat)
    work.say(Send(chat=chat, text="the post", post=True, due=work.now + LATER))
    work.say(Ban(chat=chat, member=5))


def _leaves(work: Work) -> None:
    work.sql.run(sa.update(outbox).where(outbox.c.kind == "send").values(due=work.now))


def _states(url: str) -> list[tuple[str, str]]:
    writer = Writer(url)
    try:
        query = sa.select(outbox.c.kind, outbox.c.state).where(outbox.c.payload != "").order_by(outbox.c.id)
        return [(r.kind, r.state) for r in writer.write(lambda w: w.sql.all(query))]
    finally:
        writer.close()


async def test_a_drill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "copies" / "now.db"
    file.parent.mkdir()

    async def begin(talk: Talk) -> None:
        await talk.app.writer.submit(_life)

    async with conversation(tmp_path) as talk:
        await begin(talk)
        backups.take(talk.app.settings.database, file)  # while the bot runs
        with pytest.raises(Misfit, match="there already"):
            backups.take(talk.app.settings.database, file)
        with pytest.raises(Misfit, match="in use"):
            backups.restore(talk.app.settings.database, file, now=Clock().now())
        await talk.says(talk.owner, "said after the backup")
        await talk.app.writer.submit(_leaves)
        talk.app.outbox.wake()
        await talk.settle()
        assert talk.bot_texts() == ["the post"]
    await asyncio.to_thread(_run, ["restore", str(file), "--workspace", str(tmp_path)])
    said = capsys.readouterr().out
    assert "1 waiting messages held back" in said
    assert "sum 0" in said
    assert len(list(tmp_path.glob("groupbot.db.before-restore-*"))) == 1
    async with conversation(tmp_path) as talk:
        await talk.app.writer.submit(_leaves)
        talk.app.outbox.wake()
        await talk.settle()
        assert talk.bot_texts() == []  # the post had left after the backup: it is not said again
        audit = await talk.app.writer.submit(ledger.recount)
        assert (audit.faults, audit.transfers > 0) == ((), True)
    await asyncio.to_thread(_run, ["outbox", "list", "--workspace", str(tmp_path)])
    listed = capsys.readouterr().out
    assert "unknown  send to Test group" in listed
    number = listed.partition("#")[2].split()[0]
    await asyncio.to_thread(_run, ["outbox", "drop", number, "--workspace", str(tmp_path)])
    await asyncio.to_thread(_run, ["outbox", "list", "--workspace", str(tmp_path)])
    assert capsys.readouterr().out.endswith("nothing waits for a word\n")
    assert await asyncio.to_thread(_run, ["outbox", "retry", number, "--workspace", str(tmp_path)]) == 2
    assert "waits for no word" in capsys.readouterr().err


def test_a_backup_ends_while_the_bot_writes_on(tmp_path: Path) -> None:
    path, file, over = tmp_path / "groupbot.db", tmp_path / "x.db", threading.Event()
    url = f"sqlite:///{path}"
    upgrade(url)
    with closing(sqlite3.connect(path, isolation_level=None)) as live:
        live.execute("CREATE TABLE large AS SELECT zeroblob(24000000) AS bytes")
        live.execute("CREATE TABLE said (at REAL)")

    def write() -> None:
        end = time.monotonic() + 30
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as bot:
            while not over.is_set() and time.monotonic() < end:
                bot.execute("INSERT INTO said VALUES (?)", (time.monotonic(),))

    bot = threading.Thread(target=write)
    bot.start()
    try:
        backups.take(url, file)
        assert bot.is_alive()
    finally:
        over.set()
        bot.join()
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT length(bytes) FROM large").fetchone() == (24_000_000,)


def test_what_would_be_there_twice_is_held_whatever_it_is(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'groupbot.db'}", tmp_path / "x.db"
    upgrade(url)
    writer = Writer(url, bot_id=7)

    def waiting(work: Work) -> None:
        for effect in (
            Send(chat=1, text="the notice", again=True),
            Poll(chat=1, question="Tea?", options=("yes", "no")),
            Gift(chat=1, user=9, gift="5170145012310081615"),
            Topic(chat=1, topic=None, act="create", name="Tea"),
            Topic(chat=1, topic=7, act="close"),
            Delete(chat=1, messages=(3,)),
        ):
            work.say(effect)

    writer.write(waiting)
    writer.close()
    backups.take(url, file)
    assert backups.restore(url, file, now=Clock().now()).held == 4
    assert _states(url) == [
        ("send", "unknown"), ("poll", "unknown"), ("gift", "unknown"), ("topic", "unknown"),
        ("topic", "waiting"), ("delete", "waiting"),
    ]  # fmt: skip


def test_a_damaged_backup_and_a_stranger_are_refused(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'groupbot.db'}", tmp_path / "x.db"
    with pytest.raises(Misfit, match="there is no"):
        backups.restore(url, file, now=Clock().now())
    file.write_bytes(b"no database" * 100)
    with pytest.raises(Misfit, match="no backup of groupbot"):
        backups.restore(url, file, now=Clock().now())
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE t (a)")
    with pytest.raises(Misfit, match="no backup of groupbot"):
        backups.restore(url, file, now=Clock().now())
    with pytest.raises(Misfit, match="no database at"):
        backups.take(url, tmp_path / "y.db")


def test_a_copy_without_room_is_told_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(f"sqlite:///{tmp_path / 'groupbot.db'}")

    def full(_: Path, part: Path) -> None:
        part.touch()
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backups, "_copy", full)
    with pytest.raises(Misfit) as e:
        backups.take(f"sqlite:///{tmp_path / 'groupbot.db'}", tmp_path / "x.db")
    assert e.value.line() == (
        f"{tmp_path / 'x.db'}: not copied: database or disk is full -> look for room and rights"
    )
    assert list(tmp_path.glob("x.db*")) == []


def test_backups_of_before_are_removed_after_their_days(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "groupbot.db")) as live:
        live.execute("CREATE TABLE t (a)")
    (tmp_path / "backups").mkdir()
    old = tmp_path / "backups" / "groupbot-20200101-000000.db"
    torn = tmp_path / "backups" / "groupbot-20200102-000000.dump.part"
    others = [
        tmp_path / "backups" / name
        for name in ("groupbot-prod.db", "groupbot-20200101-000000.docx", "groupbot-20200101-000000.db-wal")
    ]
    for file in (old, torn, *others):
        file.touch()
        os.utime(file, (1_577_836_800,) * 2)
    _run(["backup", "--workspace", str(tmp_path)])
    assert (old.exists(), torn.exists(), [f.exists() for f in others]) == (False, False, [True] * 3)
    assert len(list((tmp_path / "backups").iterdir())) == 4
    assert "checked" in capsys.readouterr().out
    assert _run(["backup", "--workspace", str(tmp_path), "--keep", "-1"]) == 2


def test_the_running_database_is_never_taken_for_an_old_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = tmp_path / "groupbot-20200101-000000.db"
    with closing(sqlite3.connect(live)) as made:
        made.execute("CREATE TABLE t (a)")
    os.utime(live, (1_577_836_800,) * 2)
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", f"sqlite:///{live}")
    _run(["backup", "--workspace", str(tmp_path), "--to", str(tmp_path)])
    assert live.exists()


def test_a_drill_on_postgresql(pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binaries = postgres.binaries()
    if binaries is None or not (binaries / "pg_dump").exists():
        pytest.skip("no pg_dump beside the server")
    monkeypatch.setenv("PATH", f"{binaries}:{os.environ['PATH']}")
    upgrade(pg_url)
    writer = Writer(pg_url, bot_id=7)
    writer.write(_life)
    writer.close()
    backups.take(pg_url, file := tmp_path / "now.dump")
    writer = Writer(pg_url, bot_id=7)
    with pytest.raises(Misfit, match="in use"):
        writer.write(lambda w: None)
        backups.restore(pg_url, file, now=Clock().now())
    writer.write(lambda w: w.sql.run(sa.delete(outbox)))
    writer.close()
    told = backups.restore(pg_url, file, now=Clock().now())
    assert (told.held, _states(pg_url)) == (1, [("send", "unknown"), ("ban", "waiting")])
    half, bad = tmp_path / "half", tmp_path / "bin" / "pg_dump"
    half.write_bytes(file.read_bytes()[: file.stat().st_size * 3 // 4])
    bad.parent.mkdir()
    bad.write_text(f'#!/bin/sh\nfor a; do case "$a" in --file=*) cp {half} "${{a#--file=}}";; esac; done\n')
    bad.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bad.parent}:{os.environ['PATH']}")
    with pytest.raises(Misfit, match="pg_restore: "):
        backups.take(pg_url, tmp_path / "torn.dump")
    assert list(tmp_path.glob("torn.dump*")) == []
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misfit, match="pg_dump is not on the path"):
        backups.take(pg_url, tmp_path / "again.dump")


SPY = """#!/bin/sh
printf '%s\\n' "$0 $*" >> "{log}"
test -n "$PGPASSWORD" && printf '%s has its password\\n' "${{0##*/}}" >> "{log}"
exec "{real}" "$@"
"""


def test_a_password_of_postgresql_stands_among_no_programs_arguments(
    pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binaries = postgres.binaries()
    if binaries is None or not (binaries / "pg_dump").exists():
        pytest.skip("no pg_dump beside the server")
    spies, log = tmp_path / "bin", tmp_path / "log"
    spies.mkdir()
    for name in ("pg_dump", "pg_restore", "psql"):
        spy = spies / name
        spy.write_text(SPY.format(log=log, real=binaries / name))
        spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spies}:{os.environ['PATH']}")
    monkeypatch.delenv("PGPASSWORD", raising=False)
    url = f"{pg_url}?application_name=a%20shop%27s&sslmode=prefer"
    upgrade(url)
    backups.take(url, file := tmp_path / "now.dump")
    backups.restore(url, file, now=Clock().now())
    said = log.read_text()
    assert said.count("application_name='a shop\\'s' sslmode='prefer'") == 2
    assert [x for x in said.splitlines() if x.endswith("password")] == [
        "pg_dump has its password", "psql has its password",
    ]  # fmt: skip
    assert "PGPASSWORD" not in os.environ
    assert canary.told(said.encode()) == []
