"""A counter's code printed and counted, and a member's own link, as people meet them."""

from __future__ import annotations

from groupbot.core.text import units
from groupbot.testing import Talk


def link(chat: Talk, name: str) -> str:
    """The address of the newest link of this name."""
    return [u for u, made in chat.room.links.items() if made.get("name") == name][-1]


async def test_a_counter_is_printed_and_counted_and_a_friend_comes_by_a_members_link(chat: Talk) -> None:
    await chat.says(chat.owner, "/qr 收银台 / 早班")
    files = [m for m in chat.world.chats[chat.owner].messages.values() if "photo" in m or "document" in m]
    assert [("photo" in m, "document" in m) for m in files] == [(True, False), (False, True)]
    assert chat.world.files[files[1]["document"]["file_id"]][1][:5] == b"%PDF-"
    assert files[0]["caption"].startswith("收银台·早班 of Test group\nhttps://t.me/+")
    url = link(chat, "收银台·早班")
    for name in ("Mei", "Li"):
        await chat.joins(chat.person(name, joins=False), link=url)
    mei = chat.person("An", starts=True)
    await chat.joins(chat.person("Bo", joins=False), link=chat.invite())
    await chat.says(chat.owner, "/qr")
    assert chat.last().startswith("扫码进群(进群 / 还在 / 说过话)\n收银台·早班:2 / 2 / 0\n")
    await chat.says(mei, "邀请")
    assert chat.last(mei) == "Inviting friends by a link of your own is not switched on in this group."
    await chat.says(chat.owner, "/settings referral.on on")
    await chat.says(mei, "邀请")
    assert link(chat, "ref-2") in chat.last(mei)
    door = chat.last(mei).split("start=")[1].split()[0]
    shy = chat.person("Yu", joins=False, starts=True)
    await chat.says(shy, f"/start {door}", private=True)
    assert chat.last(shy).startswith("A friend invites you to Test group.")
    await chat.joins(shy)
    assert chat.rows("SELECT person_id, by_id, grade FROM referral") == [(shy, mei, "token")]
    chat.world.leave(shy, chat.room.id)
    await chat.settle()
    friend = chat.person("Xu", joins=False)
    await chat.joins(friend, link=link(chat, "ref-2"))
    await chat.says(friend, "你好")
    rows = chat.rows("SELECT person_id, by_id, state, grade FROM referral")
    assert rows == [(shy, mei, "left", "token"), (friend, mei, "held", "exact")]
    await chat.wait(days=7, minutes=6)
    assert chat.last(mei) == "A friend you brought to Test group stayed: +20 points. Thank you!"
    await chat.says(chat.owner, "/qr off 收银台·早班")
    assert chat.room.links[url]["is_revoked"]
    await chat.says(chat.owner, "/qr")
    assert chat.last().startswith("还没有码。")


async def test_who_is_forgotten_and_joins_again_is_nobodys_friend_anew(chat: Talk) -> None:
    await chat.says(chat.owner, "/settings referral.on on")
    mei, li = chat.person("Mei", starts=True), chat.person("Li", joins=False, starts=True)
    await chat.says(mei, "邀请")
    paid = []
    for _ in range(2):
        await chat.joins(li, link=link(chat, "ref-1"))
        await chat.says(li, "你好")
        await chat.wait(days=7, minutes=6)
        paid.append(chat.rows("SELECT balance FROM account WHERE kind = 'member'"))
        await chat.says(li, "/forget", private=True)
        await chat.presses(li, "Forget me", chat=li)
        await chat.wait(seconds=70)
        chat.world.leave(li, chat.room.id)
        await chat.settle()
    assert paid == [[(20,)], [(20,)]]
    assert chat.rows("SELECT state FROM referral") == [("paid",)]


async def test_codes_are_withdrawn_by_the_name_they_were_made_by_and_many_are_listed_on_pages(
    chat: Talk,
) -> None:
    await chat.says(chat.owner, "/qr Till 1 / morning")
    url = link(chat, "Till 1·morning")
    await chat.says(chat.owner, "/qr off")
    assert chat.last(chat.owner).startswith("Usage: /qr [COUNTER [/ SHIFT] | off NAME]")
    await chat.says(chat.owner, "/qr off  Till 1 /  morning")
    assert chat.last().startswith("「Till 1·morning」已停用")
    assert chat.room.links[url]["is_revoked"]
    await chat.says(chat.owner, "/qr off Till 1 / morning")
    assert chat.last(chat.owner).startswith("There is no link “Till 1/morning”")
    assert chat.rows("SELECT name, off_at IS NULL FROM invite") == [("Till 1·morning", 0)]
    for n in range(1, 62):
        await chat.says(chat.owner, f"/qr {n:02d}{'号' * 28}")
    await chat.says(chat.owner, "/qr")
    first = chat.last()
    assert (units(first) < 4096, "60号" in first, "61号" in first) == (True, True, False)
    await chat.presses(chat.owner, "下一页")
    assert ("60号" in chat.last(), "61号" in chat.last()) == (False, True)
    await chat.presses(chat.owner, "上一页")
    assert chat.last() == first
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, "/qr", private=True)
    assert "60号" in chat.last(chat.owner)
    await chat.presses(chat.owner, "Next", chat=chat.owner)
    assert ("60号" in chat.last(chat.owner), "61号" in chat.last(chat.owner)) == (False, True)
