"""Plans under operators' hands: approvals, pinned versions, broken edits, a post at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from groupbot.testing import conversation
from tests.dialogs.test_promos import CARD, OPERATOR, Planned

WEN = OPERATOR


class Ops(Planned):
    """The same, with an operator and a chat of operators."""

    ops: int

    def said(self) -> str:
        return self.talk.last(self.ops)


@pytest_asyncio.fixture
async def ops(tmp_path: Path) -> AsyncIterator[Ops]:
    (tmp_path / "content_templates" / "plans").mkdir(parents=True)
    async with conversation(tmp_path, title="西湖店", operators=(OPERATOR,), ops_chat=-1007777) as talk:
        made = Ops(talk, tmp_path)
        talk.world.users[WEN] = dict(talk.world.users[talk.owner], id=WEN, first_name="Wen")
        room = talk.world.add_chat("Ops", talk.owner, type="supergroup")
        talk.world.chats[-1007777] = talk.world.chats.pop(room.id)
        room.id = made.ops = -1007777
        room.members[WEN] = type(talk.room.members[talk.owner])()
        talk.world.add_bot_to(next(iter(talk.world.bots)), room.id, talk.owner, set())
        await talk.settle()
        await made.until(9, 30)
        talk.holds()
        await made.profile()
        yield made


async def presses(ops: Ops, label: str) -> str:
    room = ops.talk.room
    ops.talk.room = ops.talk.world.chats[ops.ops]
    try:
        return await ops.talk.presses(WEN, label)
    finally:
        ops.talk.room = room


async def test_approval_pins_content_and_a_changed_template_holds_the_slot(ops: Ops) -> None:
    own = ops.folder.parent / "shop"
    own.mkdir()
    for lang in ("zh", "en"):
        (own / f"offer.{lang}.html.j2").write_text(
            "---\nsample: {price: 59}\n---\n山楂 {{ price }}元", "utf-8"
        )
    ops.write(template="shop/offer", data="{price: 59}", kind="notice")
    await ops.until(9, 40)
    await ops.until(9, 41)
    assert ops.said().startswith("小年促销 · 待批准\n门店 1个群 · 下次 ")
    assert "山楂 59元" in ops.said()
    await ops.until(10)
    assert (ops.talk.bot_texts(), ops.slots()) == ([], [("held", None), ("waiting", None)])
    assert await presses(ops, "批准") == "「小年促销」Wen已批准,1个群"
    await ops.until(10, 1)
    assert ops.talk.bot_texts() == ["山楂 59元"]
    # an edit after the approval holds the next slot and shows what differs
    (own / "offer.zh.html.j2").write_text("---\nsample: {price: 59}\n---\n山楂只要 {{ price }}元", "utf-8")
    await asyncio.sleep(0.6)  # files are looked at twice a second
    await ops.until(9, 59)
    assert "-山楂 {{ price }}元\n+山楂只要 {{ price }}元" in ops.said()
    await ops.until(10)
    assert ops.talk.bot_texts() == ["山楂 59元"]
    assert await presses(ops, "照旧版发") == "「小年促销」Wen已批准,1个群"
    await ops.until(10, 2)
    assert ops.talk.bot_texts() == ["山楂 59元", "山楂 59元"]
    # a broken edit is told with line and likely name; the last good version stays
    (own / "offer.zh.html.j2").write_text("---\nsample: {price: 59}\n---\n山楂只要 {{ prise }}元", "utf-8")
    await asyncio.sleep(0.6)
    await ops.until(10, 3)
    told = ops.said()
    assert told.startswith("⚠️ offer.zh 第4行:没有「prise」,是不是 price?\n山楂只要 {{ prise }}元\n")
    assert "「小年促销」门店 1群" in told
    assert told.endswith("旧版 v2 仍有效。")
    assert await presses(ops, "停这条") == "「小年促销」Wen已停"
    await ops.until(9, 59)
    await ops.until(10)
    assert len(ops.talk.bot_texts()) == 2


async def test_operators_list_schedule_and_post_at_once(ops: Ops) -> None:
    talk = ops.talk
    ops.write()
    await ops.until(9, 40)
    room, talk.room = talk.room, talk.world.chats[ops.ops]
    await talk.says(WEN, "/plan")
    assert "· 小年促销 · 待批准 · 门店 1个群" in ops.said()
    await talk.presses(WEN, "批准本页待批的")
    assert "· 小年促销 · 已批准 · 门店 1个群" in ops.said()
    await talk.says(WEN, "/plan 小年促销")
    assert ops.said().startswith("小年促销 · 已批准")
    await talk.says(WEN, "/schedule")
    assert ops.said().endswith("10:00「小年促销」1个群")
    await talk.says(WEN, "/post 门电 明天盘点")
    assert ops.said() == "没有「门电」这个范围,是不是「门店」?"
    await talk.says(WEN, "/paidpost 门店 明天盘点")
    assert ops.said().startswith("要花 1 颗星,但还没允许花星星")
    await talk.says(WEN, "/post 门店 明天<盘点>")
    assert "明天<盘点>" in ops.said()
    talk.room = room
    await talk.wait(seconds=2)
    assert talk.bot_texts() == []
    await presses(ops, "批准")
    await talk.wait(seconds=2)
    assert talk.bot_texts() == ["明天<盘点>"]
    await ops.until(9, 59)
    await ops.until(10)
    assert talk.bot_texts() == ["明天<盘点>"]  # three hours lie between two posts
    await ops.until(9, 59)
    await ops.until(10)
    assert talk.bot_texts() == ["明天<盘点>", CARD]


async def test_a_mistake_in_a_plan_file_is_told_once_in_the_operators_chat(ops: Ops) -> None:
    ops.write(audience="门点")
    await ops.until(9, 31)
    await ops.until(9, 32)
    told = [t for t in ops.talk.bot_texts(ops.ops) if t.startswith("⚠️ 计划文件")]
    assert told == [
        "⚠️ 计划文件有地方不对,这几条不会发(以前的好版本照旧):\n"
        "· own.yaml:2: 小年促销: no audience '门点' → did you mean 门店?\n改好保存就行,几秒内生效。"
    ]
    room, ops.talk.room = ops.talk.room, ops.talk.world.chats[ops.ops]
    await ops.talk.says(WEN, "/stopall")
    ops.talk.room = room
    assert ops.said() == "已全部暂停。恢复发 /resumeall"
