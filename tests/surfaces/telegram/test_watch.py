"""What only the process knows reaches the operators, each kind with its next step."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from groupbot.engine.content import Content
from groupbot.engine.figures import Figures
from groupbot.engine.shipped import folder
from groupbot.features.operations.domain import KINDS
from groupbot.surfaces.telegram import watch
from groupbot.testing import TOKEN, conversation
from tests.reliability.webhook import door

RUNBOOK = (Path(__file__).parents[3] / "docs" / "runbook.md").read_text("utf-8")
AT = {"minutes": 6, "number": 17, "step": "s", "error": "e", "percent": 8, "seconds": 90, "free": "3 MB"}
AT |= {"lines": ["groupbot.toml:3: rate"], "more": 0}


@dataclass
class Polls:
    """What a poller shows."""

    conflict: bool = False
    last_poll: float = 1000.0
    poll_seconds: float = 25.0


@dataclass
class Looks:
    """A bot's figures, looked at again and again."""

    place: Path
    polls: Any = field(default_factory=Polls)
    figures: Figures = field(default_factory=Figures)
    seen: watch.Watch = field(default_factory=watch.Watch)

    def look(self, ahead: float = 0.0) -> list[tuple[str, int, dict[str, Any]]]:
        found = self.seen.look(self.figures, self.polls, f"sqlite:///{self.place / 'a.db'}", ahead)
        return [(a.kind, a.n, a.data) for a in found]


def test_what_goes_wrong_in_the_process_is_told_and_what_does_not_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = Looks(tmp_path)
    monkeypatch.setattr(watch, "DISK", 0)
    bot.figures.calls["send"] = 100
    assert bot.look() == []
    bot.figures.calls["send"], bot.figures.refused = 200, 8
    assert bot.look(-59) == [("refused", 100, {"percent": 8})]
    bot.polls.conflict, bot.polls.last_poll = True, 1000 + 25 + 61
    assert bot.look() == [("conflict", 1, {}), ("silent", 1, {"seconds": 86})]
    bot.polls.conflict = False
    assert bot.look(61) == []  # once may be a machine that slept
    assert bot.look(61) == [("clock", 1, {"seconds": 61, "ahead": True})]
    assert bot.look(-3600) == [("clock", 1, {"seconds": 3600, "ahead": False})]
    monkeypatch.setattr(watch, "DISK", 1 << 62)
    assert [kind for kind, _, _ in bot.look()] == ["disk"]


async def test_without_an_ops_chat_the_log_tells_it_once_in_ten_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "DISK", 1 << 62)
    async with conversation(tmp_path) as talk:
        assert talk.app.heart._scheduler.get_job("watch") is not None
        with capture_logs() as said:
            await talk.app.watch()
            await talk.app.watch()
            talk.app.clock.shift(timedelta(minutes=10))
            talk.world.clock.move(600)
            await talk.app.watch()
    assert [(s["kind"], s["next"]) for s in said if s["event"] == "alarm"] == [("disk", "runbook: disk")] * 2


async def test_a_webhook_that_takes_nothing_is_told_in_telegrams_words(tmp_path: Path) -> None:
    async with door(tmp_path) as hooked:
        talk, bot = hooked.talk, hooked.talk.world.bots[TOKEN]
        await talk.app.watch()
        there, bot.webhook["url"] = bot.webhook["url"], "http://127.0.0.1:1/telegram"
        talk.world.say(talk.owner, talk.id, "hello")
        async with asyncio.timeout(60):
            while "error" not in bot.webhook:
                await asyncio.sleep(0.02)
        with capture_logs() as said:
            await talk.app.watch()
            assert said == []  # once may be a passing trouble
            await talk.app.watch()
        bot.webhook["url"] = there
        await talk.settle()
        with capture_logs() as after:
            talk.app.clock.shift(timedelta(minutes=10))
            await talk.app.watch()
    told = [(s["kind"], s["n"], s["hook"]) for s in said if s["event"] == "alarm"]
    assert told == [("silent", 1, "Connection refused")]
    assert after == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_alarm_says_the_next_step_and_is_in_the_runbook(lang: str) -> None:
    content = Content([folder("content_templates")])
    said = {
        kind: content.render(
            "operations/alarm", lang, {"kind": kind, "n": 2, "at": AT | {"ahead": ahead}}
        ).formatted.text
        for kind in KINDS
        for ahead in (True, False)
    }
    assert len(set(said.values())) == len(KINDS)
    hook = {"kind": "silent", "n": 2, "at": {"hook": "Connection refused"}}
    said["hook"] = content.render("operations/alarm", lang, hook).formatted.text
    assert "webhook" in said["hook"] and "Connection refused" in said["hook"]
    assert [k for k, text in said.items() if {"en": "Next:", "zh": "下一步:"}[lang] not in text] == []
    assert re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE) == list(KINDS)
