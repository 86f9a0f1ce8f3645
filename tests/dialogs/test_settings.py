"""Settings by command and by menu, and a group run from a private chat."""

from msgspec import structs

from groupbot.core.setting import Setting
from groupbot.features.members import service as members
from groupbot.features.members.domain import ALLOW_CONNECT
from groupbot.features.rules.domain.policy import BURST
from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing import TOKEN, Talk


async def of_chat(chat: Talk, key: str = "rules_burst") -> list[tuple[object, ...]]:
    """The rows of a setting: scope and value."""
    return chat.rows(f"SELECT scope, value FROM setting WHERE key = '{key}' ORDER BY scope")


async def test_setting_by_command_is_told_and_gone_after_a_minute(chat: Talk) -> None:
    await chat.says(chat.owner, "/settings rules_burst 12")
    assert chat.last() == "rules_burst:10 → 12"
    assert await of_chat(chat) == [("chat", "12")]
    await chat.says(chat.owner, "/settings rules_burst")
    assert chat.last().splitlines() == [
        "rules_burst 现在是 12(本群):刷屏时间窗内多少条算刷屏;0 表示关闭",
        "修改:/settings rules_burst 10(数字,最小 0,最大 1000)",
    ]
    await chat.wait(seconds=61)
    assert chat.bot_texts() == []


async def test_setting_that_does_not_fit_is_refused_with_an_example(chat: Talk) -> None:
    await chat.says(chat.owner, "/settings rules_burst many")
    assert chat.last(chat.owner) == (
        "rules_burst cannot be “many”. It may be: a number, from 0, at most 1000. "
        "For example: /settings rules_burst 10"
    )
    await chat.says(chat.owner, "/settings rule_burst 5")
    assert chat.last(chat.owner).startswith("There is no setting “rule_burst”. Did you mean rules_burst")
    assert await of_chat(chat) == []


