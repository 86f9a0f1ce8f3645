"""The smallest conversation."""

from groupbot.testing import Talk


async def test_ping_is_answered_and_gone_after_a_while(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(mei, "/ping")
    assert chat.last().startswith("Here")
    await chat.wait(minutes=11)
    assert chat.bot_texts() == []


async def test_ping_for_another_bot_is_ignored(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(mei, "/ping@OtherBot")
    assert len(chat.bot_texts()) == 1
