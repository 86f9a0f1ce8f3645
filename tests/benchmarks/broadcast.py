"""A post to 10,000 groups against hidden limits, beside python-telegram-bot's own limiter.

    python -m tests.benchmarks.broadcast [--groups 1000] [--together]
    python -m tests.benchmarks.broadcast --paid [--groups 9000]

The limits are the sandbox's (a bucket of 45 refilled at 30/s, 20 a minute a group), a process and 40 ms away;
each bot has a token and a process of its own. Ours: posts in the outbox of a SQLite file, sent by the
product's sender and gateway; people press on meanwhile: from the third second on each half second somebody
says /ping in another group, which is decoded, handled, committed and answered. Theirs: ExtBot with
AIORateLimiter(max_retries=3), 16 workers (all at once with --theirs all), and the same answers. 10,000
groups take six minutes. With --paid the posts cost Stars (1,000 a second are allowed), and theirs is ExtBot
without a limiter, 64 at a time; the figure of one core is posts by CPU of the process.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import json
import logging
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from groupbot.core.effects import Effect, Receipt, Send
from groupbot.core.events import Chat
from groupbot.core.pacing import Pace, Pacer
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import Clock, chance
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Item, Outcome
from groupbot.engine.keys import sealing_key
from groupbot.engine.memory import settle
from groupbot.engine.outbox import Outbox, Target
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.members.service import Knowledge
from groupbot.settings import known
from groupbot.surfaces.sandbox.limits import PAID_RATE
from groupbot.surfaces.telegram.bot import make_bot
from groupbot.surfaces.telegram.gateway import TelegramGateway
from groupbot.surfaces.telegram.intake import decode
from tests.benchmarks import stub
from tests.benchmarks.claims import quantile
from tests.benchmarks.posted import ALLOWED, Figures, keep, told

TEXT = "Scheduled post: good morning everyone, today's topic is here. " * 3
FIRST, EVERY = 3.0, 0.5  # seconds: the first answer to a person, and the time between two


class Timed:
    """The gateway, and when which answer had arrived."""

    def __init__(self, gateway: TelegramGateway) -> None:
        self.gateway = gateway
        self.answered: dict[int, float] = {}
        self.posts = 0

    async def perform(self, effect: Effect, target: Target) -> Receipt:
        """Raises what the gateway raises."""
        receipt = await self.gateway.perform(effect, target)
        if isinstance(effect, Send):
            self.posts += effect.post
            if target.telegram_id <= stub.REPLIES:
                self.answered[target.telegram_id] = time.perf_counter()
        return receipt


async def meanwhile(work: Awaitable[None], answer: Callable[[int], Awaitable[None]]) -> Figures:
    """`work` with answers to people beside it: seconds, CPU, longest the loop was held."""
    held: list[float] = []

    async def sample() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.005)
            held.append(time.perf_counter() - start - 0.005)

    tasks: list[asyncio.Future[None]] = []

    async def people() -> None:
        await asyncio.sleep(FIRST)
        for n in range(10**6):
            tasks.append(asyncio.ensure_future(answer(stub.REPLIES - n)))
            await asyncio.sleep(EVERY)

    beside = [asyncio.create_task(sample()), asyncio.create_task(people())]
    start, cpu = time.perf_counter(), time.process_time()
    await work
    took = {"took": time.perf_counter() - start, "cpu": time.process_time() - cpu}
    beside[1].cancel()
    await asyncio.gather(*tasks)
    beside[0].cancel()
    return took | {"held": max(held), "late": sum(h > 0.05 for h in held)}


def ping(number: int, chat: int) -> bytes:
    """An update: somebody says /ping."""
    text, sender = "/ping", {"id": 10**9 + number, "is_bot": False, "first_name": "Mei"}
    message = {
        "message_id": number, "date": int(time.time()), "from": sender, "text": text,
        "chat": {"id": chat, "title": "Group", "type": "supergroup"},
        "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
    }  # fmt: skip
    return json.dumps({"update_id": number, "message": message}).encode()


def queue(work: Work, first: int, last: int, paid: bool) -> None:
    """Posts to groups `first` to `last`, as a plan says them."""
    for n in range(first, last):
        chat = resolve(work, Chat(stub.POSTS - n, "supergroup", f"Group {n}")).id
        ref = f"promo:1:2027-01-30T10:00:00:{n}"
        work.say(Send(chat=chat, text=TEXT, post=True, paid=paid, ref=ref, cause="bench"))


async def ours(url: str, groups: int, place: Path, *, paid: bool, profile: bool) -> Figures:
    """The product."""
    database = f"sqlite:///{place / 'broadcast.db'}"
    engine = open_engine(database)
    tables().create_all(engine)
    engine.dispose()
    writer = Writer(database, rng=chance(), bot_id=7)
    key, knowledge = await writer.submit(sealing_key), Knowledge()
    writer.render = Content([folder("content_templates")]).renderer(knowledge.voice, key)
    bot = make_bot("7:ours", url)
    await bot.initialize()
    gateway = Timed(TelegramGateway(bot, Clock()))
    outbox = Outbox(writer, gateway, pacer=Pacer(Pace(rate=known()["rate"].default)))

    async def after(outcome: Outcome) -> None:
        if outcome.said:
            outbox.wake()

    dispatch = Dispatch(
        writer, load(place / "none"), knowledge, decode=decode, username="testbot", key=key, after=after
    )
    for first in range(0, groups, 200):
        await writer.submit(queue, first, min(groups, first + 200), paid)
    await dispatch.feed([Item(raw=ping(1, stub.REPLIES - 10**6))])  # as a bot that has run for a while
    settle()
    asked: dict[int, float] = {}

    async def answer(chat: int) -> None:
        asked[chat] = time.perf_counter()
        await dispatch.feed([Item(raw=ping(stub.REPLIES - chat + 2, chat))])

    async def all_sent() -> None:
        while gateway.posts < groups:
            await asyncio.sleep(0.01)

    watch = cProfile.Profile()
    if profile:
        await writer.submit(lambda w: watch.enable())
    task = asyncio.create_task(outbox.run())
    found = await meanwhile(all_sent(), answer)
    for _ in range(500):
        if len(gateway.answered) == len(asked):
            break
        await asyncio.sleep(0.01)
    if profile:
        await writer.submit(lambda w: watch.disable())
        pstats.Stats(watch).sort_stats("tottime").print_stats(30)
    await outbox.stop()
    await task
    writer.close()
    await bot.shutdown()
    return found | {"waits": [gateway.answered.get(c, asked[c] + 999) - asked[c] for c in asked], "lost": 0}


async def theirs(url: str, groups: int, workers: int, *, paid: bool) -> Figures:
    """python-telegram-bot with its own limiter; 0 workers: all at once."""
    from telegram.error import TelegramError
    from telegram.ext import AIORateLimiter, ExtBot
    from telegram.request import HTTPXRequest

    request = HTTPXRequest(connection_pool_size=256, pool_timeout=60)
    limiter = None if paid else AIORateLimiter(max_retries=3)
    bot: ExtBot[Any] = ExtBot("8:theirs", base_url=f"{url}/bot", rate_limiter=limiter, request=request)
    await bot.initialize()
    gc.collect()
    gc.freeze()
    waits: list[float] = []
    lost = 0

    async def post(n: int) -> None:
        nonlocal lost
        try:
            await bot.send_message(stub.POSTS - n, TEXT, allow_paid_broadcast=paid or None)
        except TelegramError:
            lost += 1

    async def answer(chat: int) -> None:
        start = time.perf_counter()
        try:
            await bot.send_message(chat, "pong")
            waits.append(time.perf_counter() - start)
        except TelegramError:
            waits.append(999.0)

    left = iter(range(groups))

    async def worker() -> None:
        for n in left:
            await post(n)

    async def all_sent() -> None:
        await asyncio.gather(*([worker() for _ in range(workers)] or [post(n) for n in range(groups)]))

    found = await meanwhile(all_sent(), answer)
    await bot.shutdown()
    return found | {"waits": waits, "lost": lost}


def side(given: argparse.Namespace) -> None:
    """One bot in this process: its figures as JSON."""
    logging.disable(logging.CRITICAL)
    sys.setswitchinterval(0.0005)
    with tempfile.TemporaryDirectory() as place:
        if given.side == "ours":
            run = ours(given.url, given.groups, Path(place), paid=given.paid, profile=given.profile)
        else:
            workers = 0 if given.theirs == "all" else int(given.theirs)
            run = theirs(given.url, given.groups, 64 if given.paid else workers, paid=given.paid)
        found = asyncio.run(run)
    print("figures " + json.dumps(found), flush=True)


def started(url: str, which: str) -> subprocess.Popen[str]:
    """A bot's process."""
    args = [sys.executable, "-m", "tests.benchmarks.broadcast", "--side", which, "--url", url, *sys.argv[1:]]
    return subprocess.Popen(args, stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> Figures:
    """What it found; everything else it printed is passed on."""
    said, _ = process.communicate()
    *rest, last = said.strip().splitlines() or [""]
    print("\n".join(rest), end="\n" if rest else "")
    if not last.startswith("figures "):
        sys.exit(f"one side ended with {process.returncode}: {last}")
    found: Figures = json.loads(last.removeprefix("figures "))
    return found


def main() -> None:
    """Print both sides."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--groups", type=int, default=1000)
    options.add_argument("--together", action="store_true", help="both at the same time")
    options.add_argument("--theirs", default="16", help="workers on their side, or all")
    options.add_argument("--alone", action="store_true", help="only groupbot")
    options.add_argument("--paid", action="store_true", help="posts that cost Stars")
    options.add_argument("--profile", action="store_true", help="where the writer's thread spends its time")
    options.add_argument("--side", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    options.add_argument("--url", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.side:
        side(given)
        return
    sides = ["ours"] if given.alone else ["ours", "theirs"]
    allowed = PAID_RATE if given.paid else ALLOWED
    print(
        f"{given.groups:,} groups, an answer to a person each {EVERY:g} s; allowed {allowed:g}/s", flush=True
    )
    labels = {"ours": "groupbot", "theirs": "PTB over httpx" if given.paid else f"PTB, {given.theirs}"}
    found: dict[str, Figures] = {}
    server: dict[str, Figures] = {}
    with stub.running(stub.PORT) as url:
        begun = {name: started(url, name) for name in sides} if given.together else {}
        for name in sides:
            found[name] = ended(begun.get(name) or started(url, name))
            server[name] = stub.stats(url, f"{7 + sides.index(name)}:{name}")
            print(told(labels[name], found[name], server[name]), flush=True)
    if not given.paid:
        keep(server["ours"], found["ours"], given.groups)
    if "theirs" in found and given.paid:
        print(f"  posts a second: {server['ours']['rate'] / server['theirs']['rate']:.1f} x of theirs")
    elif "theirs" in found:
        a, b = (quantile(found[n]["waits"], 0.99) for n in ("ours", "theirs"))
        print(f"  p99 of an answer: {a / b:.2f} x of theirs")


if __name__ == "__main__":
    main()
