"""Long polls and webhooks."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from tests.surfaces.sandbox.conftest import TOKEN, Net


async def test_a_long_poll_answers_at_once_when_something_happens(net: Net) -> None:
    net.forget()
    poll = asyncio.create_task(net.good("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    before = asyncio.get_running_loop().time()
    net.world.say(net.mei, net.id, "hi")
    found = await poll
    assert [u["message"]["text"] for u in found] == ["hi"]
    assert asyncio.get_running_loop().time() - before < 10  # of the twenty it may take


async def test_a_bot_does_not_hear_what_it_says_itself(net: Net) -> None:
    net.world.say(net.mei, net.mei, "/start")
    net.forget()
    await net.good("sendMessage", chat_id=net.mei, text="in private")
    await net.good("sendMessage", chat_id=net.id, text="in the group")
    net.world.say(net.mei, net.mei, "thanks")
    assert [u["message"]["text"] for u in await net.good("getUpdates")] == ["thanks"]


async def test_an_offset_confirms_and_a_negative_one_keeps_the_last(net: Net) -> None:
    net.forget()
    for n in range(5):
        net.world.say(net.mei, net.id, str(n))
    first = await net.good("getUpdates", limit=2)
    assert [u["message"]["text"] for u in first] == ["0", "1"]
    rest = await net.good("getUpdates", offset=first[-1]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["2", "3", "4"]
    assert [u["message"]["text"] for u in await net.good("getUpdates", offset=-1)] == ["4"]


async def test_the_same_offset_asked_again_at_once_brings_one_update(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groupbot.surfaces.sandbox.delivery.AGAIN", 3600.0)
    net.forget()
    for n in range(3):
        net.world.say(net.mei, net.id, str(n))
    sizes = [len(await net.good("getUpdates")) for _ in range(2)]
    monkeypatch.setattr("groupbot.surfaces.sandbox.delivery.AGAIN", 0.0)
    sizes.append(len(await net.good("getUpdates")))
    assert sizes == [3, 1, 3]


async def test_two_pollers_are_a_conflict_and_the_newer_stays(net: Net) -> None:
    net.forget()
    older = asyncio.create_task(net.call("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(net.call("getUpdates", timeout=20, limit=9))
    body = await older
    assert (body["error_code"], body["description"]) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    net.world.say(net.mei, net.id, "hi")
    assert len((await newer)["result"]) == 1


async def test_updates_show_the_moment_they_tell_of(net: Net) -> None:
    net.forget()
    mid = net.world.say(net.mei, net.id, "before")["message_id"]
    net.world.edit(net.mei, net.id, mid, "after")
    found = await net.news()
    assert [next(iter(u.values())) for u in found if "message" not in u] == [found[1]["update_id"]]
    assert found[0]["message"]["text"] == "before"
    assert found[1]["edited_message"]["text"] == "after"


async def test_updates_that_waited_too_long_never_arrive(net: Net) -> None:
    mid = await net.sent(reply_markup=button("go"))
    net.forget()
    net.world.press(net.mei, net.id, mid, "go")
    net.world.clock.move(151)
    assert await net.good("getUpdates") == []
    net.world.say(net.mei, net.id, "hi")
    net.world.clock.move(86401)
    assert await net.good("getUpdates", limit=9) == []


async def test_a_press_that_waited_too_long_is_gone_from_behind_an_older_message(net: Net) -> None:
    mid = await net.sent(reply_markup=button("go"))
    net.forget()
    net.world.say(net.mei, net.id, "hi")
    net.world.press(net.mei, net.id, mid, "go")
    net.world.clock.move(151)
    net.world.say(net.mei, net.id, "ho")
    assert [u["message"]["text"] for u in await net.good("getUpdates")] == ["hi", "ho"]


async def test_member_updates_come_only_if_asked_for(net: Net) -> None:
    net.forget()
    net.world.leave(net.mei, net.id)
    assert [[*u][1] for u in await net.news()] == ["message"]
    net.world.join(net.mei, net.id)
    assert [[*u][1] for u in await net.news("chat_member")] == ["message"]
    net.world.leave(net.mei, net.id)
    assert [[*u][1] for u in await net.news("chat_member")] == ["chat_member"]


def button(data: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Go", "callback_data": data}]]}


class Hook:
    """A bot's webhook: what it got, and what it answers next."""

    def __init__(self) -> None:
        self.got: list[tuple[str | None, dict[str, Any]]] = []
        self.answers: list[int] = []
        self.came = asyncio.Event()
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.got.append((secret, await request.json()))
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.came.set()
        return web.Response(status=status)


@pytest_asyncio.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_a_webhook_gets_its_secret_and_the_same_update_again_after_a_failure(
    net: Net, hook: Hook
) -> None:
    hook.answers = [500]
    await net.good("setWebhook", url=hook.url, secret_token="s-1_A", drop_pending_updates=True)
    net.world.say(net.mei, net.id, "hi")
    async with asyncio.timeout(5):
        await hook.came.wait()
    assert [s for s, _ in hook.got] == ["s-1_A", "s-1_A"]
    assert hook.got[0][1] == hook.got[1][1]
    info = await net.good("getWebhookInfo")
    assert (info["url"], info["last_error_message"]) == (
        hook.url,
        "Wrong response from the webhook: 500 Internal Server Error",
    )


async def test_a_webhook_is_shown_nothing_of_the_notes_in_a_message(net: Net, hook: Hook) -> None:
    mid = net.world.say(net.mei, net.id, "hi")["message_id"]
    net.world.react(net.mei, net.id, mid, ["👍"])
    await net.good("setWebhook", url=hook.url, drop_pending_updates=True)
    net.world.say(net.mei, net.id, "and", reply_to=mid)
    async with asyncio.timeout(30):
        await hook.came.wait()
    ((_, update),) = hook.got
    assert update["message"]["reply_to_message"]["text"] == "hi"
    assert [k for k in (*update, *update["message"]["reply_to_message"]) if k.startswith("_")] == []


async def test_a_webhook_and_polling_exclude_each_other(net: Net, hook: Hook) -> None:
    net.forget()
    poll = asyncio.create_task(net.call("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    await net.good("setWebhook", url=hook.url)
    assert (await poll)["description"] == "Conflict: terminated by setWebhook request"
    assert await net.wrong("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    await net.good("deleteWebhook")
    assert (await net.call("getUpdates"))["ok"]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"url": "http://example.org/x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://example.org:9000/x"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://a.cn", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://a.cn", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_webhook_that_is_refused(net: Net, params: dict[str, str], text: str) -> None:
    assert await net.wrong("setWebhook", **params) == f"Bad Request: {text}"


async def test_a_restart_of_the_same_token_keeps_what_waits(net: Net) -> None:
    net.forget()
    net.world.say(net.mei, net.id, "hi")
    await net.good("deleteWebhook", drop_pending_updates=False)
    assert len(net.world.bots[TOKEN].updates) == 1
    await net.good("deleteWebhook", drop_pending_updates=True)
    assert len(net.world.bots[TOKEN].updates) == 0
