"""`groupbot coupons`: a CSV in, counts out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groupbot.cli import _guest, main
from groupbot.engine.work import Work
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


def test_an_import_that_was_interrupted_goes_on_where_it_stood(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, slices = workspace / "codes.csv", list[str]()
    file.write_text("".join(f"HAW-{i:04}\n" for i in range(250)), "utf-8")
    args = ("import", str(file), "--chat", "西湖店会员群", "--title", "Tee")
    real = _guest.Guest.write

    async def write(self: _guest.Guest, name: str, fn: Callable[[Work], Any]) -> Any:
        slices.append(name)
        if slices.count("coupons:add") == 3:
            raise KeyboardInterrupt
        return await real(self, name, fn)

    with monkeypatch.context() as broken:
        broken.setattr(_guest.Guest, "write", write)
        assert run(workspace, *args) == 130
    monkeypatch.setattr("groupbot.features.coupons.domain.MOST", 250)  # what is there already takes no room
    assert run(workspace, *args, "--price", "20") == 0
    assert capsys.readouterr().out == (
        "250 codes published in 西湖店会员群, 200 of them of an import that was interrupted\n"
    )
    assert run(workspace, "report", "--chat", "西湖店会员群") == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert lines == [["1", "250", "0", "0", "0", "Tee", "(open)"]]
    file.write_text("".join(f"HAW-{i:04}\n" for i in range(240, 260)), "utf-8")
    assert run(workspace, *args) == 0
    assert capsys.readouterr().out == "10 codes published in 西湖店会员群; 10 were known there before\n"
