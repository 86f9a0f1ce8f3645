"""What PostgreSQL's files hold of a person's words after an erasure, and who is told what is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from groupbot.cli._checks import Line, local_lines
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.keeping import PrivacyDesk, ask_erasure, scrubbing, wal
from groupbot.engine.migrate import upgrade
from groupbot.engine.plugins import Registry, load
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import store as members
from groupbot.features.moving.store import kept_text
from groupbot.settings import Settings
from tests.conftest import START

MEI, OTHERS = 4711, range(5000, 5050)
CANARY = "Kolibri-im-Protokoll"
postgresql = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)


def fill(work: Work) -> None:
    """A person's name among others', and words alone in their table."""
    for who in (*OTHERS[:25], MEI, *OTHERS[25:]):
        name = CANARY if who == MEI else f"Li {who}"
        work.add(members.PEOPLE, who, name, None, name, "en", False, work.now)
    for chat in (1, 2):
        row = {"chat_id": chat, "message_id": 1, "at": work.now, "person_id": MEI, "body": CANARY}
        work.sql.run(sa.insert(kept_text).values(row))


def rename(work: Work, n: int) -> None:
    work.add(members.PEOPLE, MEI, f"{CANARY} {n}", None, None, "en", False, work.now)


class Server:
    """The files of a server, and what its superuser does."""

    def __init__(self, url: str) -> None:
        self.c = psycopg.connect(url, autocommit=True)
        self.folder = Path(self.ask("SHOW data_directory"))

    def close(self) -> None:
        self.c.close()

    def ask(self, words: str) -> Any:
        """The first cell of an answer, if it has one."""
        found = self.c.execute(words)  # type: ignore[call-overload]
        return found.fetchone()[0] if found.description else None

    def found(self) -> dict[str, int]:
        """How often the word is in the log's files and in all others."""
        self.c.execute("CHECKPOINT")  # what changed in memory is in the files
        count = {"log": 0, "tables": 0}
        for path in (p for p in self.folder.rglob("*") if p.is_file()):
            count["log" if "pg_wal" in path.parts else "tables"] += path.read_bytes().count(CANARY.encode())
        return {where: n for where, n in count.items() if n}

    def recycle(self) -> None:
        """The log's files go on and are used again, as on a server that has run for a while: those with the
        word lie before what is written now, under names of files to come."""
        for _ in range(3):
            self.c.execute("SELECT pg_logical_emit_message(true, '', repeat('x', 1 << 24))")
            self.c.execute("CHECKPOINT")


@pytest.fixture
def server(db_url: str) -> Iterator[Server]:
    with closing(Server(db_url)) as made:
        yield made


def at_work(writer: Writer, server: Server) -> None:
    """Words come and go, are sampled for the planner and stand in the log."""
    writer.write(fill)
    server.c.execute("ANALYZE")
    server.c.execute("CHECKPOINT")
    for n in range(30):
        writer.write(rename, n)
    server.recycle()
    writer.write(rename, 30)
    assert set(server.found()) == {"log", "tables"}, "what is looked for must be there to be found"


async def forget(writer: Writer, folder: Path) -> PrivacyDesk:
    desk = PrivacyDesk(writer, load().routers, folder)
    await writer.submit(ask_erasure, MEI)
    await desk.run()
    return desk


