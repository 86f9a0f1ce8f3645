"""Gifts: paid from the bot's Stars, refused in Telegram's words."""

from typing import Any

from tests.surfaces.sandbox.conftest import TOKEN, Net

BEAR, RING = "5170233102089322756", "5170690322832818290"


async def refused(net: Net, **params: Any) -> str:
    answer = await net.call("sendGift", **params)
    return str(answer.get("description"))


async def test_a_gift_costs_stars_and_is_refused_in_telegrams_words(net: Net) -> None:
    bot = net.world.bots[TOKEN]
    bot.stars = 120
    offered = await net.good("getAvailableGifts")
    assert {g["id"]: g["star_count"] for g in offered["gifts"]}[BEAR] == 15
    assert [
        await refused(net, gift_id=BEAR),
        await refused(net, gift_id=BEAR, user_id=5),
        await refused(net, gift_id="1", user_id=net.mei),
        await refused(net, gift_id=BEAR, user_id=net.mei, text="x" * 127 + "yz"),
        await refused(net, gift_id=BEAR, user_id=net.mei, pay_for_upgrade=True),
    ] == [
        "Bad Request: invalid user_id specified",
        "Bad Request: user not found",
        "Bad Request: STARGIFT_INVALID",
        "Bad Request: STARGIFT_MESSAGE_INVALID",
        "Bad Request: STARGIFT_UPGRADE_UNAVAILABLE",
    ]
    assert await net.good("sendGift", gift_id=RING, user_id=net.mei, text="#1") is True
    assert await net.good("getMyStarBalance") == {"amount": 20}
    assert await refused(net, gift_id=RING, user_id=net.mei) == "Bad Request: BALANCE_TOO_LOW"
    bot.stars = 200
    await net.good("sendGift", gift_id=RING, user_id=net.mei)
    assert await refused(net, gift_id=RING, user_id=net.mei) == "Bad Request: STARGIFT_USAGE_LIMITED"
    net.world.no_gifts.add(net.mei)
    assert await refused(net, gift_id=BEAR, user_id=net.mei) == "Bad Request: USER_DISALLOWED_STARGIFTS"
    assert [(g["user"], g["gift"], g["stars"]) for g in bot.given] == [(net.mei, RING, 100)] * 2
    assert RING not in {g["id"] for g in (await net.good("getAvailableGifts"))["gifts"]}


async def test_a_server_without_gifts_does_not_know_the_methods(net: Net) -> None:
    net.world.gifts = None
    for method in ("getAvailableGifts", "getMyStarBalance", "sendGift"):
        assert (await net.call(method))["description"] == "Not Found"
