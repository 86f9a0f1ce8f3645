"""Adding the bot to a group and setting it up."""

from pathlib import Path

import pytest

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.features.members import service, store
from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing import TOKEN, Talk, conversation

OLGA = 7_000_000_001  # who owns the group


async def test_three_taps_set_a_group_up_and_the_line_goes(tmp_path: Path) -> None:
    async with conversation(
        tmp_path, setup_line=True, group_language="", language="zh-hans", title="西湖店会员群"
    ) as chat:
        assert chat.bot_texts() == [
            "大家好,我是本群助手。现在只统计、不存聊天文字,不删消息、不发广告。群规 /rules · 隐私 /privacy"
        ]
        assert chat.last(chat.owner).startswith("「西湖店会员群」一切就绪")
        await chat.presses(chat.owner, "门店群", chat=chat.owner)
        await chat.presses(chat.owner, "中文", chat=chat.owner)
        await chat.presses(chat.owner, "Asia/Shanghai", chat=chat.owner)
        assert chat.bot_texts() == []
        assert chat.last(chat.owner).startswith("「西湖店会员群」设好了:门店群,时区 Asia/Shanghai。")
        assert chat.rows("SELECT tier, type, aim FROM chat_profile") == [("store", "social", "activate")]


@pytest.mark.parametrize(
    ("code", "written", "first"),
    [
        ("zh-hans", [("zh",)], "大家好,我是本群助手。"),
        ("en", [("en",)], "Hello, I help run"),
        ("", [], "大家好,我是本群助手。"),  # Telegram does not always tell it: what ships holds
    ],
)
async def test_a_group_speaks_as_who_adds_the_bot_even_if_they_never_started_it(
    tmp_path: Path, code: str, written: list[tuple[str]], first: str
) -> None:
    async with conversation(tmp_path, setup_line=True, group_language="") as chat:
        zhou = chat.world.add_user("周", language=code)
        if not code:
            del chat.world.users[zhou]["language_code"]
        room = chat.world.add_chat("茶友群", zhou)
        chat.world.add_bot_to(TOKEN, room.id, zhou, set(RIGHTS))
        await chat.settle()
        own = f"SELECT value FROM setting WHERE key = 'language' AND by_id = {zhou}"
        assert [(v.strip('"'),) for (v,) in chat.rows(own)] == written
        (said,) = chat.bot_texts(room.id)
        assert said.startswith(first)


async def test_missing_rights_are_told_in_private_and_again_when_granted(tmp_path: Path) -> None:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "needy.py").write_text(
        "from groupbot import Router\nrouter = Router('needy', needs={'delete', 'restrict'})\n"
    )
    async with conversation(tmp_path, setup_line=True, group_language="", rights=set()) as chat:
        assert chat.last(chat.owner).startswith(
            "I am in “Test group” and only observing. I still need the right to"
        )
        chat.world.promote(
            chat.id,
            700000001,
            chat.owner,
            {"can_delete_messages", "can_restrict_members", "can_pin_messages", "can_invite_users"},
        )
        await chat.settle()
        assert chat.last(chat.owner).startswith("“Test group” is ready")


@pytest.mark.parametrize(
    ("language", "right"), [("zh-hans", "「添加管理员」权限"), ("en", "the right to add admins")]
)
async def test_a_right_that_only_a_plug_in_needs_is_told_by_its_name(
    tmp_path: Path, language: str, right: str
) -> None:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "boss.py").write_text(
        "from groupbot import Router\nrouter = Router('boss', needs={'delete', 'promote'})\n"
    )
    rights = {"can_delete_messages", "can_restrict_members", "can_pin_messages", "can_invite_users"}
    async with conversation(
        tmp_path, setup_line=True, group_language="", language=language, rights=rights
    ) as chat:
        assert chat.rows("SELECT count(*) FROM quarantine") == [(0,)]
        assert right in chat.last(chat.owner)


async def test_an_unset_line_goes_after_ten_minutes(tmp_path: Path) -> None:
    async with conversation(tmp_path, setup_line=True, group_language="") as chat:
        assert len(chat.bot_texts()) == 1
        await chat.wait(minutes=11)
        assert chat.bot_texts() == []


async def test_a_basic_group_keeps_everything_when_it_is_upgraded(tmp_path: Path) -> None:
    async with conversation(
        tmp_path, setup_line=True, group_language="", type="group", title="Store"
    ) as chat:
        await chat.presses(chat.owner, "Store", chat=chat.owner)
        mei = chat.person("Mei")
        await chat.says(mei, "hello")
        before = chat.rows("SELECT chat_id, tier FROM chat_profile")
        new = chat.world.upgrade(chat.id, chat.owner)
        chat.room = chat.world.chats[new]
        await chat.settle()
        await chat.says(mei, "still here")
        assert chat.rows("SELECT chat_id, tier FROM chat_profile") == before
        assert chat.rows("SELECT count(*), count(DISTINCT chat_id) FROM event WHERE kind = 'message'") == [
            (2, 1)
        ]
        assert chat.rows(f"SELECT count(*) FROM membership WHERE person_id = {mei}") == [(1,)]


