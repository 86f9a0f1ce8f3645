"""What members and staff say about themselves and their store, in one conversation."""

from __future__ import annotations

from groupbot.testing import Talk


async def test_store_bridge_role_and_bind_answer_whom_they_concern(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(chat.owner, "/store West Lake")
    assert chat.last().startswith("本群属于「West Lake」。")
    await chat.says(mei, "/bridge on", private=True)
    assert chat.last(mei).startswith("Good: where you are active in several of our groups")
    await chat.says(mei, "/role me")
    assert chat.last(mei).startswith("Test group\nIn these 28 days you mostly read, which is fine.")
    await chat.says(mei, "/bind K7M2QXA9PD", private=True)
    assert chat.last(mei).startswith("This code is not right")
    await chat.says(mei, "/bind", private=True)
    assert chat.last(mei).startswith("You are not bound to a customer")
    await chat.says(mei, "/bridges", private=True)
    assert "operator" in chat.last(mei)
    await chat.says(chat.owner, "/review month")
    *_, goals, ways = chat.texts(chat.owner)
    assert "two goals\n\nEfficiency\nhalf acknowledged a notice within: too few (fewer than 10)" in goals
    assert ways.endswith("Not counted yet: it is done each night, look again tomorrow.")
