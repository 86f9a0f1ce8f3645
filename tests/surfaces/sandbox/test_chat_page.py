"""The page's own routes."""

import asyncio
import base64
import json
from typing import Any

import pytest

from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import World
from tests.surfaces.sandbox.conftest import Net, png


async def do(net: Net, **body: Any) -> tuple[int, Any]:
    async with net.http.post(f"{net.sandbox.url}/sandbox/act", json=body) as answer:
        found = await answer.json()
        return answer.status, found.get("result", found.get("error"))


async def test_the_page_loads_nothing_from_elsewhere(net: Net) -> None:
    async with net.http.get(f"{net.sandbox.url}/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status == 200
    assert policy.split("; ")[:3] == ["default-src 'none'", "script-src 'self'", "style-src 'self'"]
    for name, status in (("page.js", 200), ("page.css", 200), ("chat_page.py", 404), ("..%2fworld.py", 404)):
        async with net.http.get(f"{net.sandbox.url}/page/{name}") as answer:
            assert answer.status == status


async def test_changes_stream_live_and_only_changes(net: Net) -> None:
    async with net.http.get(f"{net.sandbox.url}/sandbox/events") as stream:
        await stream.content.readuntil(b"\n\n")
        mid = net.world.say(net.mei, net.id, "hi")["message_id"]
        await net.good("deleteMessage", chat_id=net.id, message_id=mid)
        note = {"chat": net.id, "message_id": mid, "text": "rule contact v1", "kind": "removed"}
        async with net.http.post(f"{net.sandbox.url}/sandbox/note", json=note) as answer:
            assert answer.status == 200
        kinds = []
        async with asyncio.timeout(5):
            while len(kinds) < 4:
                line = await stream.content.readuntil(b"\n\n")
                kinds.append(json.loads(line.decode().removeprefix("data: "))["kind"])
    assert kinds == ["message", "removed", "act", "act"]
    async with net.http.get(f"{net.sandbox.url}/sandbox/state") as answer:
        state = await answer.json()
    (chat,) = (c for c in state["chats"] if c["id"] == net.id)
    assert [m["message_id"] for m in chat["removed"]] == [mid]
    assert [(a["kind"], a.get("text"), a.get("said")) for a in state["acts"]] == [
        ("removed", None, "hi"),
        ("removed", "rule contact v1", None),
    ]


async def test_a_tag_and_an_admission_are_no_sanction(net: Net) -> None:
    who = {"chat_id": net.id, "user_id": net.mei}
    await net.good("setChatMemberTag", **who, tag="old hand")
    await net.good("promoteChatMember", **who, can_delete_messages=True)
    await net.good("promoteChatMember", **who)
    li = net.world.add_user("Li")
    net.world.ask_to_join(li, net.id)
    await net.good("approveChatJoinRequest", chat_id=net.id, user_id=li)
    await net.good("restrictChatMember", **who, permissions={})
    await net.good("setChatMemberTag", **who, tag="muted")
    await net.good("banChatMember", **who)
    await net.good("unbanChatMember", **who)
    async with net.http.get(f"{net.sandbox.url}/sandbox/state") as answer:
        acts = (await answer.json())["acts"]
    assert [(a["kind"], a["user"]) for a in acts] == [(k, net.mei) for k in ("muted", "banned", "freed")]


async def test_people_act_through_the_page(net: Net) -> None:
    status, mid = await do(net, do="say", user=net.mei, chat=net.id, text="hi")
    assert (status, net.room.messages[mid]["text"]) == (200, "hi")
    await do(net, do="edit", user=net.mei, chat=net.id, message_id=mid, text="ho")
    await do(net, do="react", user=net.mei, chat=net.id, message_id=mid, emoji=["👍"])
    assert net.room.messages[mid]["text"] == "ho"
    assert await do(net, do="edit", user=net.owner, chat=net.id, message_id=mid, text="x") == (
        403,
        "not your message",
    )
    assert await do(net, do="delete", user=net.mei, chat=net.id, message_id=mid) == (200, None)
    assert (await do(net, do="start", user=net.mei))[0] == 200
    assert (await do(net, do="block", user=net.mei))[0] == 200
    assert (await do(net, do="leave", user=net.mei, chat=net.id))[0] == 200
    assert (await do(net, do="say", user=net.mei, chat=net.id, text="hi"))[0] == 403
    assert (await do(net, do="join", user=net.mei, chat=net.id))[0] == 200
    _, ann = await do(net, do="add_user", name="Ann")
    _, small = await do(net, do="add_chat", title="Small", owner=ann, type="group")
    await do(net, do="add_bot", chat=small, by=ann, rights=["can_delete_messages"])
    _, big = await do(net, do="upgrade", chat=small, by=ann)
    assert (await do(net, do="remove_bot", chat=big, by=ann))[0] == 200
    assert (await do(net, do="promote", chat=net.id, user=net.mei, by=net.owner, rights=[]))[0] == 200


async def test_a_photo_from_the_page_is_shown_with_its_type(net: Net) -> None:
    data = base64.b64encode(png(8, 8)).decode()
    _, mid = await do(net, do="photo", user=net.mei, chat=net.id, data=data, caption="look")
    photo = net.room.messages[mid]["photo"][0]["file_id"]
    async with net.http.get(f"{net.sandbox.url}/sandbox/photo/{photo}") as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", png(8, 8))
    assert (await do(net, do="photo", user=net.mei, chat=net.id, data="!"))[0] == 400


async def test_a_press_and_its_answer(net: Net) -> None:
    mid = await net.sent(reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]})
    press = {"do": "press", "user": net.mei, "chat": net.id, "message_id": mid}
    _, query = await do(net, **press, data="b")
    await net.good("answerCallbackQuery", callback_query_id=query, text="done")
    assert (await do(net, do="answer", query=query))[1]["text"] == "done"
    assert (await do(net, **press, data="c"))[0] == 403


async def test_acts_that_do_not_fit_are_said_so(net: Net) -> None:
    assert (await do(net, do="fly"))[0] == 400
    assert (await do(net, do="say", user=net.mei))[0] == 400
    assert (await do(net, do="leave", user=net.mei, chat=5))[0] == 400
    for path in ("act", "note"):
        async with net.http.post(f"{net.sandbox.url}/sandbox/{path}", data=b'{"do": "clock"}') as answer:
            assert answer.status == 400


@pytest.mark.parametrize("seconds", ["NaN", "Infinity", "-1e12", "1e12", "9" * 400, '"soon"', "null", "true"])
async def test_the_clock_does_not_move_out_of_the_calendar(net: Net, seconds: str) -> None:
    before = net.world.clock.offset
    body, kind = f'{{"do": "clock", "seconds": {seconds}}}', {"content-type": "application/json"}
    async with net.http.post(f"{net.sandbox.url}/sandbox/act", data=body, headers=kind) as answer:
        said = {"ok": False, "error": "clock: seconds must be a number, ten years at most"}
        assert (answer.status, await answer.json()) == (400, said)
    assert net.world.clock.offset == before


async def test_the_clock_moves_only_where_it_may(net: Net) -> None:
    before = net.world.clock.now()
    assert (await do(net, do="clock", seconds=3600))[1] - before >= 3600
    async with Sandbox(World()).running() as real:
        body = {"do": "clock", "seconds": 1}
        async with net.http.post(f"{real.url}/sandbox/act", json=body) as answer:
            assert answer.status == 403
