"""`groupbot coupons`: a CSV in, counts out."""

from pathlib import Path

import pytest

from groupbot.cli import main
from tests.cli.test_settings_file import workspace as workspace


def run(workspace: Path, *args: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(["coupons", *args, "--workspace", str(workspace)])
    return int(done.value.code or 0)


def test_codes_of_a_csv_are_published_once_and_reported(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace / "codes.csv"
    file.write_text("code,note\nHAW-0001,a\nHAW-0002,b\n", "utf-8")
    args = ("import", str(file), "--chat", "西湖店会员群", "--title", "山楂 2 提 59")
    assert run(workspace, *args) == 0
    assert capsys.readouterr().out == "2 codes published in 西湖店会员群\n"
    assert run(workspace, *args) == 2
    assert "every code was known there before" in capsys.readouterr().err
    assert run(workspace, "report", "--chat", "西湖店会员群") == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == "1 2 0 0 0 山楂 2 提 59 (open)".split()
    file.write_text("HAW-0003\nno\n", "utf-8")
    assert run(workspace, *args) == 2
    assert "'no' is no code" in capsys.readouterr().err
