"""What `groupbot report --sql` prints is run as its reader would run it, and gives the numbers beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import sqrt
from pathlib import Path
from statistics import fmean, median
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.cli._told import lines, shown
from groupbot.engine.clock import chance
from groupbot.engine.migrate import head
from groupbot.engine.reader import looking
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import store as record
from groupbot.features.notices.store import notice, notice_ack
from groupbot.features.scenes import store as scenes
from tests.cli.test_report_numbers import LAST, lived
from tests.cli.told import teller
from tests.conftest import START
from tests.features.engagement.test_card_report import promotion
from tests.features.engagement.test_leading import order, talks, weeks

Rows = list[tuple[Any, ...]]


def when(value: Any) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def hours(rows: Rows) -> list[tuple[float | None, float]]:
    """(waited, watched until the end of the last day in Shanghai), in hours."""
    end = datetime(LAST.year, LAST.month, LAST.day, 16, tzinfo=UTC)
    return [
        (
            None if b is None else (when(b) - when(a)).total_seconds() / 3600,
            (end - when(a)).total_seconds() / 3600,
        )
        for a, b in rows
    ]


def reached(waits: list[tuple[float | None, float]], most: float, share: float) -> float | None:
    """Kaplan and Meier, the slow way: at each wait, how many still waited."""
    own = []
    for waited, watched in waits:
        end = min(most, watched)
        own.append((end, False) if waited is None or waited > end else (waited, True))
    left = 1.0
    for at in sorted({t for t, came in own if came}):
        left *= 1 - sum(came and t == at for t, came in own) / sum(t >= at for t, _ in own)
        if left <= 1 - share + 1e-9:
            return at
    return None


def kim_jo(rows: Rows) -> float:
    times = [when(r[0]) for r in rows]
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    n, mean = len(gaps), fmean(gaps)
    r = sqrt(fmean((g - mean) ** 2 for g in gaps)) / mean
    return (sqrt(n + 1) * r - sqrt(n - 1)) / ((sqrt(n + 1) - 2) * r + sqrt(n - 1))


def half_life(rows: Rows) -> float | None:
    posts: dict[int, list[float]] = {}
    for post, at, acted in rows:
        posts.setdefault(post, []).append((when(acted) - when(at)).total_seconds() / 3600)
    tens = [sorted(w for w in some if w <= 336) for some in posts.values()]
    return median([w[(len(w) - 1) // 2] for w in tens if len(w) >= 10]) if tens else None


def kept_weeks(rows: Rows) -> float:
    first = LAST - timedelta(days=27)
    weeks: dict[int, list[bool]] = {}
    for due, state in rows:
        day = (when(due) + timedelta(hours=8)).date()
        weeks.setdefault((day - first).days // 7, []).append(state == "said")
    return float(sum(sum(w) >= 0.9 * len(w) for w in weeks.values()))


def acknowledged(rows: Rows) -> float | None:
    waits: list[tuple[float | None, float]] = []
    for number in {r[0] for r in rows}:
        own = [r for r in rows if r[0] == number]
        read = hours([(r[1], r[3]) for r in own if r[3] is not None])
        watched = hours([(own[0][1], None)])[0][1]
        waits += [*read, *[(None, watched)] * max(0, int(own[0][2]) - len(read))]
    return reached(waits, 72, 0.5)


def alone(rows: Rows) -> float:
    begins = LAST - timedelta(days=62)
    whole: dict[date, list[float]] = {}
    for day, staff, members in rows:
        d = date.fromisoformat(str(day)[:10])
        monday = d - timedelta(days=d.weekday())
        if monday >= begins and monday + timedelta(days=6) <= LAST:
            week = whole.setdefault(monday, [0, 0])
            week[0] += staff
            week[1] += members
    usual = median(s for s, _ in whole.values())
    quiet = [m for s, m in whole.values() if s <= usual / 10]
    return min(1.0, fmean(quiet) / fmean(m for s, m in whole.values() if s > usual / 10))


BY_HAND: dict[str, Callable[[Rows], float | None]] = {
    "answer_half": lambda r: reached(hours(r), 24, 0.5),
    "answer_nine_tenths": lambda r: reached(hours(r), 24, 0.9),
    "answer_newcomers_half": lambda r: reached(hours(r), 24, 0.5),
    "answer_newcomers_nine_tenths": lambda r: reached(hours(r), 24, 0.9),
    "rhythm": kim_jo,
    "half_life": half_life,
    "weeks_on_plan": kept_weeks,
    "cycle": lambda r: median((when(b) - when(a)).total_seconds() / 86400 for a, b in r),
    "notice_ack_half": acknowledged,
    "week_alone": alone,
}
ELSEWHERE = {
    "journey_first_act",
    "leaves_after_posts",
    "ignition",
    "hops",
    "self_running",
}  # by known numbers, in their own tests


def filled(work: Work) -> None:
    """What `lived` has not: answered talks, staff, notices, a plan of promotions, scene cards."""
    lived(work)
    for fill in (talks, order, weeks):
        fill(work)
    at = START - timedelta(days=10)
    row = {"chat_id": work.chat, "by_id": 1, "text": "", "version": 1, "due": at + timedelta(days=3)}
    work.sql.run(sa.insert(notice).values(**row, id=1, at=at, state="closed", expected=12))
    for n in range(10):
        ack = {"notice_id": 1, "version": 1, "person_id": 500 + n}
        work.sql.run(sa.insert(notice_ack).values(**ack, at=at + timedelta(hours=n + 1)))
    for n in range(12):  # of the post of 20 days ago
        row = {"chat_id": work.chat, "units": 0, "staff": False, "kind": "reaction", "message_id": 7_000}
        when_ = START - timedelta(days=20) + timedelta(hours=n)
        work.sql.run(sa.insert(record.event).values(**row, person_id=500 + n, at=when_))
    row = {"chat_id": work.chat, "person_id": 7, "at": work.now, "day": work.now.date(), "scene": "tea"}
    work.sql.run(scenes.SHOW, **row, state="said", reason=None)
    for n in range(300):  # openings that were answered sooner or later
        for number, person, late, answers in (
            (20_000 + n, 500, 0, None),
            (30_000 + n, 501, n % 20, 20_000 + n),
        ):
            at = START - timedelta(days=3) + timedelta(minutes=n, hours=late)
            row = {"chat_id": work.chat, "units": 1, "staff": False, "message_id": number, "at": at}
            kind = "message" if answers is None else "reply"
            work.sql.run(sa.insert(record.event).values(**row, kind=kind, person_id=person, reply_to=answers))
    work.flush()


def made(lite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with talk and a promotion, which the command takes for migrated."""
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", lite_url)
    monkeypatch.setattr("groupbot.cli._guest.current", lambda _: head())
    writer = Writer(lite_url, bot_id=700000001, rng=chance(5))
    writer.write(filled)
    writer.write(promotion)
    writer.close()


