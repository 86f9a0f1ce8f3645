"""A newcomer's first two commands, and what they refuse."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from groupbot.cli import _starter, init, main
from groupbot.engine.plugins import load
from groupbot.errors import Misfit
from groupbot.settings import Settings, known
from groupbot.settings import load as load_settings


def run(*args: str) -> int:
    """One command in this process; its exit code."""
    with pytest.raises(SystemExit) as e:
        main(list(args))
    return int(e.value.code or 0)


def bare() -> dict[str, str]:
    """The environment without what would lead a child process elsewhere."""
    drop = ("GROUPBOT_", "PYTEST_", "COV_")
    return {k: v for k, v in os.environ.items() if not k.startswith(drop)}


@pytest.mark.xdist_group("alone")
def test_init_new_and_pytest_pass_in_a_fresh_folder(tmp_path: Path) -> None:
    def sh(*args: str, cwd: Path) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *args], cwd=cwd, env=bare(), capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    said = sh("groupbot", "init", "ws", cwd=tmp_path)
    steps = said.partition("Next:\n")[2].split("\n")
    assert next(s for s in steps if "activate" not in s) == "  cd ws"  # told where the command is not at hand
    ws = tmp_path / "ws"
    sh("groupbot", "new", "handler", "counter", cwd=ws)
    assert "1 passed" in sh("pytest", cwd=ws)
    sh("groupbot", "new", "handler", "riddle", cwd=ws)
    assert "2 passed" in sh("pytest", cwd=ws)
    assert sorted(p.name for p in ws.iterdir() if p.suffix == ".db") == []


def test_every_handler_that_is_advised_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    init.init(Path())
    root = Path(__file__).parents[2]
    told = [
        capsys.readouterr().out,
        *(p.read_text("utf-8") for p in (root / "README.md", root / "docs/plugins.md")),
    ]
    advised = [set(re.findall(r"groupbot new handler ([a-z]\w*)", text)) for text in told]
    assert all(advised)
    for name in set.union(*advised):
        assert run("new", "handler", name) == 0, name


def test_init_names_every_setting_and_every_line_is_a_valid_default(tmp_path: Path) -> None:
    text = init.settings_file()
    opened = "\n".join(
        line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ") and " = " in line
    )
    table = tomllib.loads(opened)
    assert set(table) == set(known()) - {"token", "webhook_secret", "orders_secret", "workspace"}
    for name, field in known().items():
        if name != "workspace":
            assert field.about in text
    (tmp_path / "groupbot.toml").write_text(opened, "utf-8")
    assert load_settings(tmp_path) == Settings(workspace=tmp_path)
    assert tomllib.loads(text) == {}


def test_init_overwrites_nothing_and_names_what_it_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "groupbot.toml").write_text("rate = 5.0\n")
    assert run("init", str(tmp_path)) == 0
    assert f"kept   {tmp_path / 'groupbot.toml'}" in capsys.readouterr().out.splitlines()
    assert (tmp_path / "groupbot.toml").read_text() == "rate = 5.0\n"
    assert (tmp_path / "handlers").is_dir()


def test_init_into_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_text("")
    assert run("init", str(tmp_path / "x")) == 2
    assert "name a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "next_step"),
    [
        ("My-Quiz", "try my_quiz"),
        ("class", "use small letters, digits and _, a letter first"),
        ("../x", "try x"),
        ("测验", "use small letters, digits and _, a letter first"),
        ("ping", "take another name"),
    ],
)
def test_new_handler_refuses_a_bad_name_with_a_next_step(name: str, next_step: str, tmp_path: Path) -> None:
    from groupbot.cli.new import check

    with pytest.raises(Misfit) as e:
        check(name, tmp_path)
    assert e.value.next == next_step


def test_new_post_is_a_draft_that_fits_and_its_audience_must_be_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("new", "post", "hello", "--workspace", str(tmp_path), "--audience", "门市") == 2
    assert "did you mean 门店?" in capsys.readouterr().err
    assert run("new", "post", "hello", "--workspace", str(tmp_path), "--start", "2027-03-01 10:00") == 0
    assert run("plan", "check", "--workspace", str(tmp_path)) == 0
    assert run("templates", "preview", "posts/hello", "--workspace", str(tmp_path)) == 0
    assert "【西湖店会员群】" in capsys.readouterr().out
    plan = (tmp_path / "content_templates" / "plans" / "hello.yaml").read_text("utf-8")
    assert "start: 2027-03-01 10:00\n" in plan and "state: draft " in plan
    assert run("new", "post", "hello", "--workspace", str(tmp_path)) == 2


@pytest.mark.parametrize("start", ["abc", "2027-02-30 10:00", "2027-03-01 10:00+08:00", "# soon", "a: b"])
def test_new_post_writes_no_plan_whose_time_would_be_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], start: str
) -> None:
    assert run("new", "post", "hello", "--workspace", str(tmp_path), "--start", start) == 2
    assert capsys.readouterr().err == (
        f"groupbot: --start: {start!r} is no time of a clock -> write 2027-01-30 10:00, without a zone\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_new_handler_keeps_an_existing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_riddle.py").write_text("mine")
    assert run("new", "handler", "riddle", "--workspace", str(tmp_path)) == 2
    assert "take another name" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["tests"]


def test_two_workspaces_in_one_process_do_not_share_modules(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(
            f'from groupbot import Router\nrouter = Router("mine", about="{folder}")\n'
        )
    found = [load(tmp_path / f, shipped=False).routers[0].about for f in ("one", "two", "one")]
    assert found == ["one", "two", "one"]


def test_the_example_audiences_are_read_as_written_and_with_the_marks_taken_away(tmp_path: Path) -> None:
    from groupbot.features.promos.service import files

    path = tmp_path / "plans" / "audiences.yaml"
    _starter.write(tmp_path, {"plans/audiences.yaml": _starter.AUDIENCES})
    assert files.read([tmp_path]).misfits == []
    examples = [line.removeprefix("# ") for line in _starter.AUDIENCES.splitlines() if ": {" in line]
    path.write_text("\n".join(examples), "utf-8")
    shelf = files.read([tmp_path])
    assert (list(shelf.audiences), shelf.misfits) == (["门店·华东", "旗舰店"], [])