@postgresql
async def test_words_are_in_no_byte_of_the_server_afterwards(
    writer: Writer, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at_work(writer, server)
    await forget(writer, tmp_path)
    assert server.found() == {}
    assert "scrub.left" not in capsys.readouterr().out
    assert server.ask("SELECT count(*) FROM person") == len(OTHERS)
    assert server.ask("SELECT count(*) FROM pg_stats WHERE tablename = 'person' AND attname = 'id'") == 1


@pytest.fixture
def plain(pg_url: str) -> Iterator[Writer]:
    """A writer whose role owns its database and may do nothing else."""
    role = f"bot_{pg_url.rpartition('/')[2]}"
    own = sa.make_url(pg_url).set(username=role).render_as_string(hide_password=False)
    with psycopg.connect(pg_url, autocommit=True) as c:
        c.execute(f"CREATE ROLE {role} LOGIN")  # type: ignore[call-overload]
        c.execute(f"ALTER DATABASE {c.info.dbname} OWNER TO {role}")  # type: ignore[call-overload]
    upgrade(own)
    made = Writer(own, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
    yield made
    made.close()
    with psycopg.connect(pg_url, autocommit=True) as c:
        c.execute(f"DROP OWNED BY {role}")  # type: ignore[call-overload]
        c.execute(f"ALTER DATABASE {c.info.dbname} OWNER TO postgres")  # type: ignore[call-overload]
        c.execute(f"DROP ROLE {role}")  # type: ignore[call-overload]


async def test_without_the_rights_somebody_is_erased_and_the_operator_told_the_words_that_give_them(
    plain: Writer, pg_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Server(pg_url)) as server:
        at_work(plain, server)
        desk = await forget(plain, tmp_path)
        assert set(server.found()) == {"log"}
        [told] = doctor(plain.url, tmp_path)
        said = capsys.readouterr().out
        assert said.count("scrub.left") == 1
        assert told.what in said
        place, _, grants = told.next.partition(": ")
        assert place == f"as a superuser, in psql {server.c.info.dbname}"
        await desk.tidy()
        assert capsys.readouterr().out == ""  # not told again each hour

        for word in filter(None, grants.split(";")):
            server.ask(word)
        assert doctor(plain.url, tmp_path) == []
        await desk.scrub()
        assert server.found() == {}
        assert "scrub.left" not in capsys.readouterr().out


@postgresql
async def test_what_a_replica_holds_is_told_and_goes_within_the_hour_after(
    writer: Writer, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr(wal, "TRIES", 1)
    server.ask("SELECT pg_create_physical_replication_slot('a_replica', true)")
    at_work(writer, server)
    desk = await forget(writer, tmp_path)
    assert set(server.found()) == {"log"}
    assert "are kept by the replication slot a_replica" in capsys.readouterr().out
    server.ask("SELECT pg_drop_replication_slot('a_replica')")
    await desk.tidy()
    assert server.found() == {}
    assert capsys.readouterr().out == ""


@postgresql
@pytest.mark.parametrize("words", ["SELECT 1 FROM chat", "LOCK TABLE person IN ACCESS SHARE MODE"])
async def test_a_reader_is_waited_for_and_told_where_it_does_not_end(
    words: str,
    writer: Writer,
    server: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(scrubbing, "TRIES", 1)
    at_work(writer, server)
    with psycopg.connect(writer.url) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute(words)  # type: ignore[call-overload]
        desk = await forget(writer, tmp_path)
        assert "may look at it" in capsys.readouterr().out
        assert "tables" in server.found()
    await desk.tidy()
    assert server.found() == {}
    assert capsys.readouterr().out == ""


@postgresql
async def test_tables_of_another_role_are_told_with_the_words_that_give_them(
    writer: Writer, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.ask(
        "CREATE ROLE guest LOGIN IN ROLE pg_checkpoint, pg_monitor, pg_read_all_data, pg_write_all_data"
    )
    url = sa.make_url(writer.url).set(username="guest").render_as_string(hide_password=False)
    writer.write(fill)
    left = scrubbing.scrub(url, PrivacyDesk(writer, load().routers, tmp_path).kept)
    [told] = [x for x in left if "unused space" in x.what]
    assert "person" in told.what
    assert 'ALTER TABLE "person" OWNER TO "guest";' in told.next
    assert f'ALTER DATABASE "{server.c.info.dbname}" OWNER TO "guest";' in told.next
    server.ask("DROP ROLE guest")


@postgresql
async def test_a_large_table_is_left_for_a_quiet_hour(
    writer: Writer, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    at_work(writer, server)
    monkeypatch.setattr(scrubbing, "LARGEST", 1 << 15)
    await forget(writer, tmp_path)
    said = capsys.readouterr().out
    assert "too large" in said
    words = said.partition(": VACUUM FULL ")[2].partition(";")[0]
    assert "person" in words.split(", ")
    server.ask(f"VACUUM FULL {words}")
    server.ask("VACUUM FULL pg_statistic")
    assert set(server.found()) <= {"log"}


def doctor(url: str, folder: Path) -> list[Line]:
    """What it has to say of the database."""
    found = local_lines(Settings(workspace=folder, database_url=url), Registry())
    return [line for line in found if line.name == "database" and line.mark != "ok"]
