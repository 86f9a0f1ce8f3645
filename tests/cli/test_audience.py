"""`groupbot audience` beside a database on either engine."""

import os
from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.engine.migrate import head
from groupbot.engine.storage import open_engine
from groupbot.engine.writer import Writer
from tests.features.promos.test_publish import chats

AUDIENCES = """\
# mine
店: {tier: store, except: [Store 1, Stroe 2]}
粉丝: {tier: consumer}
"""


@pytest.fixture
def workspace(tmp_path: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two stores in a database, two audiences in a file."""
    chats(writer, 2)
    engine = open_engine(writer.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{head()}')")
    engine.dispose()
    made = tmp_path / "workspace"
    (made / "content_templates" / "plans").mkdir(parents=True)
    (made / "content_templates" / "plans" / "audiences.yaml").write_text(AUDIENCES, "utf-8")
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", writer.url)
    return made


def ask(workspace: Path, *args: str) -> None:
    try:
        main(["audience", *args, "--workspace", str(workspace)])
    except SystemExit as e:
        assert e.code in (0, 2)


def test_each_chat_is_told_in_or_out_and_why(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(workspace, "店")
    assert capsys.readouterr().out.splitlines() == [
        "in   Store 2  (tier store)",
        "out  Store 1  (named under except)",
        "note: except names no chat 'Stroe 2': did you mean Store 2?",
        "1 of 2 chats in 店",
    ]


def test_without_a_name_all_audiences_are_listed(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(workspace)
    listed = capsys.readouterr().out.splitlines()
    assert [line for line in listed if line.startswith(("店", "粉丝"))] == [
        "粉丝  0 of 2 chats",
        "店  1 of 2 chats",
    ]


def test_a_typo_suggests_the_nearest_audience(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(workspace, "门店·华冬")
    assert (
        capsys.readouterr()
        .err.strip()
        .endswith("plans/audiences.yaml: no audience '门店·华冬' -> did you mean 门店·华东?")
    )


def test_without_a_database_the_next_step_is_told_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GROUPBOT_DATABASE_URL", raising=False)
    ask(tmp_path, "门店")
    assert capsys.readouterr().err.strip().endswith("no chats yet -> groupbot run, then add a group")
    assert list(tmp_path.iterdir()) == []


def test_a_plan_for_nobody_is_refused_at_check(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = "- name: sale\n  audience: 粉丝\n  template: promos/greeting\n  data: {text: hi}\n"
    path = workspace / "content_templates" / "plans" / "a.yaml"
    path.write_text(f"{plan}  start: 2027-01-30 10:00\n", "utf-8")
    with pytest.raises(SystemExit) as e:
        main(["plan", "check", "--workspace", str(workspace)])
    assert e.value.code == 1
    assert f"{path}:2: sale: nobody is in 粉丝 -> groupbot audience 粉丝" in capsys.readouterr().out


@pytest.mark.parametrize("revision", ["0005", "9999"])
@pytest.mark.parametrize("command", ["audience", "audience 店", "templates preview promos/card --chat x"])
def test_a_database_of_another_version_is_to_be_migrated_first(
    workspace: Path, capsys: pytest.CaptureFixture[str], revision: str, command: str
) -> None:
    engine = open_engine(os.environ["GROUPBOT_DATABASE_URL"])
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    engine.dispose()
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--workspace", str(workspace)])
    assert ended.value.code == 2
    assert capsys.readouterr().err == "groupbot: the database is of another version -> groupbot migrate\n"
