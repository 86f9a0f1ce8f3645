"""The bot's HTTP door: the webhook, /healthz and /metrics."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from groupbot.app import App
from groupbot.core import effects
from groupbot.engine.addresses import known, set_state
from groupbot.engine.clock import ticking
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.settings import load
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import World
from groupbot.surfaces.telegram.looks import drop_webhook
from groupbot.surfaces.telegram.web import BODY_LIMIT
from groupbot.testing import TOKEN, conversation
from tests.reliability.webhook import SECRET, Door, door, free_port, near_misses, wrong


@pytest_asyncio.fixture
async def hooked(tmp_path: Path) -> AsyncIterator[Door]:
    """A bot by webhook."""
    async with door(tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def polling(tmp_path: Path) -> AsyncIterator[Door]:
    """A bot by long polling, with /healthz."""
    port = free_port()
    async with (
        conversation(tmp_path, health=True, listen=f"127.0.0.1:{port}") as talk,
        aiohttp.ClientSession() as http,
    ):
        yield Door(talk, port, http)


async def test_a_conversation_by_webhook(hooked: Door) -> None:
    talk = hooked.talk
    mei = talk.person("Mei")
    await talk.says(mei, "/ping")
    assert talk.last().startswith("在的")
    assert talk.world.bots[TOKEN].webhook["secret"] == SECRET
    assert "error" not in talk.world.bots[TOKEN].webhook


async def test_what_waits_survives_that_the_webhook_is_dropped_and_set(hooked: Door) -> None:
    talk = hooked.talk
    mei, bot = talk.person("Mei"), talk.world.bots[TOKEN]
    await talk.settle()
    bot.webhook = {}  # as while the bot was down: nothing is delivered
    talk.world.say(mei, talk.id, "/ping")
    await drop_webhook(talk.app.bot)
    assert len(bot.updates) == 1
    await talk.app.web_hook()
    await talk.settle()
    assert talk.last().startswith("在的")
    assert len(bot.updates) == 0


async def test_a_webhook_without_a_secret_is_refused_at_start(tmp_path: Path) -> None:
    world = World()
    world.add_bot(TOKEN)
    async with Sandbox(world).running() as sandbox:
        made = load(tmp_path, token=TOKEN, base_url=sandbox.url, webhook_url="https://example.org/telegram")
        app = App(made)
        with pytest.raises(Misfit) as e:
            await app.start()
        await app.stop()
    assert e.value.where == "GROUPBOT_WEBHOOK_SECRET"
    assert world.bots[TOKEN].webhook is None or not world.bots[TOKEN].webhook


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "ä"])
async def test_a_delivery_with_a_wrong_secret_is_refused(hooked: Door, secret: str | None) -> None:
    assert await hooked.deliver(hooked.message(7_000_000_001, "hello"), secret) == 403
    assert hooked.seen(7_000_000_001) == 0


async def test_no_near_miss_of_the_secret_opens_the_webhook(
    hooked: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors = near_misses()
    assert len(set(vectors)) >= 60
    n, bad = await wrong(hooked)
    assert (n > len(vectors), bad) == (True, [])
    logged = "".join(capsys.readouterr())  # what was tried is no more told than what is right
    assert [v for v in vectors if len(v) > 12 and v in logged] == []


async def test_a_door_that_takes_everything_is_noticed(hooked: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hmac.compare_digest", lambda a, b: True)
    _, bad = await wrong(hooked)
    assert len(bad) > 60 and "a refused delivery was kept: 1, not 0" in bad


async def test_what_was_answered_with_200_is_in_the_database(hooked: Door) -> None:
    for n in range(20):
        assert await hooked.deliver(hooked.message(7_000_000_001 + n, f"hello {n}")) == 200
        assert hooked.seen(7_000_000_001 + n) == 1


async def test_what_comes_twice_is_done_once(hooked: Door) -> None:
    before = len(hooked.talk.bot_texts())
    assert [await hooked.deliver(hooked.message(7_000_000_001, "/ping")) for _ in range(3)] == [200] * 3
    await hooked.talk.settle()
    assert len(hooked.talk.bot_texts()) == before + 1
    assert hooked.talk.app.health.duplicates == 2


async def test_a_body_beyond_the_cap_is_refused(hooked: Door) -> None:
    fits = json.dumps(hooked.message(7_000_000_001, "hello")).encode()
    fits += b" " * (BODY_LIMIT - len(fits))
    assert await hooked.deliver(fits + b" ") == 413
    assert hooked.seen(7_000_000_001) == 0
    assert await hooked.deliver(fits) == 200
    assert hooked.seen(7_000_000_001) == 1


async def test_a_body_that_is_no_update_is_taken_and_quarantined(hooked: Door) -> None:
    before = hooked.talk.app.health.quarantined
    assert await hooked.deliver(b"no json") == 200
    assert hooked.talk.app.health.quarantined == before + 1
    assert hooked.talk.rows("SELECT stage FROM quarantine") == [("decode",)]


async def test_deliveries_at_once_share_commits(hooked: Door) -> None:
    before = hooked.talk.app.health.batches
    updates = [hooked.message(7_000_000_001 + n, f"hello {n}") for n in range(80)]
    assert set(await asyncio.gather(*map(hooked.deliver, updates))) == {200}
    assert hooked.talk.app.health.batches - before < 40
    assert [hooked.seen(7_000_000_001 + n) for n in range(80)] == [1] * 80


async def test_only_post_is_taken(hooked: Door) -> None:
    assert (await hooked.get("/telegram"))[0] == 405


async def test_polling_opens_no_webhook(polling: Door) -> None:
    assert await polling.deliver(polling.message(7_000_000_001, "hello")) == 404


async def test_healthz_tells_how_the_bot_is(polling: Door) -> None:
    await polling.talk.says(polling.talk.owner, "hello")
    body: dict[str, Any] = {"outbox_depth": -1}
    for _ in range(30):  # rows that wait are counted once a second
        status, text = await polling.get("/healthz")
        body = json.loads(text)
        if not body["outbox_depth"]:
            break
        await asyncio.sleep(0.1)
    assert (status, body["ok"], body["bot"]) == (200, True, polling.talk.app.username)
    assert set(body) == {
        "ok",
        "bot",
        "updates_handled",
        "batches",
        "duplicates",
        "quarantined",
        "outbox_depth",
        "update_lag_seconds",
        "uptime_seconds",
    }
    assert (body["updates_handled"] >= 1, body["quarantined"], body["outbox_depth"]) == (True, 0, 0)


async def test_healthz_is_503_when_telegram_was_not_asked_for_long(polling: Door) -> None:
    poller = polling.talk.app.poller
    poller.last_asked = ticking() - poller.poll_seconds - 61
    status, text = await polling.get("/healthz")
    assert (status, json.loads(text)["ok"]) == (503, False)
    assert re.match(r"Telegram was last asked (8[6-9]|9\d) s ago", json.loads(text)["what"])
    poller.last_asked = ticking()
    assert (await polling.get("/healthz"))[0] == 200


async def test_healthz_is_503_when_it_never_polled(polling: Door) -> None:
    app = polling.talk.app
    app.poller.last_asked, app.health.started = 0.0, ticking() - 1000
    status, text = await polling.get("/healthz")
    assert (status, json.loads(text)["what"]) == (503, "not polled yet")


async def test_a_bot_that_polls_while_telegram_is_away_is_alive_and_not_ready(polling: Door) -> None:
    poller = polling.talk.app.poller
    poller.last_asked, poller.last_poll = ticking(), ticking() - 200
    assert (await polling.get("/healthz"))[0] == 200
    status, text = await polling.get("/readyz")
    assert status == 503
    assert json.loads(text)["missing"][0].startswith("Telegram last answered 20")


async def test_metrics_are_lines_of_name_and_number(polling: Door) -> None:
    await polling.talk.says(polling.talk.owner, "hello")
    status, text = await polling.get("/metrics")
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
    assert status == 200
    assert abs(float(found.pop("groupbot_clock_ahead_seconds"))) < 5
    assert {n: float(v) >= 0 for n, v in found.items()} == dict.fromkeys(found, True)
    assert {n.partition("{")[0].removesuffix("_bucket") for n in found} >= {
        "groupbot_updates_handled_total",
        "groupbot_quarantine",
        "groupbot_outbox_depth",
        "groupbot_outbox_oldest_seconds",
        "groupbot_publish_lag_seconds",
        "groupbot_refused_ratio",
        "groupbot_last_poll_seconds",
        "groupbot_undecided",
        "groupbot_claims",
    }
    depths = {n: v for n, v in found.items() if n.startswith("groupbot_outbox_depth{")}
    classes = ("moderation", "reply", "edit", "post", "paid")
    assert depths == {f'groupbot_outbox_depth{{class="{c}"}}': "0" for c in classes}
    assert [getattr(effects, n.upper()) for n in classes] == [0, 1, 2, 3, 4]
    named = {line.split(" ")[2] for line in text.splitlines() if line.startswith("# TYPE")}
    told = {line.split(" ")[2] for line in text.splitlines() if line.startswith("# HELP")}
    assert named == told
    explained = re.findall(r"^# HELP (\S+) (.+)$", text, re.MULTILINE)
    runbook = (Path(__file__).parents[3] / "docs" / "runbook.md").read_text("utf-8")
    assert re.findall(r"^\| `(\S+)` \| (.+) \|$", runbook, re.MULTILINE) == explained


async def test_what_waits_for_a_group_the_bot_was_removed_from_is_no_backlog(polling: Door) -> None:
    app, at = polling.talk.app, polling.talk.app.clock

    def removed(work: Work) -> None:
        place = known(work, polling.talk.id)
        assert place is not None
        work.say(effects.Delete(chat=place.id, messages=(1,)))
        set_state(work, place.id, "kicked")

    await app.writer.submit(removed)
    at.shift(timedelta(hours=1))
    app.outbox.hand.depth = 7
    async with asyncio.timeout(60):
        while app.outbox.depth:  # counted once a second
            await asyncio.sleep(0.05)
    assert polling.talk.rows("SELECT state FROM outbox WHERE kind = 'delete'") == [("waiting",)]
    text = (await polling.get("/metrics"))[1]
    assert 'groupbot_outbox_depth{class="moderation"} 0' in text
    assert 'groupbot_outbox_oldest_seconds{class="moderation"} 0' in text


async def test_readyz_tells_what_is_missing(polling: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groupbot.surfaces.telegram.web.READ_PATIENCE", 60.0)
    await polling.talk.says(polling.talk.owner, "hello")
    assert (await polling.get("/readyz"))[0] == 200
    app = polling.talk.app
    app.poller.conflict, before = True, app.poller.last_poll
    status, text = await polling.get("/readyz")
    assert (status, json.loads(text)["missing"]) == (503, ["another process polls with this token"])
    app.poller.conflict, app.poller.last_poll = False, ticking() - app.poller.poll_seconds - 16
    status, text = await polling.get("/readyz")
    assert (status, json.loads(text)["missing"][0][:23]) == (503, "Telegram last answered ")
    app.poller.last_poll, app.writer._refused = before, ticking() - 61
    assert json.loads((await polling.get("/readyz"))[1])["ready"] is False
    app.writer._refused = None


async def test_posts_are_counted_by_how_late_they_left(polling: Door) -> None:
    figures = polling.talk.app.outbox.figures
    for lag in (0.2, 3, 3, 1000):
        figures.post_left(lag)
    text = (await polling.get("/metrics"))[1]
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if "publish_lag" in line)
    assert [
        found[f'groupbot_publish_lag_seconds_bucket{{le="{up}"}}'] for up in ("1", "5", "900", "+Inf")
    ] == [
        "1",
        "3",
        "3",
        "4",
    ]
    assert found["groupbot_publish_lag_seconds_sum"] == "1006.2"


async def test_a_busy_port_stops_a_webhook_and_not_a_poller(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        async with conversation(tmp_path, health=True, listen=listen) as talk:
            await talk.says(talk.owner, "/ping")
            assert talk.last().startswith("在的")
        with pytest.raises(Misfit, match=f"nothing can listen at {listen}"):
            async with conversation(
                tmp_path,
                listen=listen,
                webhook_url=f"http://{listen}/telegram",
                webhook_secret=SECRET,
            ):
                pass
