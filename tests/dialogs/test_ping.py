"""The smallest conversation."""

from groupbot.testing import Talk


async def test_ping_is_answered_and_gone_after_a_minute(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(mei, "/ping")
    assert chat.last().startswith("在的")
    await chat.wait(seconds=61)
    assert chat.bot_texts() == []


async def test_ping_for_another_bot_is_ignored(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(mei, "/ping@OtherBot")
    assert chat.bot_texts() == []
