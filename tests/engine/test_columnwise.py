"""Rows that go to the database many at a time: what comes back is what was given, and bad data says so."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groupbot.engine.columnwise import columnwise
from groupbot.engine.outbox_table import OUTBOX, outbox
from groupbot.engine.seen import ANSWERS, BLOCKS, update_answer, update_block
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer, database_errors, transient
from tests.conftest import START

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
HARD = (
    "",
    "NULL",
    "null",
    "{}",
    "{a,b}",
    '"',
    "\\",
    '\\"',
    "a,b",
    " ",
    "\n\t",
    "%(x)s",
    "😀",
    "::TEXT[]",
    "\u200b",
)


@given(st.lists(st.tuples(WORDS | st.sampled_from(HARD), TIMES), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_words_and_times_come_back_as_they_were_given(
    writer: Writer, cells: list[tuple[str, datetime]]
) -> None:
    def fn(work: Work) -> list[tuple[str, datetime]]:
        work.sql.run(sa.delete(update_answer))
        for number, (words, at) in enumerate(cells):
            work.add(ANSWERS, 1, number, words, at)
        work.flush()
        kept = sa.select(update_answer.c.answer, update_answer.c.at).order_by(update_answer.c.update_id)
        return [(r.answer, r.at) for r in work.sql.all(kept)]

    assert writer.write(fn) == cells


def test_what_is_not_there_stays_away(writer: Writer) -> None:
    row = (1, -5, None, 1, "send", None, None, "{}", "h", "c", "", "waiting", START, None, START, None)

    def fn(work: Work) -> object:
        work.add(OUTBOX, *row)
        work.add(OUTBOX, *row[:5], "ref", 7, *row[7:13], START, START, 9)
        work.flush()
        c = outbox.c
        return [
            tuple(r) for r in work.sql.all(sa.select(c.ref, c.topic, c.until, c.update_id).order_by(c.id))
        ]

    assert writer.write(fn) == [(None, None, None, None), ("ref", 7, START, 9)]


def test_a_row_that_stands_is_changed_and_one_that_comes_twice_is_added_up(writer: Writer) -> None:
    writer.write(lambda w: [w.add(BLOCKS, 1, n, 1, START) for n in (1, 2, 3)])
    later = START + timedelta(hours=1)
    writer.write(lambda w: [w.add(BLOCKS, 1, n, 2, later) for n in (2, 3, 3, 4)])
    kept = sa.select(update_block.c.block, update_block.c.ids, update_block.c.at).order_by(
        update_block.c.block
    )
    found = [tuple(r) for r in writer.write(lambda w: w.sql.all(kept))]
    assert found == [(1, 1, START), (2, 3, later), (3, 3, later), (4, 2, later)]


@pytest.mark.parametrize("bad", ["a\0b", 2**63], ids=["word", "number"])
def test_bad_data_is_said_to_be_bad_and_nothing_of_its_transaction_stays(writer: Writer, bad: object) -> None:
    def fn(work: Work) -> None:
        work.add(BLOCKS, 1, 1, 1, START)
        work.add(ANSWERS, 1, bad if type(bad) is int else 1, bad if type(bad) is str else "w", START)
        work.add(
            OUTBOX, 1, -5, None, 1, "send", *(None,) * 2, "{}", "h", "c", "", "waiting", START, None, START, 1
        )

    if writer.url.startswith("sqlite") and type(bad) is str:
        writer.write(fn)  # SQLite keeps it
        return
    with pytest.raises((*database_errors(), OverflowError)) as failed:
        writer.write(fn)
    assert not transient(failed.value)
    assert [writer.write(lambda w, t=t: w.sql.all(sa.select(t))) for t in (update_block, outbox)] == [[], []]
    writer.write(lambda w: w.add(ANSWERS, 1, 1, "w", START))


def test_no_list_holds_what_is_not_a_number() -> None:
    dialect = open_engine("postgresql://h/d").dialect
    made = columnwise(BLOCKS.hot.statement, BLOCKS.hot.of(dialect), BLOCKS.names, (), dialect)
    assert made is not None
    assert made.params(BLOCKS.names, [(1, -2, 3, "t")])["block"] == "{-2}"
    with pytest.raises(TypeError):
        made.params(BLOCKS.names, [(1, "1,2", 3, "t")])