async def test_who_changes_what_the_bot_may_did_not_add_it(chat: Talk) -> None:
    li = chat.person("Li", starts=True)
    await chat.promotes(li, "can_promote_members")
    adder = "SELECT added_by FROM chat_profile WHERE chat_id = 2"
    chat.world.promote(chat.id, chat.world.bots[TOKEN].user, li, {"can_delete_messages"})
    await chat.settle()
    assert chat.rows(adder) == [(chat.owner,)]
    # removed, and added again by somebody else
    chat.world.remove_bot(TOKEN, chat.id, chat.owner)
    await chat.settle()
    chat.world.add_bot_to(TOKEN, chat.id, li, set(RIGHTS))
    await chat.settle()
    assert chat.rows(adder) == [(li,)]


async def test_who_upgrades_the_group_did_not_add_the_bot(tmp_path: Path) -> None:
    async with conversation(tmp_path, type="group") as chat:
        li = chat.person("Li", starts=True)
        chat.world.promote(chat.id, li, chat.owner, set(RIGHTS))
        await chat.settle()
        new = chat.world.upgrade(chat.id, li)
        await chat.settle()
        del chat.world.chats[new].members[chat.world.bots[TOKEN].user]
        chat.world.add_bot_to(TOKEN, new, li, set(RIGHTS))  # as Telegram tells of the new id
        await chat.settle()
        assert chat.rows("SELECT added_by FROM chat_profile") == [(chat.owner,)]


async def test_a_link_pre_fills_the_tier(tmp_path: Path) -> None:
    async with conversation(tmp_path, setup_line=True, group_language="") as chat:
        await chat.says(chat.owner, "/start@groupbot_demo_bot t_dealer")
        assert chat.rows("SELECT tier FROM chat_profile") == [("dealer",)]


async def test_a_stranger_cannot_set_the_group_up(tmp_path: Path) -> None:
    async with conversation(tmp_path, setup_line=True, group_language="") as chat:
        mei = chat.person("Mei", starts=True)
        assert await chat.presses(mei, "Admin set-up") == "Checking your rights…"
        assert chat.last(mei) == "Only admins can do this."
        [(group,)] = chat.rows("SELECT chat_id FROM chat_profile")
        for number in (group, 999):
            await chat.says(mei, f"/start setup_{number}", private=True)
            assert chat.last(mei) == "Only admins can do this."
        await chat.wait(minutes=2)
        await chat.says(mei, f"/start setup_{group}", private=True)
        assert chat.bot_texts(mei)[-2:] == ["Checking your rights…", "Only admins can do this."]
        assert "Test group" not in " ".join(chat.bot_texts(mei))


async def test_a_new_tier_leaves_a_parent_that_does_not_fit_and_says_so(tmp_path: Path) -> None:
    async with conversation(tmp_path, setup_line=True, group_language="", title="Store") as chat:
        await chat.presses(chat.owner, "Store", chat=chat.owner)

        def place(work: Work) -> None:
            above = resolve(work, Chat(-1007, "supergroup", "Dealers")).id
            new = {"chat_id": above, "added_by": 1, "added_at": work.now, "status": "member", "rights": []}
            work.sql.run(store.NEW_PROFILE, **new)
            service.set_profile(work, above, tier="dealer")
            service.set_profile(work, own, parent=above)

        ((own,),) = chat.rows("SELECT chat_id FROM chat_profile")
        mine = f"SELECT tier, parent_id FROM chat_profile WHERE chat_id = {own}"
        await chat.app.writer.submit(place)
        await chat.presses(chat.owner, "Store", chat=chat.owner)
        assert "Dealers" not in chat.last(chat.owner)
        assert chat.rows(mine)[0][1] is not None
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        assert "“Dealers” no longer stands above it" in chat.last(chat.owner)
        assert chat.rows(mine) == [("consumer", None)]


async def test_a_new_tier_leaves_groups_below_that_do_not_fit_and_says_so(tmp_path: Path) -> None:
    async with conversation(tmp_path, setup_line=True, group_language="", title="West") as chat:
        await chat.presses(chat.owner, "Dealers", chat=chat.owner)
        ((own,),) = chat.rows("SELECT chat_id FROM chat_profile")

        def place(work: Work) -> None:
            for n, title in enumerate(("Lake", "Gate"), 7):
                below = resolve(work, Chat(-1000 - n, "supergroup", title)).id
                new = {"chat_id": below, "added_by": 1, "added_at": work.now, "status": "member"}
                work.sql.run(store.NEW_PROFILE, **new, rights=[])
                work.drop("members.groups", 0)
                service.set_profile(work, below, tier="store", parent=own)

        def below(work: Work) -> list[int | None]:
            return [p.parent for p in service.profiles(work) if p.tier == "store" and p.chat != own]

        await chat.app.writer.submit(place)
        await chat.presses(chat.owner, "Dealers", chat=chat.owner)
        assert "below" not in chat.last(chat.owner)
        assert await chat.app.writer.submit(below) == [own, own]
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        assert "“Lake”, “Gate” no longer stand below it." in chat.last(chat.owner)
        assert await chat.app.writer.submit(below) == [None, None]
        assert chat.rows("SELECT DISTINCT parent_id FROM chat_profile") == [(None,)]


