"""Commands that write a file, given a place where none can be: one line that names it, before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.engine.picture.page import Page, draw_page
from tests.cli.test_settings_file import workspace as workspace

NOWHERE = "cannot be written: there is no folder nowhere -> name a file in a folder that exists"
A_FOLDER = "cannot be written: it is a folder -> name a file in a folder that exists"
A_FILE = "this is a file -> name a folder, or a new one"


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("chats export nowhere/x.csv", f"nowhere/x.csv: {NOWHERE}"),
        ("chats export folder", f"folder: {A_FOLDER}"),
        ("report --csv nowhere/x.csv", f"nowhere/x.csv: {NOWHERE}"),
        ("report page nowhere/x.png", f"nowhere/x.png: {NOWHERE}"),
        ("report data file", f"file: {A_FILE}"),
        ("plan show --month 2027-03 --png nowhere/x.png", f"nowhere/x.png: {NOWHERE}"),
        ("templates preview promos/card --png nowhere/x.png", f"nowhere/x.png: {NOWHERE}"),
        ("spam train words.csv -o nowhere/x.model", f"nowhere/x.model: {NOWHERE}"),
        ("backup --to file", f"file: {A_FILE}"),
        ("backup --to file/x.db", "file: File exists"),
        ("init file", f"file: {A_FILE}"),
        ("init file/x", "file/x: Not a directory"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_named(
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    line: str,
) -> None:
    monkeypatch.setenv("GROUPBOT_WORKSPACE", str(workspace))
    monkeypatch.chdir(workspace)
    (workspace / "folder").mkdir()
    (workspace / "file").write_text("mine", "utf-8")
    there = sorted(p.name for p in workspace.iterdir())
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"groupbot: {line}\n")
    assert sorted(p.name for p in workspace.iterdir() if not p.name.endswith(("-wal", "-shm"))) == there


def test_a_picture_tells_the_file_that_it_could_not_write(tmp_path: Path) -> None:
    png = tmp_path / "nowhere" / "x.png"
    with pytest.raises(FileNotFoundError) as lost:
        draw_page(png, Page("", "", (), (), (), ""))
    assert Path(lost.value.filename) == png


@pytest.mark.parametrize("command", ["play", "demo"])
def test_a_port_that_there_is_not_is_named_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main([command, "--port", "99999"])
    assert (ended.value.code, list(tmp_path.iterdir())) == (2, [])
    assert "99999 is not in the range 0<=x<=65535" in " ".join(
        capsys.readouterr().err.replace("│", "").split()
    )
