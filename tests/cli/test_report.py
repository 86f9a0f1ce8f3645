"""`groupbot report` in the terminal, as JSON and as CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.cli.report import shown, spark
from groupbot.engine.migrate import upgrade
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.settings import load
from tests.features.members.group import group


def test_a_report_comes_as_table_json_and_csv_and_prints_its_sql(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = load(tmp_path)
    tables()
    upgrade(made.database)
    writer = Writer(made.database, bot_id=700000001)
    writer.write(lambda w: group(w, -1004000000001, "西湖店会员群"))
    writer.close()
    main_ = ["report", "--workspace", str(tmp_path)]
    for extra in ([], ["--sql"], ["--json"], ["--csv", str(tmp_path / "a.csv")]):
        with pytest.raises(SystemExit) as end:
            main([*main_, *extra])
        assert end.value.code == 0
        said = capsys.readouterr().out
        if not extra:
            assert said.startswith("西湖店会员群 · ")
            assert "too few" in said
        if extra == ["--sql"]:
            assert "SELECT SUM(messages) FROM v_day WHERE chat_id = 1" in said
        if extra == ["--json"]:
            assert json.loads(said)[0]["figures"][0]["key"] == "messages"
    for name, words in (
        ("after.png", ["report", "page", str(tmp_path / "after.png"), "--workspace", str(tmp_path)]),
        ("before.png", ["report", "--workspace", str(tmp_path), "page", str(tmp_path / "before.png")]),
    ):
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code == 0
        assert (tmp_path / name).read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(SystemExit) as end:
        main(["report", "--workspace", str(tmp_path), "--group", "nowhere", "page", str(tmp_path / "no.png")])
    assert (end.value.code, (tmp_path / "no.png").exists()) == (2, False)
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("group,chat_id,key,value,before,unit")


def test_numbers_and_sparks_are_written_as_people_read_them() -> None:
    assert [shown(*x) for x in ((None, "share"), (0.123, "share"), (1234.0, "count"), (2.5, "hours"))] == [
        "too few", "12%", "1,234", "2.5 h"
    ]  # fmt: skip
    assert spark([0, 4, 8]) == "▁▅█"
