"""G21: a backup is put back, and an upgrade of the schema dies at every statement and commit (SQLite).

    python -m tests.reliability.drill restore [--rows 10000000] [--record]
    python -m tests.reliability.drill upgrade [--every 1] [--record]

`restore` fills a database (ten million rows are more than a GB), backs it up, puts it back, and looks at
books and rows. `upgrade` goes through the migrations one by one: each is killed (SIGKILL) before its first
statement, before its second, and so on, with commits among them; begun again it must end as it does
undisturbed. Its tables hold no rows but those that migrations write.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from groupbot.engine import backups
from groupbot.engine.clock import Clock
from groupbot.engine.migrate import config
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger import store
from tests.benchmarks.figures import record
from tests.reliability.starting import fill

SECONDS = 60.0  # a restore may take, for each GB
GROUP = 1_000_000  # a group that `fill` wrote of


@dataclass
class Restored:
    """What a drill showed. `faults`: of the books, and rows that are missing."""

    gigabytes: float
    backup: float
    restore: float
    faults: int
    gap: float


def restored(folder: Path, rows: int) -> Restored:
    """Back up, go on, put back."""
    url, file = f"sqlite:///{folder / 'groupbot.db'}", folder / "copy.db"
    fill(url, rows)
    writer = Writer(url, bot_id=7)
    writer.write(ledger.house_wallet, GROUP)
    writer.close()
    began = time.monotonic()
    backups.take(url, file)
    took, size = time.monotonic() - began, file.stat().st_size / 1e9
    writer = Writer(url, bot_id=7)
    writer.write(ledger.house_wallet, GROUP + 1)  # of after the backup: gone again
    writer.close()
    began = time.monotonic()
    told = backups.restore(url, file, now=Clock().now())
    back = time.monotonic() - began
    writer = Writer(url, bot_id=7)

    def look(work: Work) -> int:
        chats = {r.chat_id for r in work.sql.all(sa.select(store.account.c.chat_id))}
        n = work.sql.value(sa.text("SELECT count(*) FROM event"))
        return len(ledger.recount(work).faults) + (chats != {GROUP}) + (n != rows)

    faults = writer.write(look)
    writer.close()
    return Restored(size, took, back, faults, told.gap.total_seconds())


def dies(url: str, revision: str, at: int) -> bool:
    """Bring a database to a revision in a process of its own, which is killed before its statement or commit
    number `at`; False: it had fewer."""
    pid = os.fork()
    if pid == 0:
        passed = 0

        def one(*_: Any) -> None:
            nonlocal passed
            passed += 1
            if passed == at:
                os.kill(os.getpid(), signal.SIGKILL)

        sa.event.listen(sa.Engine, "before_cursor_execute", one)
        sa.event.listen(sa.Engine, "commit", one)
        code = 1
        try:
            command.upgrade(config(url), revision)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        raise RuntimeError(f"the upgrade to {revision} failed by itself")
    return False


def schema(path: Path) -> list[tuple[Any, ...]]:
    """What a database is made of, its revision, and whether it is whole. Of a table made anew Alembic writes
    the constraints in any order: the words count."""
    with closing(sqlite3.connect(path)) as db:
        made = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        words = [(*names, *sorted(re.split(r"[,()\s]+", sql or ""))) for *names, sql in made]
        return [*words, *db.execute("SELECT * FROM alembic_version"), *db.execute("PRAGMA integrity_check")]


def killed(folder: Path, every: int = 1, last: int = 0) -> tuple[int, int, list[str]]:
    """(revisions, deaths, deaths after which it ended otherwise); `last`: only the newest so many."""
    chain = [r.revision for r in ScriptDirectory.from_config(config("")).walk_revisions()][::-1]
    first = max(0, len(chain) - last) if last else 0
    before, whole, dead = (folder / f"{n}.db" for n in ("before", "whole", "dead"))
    if first:
        command.upgrade(config(f"sqlite:///{before}"), chain[first - 1])
    else:
        sqlite3.connect(before).close()
    deaths, wrong = 0, list[str]()
    for revision in chain[first:]:
        shutil.copyfile(before, whole)
        command.upgrade(config(f"sqlite:///{whole}"), revision)
        due, at = schema(whole), 1
        while True:
            for old in folder.glob("dead.db*"):
                old.unlink()
            shutil.copyfile(before, dead)
            if not dies(f"sqlite:///{dead}", revision, at):
                break
            deaths += 1
            if dies(f"sqlite:///{dead}", revision, 0) or schema(dead) != due:
                wrong.append(f"{revision}, statement {at}")
            at += every
        whole.replace(before)
    return len(chain) - first, deaths, wrong


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("what", choices=("restore", "upgrade"))
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--every", type=int, default=1, help="each so many-th statement only")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if given.what == "restore":
            found = restored(Path(name), given.rows)
            each = found.restore / found.gigabytes
            told = (
                f"{found.gigabytes:.2f} GB back in {found.restore:.1f} s, {each:.0f} s a GB (taken in "
                f"{found.backup:.1f} s): {found.faults} faults, gap told: {found.gap:.0f} s"
            )
            met, whole = each <= SECONDS and not found.faults, found.gigabytes >= 1
        else:
            n, deaths, wrong = killed(Path(name), given.every)
            print("\n".join(wrong))
            told = f"{deaths:,} deaths in {n} migrations: {len(wrong)} not as undisturbed"
            met, whole = deaths > 0 and not wrong, given.every == 1
    print(told)
    part = {"restore": "a restore", "upgrade": "an upgrade killed"}[given.what]
    record("G21", told, met=met, part=part + ("" if whole else ", short"))
    sys.exit(not met)


if __name__ == "__main__":
    main()
