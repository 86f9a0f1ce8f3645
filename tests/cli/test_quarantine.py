"""`groupbot quarantine`: a mended handler gets what it could not handle."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.engine.dispatch import Dispatch, Item, Outcome
from groupbot.engine.plugins import forget_local
from groupbot.engine.writer import Writer
from groupbot.testing import conversation

HANDLER = """
from groupbot import Command, Router, Send, Work

router = Router("desk", about="Orders")


@router.observe
def count(event, work):
    notes = work.notes("desk", 0)
    notes.set("seen", notes.get("seen", 0) + 1)


@router.command("order", about="Orders something")
def order(cmd: Command, work: Work) -> None:
    BODY
"""


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, list[str]]:
    with pytest.raises(SystemExit) as ended:
        main(["quarantine", *args])
    return int(ended.value.code or 0), capsys.readouterr().out.splitlines()


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], Awaitable[None]]:
    """Mei orders tea of this handler, and it fails; then `quarantine` is at work in its workspace."""

    async def fails(source: str) -> None:
        writes(tmp_path, source)
        async with conversation(tmp_path) as chat:
            await chat.says(chat.person("Mei"), "/order tea")
            assert "Q1" in chat.last()
        capsys.readouterr()
        monkeypatch.setenv("GROUPBOT_WORKSPACE", str(tmp_path))

    return fails


def writes(workspace: Path, source: str) -> None:
    """The operator's handler from now on; another process has not imported the one before."""
    handler = workspace / "handlers" / "desk.py"
    handler.parent.mkdir(exist_ok=True)
    handler.write_text(source)
    forget_local()


async def test_mended_handler_gets_its_update_again_and_observers_do_not(
    tmp_path: Path, desk: Callable[[str], Awaitable[None]], capsys: pytest.CaptureFixture[str]
) -> None:
    await desk(HANDLER.replace("BODY", "raise KeyError(cmd.args)"))
    url = f"sqlite:///{tmp_path / 'groupbot.db'}"
    looking = Writer(url, guest=True)
    seen = looking.write(lambda w: w.notes("desk", 0).get("seen"))
    writes(tmp_path, HANDLER.replace("BODY", 'work.notes("desk", 0).set("ordered", cmd.args)'))

    async def tried(*args: str) -> tuple[int, list[str]]:
        return await asyncio.to_thread(run, capsys, *args)

    code, lines = await tried("list")
    assert (code, len(lines), "handle:order" in lines[0], "tea" in lines[0].split("KeyError")[0]) == (
        0,
        1,
        True,
        False,
    )
    code, lines = await tried("list", "--json")
    assert json.loads(lines[0])["step"] == "handle:order"
    assert await tried("retry", "1") == (0, ["Q1: done"])
    assert looking.write(lambda w: (w.notes("desk", 0).get("ordered"), w.notes("desk", 0).get("seen"))) == (
        "tea",
        seen,
    )
    assert await tried("retry", "--all") == (0, [])
    looking.close()


class Killed(BaseException):
    """The process ends here."""


COUNTS = HANDLER.replace(
    "BODY", 'notes = work.notes("desk", 0); notes.set("ordered", notes.get("ordered", 0) + 1)'
)


def _ordered(folder: Path) -> object:
    """How often the handler that counts ran."""
    looking = Writer(f"sqlite:///{folder / 'groupbot.db'}", guest=True)
    try:
        return looking.write(lambda w: w.notes("desk", 0).get("ordered"))
    finally:
        looking.close()


