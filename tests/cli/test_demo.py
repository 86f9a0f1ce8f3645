"""The demo as a newcomer runs it: in a folder of their own, without a terminal."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groupbot.cli import _watch, demo
from groupbot.cli._bot import BotProcess
from groupbot.cli._cast import Cast, cast
from groupbot.cli._sample import sample_week
from groupbot.cli._tour import Tour
from groupbot.cli.demo import TOKEN, _tour, fresh
from groupbot.errors import Misfit
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import World
from tests import traffic

STEPS = ["added", "upgrade", "rule", "ladder", "promo", "packet", "lottery", "forget", "review"]


@pytest.mark.xdist_group("demo")
def test_demo_plays_every_step_leaves_one_folder_and_speaks_telegram_right(tmp_path: Path) -> None:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "foreign.py").write_text("raise RuntimeError('not the demo\\'s business')\n")
    log = tmp_path / "traffic.jsonl"
    home = tmp_path / "home"
    home.mkdir()
    with socket.socket() as busy:  # somebody has the usual port
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        command = [
            sys.executable,
            "-m",
            "groupbot",
            "demo",
            "--record",
            str(log),
            "--port",
            str(busy.getsockname()[1]),
        ]
        env = {k: v for k, v in os.environ.items() if not k.startswith("GROUPBOT_")} | {
            "HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONSAFEPATH": "1"
        }  # fmt: skip
        done = subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=900, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"^ ?\d+ (\w+)", done.stdout, re.M)[: len(STEPS)] == STEPS
    assert "9 of 9 steps" in done.stdout
    assert "receipt F-1; the packet still sums to 100" in done.stdout
    assert "the old card now: 手气最佳 已注销成员" in done.stdout
    assert "stays: 积分和红包的账:数字不变" in done.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "groupbot-demo",
        "handlers",
        "home",
        "traffic.jsonl",
    ]
    assert list(home.iterdir()) == []
    for name in ("page.png", "week.png"):
        assert (tmp_path / "groupbot-demo" / name).read_bytes().startswith(b"\x89PNG")
    _check(log)


def _check(log: Path) -> None:
    audit = traffic.auditor()
    if audit is None:
        pytest.skip(traffic.ABSENT)
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            audit.feed(json.loads(line))
    assert traffic.errors(audit) == []
    assert audit.methods["sendMessage"] > 20


@pytest.mark.parametrize("hour", [3, 19])
def test_the_sample_week_has_seven_days_at_any_hour(tmp_path: Path, hour: int) -> None:
    """At 19 o'clock UTC it is tomorrow in China: the week ended with an empty day."""
    made = sample_week(tmp_path, datetime(2026, 11, 22, hour, 35, tzinfo=UTC))
    assert [w for w in made.weeks if any(d.messages == 0 for d in w.days)] == []
    assert made.need == [
        "华东经销商群, who answers for it silent 9 days",
        "西湖店会员群, active people fell from 24 to 18",
        "华东经销商群, 3 left, only 1 joined",
    ]
    assert made.groups == 2


@pytest.mark.parametrize(("lang", "mark"), [("zh", "样例数据"), ("en", "sample data")])
def test_the_sample_page_has_what_a_boss_asks_for_and_says_what_it_is(
    tmp_path: Path, lang: str, mark: str
) -> None:
    made = sample_week(tmp_path, datetime(2026, 11, 22, 3, 35, tzinfo=UTC), lang)
    page = made.page
    assert mark in page.heading.lower()
    assert mark in page.foot.lower()
    needs, asked, heard, posts, spent = (lines for _, lines in page.parts)
    assert len(needs) == 3
    assert len({line.split(":")[0] for line in asked}) == 3
    assert all(re.search(r"t\.me/c/123456789\d/[45]\d{3}$", line) for line in asked)
    assert len(heard) == 3
    best, worst = ([int(n) for n in re.findall(r"\d+", line.split("(", 1)[1])] for line in posts)
    assert min(best[:4]) > 0  # people, presses, replies, reactions
    assert worst[-1] == 2  # left within the hour
    assert best[-1] == 0
    points, minutes = (int(n) for n in re.findall(r"\d+", spent[1]))
    assert points == 288  # 8 to each of eleven, 10 to each of twenty
    assert 60 < minutes < 240
    assert len({f"{w.trend:.2f}" for w in made.weeks}) == 3


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tour:
    """A tour of which no bot hears: one step, /forget."""
    monkeypatch.setattr(_watch, "WAIT", 0.1)
    monkeypatch.setattr(Tour, "_draw_week", lambda _: None)
    world = World()
    world.add_bot(TOKEN)
    people = cast(world)
    tour = Tour(world, people, BotProcess(tmp_path, "", TOKEN, operator=people.owner), TOKEN, print)
    tour.steps = (tour.forget,)  # type: ignore[assignment]
    tour._lucky = people.people["阿芳"]
    return tour


