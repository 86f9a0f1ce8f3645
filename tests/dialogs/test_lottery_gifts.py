"""Telegram gifts as prizes: priced at the order, given once to who claims, owed where Telegram refused."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from groupbot.surfaces.sandbox.limits import Limits
from groupbot.surfaces.sandbox.methods import ApiError, Methods
from groupbot.surfaces.sandbox.world import BotState, Json
from groupbot.testing import Talk, conversation
from tests.dialogs.test_forgotten import CANARY, FORMER, forgets, naming
from tests.dialogs.test_lottery import record_of
from tests.features.lottery.test_domain import verifier

BEAR, RING = "🧸", "💍"


@pytest_asyncio.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Talk]:
    """A group whose administrators may spend 200 of the bot's Stars a draw."""
    async with conversation(tmp_path, gift_stars=200) as talk:
        yield talk


class Lossy(Methods):
    """Gifts arrive, and the answer is lost on its way back."""

    def call(self, token: str, method: str, params: Json, files: Any) -> Any:
        found = super().call(token, method, params, files)
        if method.lower() == "sendgift":
            raise ApiError(502, "Bad Gateway")
        return found


def bot(chat: Talk) -> BotState:
    return next(iter(chat.world.bots.values()))


def given(chat: Talk) -> list[tuple[int, str]]:
    shelf = chat.world.gifts or {}
    return [(g["user"], shelf[g["gift"]]["sticker"]["emoji"]) for g in bot(chat).given]


def states(chat: Talk) -> list[str]:
    return [r[0] for r in chat.rows("SELECT state FROM lottery_gift ORDER BY id")]


async def won(chat: Talk, *people: int) -> None:
    """All come in, and it is drawn."""
    for person in people:
        assert (await chat.presses(person, "参加")).startswith("参加成功")
    await chat.says(chat.owner, "/lottery close")


async def test_a_gift_is_priced_drawn_claimed_and_arrives_once(chat: Talk) -> None:
    mei = chat.person("Mei", language="zh", starts=True)
    await chat.settle()
    bot(chat).stars = 20
    private = chat.owner
    await chat.says(chat.owner, f"/lottery gift:{BEAR} x2 24h")
    assert chat.last(private) == (
        "These gifts cost 30 Stars and the bot has 20 to spare (gifts already promised are set aside): 10 "
        "are missing. Please have its operator top up the bot, or choose smaller prizes; no draw was opened."
    )
    await chat.says(chat.owner, "/lottery gift:🦄 x1 24h")
    assert chat.last(private).split("\n")[:2] == [
        "There is no gift 🦄 now. On offer:",
        "💝 15 Stars gift:5170145012310081615",
    ]
    await chat.says(chat.owner, "/lottery gift:?")
    assert chat.last(private).startswith("Gifts on offer:\n💝 15 Stars gift:5170145012310081615\n")
    await chat.says(chat.owner, f"/lottery gift:{RING} x3 24h")
    assert chat.last(private) == "💍 is limited: 2 left, and the draw wants 3."
    assert chat.rows("SELECT count(*) FROM lottery") == [(0,)]
    # refused behind the answer, after the first rows were written: nothing of it stays
    await chat.says(chat.owner, f"/lottery 礼物:{BEAR} x1 + 900000积分 x9 24h")
    assert chat.last(private) == "Not enough points: 2,000 here, 8,100,000 needed."
    assert chat.rows("SELECT count(*) FROM lottery") == [(0,)]
    await chat.says(chat.owner, f"/lottery 礼物:{BEAR} x1 24h")
    assert chat.last().startswith("🎁 抽奖 #1:Telegram 礼物 🧸 ⭐15 × 1\n")
    assert '{"gift":"5170233102089322756","kind":"gift","name":' in chat.last()
    await won(chat, mei)
    assert await chat.presses(mei, "领奖") == "礼物送出了:Telegram 礼物 🧸 ⭐15。"
    assert await chat.presses(mei, "领奖") == "礼物送出了:Telegram 礼物 🧸 ⭐15。"
    await chat.wait(seconds=5)
    assert (given(chat), bot(chat).stars, states(chat)) == ([(mei, BEAR)], 5, ["given"])
    assert bot(chat).given[0]["text"] == "#1 Test group"
    ended = next(t for t in chat.bot_texts() if "已开奖" in t)
    await chat.says(chat.owner, "/verify 1")
    record = record_of(chat, chat.owner)
    assert (verifier()(record, ended), json.loads(record["rules"])["prizes"][0]["kind"]) == ("", "gift")


