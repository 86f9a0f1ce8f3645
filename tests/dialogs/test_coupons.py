"""Coupons from the order to the counter, by several members at once."""

import re

from groupbot.testing import Talk


async def test_codes_are_sealed_published_taken_in_private_and_redeemed_once(chat: Talk) -> None:
    mei, li, an = (chat.person(n, language="zh", starts=n != "An") for n in ("Mei", "Li", "An"))
    await chat.says(chat.owner, "/coupon 山楂 2 提 59 7d use30d")
    assert "is number 1." in chat.last(chat.owner)
    sent = await chat.says(chat.owner, "/codes 1\nHAW-0001\nHAW-0002\nx", private=True)
    assert sent not in chat.world.chats[chat.owner].messages
    assert chat.last(chat.owner).startswith("“山楂 2 提 59”: 2 codes added, 1 not read as codes")
    assert "HAW-" not in chat.dump()
    await chat.says(mei, "/codes 1 make 5", private=True)
    assert chat.last(mei) == "没有编号 1 的券可用:可能结束了,或者不是你建的。"
    assert await chat.presses(chat.owner, "Publish", chat=chat.owner) == "It is in the group"
    assert chat.last().startswith("🎟 山楂 2 提 59\n░░░░░░░░ 0/2\n")

    assert (await chat.presses(an, "领券")).startswith("内容只能私下发给你")
    assert await chat.presses(mei, "领券") == "券码已私下发给你"
    code = re.search(r"HAW-\d{4}", chat.last(mei))
    assert code is not None
    assert (await chat.presses(mei, "领券")).startswith("「山楂 2 提 59」你 ")
    assert await chat.presses(li, "领券") == "券码已私下发给你"
    await chat.wait(seconds=7)
    assert "▓▓▓▓▓▓▓▓ 2/2\n领完了" in chat.last()
    await chat.says(mei, "优惠券")
    assert "山楂 2 提 59 · " in chat.last(mei)
    assert "HAW-" not in chat.dump()

    await chat.says(mei, f"/redeem {code[0]}")
    assert chat.last(mei) == "这个操作只有管理员和当班的值班成员能用。"
    await chat.says(chat.owner, f"/redeem {code[0].lower()}")
    assert chat.last() == "✓ 山楂 2 提 59,Mei 的券,已核销。"
    assert chat.last(mei) == "你的券「山楂 2 提 59」刚刚用掉了。"
    await chat.says(chat.owner, f"/redeem {code[0]}")
    assert chat.last(chat.owner).startswith("This code was used on ")
    await chat.says(chat.owner, "/coupons")
    assert chat.last() == "1 山楂 2 提 59 · 发放中 · 2 个码,领 2,用 1"
    await chat.says(chat.owner, "/lottery 券1 x1 1h")
    assert chat.last(chat.owner).startswith("山楂 2 提 59 has only 0 free codes, 1 is wanted.")
    await chat.says(chat.owner, "/codes 1 make 1", private=True)
    for way in ("cancel", "close"):
        await chat.says(chat.owner, "/lottery 券1 x1 1h")
        assert "山楂 2 提 59 × 1" in chat.last()
        await chat.presses(li, "参加")
        await chat.says(chat.owner, f"/lottery {way}")
        if way == "cancel":
            await chat.presses(chat.owner, "取消抽奖")
    assert await chat.presses(li, "领奖") == "「山楂 2 提 59」已私信给你,请收好。"
    assert "的券码:" in chat.last(li)
    await chat.says(chat.owner, f"/redeem {chat.last(li).splitlines()[1]}")
    await chat.says(chat.owner, "/coupons")
    assert chat.last() == "1 山楂 2 提 59 · 发放中 · 3 个码(1 个作抽奖奖品),领 3,用 2"
    await chat.says(chat.owner, "/coupon close 1")
    assert chat.last() == "「山楂 2 提 59」不再发了;已领的券照常使用。"
