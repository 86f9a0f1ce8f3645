"""Gifts, paid from the bot's Stars; the errors are those of Telegram's payments."""

from __future__ import annotations

from groupbot.surfaces.sandbox.methods.call import ApiError, Call, bad
from groupbot.surfaces.sandbox.world import Json

_TEXT = 128  # characters


def _shelf(call: Call) -> dict[str, Json]:
    """The gifts; a server older than these methods answers as to any other unknown name."""
    if call.world.gifts is None:
        raise ApiError(404, "Not Found")
    return call.world.gifts


def get_available_gifts(call: Call) -> Json:
    return {"gifts": [g for g in _shelf(call).values() if g.get("remaining_count") != 0]}


def get_my_star_balance(call: Call) -> Json:
    _shelf(call)
    return {"amount": call.bot.stars}


def send_gift(call: Call) -> bool:
    """To a person the bot has seen; whether they ever wrote to it does not matter."""
    world, bot, shelf = call.world, call.bot, _shelf(call)
    user, text = call.number("user_id"), call.text("text")
    if call.text("chat_id"):
        raise ApiError(501, "Not Implemented: the sandbox does not model gifts to channels")
    if user <= 0:
        raise bad("invalid user_id specified")
    if user not in world.users:
        raise bad("user not found")
    gift = shelf.get(call.text("gift_id"))
    if gift is None:
        raise bad("STARGIFT_INVALID")
    if len(text) > _TEXT:
        raise bad("STARGIFT_MESSAGE_INVALID")
    if user in world.no_gifts:
        raise bad("USER_DISALLOWED_STARGIFTS")
    if gift.get("remaining_count") == 0:
        raise bad("STARGIFT_USAGE_LIMITED")
    price = gift["star_count"]
    if call.flag("pay_for_upgrade"):
        if "upgrade_star_count" not in gift:
            raise bad("STARGIFT_UPGRADE_UNAVAILABLE")
        price += gift["upgrade_star_count"]
    if bot.stars < price:
        raise bad("BALANCE_TOO_LOW")
    bot.stars -= price
    if "remaining_count" in gift:
        gift["remaining_count"] -= 1
    bot.given.append({"user": user, "gift": gift["id"], "text": text, "stars": price})
    if user in bot.started:
        told = {"gift": dict(gift)} | ({"text": text} if text else {})
        world.post(world.private(user), bot.user, tell=False, gift=told)
    return True


METHODS = {
    "getAvailableGifts": get_available_gifts,
    "getMyStarBalance": get_my_star_balance,
    "sendGift": send_gift,
}
