"""The demo as a newcomer runs it: in a folder of their own, without a terminal."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groupbot.cli._sample import sample_week
from groupbot.cli.demo import fresh
from groupbot.errors import Misfit
from tests import traffic

STEPS = ["added", "upgrade", "rule", "ladder", "promo", "packet", "lottery", "review"]


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
    assert f"{len(STEPS)} of {len(STEPS)} steps" in done.stdout
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
    assert made.need == ["华东经销商群, who answers for it silent 9 days"]
    told = " ".join(line for _, lines in made.page.parts for line in lines)
    assert "华东经销商群: 负责人 9 天没说话" in told
    assert told.count("计划帖") == 2
    assert "样例数据" in made.page.under


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