async def test_matrix_is_told_in_private_only(tmp_path: Path) -> None:
    async with conversation(tmp_path, operators=(990001,)) as chat:
        wen = 990001
        chat.world.users[wen] = dict(chat.world.users[chat.owner], id=wen, first_name="Wen")
        chat.room.members[wen] = type(chat.room.members[chat.owner])()
        await chat.says(wen, "/matrix")
        assert chat.last().startswith("内容只能私下发给你:")
        before = chat.bot_texts()
        for bot in chat.world.bots.values():
            bot.started.add(wen)
        await chat.says(wen, "/start", private=True)
        await chat.says(wen, "/matrix")
        assert chat.last(wen) == "Test group · not set up, observing"
        assert chat.bot_texts() == before


async def test_who_added_the_bot_and_lost_the_right_sets_nothing_up(tmp_path: Path) -> None:
    async with conversation(tmp_path, setup_line=True, group_language="") as chat:
        [(group,)] = chat.rows("SELECT chat_id FROM chat_profile")
        await chat.wait(minutes=2)
        chat.room.members[chat.owner].status = "member"  # nobody tells the bot
        assert await chat.presses(chat.owner, "Store", chat=chat.owner) == "Checking your rights…"
        assert chat.last(chat.owner) == "Only admins can do this."
        await chat.says(chat.owner, "/start t_store")
        await chat.wait(minutes=2)
        await chat.says(chat.owner, f"/start setup_{group}", private=True)
        assert chat.bot_texts(chat.owner)[-2:] == ["Checking your rights…", "Only admins can do this."]
        assert chat.rows("SELECT tier FROM chat_profile") == [(None,)]


async def test_an_admin_not_known_for_a_minute_goes_on_once_it_is_known(tmp_path: Path) -> None:
    async with conversation(tmp_path, setup_line=True, group_language="", type="group") as chat:
        [(group,)] = chat.rows("SELECT chat_id FROM chat_profile")
        await chat.wait(minutes=2)
        await chat.says(chat.owner, f"/start setup_{group}", private=True)
        assert chat.last(chat.owner).startswith("What kind of group is “Test group”?")
        await chat.wait(minutes=2)
        assert await chat.presses(chat.owner, "Dealers", chat=chat.owner) == "Checking your rights…"
        assert chat.rows("SELECT tier FROM chat_profile") == [("dealer",)]


async def test_an_admin_who_asked_for_quiet_sets_the_group_up_too(tmp_path: Path) -> None:
    async with conversation(tmp_path, group_language="") as chat:
        await chat.says(chat.owner, "/quiet on", private=True)
        await chat.says(chat.owner, "/setup")
        assert chat.last(chat.owner).startswith("What kind of group is “Test group”?")


@pytest.mark.parametrize("payload", ["setup_" + "9" * 25, "setup_²", "setup_", "setup_-1", "t_"])
async def test_a_start_link_that_means_nothing_gets_the_welcome(tmp_path: Path, payload: str) -> None:
    async with conversation(tmp_path) as chat:
        await chat.says(chat.owner, f"/start {payload}", private=True)
        assert chat.last(chat.owner).startswith("Hello. I help run member groups")
        assert chat.rows("SELECT count(*) FROM quarantine") == [(0,)]


@pytest.mark.parametrize(
    ("plugin", "asked"),
    [
        ("", "delete_messages+invite_users+pin_messages+restrict_members"),
        (
            "from groupbot import Router\nrouter = Router('needy', needs={'info', 'topics', 'promote'})\n",
            "delete_messages+change_info+invite_users+pin_messages+promote_members+restrict_members"
            "+manage_topics",
        ),
    ],
)
async def test_links_ask_for_the_rights_that_are_needed_of_plug_ins_too(
    tmp_path: Path, plugin: str, asked: str
) -> None:
    if plugin:
        (tmp_path / "handlers").mkdir()
        (tmp_path / "handlers" / "needy.py").write_text(plugin)
    async with conversation(tmp_path, operators=(OLGA,)) as chat:
        await chat.says(OLGA, "/addlink", private=True)
        to = "https://t.me/groupbot_demo_bot?startgroup=t_"
        assert chat.last(OLGA).splitlines() == [
            f"Dealers: {to}dealer&admin={asked}",
            f"Store: {to}store&admin={asked}",
            f"Consumers: {to}consumer&admin={asked}",
        ]


async def test_the_link_of_the_welcome_leaves_the_tier_open(tmp_path: Path) -> None:
    async with conversation(tmp_path, operators=(990001,)) as chat:
        await chat.says(chat.owner, "/start", private=True)
        urls = [
            button["url"].partition("&")[0]
            for message in chat.world.chats[chat.owner].messages.values()
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
            if "url" in button
        ]
        assert set(urls) == {"https://t.me/groupbot_demo_bot?startgroup=add"}