async def test_the_private_set_up_offers_gifts_and_promises_no_star_twice(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.settle()
    bot(chat).stars = 40
    await chat.says(chat.owner, "/lottery")
    await chat.says(chat.owner, f"gift:{BEAR} x1", private=True)
    await chat.presses(chat.owner, "1 hour", chat=chat.owner)
    asking = await chat.presses(chat.owner, "Publish", chat=chat.owner)
    assert asking == "Asking Telegram what the gifts cost; just a moment."
    assert chat.last().startswith("🎁 抽奖 #1:Telegram 礼物 🧸 ⭐15 × 1\n")
    await chat.says(chat.owner, "/lottery edit gift:5170250947678437525 x1 2h")
    assert "🎁 ⭐25 × 1" in chat.last()
    await won(chat, mei)
    await chat.says(chat.owner, f"/lottery gift:{BEAR} x2 1h")  # 25 of 40 are Mei's still
    assert "has 15 to spare" in chat.last(chat.owner)
    await chat.presses(mei, "领奖")
    await chat.wait(seconds=5)
    assert (given(chat), bot(chat).stars) == ([(mei, "🎁")], 15)


async def test_stars_that_are_gone_cost_nobody_the_prize(chat: Talk) -> None:
    mei, li = chat.person("Mei", language="zh", starts=True), chat.person("Li")
    await chat.settle()
    bot(chat).stars = 100
    await chat.says(chat.owner, f"/lottery gift:{BEAR} x2 24h")
    await won(chat, mei, li)
    bot(chat).stars, chat.world.no_gifts = 3, {li}
    await chat.presses(mei, "领奖")
    await chat.presses(li, "领奖")
    await chat.wait(seconds=5)
    prize = "Telegram 礼物 🧸 ⭐15"
    assert chat.last(mei) == f"抽奖 #1 的「{prize}」要晚一点到。奖品给你留着,已经告诉管理员了。"
    assert chat.last() == (
        f"Li,抽奖 #1 的「{prize}」没送到:你的账号设置了不收礼物。奖品给你留着,管理员会联系你。"
    )
    told = chat.bot_texts(chat.owner)
    assert told[-2:] == [
        f"Draw #1: {prize} for Mei could not be sent, the bot lacks Stars (15 needed). Next: have its "
        "operator top up, then press “Send again”; or hand it over yourself and press “Handed over”. It "
        "still belongs to Mei.",
        f"Draw #1: {prize} for Li could not be sent, their account takes no gifts. Next: ask them to allow "
        "gifts and press “Send again”; or give it another way and press “Handed over”. It still "
        "belongs to Li.",
    ]
    assert (given(chat), states(chat)) == ([], ["owed", "owed"])
    await chat.presses(chat.owner, "Handed over", chat=chat.owner)  # the newest: Li's
    assert chat.bot_texts(chat.owner)[-1] == f"Draw #1: {prize} for Li was handed over by an admin."
    await chat.presses(chat.owner, "Send again", chat=chat.owner)
    await chat.wait(seconds=5)  # still too few
    assert chat.bot_texts(chat.owner)[-1].startswith(f"Draw #1: {prize} for Mei could not be sent")
    assert chat.last(mei).startswith("抽奖 #1 的")  # told once
    bot(chat).stars = 15
    await chat.presses(chat.owner, "Send again", chat=chat.owner)
    await chat.wait(seconds=5)
    assert chat.bot_texts(chat.owner)[-1] == f"Draw #1: {prize} for Mei has been delivered."
    assert (given(chat), bot(chat).stars, states(chat)) == ([(mei, BEAR)], 0, ["given", "hand"])


async def test_a_gift_whose_answer_was_lost_is_never_sent_again_by_itself(tmp_path: Path) -> None:
    async with conversation(tmp_path, operators=(7_000_000_001,)) as chat:
        mei = chat.person("Mei", starts=True)
        await chat.settle()
        bot(chat).stars = 100
        await chat.says(chat.owner, f"/lottery gift:{BEAR} x1 24h")
        await won(chat, mei)
        good, chat.sandbox.methods = chat.sandbox.methods, Lossy(chat.world, limits=_unlimited)
        await chat.presses(mei, "领奖")
        await chat.wait(seconds=5)
        assert chat.last(chat.owner).startswith(
            "Draw #1: nobody knows whether Telegram 礼物 🧸 ⭐15 reached Mei ("
        )
        await chat.restarts()
        await chat.wait(minutes=10)
        assert (given(chat), states(chat)) == ([(mei, BEAR)], ["unknown"])
        chat.sandbox.methods = good
        await chat.says(chat.owner, "/outbox", private=True)
        assert [w in chat.last(chat.owner) for w in ("gift", "#1 Test group")] == [True, True]
        await chat.presses(chat.owner, "Let it be", chat=chat.owner)
        await chat.wait(seconds=5)
        assert chat.last(chat.owner) == (
            "Draw #1: Telegram 礼物 🧸 ⭐15 for Mei was closed by the operator, not sent again."
        )
        assert (given(chat), states(chat)) == ([(mei, BEAR)], ["closed"])


async def test_stars_are_the_operators_and_a_server_without_gifts_is_named(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        bot(chat).stars = 100
        await chat.says(chat.owner, f"/lottery gift:{BEAR} x1 24h")
        assert chat.last(chat.owner) == (
            "Gifts are paid from the bot’s Stars, so only its operator can promise them. Next: have the "
            "operator order the draw, or set gift_stars to what one draw may spend; no draw was opened."
        )
        chat.world.gifts = None
        await chat.says(chat.owner, f"/lottery gift:{BEAR} x1 24h")
        assert chat.last(chat.owner) == (
            "Telegram gifts are not available here: the Bot API server this bot uses does not know them yet. "
            "Use points, codes, or something staff hand over."
        )
        assert chat.rows("SELECT count(*) FROM lottery") == [(0,)]


def _unlimited() -> Limits:
    return Limits(bucket=1e9, rate=1e9, group_minute=10**9)


async def test_a_gift_owed_to_who_was_forgotten_names_nobody_in_the_group_and_can_still_be_given(
    chat: Talk,
) -> None:
    await chat.settle()
    bot(chat).stars = 40
    mei = chat.person(CANARY)
    await chat.says(chat.owner, f"/lottery gift:{BEAR} x1 24h")
    await won(chat, mei)
    await chat.says(chat.owner, "/quiet", private=True)  # so that the group is told
    chat.world.no_gifts = {mei}
    await chat.presses(mei, "领奖")
    await chat.wait(seconds=6)
    late, owed = (t for t in naming(chat) if "开奖" not in t and "恭喜" not in t and "🎉" not in t)
    assert late.startswith(f"{CANARY},抽奖 #1 的") and owed.endswith(f"奖品仍归 {CANARY}。")
    await forgets(chat, mei)
    said = naming(chat, FORMER)
    assert (late.replace(CANARY, FORMER) in said, owed.replace(CANARY, FORMER) in said) == (True, True)
    await chat.presses(chat.owner, "再送一次")
    await chat.wait(seconds=6)  # refused once more
    assert [t for t in chat.bot_texts() if "…" in t] == []
    await chat.presses(chat.owner, "已发奖")
    assert states(chat) == ["hand"]
    await chat.wait(hours=2)
    assert naming(chat) == []


async def test_who_called_a_draw_off_is_a_former_member_once_forgotten(chat: Talk) -> None:
    await chat.settle()
    mei, li = chat.person(CANARY, starts=True), chat.person("Li")
    await chat.promotes(mei, "can_change_info", "can_pin_messages")
    await chat.says(mei, "/lottery Tea x1 24h")
    await chat.presses(li, "参加")
    await chat.says(mei, "/lottery cancel")
    await chat.presses(mei, "取消抽奖")
    (card,) = naming(chat)
    await forgets(chat, mei)
    assert naming(chat, FORMER) == [card.replace(CANARY, FORMER)]
    assert naming(chat) == []
