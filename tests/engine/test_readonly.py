"""A database that takes no writes for a while is waited for, as a full disk is: nothing is put aside."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from groupbot import Command, Router, Send, Work
from groupbot.engine.writer import Lost, Writer
from tests.engine.desk import Desk


def refuse(work: Work) -> None:
    """Writes are refused for as long as this connection lasts: on PostgreSQL from the next transaction on."""
    lite = work.sql.dialect == "sqlite"
    work.sql.run(sa.text("PRAGMA query_only=ON" if lite else "SET default_transaction_read_only = on"))


def refused(work: Work) -> None:
    """A write in a transaction that may write nothing."""
    refuse(work) if work.sql.dialect == "sqlite" else work.sql.run(sa.text("SET TRANSACTION READ ONLY"))
    work.sql.run(sa.text("UPDATE revision SET n = n"))


async def test_what_is_refused_for_a_while_is_done_then(writer: Writer) -> None:
    router = Router("t")
    tries = []

    @router.command("write")
    def write(cmd: Command, work: Work) -> None:
        tries.append(1)
        if len(tries) < 3:
            refused(work)
        work.say(Send(chat=work.chat, text="written"))

    desk = Desk(writer, router)
    out = await desk.feed(desk.message("/write"))
    assert (out.quarantined, len(tries), desk.texts(), desk.aside()) == (0, 3, ["written"], [])


async def test_what_is_refused_for_long_is_said_and_nothing_is_lost(writer: Writer) -> None:
    router = Router("t")

    @router.command("write")
    def write(cmd: Command, work: Work) -> None:
        refused(work)

    desk = Desk(writer, router)
    writer.patience = 0.5  # its first try has statements to compile
    with pytest.raises(Lost):
        await desk.feed(desk.message("/write"))
    assert writer.waits > 0
    assert (desk.seen(), desk.aside()) == ([], [])


async def test_a_connection_that_stays_without_writes_is_made_anew(writer: Writer) -> None:
    """A standby that took over, a disk that may be written again: who was connected before is not told."""
    router = Router("t")
    router.command("write")(lambda cmd, work: work.say(Send(chat=work.chat, text="written")))
    desk = Desk(writer, router)
    writer.write(refuse)
    out = await desk.feed(desk.message("/write"))
    assert (out.quarantined, desk.texts(), desk.aside()) == (0, ["written"], [])
