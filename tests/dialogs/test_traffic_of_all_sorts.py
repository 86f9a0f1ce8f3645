"""Whatever happens in a chat passes through the bot, and both sides keep to the Bot API."""

from pathlib import Path

import pytest

from groupbot import testing
from groupbot.testing import Talk
from tests.surfaces.sandbox.conftest import png


async def test_everything_people_do_is_taken(chat: Talk) -> None:
    world, mei = chat.world, chat.person("Mei", starts=True)
    link = {
        "invite_link": "https://t.me/+1",
        "creator": world.person(chat.owner),
        "creates_join_request": False,
        "is_primary": False,
        "is_revoked": False,
    }
    chat.room.links[link["invite_link"]] = link
    ann = world.add_user("Ann", language="zh-hans", last_name="O'Neil")
    await chat.joins(ann, link=link["invite_link"])
    said = await chat.says(mei, "see https://a.cn and /ping@someone #tea")
    world.edit(mei, chat.id, said, "edited")
    world.react(ann, chat.id, said, ["👍"])
    await chat.says(ann, "reply", reply_to=said)
    await chat.says(mei, "look", photo=world.photo(png(20, 10)), media_group_id="7")
    await chat.says(chat.owner, "as the group", anonymous=True)
    world.promote(chat.id, ann, chat.owner, {"can_delete_messages"})
    world.promote(chat.id, ann, chat.owner, set())
    world.leave(ann, chat.id)
    world.block(mei)
    world.promote(chat.id, next(iter(world.bots.values())).user, chat.owner, {"can_pin_messages"})
    await chat.settle()
    await chat.says(mei, "/ping")
    assert chat.last() != ""
    world.remove_bot(testing.TOKEN, chat.id, chat.owner)
    await chat.settle()


@pytest.mark.parametrize("hours", [0, 25])
async def test_a_basic_group_is_upgraded_while_the_bot_talks(tmp_path: Path, hours: int) -> None:
    async with testing.conversation(tmp_path, type="group") as chat:
        mei = chat.person("Mei")
        await chat.says(mei, "/ping")
        new = chat.world.upgrade(chat.id, chat.owner)
        chat.room = chat.world.chats[new]
        await chat.wait(hours=hours)
        await chat.says(mei, "/ping")
        assert len(chat.bot_texts()) == 1
