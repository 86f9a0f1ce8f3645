"""G19: a failure planted in every place where a handler's code runs; operators hear of it, none is swallowed.

    python -m tests.reliability.failures [--times 20] [--only tap] [--record]

For each place a real bot with one broken handler beside the sandbox, on a database of its own: what leads
there is done so many times, and each must be in quarantine; how long the operators' chat waited for the first
word is measured. Further words come within the budget of alarms, and tell how many there were since.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing.making import migrated
from tests.benchmarks.figures import record
from tests.reliability.process import Forks, environment, forks
from tests.reliability.scene import until
from tests.reliability.stage import TOKEN, Stage, stage_with

WITHIN = 5.0  # seconds until the operators hear of it
HEAD = """
import sqlalchemy as sa
from msgspec import Struct
from telegram.ext import CommandHandler

from groupbot import Answer, Button, Command, Joined, Message, Router, Send, Tap, Work

router = Router("planted", about="Fails where it was told to")


class Win(Struct, frozen=True, tag="planted.win"):
    pass


class Won(Struct, frozen=True):
    pass


def fails(*given):
    raise KeyError("planted")


async def fails_later(*given):
    raise KeyError("planted")


@router.command("card", about="A button")
def card(cmd: Command, work: Work) -> None:
    work.say(Send(chat=work.chat, text="card", buttons=((Button("win", Win()),),)))


"""
BODIES = {
    "command": 'router.command("bad", about="Fails")(fails)\n',
    "row": (
        '@router.command("bad", about="Fails")\ndef bad(cmd: Command, work: Work) -> None:\n'
        '    work.sql.run(sa.text("INSERT INTO nowhere VALUES (1)"))\n'
    ),
    "happening": (
        '@router.command("bad", about="Emits")\ndef bad(cmd: Command, work: Work) -> None:\n'
        "    work.emit(Won())\n\n\nrouter.on(Won)(fails)\n"
    ),
    "tap": "router.tap(Win)(fails)\n",
    "joined": "router.on(Joined)(fails)\n",
    "observer": (
        "@router.observe\ndef watch(event, work):\n"
        '    if isinstance(event, Message) and event.text == "/bad":\n        fails()\n'
    ),
    "guard": (
        "@router.guard\ndef keep(event, work):\n"
        '    if isinstance(event, Message) and event.text == "/bad":\n        fails()\n'
    ),
    "tick": "router.every(seconds=1)(fails)\n",
    "raw": 'router.raw(CommandHandler("bad", fails_later))\n',
}


def aside(folder: Path) -> int:
    """Rows in quarantine that the planted handler made."""
    with closing(sqlite3.connect(folder / "groupbot.db")) as db:
        said = "SELECT count(*) FROM quarantine WHERE error LIKE '%planted%' OR error LIKE '%nowhere%'"
        return int(db.execute(said).fetchone()[0])


def happens(stage: Stage, place: str, room: int, n: int) -> None:
    """What leads to the planted failure, once."""
    world = stage.world
    if place == "joined":
        world.join(world.add_user(f"New {n}"), room)
    elif place == "tap":
        cards = [m for m in world.chats[room].messages.values() if m.get("text") == "card"]
        world.press(
            stage.people[1], room, cards[0]["message_id"],
            cards[0]["reply_markup"]["inline_keyboard"][0][0]["callback_data"],
        )  # fmt: skip
    elif place != "tick":
        world.say(stage.people[1 + n % 2], room, "/bad")


def alarmed(stage: Stage, ops: int) -> Callable[[], bool]:
    """Does the operators' chat name the failure?"""
    return lambda: any(
        "⚠️" in m.get("text", "") and "groupbot quarantine list" in m["text"]
        for m in stage.world.chats[ops].messages.values()
    )


async def planted(folder: Path, place: str, times: int) -> tuple[float, int, int]:
    """(seconds until the operators heard of it, failures in quarantine, failures that are not). A tick fails
    as often as it beats."""
    (folder / "handlers").mkdir()
    (folder / "handlers" / "planted.py").write_text(HEAD + BODIES[place])
    (folder / "groupbot.db").write_bytes(migrated())
    async with stage_with(1) as stage:
        ops = stage.world.add_chat("Operators", stage.people[0]).id
        stage.world.add_bot_to(TOKEN, ops, stage.people[0], set(RIGHTS))
        env = environment(folder, stage.sandbox.url, TOKEN, GROUPBOT_OPS_CHAT=str(ops))
        with forks(folder, env) as bots:
            return await _live(stage, bots, folder, place, ops, times)


async def _live(
    stage: Stage, bots: Forks, folder: Path, place: str, ops: int, times: int
) -> tuple[float, int, int]:
    room, before = stage.rooms[0], stage.asked()
    bots.start()
    begun = time.monotonic()  # a tick fails from the start on
    await until(lambda: stage.asked() != before and not stage.left, "it never polled", bots)
    if place == "tap":
        stage.world.say(stage.people[0], room, "/card")
        cards = stage.world.chats[room].messages
        await until(lambda: any(m.get("text") == "card" for m in cards.values()), "no card", bots)
    if place == "tick":
        await until(lambda: aside(folder) > 0, "no tick failed", bots)
        begun = time.monotonic()
    else:
        begun = time.monotonic()
        for n in range(times):
            happens(stage, place, room, n)
    await until(alarmed(stage, ops), "the operators heard nothing", bots)
    heard = time.monotonic() - begun
    await until(lambda: not stage.left, "updates are left", bots)
    deadline = time.monotonic() + 5
    while place != "tick" and aside(folder) < times and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    found = aside(folder)
    return heard, found, max(0, (1 if place == "tick" else times) - found)


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--times", type=int, default=20)
    options.add_argument("--only", choices=sorted(BODIES))
    given = options.parse_args()
    slowest, failed, swallowed, places = 0.0, 0, 0, [given.only] if given.only else list(BODIES)
    for place in places:
        with tempfile.TemporaryDirectory() as folder:
            heard, kept, lost = asyncio.run(planted(Path(folder), place, given.times))
        print(f"{place:10} heard of after {heard:.1f} s, {lost} of {kept + lost} swallowed", flush=True)
        slowest, failed, swallowed = max(slowest, heard), failed + kept, swallowed + lost
    told = (
        f"{failed + swallowed} failures in {len(places)} places: heard of within {slowest:.1f} s, "
        f"{swallowed} swallowed"
    )
    print(told)
    met = slowest <= WITHIN and not swallowed
    record("G19", told, met=met, part="short" if given.only or given.times < 20 else "")
    sys.exit(bool(swallowed))


if __name__ == "__main__":
    main()