async def test_killed_after_it_was_handled_again_it_is_not_handled_a_third_time(
    tmp_path: Path,
    desk: Callable[[str], Awaitable[None]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await desk(HANDLER.replace("BODY", "raise KeyError(cmd.args)"))
    writes(tmp_path, COUNTS)
    feed = Dispatch.feed

    async def unheard(self: Dispatch, items: Sequence[Item]) -> Outcome:
        await feed(self, items)
        raise Killed

    with monkeypatch.context() as here:
        here.setattr(Dispatch, "feed", unheard)
        with pytest.raises(Killed):
            await asyncio.to_thread(run, capsys, "retry", "--all")
    assert await asyncio.to_thread(run, capsys, "retry", "--all") == (0, [])
    assert _ordered(tmp_path) == 1


async def test_a_commit_nobody_heard_of_handles_what_was_put_aside_once(
    tmp_path: Path,
    desk: Callable[[str], Awaitable[None]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await desk(HANDLER.replace("BODY", "raise KeyError(cmd.args)"))
    writes(tmp_path, COUNTS)
    once, lost = Writer._once, list[str]()

    def unheard(self: Writer, fn: Callable[..., object], *args: object) -> object:
        found = once(self, fn, *args)
        if getattr(fn, "__name__", "") == "batch" and not lost:
            lost.append("its answer")
            raise sqlite3.OperationalError("disk I/O error")  # as a connection that broke behind COMMIT
        return found

    monkeypatch.setattr(Writer, "_once", unheard)
    code, lines = await asyncio.to_thread(run, capsys, "retry", "--all")
    assert (code, lines[-1]) == (0, "Q1: done")
    assert (lost, _ordered(tmp_path)) == (["its answer"], 1)


READS = """
import time

from groupbot import Command, Router, Work

router = Router("desk", about="Orders")


def look(cmd: Command, work: Work) -> str:
    BODY


@router.command("order", about="Orders something", reads=look)
def order(cmd: Command, found: str, work: Work) -> None:
    work.notes("desk", 0).set("ordered", found)
"""


async def test_a_command_that_reads_is_answered_before_it_counts_as_done(
    tmp_path: Path, desk: Callable[[str], Awaitable[None]], capsys: pytest.CaptureFixture[str]
) -> None:
    await desk(READS.replace("BODY", "raise KeyError(cmd.args)"))
    forget_local()
    code, lines = await asyncio.to_thread(run, capsys, "retry", "1")
    assert (code, lines[-1]) == (1, "Q1: failed again, on record under a new number")
    writes(tmp_path, READS.replace("BODY", "time.sleep(0.3)\n    return cmd.args"))
    assert await asyncio.to_thread(run, capsys, "retry", "2") == (0, ["Q2: done"])
    looking = Writer(f"sqlite:///{tmp_path / 'groupbot.db'}", guest=True)
    assert looking.write(lambda w: w.notes("desk", 0).get("ordered")) == "tea"
    looking.close()


async def test_who_must_send_it_again_is_told_where_telegram_is_asked(
    tmp_path: Path, desk: Callable[[str], Awaitable[None]], capsys: pytest.CaptureFixture[str]
) -> None:
    asking = HANDLER.replace("from groupbot", "from groupbot.core.effects import Ask\nfrom groupbot")
    await desk(asking.replace("BODY", "raise KeyError(cmd.args)"))
    writes(tmp_path, asking.replace("BODY", "work.say(Ask(chat=work.chat, count=True))"))
    code, [line] = await asyncio.to_thread(run, capsys, "retry", "1")
    assert (code, line.startswith("Q1: done, but it asks Telegram")) == (0, True)


ME = """[work.me.username, work.me.ops_chat, list(work.me.operators), len(work.me.settings) > 0,
        bool(work.me.vault), len(work.me.kept) > 0, work.content is not None]"""


async def test_what_is_tried_again_acts_as_the_bot_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    writes(tmp_path, HANDLER.replace("BODY", "raise KeyError(cmd.args)"))
    monkeypatch.setenv("GROUPBOT_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("GROUPBOT_OPS_CHAT", "-100777")
    monkeypatch.setenv("GROUPBOT_OPERATORS", "5,6")
    handler_of = HANDLER.replace("BODY", f'work.notes("desk", 0).set("me", {ME})')
    looking = Writer(f"sqlite:///{tmp_path / 'groupbot.db'}", guest=True)
    async with conversation(tmp_path) as chat:
        mei = chat.person("Mei")
        await chat.says(mei, "/order tea")
        writes(tmp_path, handler_of)
        assert (await asyncio.to_thread(run, capsys, "retry", "1"))[0] == 0
        as_bot = [-100777, [5, 6], True, True, True, True]
        assert looking.write(lambda w: w.notes("desk", 0).get("me")) == ["", *as_bot]
        monkeypatch.setenv("GROUPBOT_TOKEN", chat.app.settings.token.reveal())
        monkeypatch.setenv("GROUPBOT_BASE_URL", chat.app.settings.base_url)
        assert await asyncio.to_thread(run, capsys, "retry", "1") == (0, ["Q1: done"])
        assert looking.write(lambda w: w.notes("desk", 0).get("me")) == [chat.app.username, *as_bot]
    looking.close()


async def test_a_coupon_that_could_not_be_given_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def bug(*_: object) -> None:
        raise KeyError("a bug")

    async with conversation(tmp_path) as chat:
        mei = chat.person("Mei", language="zh", starts=True)
        await chat.says(chat.owner, "/coupon Tee 7d use30d")
        await chat.says(chat.owner, "/codes 1\nHAW-0001\nHAW-0002", private=True)
        await chat.presses(chat.owner, "Publish", chat=chat.owner)
        with monkeypatch.context() as broken:
            broken.setattr("groupbot.features.coupons.service.claiming._a_member", bug)
            await chat.presses(mei, "领券")
        assert "HAW-" not in chat.last(mei)
        monkeypatch.setenv("GROUPBOT_WORKSPACE", str(tmp_path))
        monkeypatch.setenv("GROUPBOT_TOKEN", chat.app.settings.token.reveal())
        monkeypatch.setenv("GROUPBOT_BASE_URL", chat.app.settings.base_url)
        assert (await asyncio.to_thread(run, capsys, "retry", "--all"))[0] == 0
        chat.app.outbox.wake()
        await chat.settle()
        assert "HAW-000" in chat.last(mei)


def test_retry_of_an_unknown_number_is_a_misfit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GROUPBOT_WORKSPACE", str(tmp_path))
    with pytest.raises(SystemExit):
        main(["migrate"])
    with pytest.raises(SystemExit) as ended:
        main(["quarantine", "retry", "7"])
    assert ended.value.code == 2
    assert "Q7 is not on record" in capsys.readouterr().err
