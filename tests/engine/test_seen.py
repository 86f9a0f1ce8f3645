"""Updates that came already."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from groupbot.engine import seen
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer


def test_an_id_is_known_with_its_answer_and_its_neighbours_are_not(writer: Writer) -> None:
    writer.write(lambda w: seen.keep(w, {31: None, 32: "0Got it", 1000: None}))
    writer.write(lambda w: seen.keep(w, {33: "1No"}))
    found = writer.write(lambda w: seen.duplicates(w, [*range(30, 36), 999, 1000, 90_000]))
    assert found == {31: None, 32: "0Got it", 33: "1No", 1000: None}


def test_a_batch_may_span_any_number_of_rows(writer: Writer) -> None:
    ids = range(5, 5000, 31)
    writer.write(lambda w: seen.keep(w, dict.fromkeys(ids)))
    assert sorted(writer.write(lambda w: seen.duplicates(w, range(5000)))) == list(ids)


def test_ids_and_answers_are_forgotten_after_72_hours(writer: Writer) -> None:
    def rows(work: Work) -> tuple[int, ...]:
        return tuple(
            work.sql.value(sa.select(sa.func.count()).select_from(t))
            for t in (seen.update_block, seen.update_answer)
        )

    writer.write(lambda w: seen.keep(w, {1: "0old"}))
    writer.clock.shift(timedelta(hours=71))
    writer.write(lambda w: seen.keep(w, {90: "0new"}))
    writer.write(seen.sweep)
    assert writer.write(rows) == (2, 2)
    writer.clock.shift(timedelta(hours=2))
    writer.write(seen.sweep)
    assert writer.write(rows) == (1, 1)
    assert writer.write(lambda w: seen.duplicates(w, [1, 90])) == {90: "0new"}


@given(st.integers(0, 2**40), st.sets(st.integers(0, 31)))
def test_a_row_stands_for_the_ids_it_was_made_of(block: int, places: set[int]) -> None:
    bits = sum(1 << p for p in places)
    assert list(seen.among(block, bits)) == sorted(block * 32 + p for p in places)