async def test_a_step_that_does_not_happen_is_named_and_the_demo_ends_with_1(
    alone: Tour, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await _tour(alone, Sandbox(alone.world), alone.cast, asyncio.Event()) == 1
    assert "step 'forget' did not happen" in capsys.readouterr().err


async def test_the_step_in_which_the_bot_ended_is_named_with_what_it_said_last(
    alone: Tour, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_watch, "WAIT", 60.0)
    alone.bot.log.write_text("starting\nno space left on device\n")
    alone.bot._process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    alone.bot._process.wait()
    assert await _tour(alone, Sandbox(alone.world), alone.cast, asyncio.Event()) == 1
    assert capsys.readouterr().err.splitlines() == [
        "groupbot demo: step 'forget' did not happen: forget: the bot ended: no space left on device",
        f"  the bot's log: {alone.bot.log}",
    ]


async def test_on_a_terminal_the_demo_tells_where_to_look_on(
    alone: Tour, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    alone.steps = ()  # type: ignore[assignment]
    async with Sandbox(alone.world).running() as sandbox:
        assert await _tour(alone, sandbox, alone.cast, asyncio.Event()) == 0
        said = capsys.readouterr().out
        assert f"open http://127.0.0.1:{sandbox.port} and be 阿芳" in said
    assert said.splitlines()[-1] == "Ctrl-C ends the demo"


async def test_a_step_is_cut_short_when_the_demo_is_ended(alone: Tour) -> None:
    stop = asyncio.Event()
    seen: list[str] = []

    async def hangs(n: int) -> None:
        stop.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    alone.steps = (hangs,)  # type: ignore[assignment]
    assert await _tour(alone, Sandbox(alone.world), alone.cast, stop) == 130
    assert seen == ["cancelled"]


@pytest.mark.parametrize(("terminal", "code"), [(True, 0), (False, 130)])
async def test_the_demo_stays_up_on_a_terminal_until_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool, code: int
) -> None:
    """Elsewhere it ends with its tour; Ctrl-C before that shows in the exit code."""
    signals: dict[int, Callable[[], None]] = {}
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "add_signal_handler", lambda sig, heard: signals.update({sig: heard}))
    toured = asyncio.Event()

    async def tour(_: Tour, sandbox: Sandbox, people: Cast, stop: asyncio.Event) -> int:
        toured.set()
        if not terminal:
            await stop.wait()
        return 0

    async def told(*_: object) -> None: ...

    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setattr(demo, "_tour", tour)
    monkeypatch.setattr(demo, "narrate", told)
    monkeypatch.setattr(demo, "prepare", lambda _: None)
    monkeypatch.setattr(BotProcess, "start", lambda _: None)
    life = asyncio.create_task(demo._demo(tmp_path, 0, None, "zh"))
    await toured.wait()
    await asyncio.sleep(0.1)
    assert not life.done()
    signals[signal.SIGINT]()
    assert await life == code


def test_demo_leaves_a_folder_alone_that_is_not_its_own(tmp_path: Path) -> None:
    mine = tmp_path / "groupbot-demo"
    mine.mkdir()
    (mine / "thesis.txt").write_text("three years of work")
    with pytest.raises(Misfit, match="not from a demo"):
        fresh(mine)
    assert (mine / "thesis.txt").read_text() == "three years of work"


def test_demo_starts_afresh_in_its_own_folder(tmp_path: Path) -> None:
    folder = fresh(tmp_path / "groupbot-demo")
    (folder / "old.db").touch()
    assert [p.name for p in fresh(folder).iterdir()] == [".groupbot-demo"]