async def test_settings_are_not_for_members(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(mei, "/settings rules_burst 12")
    assert await of_chat(chat) == []
    assert "admin" in chat.last(mei)


async def test_why_names_the_level_that_gave_the_value(chat: Talk) -> None:
    def write(work: object) -> None:
        p = members.profiles(work)[0]  # type: ignore[arg-type]
        members.set_profile(work, p.chat, tier="store", region="华东", tags=("vip",))  # type: ignore[arg-type]
        members.put(work, BURST, 20, tier="store")  # type: ignore[arg-type]
        members.put(work, BURST, 30, segment="region:华东")  # type: ignore[arg-type]
        members.put(work, BURST, 40, segment="tag:vip")  # type: ignore[arg-type]
        members.put(work, BURST, 50)  # type: ignore[arg-type]

    await chat.app.writer.submit(write)
    await chat.says(chat.owner, "/settings why rules_burst")
    assert chat.last().splitlines() == [
        "rules_burst 是 40,以第一行为准:",
        "",
        "1. 标签 vip:40",
        "2. 区域 华东:30",
        "3. 群类型 store:20",
        "4. 全部群的默认:50",
        "5. 出厂值:10",
    ]


async def test_menus_of_two_groups_stay_apart_though_their_messages_have_equal_numbers(chat: Talk) -> None:
    other = chat.world.add_chat("Second group", chat.owner)
    chat.world.add_bot_to(TOKEN, other.id, chat.owner, set(RIGHTS))
    await chat.settle()
    rooms, most = (chat.room, other), 10
    for room in rooms:
        while max(room.messages) < most:
            chat.world.say(chat.owner, room.id, "hello")
    asked = [chat.world.say(chat.owner, room.id, "/settings")["message_id"] for room in rooms]
    assert asked == [most + 1] * 2
    await chat.settle()
    before, newest = chat.bot_texts(chat.owner)[-2:]
    titles = [menu.partition(": settings")[0] for menu in (before, newest)]
    assert sorted(titles) == ["Second group", "Test group"]
    await chat.presses(chat.owner, "rules", chat=chat.owner)
    first, second = chat.bot_texts(chat.owner)[-2:]
    assert (first, second.startswith(f"{titles[1]} · rules")) == (before, True)


async def test_menu_goes_from_module_to_setting_to_value(chat: Talk) -> None:
    await chat.says(chat.owner, "/settings")
    assert chat.last(chat.owner).startswith("Test group: settings")
    await chat.presses(chat.owner, "rules", chat=chat.owner)
    assert "○ rule_links = off: Links to other sites" in chat.last(chat.owner)
    await chat.presses(chat.owner, "rule_links", chat=chat.owner)
    assert "Now: off (as shipped)" in chat.last(chat.owner)
    assert await chat.presses(chat.owner, "on", chat=chat.owner) == "rule_links: on"
    assert "Now: on (this group)" in chat.last(chat.owner)
    assert await of_chat(chat, "rule_links") == [("chat", "true")]
    assert await chat.presses(chat.owner, "inherit again", chat=chat.owner) == "rule_links: off"
    assert await of_chat(chat, "rule_links") == []


async def test_long_module_is_shown_in_pages(chat: Talk) -> None:
    many = {f"many_{n:02}": Setting(f"many_{n:02}", False, "One of many", module="many") for n in range(40)}
    chat.app.writer.me = structs.replace(chat.app.writer.me, settings={**chat.app.writer.me.settings, **many})
    await chat.says(chat.owner, "/settings")
    await chat.presses(chat.owner, "many", chat=chat.owner)
    assert chat.last(chat.owner).startswith("Test group · many 1/3\n\n○ many_00 = off")
    await chat.presses(chat.owner, "›", chat=chat.owner)
    await chat.presses(chat.owner, "›", chat=chat.owner)
    assert chat.last(chat.owner).startswith("Test group · many 3/3\n\n○ many_32 = off")
    await chat.presses(chat.owner, "many_39", chat=chat.owner)
    await chat.presses(chat.owner, "back", chat=chat.owner)
    assert chat.last(chat.owner).startswith("Test group · many 3/3")


async def test_menu_is_dead_for_who_is_no_admin_any_more(chat: Talk) -> None:
    lin = chat.person("Lin", starts=True)
    chat.world.promote(chat.id, lin, chat.owner, {"can_change_info"})
    await chat.settle()
    await chat.says(lin, "/settings")
    await chat.presses(lin, "rules", chat=lin)
    chat.world.promote(chat.id, lin, chat.owner, set())
    await chat.settle()
    assert "admin" in await chat.presses(lin, "rule_links", chat=lin)


async def test_lists_take_and_lose_items(chat: Talk) -> None:
    await chat.says(chat.owner, "/settings rules_phrases + 刷单")
    await chat.says(chat.owner, "/settings rules_phrases + 代开 发票")
    await chat.says(chat.owner, "/settings rules_phrases - 刷单")
    assert chat.last() == "rules_phrases:刷单, 代开 发票 → 代开 发票"


# --- from private
async def test_group_commands_work_in_private_once_connected(chat: Talk) -> None:
    await chat.says(chat.owner, "/settings rules_burst 12", private=True)
    assert "connect" in chat.last(chat.owner)
    await chat.says(chat.owner, "/connect", private=True)
    await chat.presses(chat.owner, "Test group", chat=chat.owner)
    assert chat.last(chat.owner).startswith("Group commands you send here now act on “Test group”")
    before = chat.bot_texts()
    await chat.says(chat.owner, "/settings rules_burst 12", private=True)
    assert chat.last(chat.owner) == "▸ Test group\nrules_burst: 10 → 12"
    await chat.says(chat.owner, "/rules add 刷单", private=True)
    assert chat.last(chat.owner).startswith("▸ Test group\n")
    await chat.says(chat.owner, "/settings rules_burst many", private=True)
    assert chat.last(chat.owner).startswith("▸ Test group\nrules_burst cannot be")
    assert chat.bot_texts() == before  # nothing of it in the group
    assert await of_chat(chat) == [("chat", "12")]
    await chat.says(chat.owner, "/disconnect", private=True)
    await chat.says(chat.owner, "/settings rules_burst 13", private=True)
    assert await of_chat(chat) == [("chat", "12")]


async def test_connection_ends_with_the_rights(chat: Talk) -> None:
    lin = chat.person("Lin", starts=True)
    chat.world.promote(chat.id, lin, chat.owner, {"can_change_info"})
    await chat.settle()
    await chat.says(lin, "/connect")
    await chat.says(lin, "/settings rules_burst 12", private=True)
    assert await of_chat(chat) == [("chat", "12")]
    chat.world.promote(chat.id, lin, chat.owner, set())
    await chat.settle()
    await chat.says(lin, "/settings rules_burst 13", private=True)
    assert await of_chat(chat) == [("chat", "12")]
    assert "admin" in chat.last(lin)
    await chat.says(lin, "/reconnect", private=True)
    assert chat.last(lin).startswith("I know of no group")


async def test_connected_rights_are_asked_anew_when_they_are_old(chat: Talk) -> None:
    await chat.says(chat.owner, "/connect")
    await chat.wait(minutes=3)
    await chat.says(chat.owner, "/settings rules_burst 12", private=True)
    assert chat.last(chat.owner) == "▸ Test group\nrules_burst: 10 → 12"


async def test_group_may_forbid_being_run_from_private(chat: Talk) -> None:
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, "/connection", private=True)
    assert chat.last(chat.owner) == "Group commands here act on “Test group”."
    await chat.says(chat.owner, f"/settings {ALLOW_CONNECT.key} off")
    await chat.says(chat.owner, "/settings rules_burst 12", private=True)
    assert await of_chat(chat) == []
    await chat.says(chat.owner, "/connect")
    assert chat.last(chat.owner) == "“Test group” cannot be run from a private chat (setting allowconnect)."


async def test_members_cannot_connect_and_words_stay_private(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(mei, "/connect")
    await chat.says(mei, "/settings rules_burst 12", private=True)
    assert await of_chat(chat) == []
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, "群规", private=True)
    assert "connect" in chat.last(chat.owner)


async def test_reconnect_offers_the_last_groups(chat: Talk) -> None:
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, "/disconnect", private=True)
    await chat.says(chat.owner, "/connection", private=True)
    assert chat.last(chat.owner) == "You are connected to no group. Earlier: Test group."
    await chat.says(chat.owner, "/reconnect", private=True)
    await chat.presses(chat.owner, "Test group", chat=chat.owner)
    await chat.says(chat.owner, "/settings rules_burst 12", private=True)
    assert await of_chat(chat) == [("chat", "12")]
