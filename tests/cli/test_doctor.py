"""The doctor beside a running bot, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.cli import main
from groupbot.cli.doctor import examine
from groupbot.core.events import Chat
from groupbot.engine.addresses import chat as chat_table
from groupbot.engine.addresses import resolve, set_state
from groupbot.engine.inbox import put_aside
from groupbot.engine.migrate import upgrade
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.settings import load
from groupbot.testing import TOKEN, Talk, conversation
from tests.engine.test_neighbours import anothers

QUIZ = """
from groupbot import Router
router = Router("riddle", about="Needs much", needs={"delete", "restrict"})
"""


def workspace(folder: Path) -> Path:
    """A workspace whose one handler needs to delete and restrict."""
    (folder / "handlers").mkdir()
    (folder / "content_templates").mkdir()
    (folder / "handlers" / "riddle.py").write_text(QUIZ)
    (folder / "groupbot.toml").write_text("")
    return folder


async def lines(talk: Talk) -> list[tuple[str, str, str]]:
    """(mark, name, what) of each check."""
    return [(x.mark, x.name, x.what) for x in await examine(talk.app.settings)]


async def test_doctor_of_a_healthy_bot_has_nothing_bad(tmp_path: Path) -> None:
    async with conversation(workspace(tmp_path)) as talk:
        found = await lines(talk)
        assert [x for x in found if x[0] == "bad"] == []
        assert ("ok", "token", "@groupbot_demo_bot") in found
        assert ("ok", "privacy", "sees all messages of its groups") in found
        assert ("ok", "updates", "long polling") in found
        n = len(talk.app.registry.routers)
        assert ("ok", "handlers", f"{n}: what ships, riddle") in found
        assert found[-1] == ("note", "Test group", "no tier: the bot only observes")


async def test_doctor_names_lacking_rights(tmp_path: Path) -> None:
    async with conversation(workspace(tmp_path), rights={"can_pin_messages", "can_delete_messages"}) as talk:
        needs = talk.app.registry.needs - {"delete", "pin"}
        bad = [x for x in await lines(talk) if x[0] == "bad"]
        assert bad == [("bad", "Test group", f"lacks {', '.join(sorted(needs))}")]


async def test_doctor_says_what_privacy_mode_hides(tmp_path: Path) -> None:
    async with conversation(workspace(tmp_path), rights=set()) as talk:
        next(iter(talk.world.bots.values())).privacy = True
        found = await examine(talk.app.settings)
        privacy = next(x for x in found if x.name == "privacy")
        assert (privacy.mark, privacy.next.split(",")[0]) == ("note", "@BotFather: /setprivacy")
        bad = [x.what for x in found if x.mark == "bad"]
        assert [w.split("; ")[1] for w in bad] == ["no administrator and in privacy mode: sees only commands"]


async def test_doctor_says_that_a_basic_group_cannot_mute(tmp_path: Path) -> None:
    async with conversation(workspace(tmp_path), type="group") as talk:
        assert (
            "note",
            "Test group",
            "a basic group: nobody can be muted there, rules stop at delete and warn",
        ) in await lines(talk)


async def test_doctor_finds_a_removed_and_a_limited_group(tmp_path: Path) -> None:
    async with conversation(workspace(tmp_path)) as talk:

        def limit(work: Work) -> None:
            set_state(
                work,
                work.sql.value(sa.select(chat_table.c.id).where(chat_table.c.type != "private")),
                "limited",
            )

        await talk.app.writer.submit(limit)
        assert ("bad", "Test group", "the bot is limited there: it cannot write") in await lines(talk)
        talk.world.set_member(
            talk.room, int(TOKEN.split(":")[0]), talk.owner, status="kicked", is_member=False
        )
        await talk.settle()
        assert (await lines(talk))[-1] == ("note", "Test group", "the bot is not there any more (kicked)")


async def test_doctor_shows_what_was_put_aside_without_its_words(tmp_path: Path) -> None:
    async with conversation(workspace(tmp_path)) as talk:

        def broken(work: Work) -> int:
            error = KeyError("x")
            return put_aside(work, update_id=1, stage="step", step="handle:x", error=error, raw=b'"words"')

        await talk.app.writer.submit(broken)
        number = await talk.app.writer.submit(broken)
        [line] = [x for x in await examine(talk.app.settings) if x.name == "quarantine"]
        assert (line.mark, line.what, line.next) == (
            "note",
            f"2 put aside, last Q{number} in handle:x: KeyError: 'x'",
            "groupbot quarantine list",
        )


async def test_a_start_and_doctor_say_that_the_database_was_another_bots(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with conversation(tmp_path) as talk:
        await talk.app.writer.submit(anothers, -1002, 5)
        [line] = [x for x in await examine(talk.app.settings) if "another bot" in x.what]
        assert (line.mark, line.name) == ("note", "database")
        assert line.what == "it holds 1 active group of another bot (5)"
        assert "database_url" in line.next
        assert "database.shared" not in capsys.readouterr().out
        await talk.restarts()
        said = capsys.readouterr().out
        assert "database.shared" in said
        assert line.what in said


async def test_doctor_names_a_webhook_in_the_way_and_removes_it(tmp_path: Path) -> None:
    async with conversation(workspace(tmp_path)) as talk:
        await talk.app.bot.set_webhook("https://example.org/hook")
        bad = [x for x in await examine(talk.app.settings) if x.mark == "bad"]
        assert [(x.name, x.next) for x in bad] == [
            ("webhook", "groupbot doctor --remove-webhook, or set webhook_url")
        ]
        after = await examine(talk.app.settings, remove_webhook=True)
        assert [x for x in after if x.mark == "bad"] == []


async def test_doctor_prints_no_token_and_exits_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with conversation(workspace(tmp_path), rights=set()) as talk:
        monkeypatch.setenv("GROUPBOT_TOKEN", TOKEN)
        monkeypatch.setenv("GROUPBOT_BASE_URL", talk.sandbox.url)
        capsys.readouterr()  # the running bot's own log lines
        code = await asyncio.to_thread(run, "doctor", "--workspace", str(tmp_path))
        said = capsys.readouterr().out
        assert code == 1
        assert {line[0] for line in said.splitlines()} == {"✓", "✗", "•"}
        assert TOKEN.split(":")[1] not in said
        code = await asyncio.to_thread(run, "doctor", "--json", "--workspace", str(tmp_path))
        table = json.loads(capsys.readouterr().out)
        assert (code, table["ok"], table["checks"][0]["name"]) == (1, False, "settings")


async def test_doctor_tells_a_refused_token_and_an_unreached_server(tmp_path: Path) -> None:
    async with conversation(workspace(tmp_path)) as talk:
        wrong = load(tmp_path, token="1:wrong-token-that-nobody-knows", base_url=talk.sandbox.url)
        assert (await examine(wrong))[-1].what == "GROUPBOT_TOKEN: Telegram does not accept this token"
    away = load(tmp_path, token=TOKEN, base_url="http://127.0.0.1:9")
    last = (await examine(away))[-1]
    assert (last.mark, last.next) == ("bad", "check network and address")


def test_doctor_without_anything_says_where_to_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("doctor", "--workspace", str(tmp_path)) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("• settings: no groupbot.toml")
    assert said[-1].startswith("✗ token: none -> @BotFather: /newbot")
    assert list(tmp_path.iterdir()) == []


def test_doctor_names_broken_files_and_a_newer_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace(tmp_path)
    (tmp_path / "handlers" / "bad.py").write_text("x = (\n")
    (tmp_path / "handlers" / "mine.py").write_text(
        'from groupbot import Router\nrouter = Router("mine", replaces="ping", needs={"fly"})\n'
    )
    (tmp_path / "content_templates" / "x.zh.html.j2").write_text("{{ nobody }}")
    (tmp_path / "content_templates" / "plans").mkdir()
    (tmp_path / "content_templates" / "plans" / "audiences.yaml").write_text("a: {teir: store}\n")
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'groupbot.db'}")
    with engine.begin() as c:
        c.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        c.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")
    engine.dispose()
    assert run("doctor", "--workspace", str(tmp_path)) == 1
    said = capsys.readouterr().out.splitlines()
    bad = [line for line in said if line.startswith("✗")]
    assert [line.split(":")[0] for line in bad] == [
        "✗ database",
        "✗ handlers",
        "✗ handlers",
        "✗ templates",
        "✗ plans",
        "✗ token",
    ]
    assert "revision 9999, of a newer groupbot" in bad[0]
    assert "bad.py:1: SyntaxError" in bad[1]
    assert "needs=fly is no right" in bad[2]
    assert "x.zh.html.j2:1: " in bad[3]
    assert "audiences.yaml:1: " in bad[4]
    assert any("'mine' replaces the shipped 'ping'" in line for line in said)


def test_doctor_and_audience_tell_of_several_bots_where_no_token_says_which(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables()
    url = load(tmp_path).database
    upgrade(url)
    for bot, number in ((7, -1001), (8, -1002)):
        writer = Writer(url, bot_id=bot)
        writer.write(resolve, Chat(number, "supergroup", "Same"))
        writer.close()
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--json", "--workspace", str(tmp_path)])
    assert ended.value.code == 1
    said = json.loads(capsys.readouterr().out)["checks"]
    bad = [(x["name"], x["what"], x["next"]) for x in said if x["mark"] == "bad"]
    several = ("the database holds groups of several bots", "set GROUPBOT_TOKEN to say which")
    assert bad[0] == ("database", *several)
    assert [name for name, *_ in bad] == ["database", "token"]
    with pytest.raises(SystemExit) as ended:
        main(["audience", "--workspace", str(tmp_path)])
    assert ended.value.code == 2
    assert " -> ".join(several) in capsys.readouterr().err


def test_doctor_names_a_bad_settings_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "groupbot.toml").write_text("log_level = 'loud'\n")
    assert run("doctor", "--workspace", str(tmp_path)) == 1
    told = capsys.readouterr().out
    assert told.startswith(f"✗ settings: {tmp_path / 'groupbot.toml'}:1: log_level:")
    assert "; the bot runs without it -> write one of debug" in told
    assert "✓ settings" not in told  # not both


def test_doctor_says_when_the_bot_would_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "groupbot.toml").write_text("database_ulr = 'postgresql://db/bot'\n")
    assert run("doctor", "--workspace", str(tmp_path)) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(
        f"✗ settings: {tmp_path / 'groupbot.toml'}:1: database_ulr is no setting; database_url"
    )
    assert "; the bot does not run -> did you mean database_url? Or give GROUPBOT_DATABASE_URL" in line


def run(*args: str) -> int:
    """One command in this process; its exit code."""
    try:
        main(list(args))
    except SystemExit as e:
        return int(e.code or 0)
    return 0
