"""Ten thousand plans, kill -9 and an outage of 72 hours.

    python -m tests.benchmarks.slots                 # the whole: 10,000 plans, 400 looks
    python -m tests.benchmarks.slots 500             # the short form
    python -m tests.benchmarks.slots --record        # and keep the figure

Plans of every missed-slot policy run for 24 days. The bot looks in at random moments; processes that publish
are killed (SIGKILL) at random moments, transactions die half way, the bot is started anew, its clock is an
hour ahead for a while and comes back, and for three days it is away. What was posted is compared, plan by
plan, with what the policy alone says: nothing missing, nothing twice, nothing more.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from groupbot.features.members.domain import ZONE
from groupbot.features.promos import service
from groupbot.features.promos.domain import GAP, POSTS, Audience, Plan
from groupbot.features.promos.domain.calendar import slots
from groupbot.features.promos.service.files import Shelf
from groupbot.features.promos.service.load import load, seat
from tests.benchmarks.figures import record

START = datetime(2027, 3, 10, 8, 0, tzinfo=UTC)  # clocks change within it, in America and in Europe
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo")
POLICIES = ((900, 1), (7200, 1), (43_200, 1), (21_600, 3), (260_000, 100))  # (grace in seconds, keep)
DAYS, AWAY = 24, timedelta(hours=72)
WHOLE = 10_000


class Died(BaseException):
    """The process ended here."""


def planned(count: int, rng: random.Random) -> list[Plan]:
    """Plans of every frequency and policy, one audience in a hundred each."""
    made = []
    for n in range(count):
        grace, keep = rng.choice(POLICIES)
        made.append(
            Plan(
                f"plan {n}",
                Audience(f"a{n % 100}", tags=(f"a{n % 100}",)),
                ("promos/notice",),
                datetime(2027, 3, 10, rng.randrange(24), rng.randrange(60)),
                kind="notice",
                rrule=rng.choice(("FREQ=DAILY", "FREQ=DAILY;BYHOUR=1,2,3,14", "FREQ=WEEKLY", "")),
                grace=grace,
                keep=keep,
                loud="a test",
            )
        )
    return made


def moments(rng: random.Random, looks: int) -> list[datetime]:
    """When the bot looks in; once it is away for 72 hours."""
    found = sorted(START + timedelta(seconds=rng.uniform(60, DAYS * 86400)) for _ in range(looks))
    gone = START + timedelta(days=3)
    kept = [t for t in found if not gone < t < gone + AWAY]
    ahead = [t + timedelta(hours=1) if rng.random() < 0.03 else t for t in kept]  # the next look is back
    return [*ahead, START + timedelta(days=DAYS)]


def expected(due: Sequence[datetime], looked: Sequence[datetime], grace: int, keep: int) -> list[datetime]:
    """What the policy alone says: at each look the newest `keep` of what came since, within grace."""
    said: list[datetime] = []
    before = START
    for now in looked:
        fresh = [d for d in due if before < d <= now and (now - d).total_seconds() <= grace]
        said += fresh[-keep:]
        before = max(before, now)
    return said


def run(path: Path, count: int, looks: int, seed: int = 1) -> tuple[int, int, list[str]]:
    """(posts said, processes killed before they were done, what differs from the policies) of a run."""
    rng = random.Random(seed)
    url = f"sqlite:///{path / 'slots.db'}"
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()
    clock = FixedClock(START)

    def fresh() -> Writer:
        return Writer(url, clock=clock, rng=chance(seed), bot_id=1)

    writer = fresh()
    plans = planned(count, rng)
    writer.write(_chats, min(count, 100))
    assert writer.write(load, Shelf(plans=[(p, f"plans/slots.yaml:{n}") for n, p in enumerate(plans)])) == []
    writer.write(seat)
    looked = moments(rng, looks)
    killed, took = 0, 0.01
    for now in looked:
        clock.shift(now - clock.now())
        if rng.random() < 0.25:
            writer.close()
            killed += _killed(fresh, rng.uniform(0, 1.5 * took))
            writer = fresh()
            writer.write(seat)
        if rng.random() < 0.3:
            _dies(writer)
        start = time.perf_counter()
        while writer.write(service.publish_due):
            pass
        took = 0.01 + (time.perf_counter() - start)
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.ref).where(outbox.c.kind == "send")))
    writer.close()
    posted = Counter(str(r.ref).rsplit(":", 1)[0] for r in rows)
    wrong = [f"twice: {ref}" for ref, n in posted.items() if n > 1]
    for n, plan in enumerate(plans, 1):
        zone = ZoneInfo(ZONES[(n - 1) % 100 % len(ZONES)])
        due = []
        for at in slots(plan, zone, START):
            if at > max(looked):
                break
            due.append(at)
        wanted = {f"promo:{n}:{d:%Y-%m-%dT%H:%M:%S}" for d in expected(due, looked, plan.grace, plan.keep)}
        have = {ref for ref in posted if ref.startswith(f"promo:{n}:")} if count <= 500 else None
        if have is None:
            have = wanted & posted.keys()
        if have != wanted:
            wrong.append(f"{plan.name} {plan.grace} {plan.keep}: {sorted(have ^ wanted)[:3]}")
        wanted_total[path] = wanted_total.get(path, 0) + len(wanted)
    if wanted_total.pop(path) != len(posted):
        wrong.append(f"{len(posted)} posts are not what the policies say")
    return sum(posted.values()), killed, wrong


wanted_total: dict[Path, int] = {}


def _killed(fresh: Callable[[], Writer], after: float) -> bool:
    """A process that publishes, killed after so many seconds; was it still at work?"""
    child = os.fork()
    if not child:
        try:
            writer = fresh()
            writer.write(seat)
            while writer.write(service.publish_due):
                pass
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _dies(writer: Writer) -> None:
    def half(work: Work) -> None:
        service.publish_due(work, 50)
        raise Died

    try:
        writer.write(half)
    except Died:
        pass


def _chats(work: Work, count: int) -> None:
    members.put(work, POSTS, 1_000_000)
    members.put(work, GAP, 0)
    for n in range(count):
        place = resolve(work, Chat(-1001000000000 - n, "supergroup", f"Store {n}"))
        work.sql.run(
            members_store.NEW_PROFILE,
            chat_id=place.id,
            added_by=None,
            added_at=work.now,
            status="administrator",
            rights=[],
        )
        members.set_profile(work, place.id, tier="store", tags=(f"a{n}",))
        members.put(work, ZONE, ZONES[n % len(ZONES)], chat=place.id)


def main() -> None:
    """Print what was posted and what differs."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument(
        "plans", type=int, nargs="?", default=WHOLE, help="how many plans; default: %(default)s"
    )
    asked.add_argument(
        "--looks", type=int, default=400, help="how often the bot looks in; default: %(default)s"
    )
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        posts, killed, wrong = run(Path(place), given.plans, given.looks, given.seed)
        took = time.perf_counter() - start
    figure = (
        f"{given.plans:,} plans, {posts:,} posts, {killed} processes killed, {len(wrong)} wrong, {took:.0f} s"
    )
    print(figure)
    print("\n".join(wrong[:20]))
    record(
        "slots",
        figure,
        met=not wrong and killed > 0,
        seeds=str(given.seed),
        part="" if given.plans >= WHOLE else "a short form",
    )


if __name__ == "__main__":
    main()
