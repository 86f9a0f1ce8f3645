"""Steps, buffers and caches on both databases."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Delete, Edit, Send
from groupbot.core.events import Chat
from groupbot.engine.addresses import chat, resolve, upgrade
from groupbot.engine.notes import Notes
from groupbot.engine.outbox_table import outbox, posted, posted_as
from groupbot.engine.seen import BLOCKS, update_block
from groupbot.engine.storage import open_engine, reading
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer

GROUP = Chat(-100, "supergroup", "West Lake")


def test_failed_step_loses_only_its_own(writer: Writer) -> None:
    def keep(work: Work) -> None:
        Notes(work, "quiz", 1).set("kept", 1)
        work.say(Send(chat=1, text="kept"))
        work.put("c", "k", "old")

    def lose(work: Work) -> None:
        Notes(work, "quiz", 1).set("lost", 1)
        work.say(Send(chat=1, text="lost"))
        work.add(BLOCKS, 1, 5, 1, work.now)
        work.put("c", "k", "new")
        raise ValueError("no")

    def both(work: Work) -> object:
        work.step(keep)
        with pytest.raises(ValueError, match="no"):
            work.step(lose)
        return work.cached("c")["k"]

    assert writer.write(both) == "old"
    assert writer.write(lambda w: (Notes(w, "quiz", 1).get("kept"), Notes(w, "quiz", 1).get("lost"))) == (
        1,
        None,
    )
    assert next(r.payload for r in writer.write(lambda w: w.sql.all(sa.select(outbox)))).count("kept") == 1
    assert writer.write(lambda w: w.sql.all(sa.select(update_block))) == []


def test_buffered_rows_are_written_at_flush_and_flush_is_refused_after_a_write(
    writer: Writer,
) -> None:
    def fn(work: Work) -> tuple[int, int]:
        work.add(BLOCKS, 1, 9, 1, work.now)
        before = len(work.sql.all(sa.select(update_block)))
        work.flush()
        return before, len(work.sql.all(sa.select(update_block)))

    assert writer.write(lambda w: w.step(fn)) == (0, 1)

    def late(work: Work) -> None:
        Notes(work, "quiz", 1).set("x", 1)
        work.flush()

    with pytest.raises(RuntimeError, match="after the step's first write"):
        writer.write(lambda w: w.step(late))


def test_a_failed_commit_empties_the_caches(writer: Writer) -> None:
    writer.write(lambda w: w.put("c", "k", 1))
    with pytest.raises(ZeroDivisionError):
        writer.write(lambda w: 1 // 0)
    assert writer.write(lambda w: w.cached("c").get("k")) is None


def test_another_process_empties_the_caches(writer: Writer) -> None:
    guest = Writer(writer.url, guest=True)
    writer.write(lambda w: w.put("c", "k", 1))
    assert writer.write(lambda w: w.cached("c").get("k")) == 1
    guest.write(lambda w: Notes(w, "quiz", 1).set("x", 1))
    assert writer.write(lambda w: w.cached("c").get("k")) is None
    guest.close()


async def test_emptying_the_log_leaves_the_caches(lite_url: str) -> None:
    writer = Writer(lite_url)
    writer.write(lambda w: (resolve(w, GROUP), w.put("c", "k", 1)))
    log = Path(lite_url.removeprefix("sqlite:///") + "-wal")
    assert log.stat().st_size > 0
    assert await writer.empty_log()
    assert log.stat().st_size == 0
    assert writer.write(lambda w: w.cached("c").get("k")) == 1
    writer.close()


async def test_log_that_a_reader_holds_is_not_emptied_and_can_be_later(lite_url: str) -> None:
    writer, reader = Writer(lite_url), open_engine(lite_url, read_only=True)
    writer.write(resolve, GROUP)
    with reading(reader) as held:
        held.exec_driver_sql("SELECT count(*) FROM chat").scalar()
        writer.write(resolve, Chat(-101, "supergroup", "East Lake"))
        assert not await writer.empty_log()
    assert await writer.empty_log()
    writer.close()
    reader.dispose()


def test_times_come_back_aware_and_exact(writer: Writer) -> None:
    def fn(work: Work) -> bool:
        place = resolve(work, GROUP)
        found = work.sql.value(sa.select(chat.c.state_at))
        return place.id > 0 and bool(found == work.now)

    assert writer.write(fn)


@pytest.mark.parametrize("new_first", [False, True])
def test_an_upgraded_group_keeps_its_id_whichever_notice_comes_first(writer: Writer, new_first: bool) -> None:
    old, new = Chat(-7, "group", "Store"), Chat(-1007, "supergroup", "Store")

    def fn(work: Work) -> tuple[int, int, int]:
        ours = resolve(work, old).id
        if new_first:
            resolve(work, new)
        upgrade(work, old.id, new.id)
        upgrade(work, old.id, new.id)
        work.drop("places", old.id)
        return ours, resolve(work, old).id, resolve(work, new).id

    ours, by_old, by_new = writer.write(fn)
    assert (by_old, by_new) == (ours, ours)


@pytest.mark.parametrize("new_first", [False, True])
def test_an_upgraded_groups_old_messages_are_forgotten_and_its_new_ones_kept(
    writer: Writer, new_first: bool
) -> None:
    old, new = Chat(-7, "group", "Store"), Chat(-1007, "supergroup", "Store")

    def name(work: Work, chat: int, ref: str) -> None:
        row = {"bot_id": work.bot_id, "chat_id": chat, "message_id": 3, "ref": ref}
        work.sql.run(sa.insert(posted).values(**row, private=False, at=work.now))

    def fn(work: Work) -> int:
        ours = resolve(work, old).id
        name(work, ours, "old")
        work.say(Delete(chat=ours, ref="old"))
        if new_first:
            name(work, resolve(work, new).id, "new")
        return ours

    ours = writer.write(fn)
    writer.write(lambda w: upgrade(w, old.id, new.id))
    found = writer.write(lambda w: {ref: posted_as(w, ref, ours) for ref in ("old", "new")})
    assert {ref: list(ids) for ref, ids in found.items()} == {"old": [], "new": [3] if new_first else []}
    assert [r.state for r in writer.write(lambda w: w.sql.all(sa.select(outbox.c.state)))] == ["dead"]


def test_an_edit_of_an_unsent_message_replaces_its_text_and_later_edits_replace_each_other(
    writer: Writer,
) -> None:
    writer.write(lambda w: w.say(Send(chat=1, text="0/8", ref="packet:1")))
    for n in range(1, 4):
        writer.write(lambda w, n=n: w.say(Edit(chat=1, text=f"{n}/8", ref="packet:1")))
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.kind, outbox.c.payload)))
    assert [(r.kind, "3/8" in r.payload) for r in rows] == [("send", True)]
    writer.write(lambda w: w.sql.run(sa.update(outbox).values(state="done")))
    for n in range(4, 9):
        writer.write(lambda w, n=n: w.say(Edit(chat=1, text=f"{n}/8", ref="packet:1")))
    waiting = writer.write(
        lambda w: w.sql.all(sa.select(outbox.c.payload).where(outbox.c.state == "waiting"))
    )
    assert [("8/8" in r.payload) for r in waiting] == [True]


def test_what_is_left_for_the_end_runs_once_and_not_for_a_failed_step(writer: Writer) -> None:
    ran: list[str] = []

    def ask(work: Work) -> None:
        work.finally_("card", lambda w: ran.append("card"))

    def lose(work: Work) -> None:
        work.finally_("lost", lambda w: ran.append("lost"))
        raise ValueError("no")

    def batch(work: Work) -> None:
        work.step(ask)
        work.step(ask)
        with pytest.raises(ValueError, match="no"):
            work.step(lose)

    writer.write(batch)
    assert ran == ["card"]
