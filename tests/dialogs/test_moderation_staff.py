"""Administrators made through the bot, who may do what, proofs of anonymous ones, and the doctor."""

from __future__ import annotations

from pathlib import Path

from groupbot.testing import Talk, conversation
from tests.dialogs.acting import acts, buttons, member, moderator


async def test_promote_gives_what_both_may_and_never_the_right_to_promote(chat: Talk) -> None:
    zhou = await moderator(chat, rights={"can_promote_members", "can_delete_messages"})
    li = member(chat, "Li")
    await chat.says(li, "hello")
    await chat.says(zhou, f"/promote {li} Helper")
    assert chat.last() == "Li 现在是管理员,权限:删除消息、管理群。第 1 号"
    made = chat.room.members[li]
    assert (made.status, made.rights, made.title) == (
        "administrator",
        {"can_delete_messages", "can_manage_chat"},
        "Helper",
    )
    await chat.says(zhou, f"/promote {li}")
    assert chat.last() == "Li 已经是管理员了。"
    assert "封禁用户" in await chat.presses(zhou, "撤销")
    chen = await moderator(chat, "Chen", {"can_restrict_members"})  # who may not make or unmake admins
    assert "添加管理员" in await chat.presses(chen, "撤销")
    await chat.says(chen, "/undo 1")
    assert (chat.status(li), "添加管理员" in chat.last()) == ("administrator", True)
    await chat.presses(chat.owner, "撤销")
    assert chat.status(li) == "member"


async def test_demote_and_title_work_on_those_the_bot_made(chat: Talk) -> None:
    li, chen = member(chat, "Li"), await moderator(chat, "Chen")
    await chat.says(li, "hello")
    await chat.says(chat.owner, f"/demote {chen}")
    assert chat.last(chat.owner).startswith("Telegram lets me change only admins I made. Chen was made")
    await chat.says(chat.owner, f"/title {li} Boss")
    assert chat.last(chat.owner) == "Li is no admin here."
    await chat.says(chat.owner, f"/promote {li}")
    await chat.says(chat.owner, f"/title {li} Boss")
    assert (chat.last(), chat.room.members[li].title) == ("Li 的头衔是「Boss」。", "Boss")
    await chat.says(chat.owner, f"/title {li} {'long ' * 5}")
    assert chat.last(chat.owner) == "A title has at most 16 characters and no emoji."
    await chat.says(chat.owner, f"/demote {li}")
    assert (chat.status(li), chat.last()) == ("member", "Li 现在是普通成员。第 2 号")
    assert [a[1] for a in acts(chat)] == ["promote", "demote"]


async def test_admins_are_named_and_the_anonymous_ones_only_counted(chat: Talk) -> None:
    await moderator(chat, "Zhou")
    ghost = await moderator(chat, "Ghost")
    chat.world.set_member(chat.room, ghost, chat.owner, anonymous=True)
    await chat.settle()
    await chat.says(member(chat, "Li"), "/adminlist")
    assert chat.last() == "群主:Olga\n管理员:Zhou · 另有 1 位不公开"


