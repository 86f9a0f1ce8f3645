"""Efficiency and trust side by side, by known numbers that their SQL gives again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.store import event
from groupbot.features.market import service as market
from groupbot.features.notices.store import notice, notice_ack
from tests.conftest import START
from tests.features.engagement.test_figures import four_weeks


def test_the_first_answer_of_staff_is_counted_from_the_opening_of_a_member() -> None:
    rows = [
        (1, None, False, "message"), (2, 1, False, "reply"), (3, 2, True, "reply"), (4, 1, True, "reply"),
        (5, None, False, "message"), (6, 5, True, "reply"), (7, None, True, "message"), (8, 7, True, "reply"),
        (9, None, False, "message"), (10, 9, False, "reply"), (11, 404, True, "reply"),
    ]  # fmt: skip
    assert reports.deepest(rows) == [2, 1]


def test_both_goals_are_right_and_their_sql_gives_them_again(writer: Writer) -> None:
    def fn(work: Work) -> tuple[dict[str, float | None], dict[str, int], bool]:
        four_weeks(work)
        at = START - timedelta(days=10)
        row = {"chat_id": work.chat, "by_id": 1, "text": "", "version": 2, "due": at + timedelta(days=3)}
        work.sql.run(sa.insert(notice).values(**row, id=1, at=at, state="closed", expected=12))
        for n in range(10):
            for version, hours in ((1, -5), (2, n + 1)):
                ack = {"notice_id": 1, "version": version, "person_id": 500 + n}
                work.sql.run(sa.insert(notice_ack).values(**ack, at=at + timedelta(hours=hours)))
        now, work.now = work.now, START - timedelta(days=1)
        for message, kind in ((1, "complaint"), (2, "complaint"), (3, "rival")):
            market.put(work, message, None, kind, "", 1)
        work.now = now
        ask = reports.Ask(work, work.chat, START.date() - timedelta(days=27), START.date())
        found = {f.key: f for f in (*reports.figures(ask), *reports.sales(ask), *reports.more(ask))}
        wanted = (*reports.EFFICIENCY, *reports.TRUST, "tagged_rival", "tagged_answered")
        found = {k: found[k] for k in wanted}
        again = all(f.value == ask.number(f.sql) for f in found.values() if not f.how and f.value is not None)
        return {k: f.value for k, f in found.items()}, {k: f.n for k, f in found.items()}, again

    value, n, again = writer.write(fn)
    assert again
    assert (value["notice_ack_half"], n["notice_ack_half"]) == (pytest.approx(6), 12)
    assert (value["complaints"], value["tagged_rival"], value["tagged_answered"]) == (2, 1, None)
    # two pairs answer each other day after day: too few for a share
    assert (value["repeat_contact"], n["repeat_contact"]) == (None, 2)
    assert (value["hops"], n["hops"]) == (None, 0)
    assert value["repurchase_60"] is None


def test_pairs_that_met_on_one_day_only_are_no_repeat_contact(writer: Writer) -> None:
    def fn(work: Work) -> tuple[float | None, int]:
        four_weeks(work)
        row = {"chat_id": work.chat, "units": 1, "staff": False}
        for n in range(10):
            at = START - timedelta(days=5, minutes=n)
            first = {"kind": "message", "message_id": 9000 + n, "person_id": 900 + n}
            work.sql.run(sa.insert(event).values(**row, **first, at=at))
            for days in (4, 3) if n < 4 else (4,):
                at = START - timedelta(days=days)
                more = {"kind": "reply", "message_id": 9100 + 10 * n + days, "reply_to": 9000 + n}
                work.sql.run(sa.insert(event).values(**row, **more, person_id=950 + n, at=at))
        ask = reports.Ask(work, work.chat, START.date() - timedelta(days=6), START.date())
        found = next(f for f in reports.more(ask) if f.key == "repeat_contact")
        return found.value, found.n

    value, n = writer.write(fn)
    assert (value, n) == (pytest.approx(6 / 12), 12)  # four of these, and the two of every day
