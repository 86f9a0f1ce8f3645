"""From state to state: shares and days of known steps, by how people came; few people make no number."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.reports import Ask, Passage, ways
from groupbot.features.journey import service as journey
from groupbot.features.journey.store import step, through
from groupbot.features.members import service as members
from groupbot.features.members.store import membership
from tests.conftest import START
from tests.features.journey.test_nightly import acted
from tests.features.members.group import group

LAST = START.date() - timedelta(days=1)


def kept(work: Work, chat: int, person: int, grade: str, *steps: tuple[str, int], source: str = "") -> None:
    for n, (state, back) in enumerate(steps, 1):
        row = {"chat_id": chat, "person_id": person, "nth": n, "grade": grade, "source": source}
        work.sql.run(sa.insert(step).values(**row, state=state, day=LAST - timedelta(days=back)))


def test_shares_and_days_come_from_dated_steps_and_small_cells_are_hidden(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = group(work)
        ask = Ask(work, chat, LAST - timedelta(days=6), LAST)
        assert ways(ask).through is None
        work.sql.run(sa.insert(through).values(chat_id=chat, day=LAST))
        for n in range(12):  # a named link: nine of twelve took part after 2 days, four of them are regulars
            more = [("activated", 98), ("regular", 90 - n)][: (n < 9) + (n < 4)]
            kept(work, chat, 500 + n, "exact", ("joined", 100), *more)
        for n in range(11):  # by hand: nobody
            kept(work, chat, 600 + n, "adder", ("joined", 50))
        for n in range(3):  # themselves: too few to tell of
            kept(
                work,
                chat,
                700 + n,
                "none",
                ("visitor", 45),
                ("joined", 40),
                ("activated", 40),
                ("lapsed", 12),
            )
        kept(work, chat, 800, "exact", ("joined", 300), ("activated", 299))  # before the window
        kept(work, chat, 801, "before", ("activated", 90))
        found = {(p.after, p.grade): p for p in ways(ask).passages if not p.source}
        assert found["activated", ""] == Passage("joined", "activated", "", 26, 12, 14, 12 / 26, None)
        assert found["joined", ""] == Passage("visitor", "joined", "", None)
        # three of themselves are hidden, and with them the smaller of the others
        assert found["activated", "none"].n is None
        assert found["activated", "adder"].n is None
        assert found["activated", "exact"] == Passage("joined", "activated", "exact", 12, 9, 3, 0.75, 2)
        assert found["regular", ""] == Passage("activated", "regular", "", 12, 4, 8, 4 / 12, None)
        assert found["lapsed", ""] == Passage("activated", "lapsed", "", 12, 3, 9, 0.25, None)
        assert ("advocate", "exact") in found
        earlier = ways(Ask(work, chat, LAST - timedelta(days=96), LAST - timedelta(days=90)))
        assert earlier.last == LAST - timedelta(days=90)
        assert [p.n for p in earlier.passages if (p.after, p.grade) == ("regular", "")] == [None]

    writer.write(fn)


def test_a_night_and_its_report_agree_about_a_group(writer: Writer) -> None:
    def fn(work: Work) -> None:
        work.chat = chat = group(work)
        for n in range(20):
            at = START - timedelta(days=60)
            row = {
                "chat_id": chat,
                "person_id": 500 + n,
                "evidence": "added",
                "added_by": 500,
                "removed": False,
            }
            work.sql.run(sa.insert(membership).values(**row, joined_at=at))
            if n < 15:
                acted(work, 500 + n, *range(60 - n, 60 - n - 8, -2))
        journey.keep(work, next(journey.due(work)))
        found = {(p.after, p.grade): p for p in ways(Ask(work, chat, LAST, LAST)).passages}
        assert found["activated", "adder"] == Passage("joined", "activated", "adder", 20, 15, 5, 0.75, 9)
        assert found["regular", ""] == Passage("activated", "regular", "", 15, 15, 0, 1.0, 6)
        assert found["advocate", ""].done == 1  # who brought the others was a regular later: in no time
        assert found["lapsed", ""] == Passage("activated", "lapsed", "", 15, 15, 0, 1.0, 34)
        members.wish(work, 500, "optout", True)
        again = journey.made(work, chat, LAST)
        assert {r.person for r in again} == set(range(501, 520))
        assert reports.HOW

    writer.write(fn)


def test_of_a_grade_each_link_is_told_that_brought_enough(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[str, int | None, int | None]]:
        chat = group(work)
        work.sql.run(sa.insert(through).values(chat_id=chat, day=LAST))
        links = (("Till 1", 14, 7), ("Till 2", 10, 1), ("Fair", 30, 3), ("Door", 4, 4))
        for i, (name, came, took_part) in enumerate(links):
            for n in range(came):
                steps = [("joined", 60), ("activated", 58)][: 1 + (n < took_part)]
                kept(work, chat, 1000 * (i + 1) + n, "exact", *steps, source=name)
        ask = Ask(work, chat, LAST - timedelta(days=6), LAST)
        told = [p for p in ways(ask).passages if p.after == "activated" and p.grade]
        return [(p.source, p.n, p.done) for p in told]

    # four by the door are hidden, and with them the next smallest: the rest would tell of four
    assert writer.write(fn) == [("", 58, 15), ("Fair", 30, 3), ("Till 1", 14, 7)]