async def test_ids_and_what_is_known_of_somebody(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    said = await chat.says(li, "hello")
    await chat.says(li, "/id")
    assert chat.last() == f"群 {chat.id} · 你 {li}"
    await chat.says(zhou, "/id", reply_to=said)
    assert chat.last() == f"群 {chat.id} · 消息 {said} · Li {li}"
    await chat.says(zhou, f"/warn {li}")
    await chat.says(zhou, f"/info {li}")
    assert chat.last() == f"Li · {li} · 成员\n提醒 1 · 记录 1"
    await chat.says(li, f"/info {zhou}")
    assert chat.last() == "这个操作只有管理员能用。"


# --- who may
async def test_an_administrator_without_the_right_is_told_which_it_is(chat: Talk) -> None:
    weak, li = await moderator(chat, "Weak", {"can_delete_messages"}), member(chat, "Li")
    await chat.says(weak, f"/ban {li}")
    assert chat.last() == "你是管理员,但做这件事还要群主给你开通:封禁用户。"
    half = await moderator(chat, "Half", {"can_restrict_members"})
    said = await chat.says(li, "noise")
    await chat.says(half, "/dban", reply_to=said)
    assert chat.last() == "你是管理员,但做这件事还要群主给你开通:删除消息。"
    await chat.says(li, f"/ban {half}")
    assert chat.last() == "这个操作只有管理员能用。"
    assert (chat.status(li), acts(chat)) == ("member", [])


async def test_the_bot_names_the_right_it_lacks_and_the_doctor_says_for_what(tmp_path: Path) -> None:
    async with conversation(tmp_path, rights={"can_delete_messages"}) as chat:
        li = member(chat, "Li")
        await chat.says(chat.owner, f"/ban {li}")
        assert chat.last(chat.owner).startswith("I cannot do that here yet: I lack the right to ban users.")
        await chat.says(chat.owner, "/doctor")
        lines = chat.last().split("\n")
        assert lines[0] == "我在这里还做不了的事,和各自缺的权限:"
        assert "• 手动移出、休息和提醒:封禁用户" in lines
        assert "• 手动删除和置顶:置顶消息" in lines
        waiting = next(line for line in lines if line.startswith("这些命令在等它:"))
        assert {"/ban", "/mute", "/pin", "/promote"} <= set(waiting.removeprefix("这些命令在等它:").split())
        bot = chat.app.bot.id
        full = {"can_delete_messages", "can_restrict_members", "can_pin_messages", "can_invite_users"}
        chat.world.promote(chat.id, bot, chat.owner, full)
        await chat.settle()
        await chat.says(chat.owner, "/doctor")
        assert chat.last() == "一切正常:各模块需要的权限都有。"
        await chat.says(chat.owner, f"/ban {li}")
        assert chat.status(li) == "kicked"


async def test_a_demotion_counts_at_once_and_within_a_minute_even_unheard(chat: Talk) -> None:
    zhou, chen, li = await moderator(chat), await moderator(chat, "Chen"), member(chat, "Li")
    chat.world.promote(chat.id, zhou, chat.owner, set())
    await chat.says(zhou, f"/ban {li}")
    assert (chat.last(), chat.status(li)) == ("这个操作只有管理员能用。", "member")
    await chat.says(chen, "/warnlimit")
    gone = chat.room.members[chen]
    gone.status, gone.rights = "member", set()  # no update tells of it
    await chat.wait(seconds=61)
    await chat.says(chen, f"/ban {li}")
    assert (chat.last(), chat.status(li)) == ("这个操作只有管理员能用。", "member")


# --- anonymous administrators
async def test_who_posts_as_the_group_proves_it_and_the_act_is_theirs(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(li, "hello")
    await chat.says(zhou, f"/ban {li} adverts", anonymous=True)
    assert chat.last().startswith("这条 /ban 是以群的身份发的,看不出是哪位。")
    assert chat.status(li) == "member"
    weak = await moderator(chat, "Weak", {"can_delete_messages"})
    assert await chat.presses(li, "是我发的") == "正在核对权限,稍等…"
    assert await chat.presses(li, "是我发的") == "这个操作只有管理员能用。"
    assert "封禁用户" in await chat.presses(weak, "是我发的")
    await chat.presses(zhou, "是我发的")
    assert (chat.status(li), acts(chat)) == ("kicked", [(1, "ban", li, zhou, "adverts", 0)])
    assert buttons(chat) == ["撤销"]


async def test_a_proof_runs_the_command_once_and_only_for_a_minute(chat: Talk) -> None:
    zhou, li, mei = await moderator(chat), member(chat, "Li"), member(chat, "Mei")
    await chat.says(zhou, f"/warn {li}", anonymous=True)
    room = chat.room
    mid, body = next((m, b) for m, b in room.messages.items() if "reply_markup" in b)
    data = body["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _ in range(3):
        room.messages.setdefault(mid, body)
        chat.world.press(zhou, chat.id, mid, data)
    await chat.settle()
    assert [a[1] for a in acts(chat)] == ["warn"]
    await chat.says(zhou, f"/warn {mei}", anonymous=True)
    mid, body = max((m, b) for m, b in room.messages.items() if "是我发的" in str(b))
    await chat.wait(seconds=61)
    room.messages[mid] = body
    data = body["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    query = chat.world.press(zhou, chat.id, mid, data)
    await chat.settle()
    assert chat.world.queries[query]["text"] != ""
    assert [a[2] for a in acts(chat)] == [li]


async def test_a_group_may_trust_who_posts_as_it_but_not_as_its_owner(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, "/anonadmin on")
    assert chat.last() == "这个操作只有群主能用。"
    await chat.says(chat.owner, "/anonadmin on", anonymous=True)
    assert chat.last().startswith("这条 /anonadmin 是以群的身份发的")
    await chat.presses(zhou, "是我发的")
    await chat.says(zhou, f"/ban {li}", anonymous=True)
    assert chat.status(li) == "member"
    await chat.says(chat.owner, "/anonadmin on")
    await chat.says(zhou, f"/ban {li}", anonymous=True)
    assert chat.status(li) == "kicked"
    await chat.says(chat.owner, "/anonadmin maybe")
    assert chat.last(chat.owner).startswith("Usage: /anonadmin")
