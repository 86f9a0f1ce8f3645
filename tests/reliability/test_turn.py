"""A second process gets its turn beside a busy SQLite writer: never "locked", never a second late."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from groupbot.engine.migrate import upgrade
from tests.reliability.power import BUSY
from tests.reliability.process import ROOT, environment

pytestmark = pytest.mark.xdist_group("processes")

GUEST = """
import json, sys, time
import groupbot.cli.migrate
from groupbot.cli import main
from groupbot.engine.writer import Writer
from groupbot.features import tables
tables()
writer = Writer(sys.argv[1], bot_id=1, guest=True)
took = []
for n in range(60):
    start = time.monotonic()
    if n % 4 == 0:
        try:
            main(["migrate"])
        except SystemExit as e:
            assert not e.code, e.code
    else:
        writer.write(lambda work: work.notes("guest", 1).set(f"k{n}", n))
    took.append(time.monotonic() - start)
print(json.dumps(took))
"""


def test_sixty_turns_of_a_second_process_beside_a_busy_writer_are_never_locked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'groupbot.db'}"
    upgrade(url)
    env = environment(tmp_path, "http://127.0.0.1:9", "")
    busy = subprocess.Popen(
        [sys.executable, "-c", BUSY, url], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert busy.stdout is not None
        assert busy.stdout.readline() == "ready\n"
        guest = subprocess.run(
            [sys.executable, "-c", GUEST, url], env=env, cwd=ROOT, capture_output=True, text=True, timeout=600
        )
        assert busy.poll() is None
    finally:
        busy.kill()
        commits = busy.communicate()[0].split()
    assert "locked" not in guest.stderr
    assert guest.returncode == 0, guest.stderr[-2000:]
    took = json.loads(guest.stdout.splitlines()[-1])
    assert len(took) == 60
    assert sorted(took)[30] < 1.0, sorted(took)  # p99: tests.reliability.power
    assert max(took) < 30, sorted(took)[-5:]
    assert int(commits[-1]) >= 50  # it was busy indeed