def test_every_line_printed_with_its_sql_is_what_that_sql_gives(
    lite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made(lite_url, monkeypatch)

    told = teller(tmp_path, capsys)
    until = ("--until", str(LAST))
    one = json.loads(told("--json", *until))[0]
    known = {f["key"]: f for f in one["figures"]}
    said = "\n".join(lines(one, sql=True)).splitlines()  # as the command prints it
    run, by_hand = 0, set()
    with looking(lite_url) as work:
        for n, line in enumerate(said):
            found = re.fullmatch(r"  (\w+) +(\S+(?: h)?) +.*", line)
            if found is None or found[1] not in known or not re.match(r" {6}(SELECT|WITH) ", said[n + 1]):
                continue
            key, value = found[1], found[2]
            f = known[key]
            assert said[n + 1].strip() == f["sql"] + ";"
            rows = work.sql.plain(said[n + 1].strip().removesuffix(";"))
            if value in ("too", "—"):
                assert f["value"] is None, key
            elif not f["how"]:
                run += 1
                assert shown(float(rows[0][0] or 0), f["unit"]).split()[0] == value.split()[0], key
            elif key in BY_HAND:
                by_hand.add(key)
                assert BY_HAND[key](rows) == pytest.approx(f["value"]), key
            else:
                assert key in ELSEWHERE
                assert rows
        assert {f["key"] for f in one["figures"] if f["how"]} == {*BY_HAND, *ELSEWHERE}
        assert run > 45
        assert by_hand >= {"answer_half", "rhythm", "notice_ack_half", "week_alone"}
        parts = [
            known[k]["value"]
            for k in ("started_by_members", "member_answers", "decided_by_members", "week_alone")
        ]
        some = [p for p in parts if p is not None]
        assert known["self_running"]["value"] == pytest.approx(100 * fmean(some))
        # what is told of the promotions, by the SQL below it; library and scenes: test_report_numbers
        for part, row_of in (
            ("cards", lambda r: f"  {r[0]}: {r[1]} posts · {r[2]} had a question · {r[3]} came by its link"
                                f" · {r[4]} coupons taken within a week · {r[5]} orders within 30 days"),
        ):  # fmt: skip
            *parts_told, sql = told(part, "--sql").splitlines()
            assert [row_of(r) for r in work.sql.plain(sql.strip().removesuffix(";"))] == parts_told != []
