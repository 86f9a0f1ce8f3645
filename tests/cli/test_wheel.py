"""The three places handlers come from, as the built wheel sees them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from tests.cli.test_init_new import bare

pytestmark = pytest.mark.xdist_group("alone")
ROOT = Path(__file__).parents[2]
MINE = """
from groupbot import Command, Router, Send, Work
from ._words import WORD
router = Router("mine", about="Mine")

@router.command("mine", about="Mine", where="any")
def mine(cmd: Command, work: Work) -> None:
    work.say(Send(chat=work.chat, text=WORD))
"""
PLUG = """
from groupbot import Command, Router, Work
router = Router("plug", about="Installed")

@router.command("plug", about="Installed")
def plug(cmd: Command, work: Work) -> None:
    pass
"""
LOOK = """
import json, sys
from pathlib import Path
import groupbot
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
registry = load(Path(sys.argv[1]))
print(json.dumps({
    "groupbot": groupbot.__file__,
    "order": [r.name for r in registry.routers],
    "modules": {r.name: c.fn.__module__ for r in registry.routers for c in r.commands[:1]},
    "misfits": [m.line() for m in registry.misfits],
    "foreign": "handlers" in sys.modules,
    "folders": [str(folder(n)) for n in ("handlers", "content_templates", "migrations")],
}))
"""
BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
CHECK = """
import sys
from pathlib import Path
from groupbot.engine.content import Content
from groupbot.engine.migrate import head, upgrade
from groupbot.engine.shipped import folder
from groupbot.features import tables
tables()
assert upgrade(f"sqlite:///{sys.argv[1]}")[1] == head()
print([m.line() for m in Content([folder("content_templates")]).check()])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(a Python that has the wheel and not the checkout, the folder the wheel lies in)."""
    pytest.importorskip("hatchling.build")
    place = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-c", BUILD, place],
        cwd=ROOT, env=bare(), capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    wheel = next(place.glob("*.whl"))
    with zipfile.ZipFile(wheel) as z:
        z.extractall(place / "lib")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "venv"], check=True, timeout=600)
    site = next((place / "venv").glob("[Ll]ib/**/site-packages"))
    # plain paths in a .pth: the .pth of the checkout's editable install in there is not read again
    (site / "groupbot.pth").write_text(f"{place / 'lib'}\n{sysconfig.get_paths()['purelib']}\n")
    (site / "plug.py").write_text(PLUG)
    info = site / "plug-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plug\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[groupbot.handlers]\nplug = plug:router\n")
    python = place / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return python, place / "lib"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A folder whose own `handlers` is a package, with a name that also ships."""
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "__init__.py").write_text("")
    (tmp_path / "handlers" / "mine.py").write_text(MINE)
    (tmp_path / "handlers" / "_words.py").write_text("WORD = 'mine'\n")
    (tmp_path / "handlers" / "ping.py").write_text("raise RuntimeError('the foreign ping was imported')\n")
    return tmp_path


def ask(python: Path, cwd: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *args], cwd=cwd, env=bare(), capture_output=True, text=True, timeout=600, encoding="utf-8"
    )


def test_wheel_beside_a_foreign_handlers_folder_loads_each_from_its_place(
    installed: tuple[Path, Path], foreign: Path
) -> None:
    python, lib = installed
    done = ask(python, foreign, "-c", LOOK, "handlers")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["groupbot"] == str(lib / "groupbot" / "__init__.py")
    assert {n: found["modules"][n] for n in ("ping", "plug", "mine")} == {
        "ping": "groupbot_handlers.shipped.ping",
        "plug": "plug",
        "mine": "groupbot_handlers.local.mine",
    }
    assert found["order"][-2:] == ["plug", "mine"]
    assert found["misfits"] == [
        f"{foreign.resolve() / 'handlers' / 'ping.py'}:1: RuntimeError: the foreign ping was imported"
        " -> mend the file; the bot runs without it"
    ]
    assert not found["foreign"]
    assert {Path(f).parent for f in found["folders"]} == {lib / "groupbot" / "_shipped"}


def test_wheel_with_the_shipped_folder_as_workspace_loads_it_once(
    installed: tuple[Path, Path], tmp_path: Path
) -> None:
    python, lib = installed
    once = json.loads(ask(python, tmp_path, "-c", LOOK, "nowhere").stdout)
    again = json.loads(
        ask(python, tmp_path, "-c", LOOK, str(lib / "groupbot" / "_shipped" / "handlers")).stdout
    )
    assert again["order"] == once["order"]
    assert again["misfits"] == []


def test_wheel_brings_migrations_templates_and_commands(installed: tuple[Path, Path], foreign: Path) -> None:
    python, _ = installed
    done = ask(python, foreign, "-c", CHECK, "x.db")
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
    (foreign / "handlers" / "ping.py").unlink()
    done = ask(python, foreign, "-m", "groupbot", "doctor")
    lines = done.stdout.splitlines()
    assert [line for line in lines if line[0] == "✗"] == [
        "✗ token: none -> @BotFather: /newbot; then export GROUPBOT_TOKEN=..."
    ]
    assert any(line.startswith("✓ handlers: ") and line.endswith(", plug, mine") for line in lines)
    assert ask(python, foreign, "-m", "groupbot", "new", "handler", "riddle").returncode == 0


def test_checkout_loads_its_handlers_under_their_own_name() -> None:
    registry = load(folder("handlers"))
    assert {c.fn.__module__.partition(".")[0] for r in registry.routers for c in r.commands} == {"handlers"}
    assert [m.line() for m in registry.misfits] == []
