"""The page that checks a draw on a phone, opened as members open it: from a file, without a network."""

import json

from playwright.async_api import expect

from groupbot.features.lottery.domain import printed
from groupbot.features.redpacket.domain import commitment, sealed
from tests.browser.conftest import Open
from tests.browser.test_chat_page import WIDE
from tests.features.lottery.test_domain import PAGE, made, swapped


async def test_a_draw_is_checked_on_a_phone_and_the_failing_check_named_in_both_languages(
    open_page: Open,
) -> None:
    record = made()
    page = await open_page(PAGE.as_uri(), width=390, height=844, locale="zh-CN")
    card = f"封存值(commitment){record['commitment']}\n规则值(rules){record['rules_hash']}"
    pieces = printed(record, 900)  # several messages, as an app copies them
    assert len(pieces) > 1
    await page.fill("#record", "\n".join(f"groupbot, [22.11.2026 13:47]\n{p}\n" for p in pieces))
    await page.fill("#card", card)
    await page.click("#go")
    said = page.locator("#said")
    await expect(said).to_contain_text("✓ 抽奖 #17 核对无误:22 人参加")
    await expect(said).to_contain_text("✓ draw #17 holds")
    await expect(said).to_contain_text("weaker: commit and reveal only")
    assert not await page.evaluate(WIDE)

    line, seal = sealed("00ff", (3, 1, 2)), commitment("00ff", (3, 1, 2))[:32]
    for card_now, sealed_then, says in (
        (line, seal, "✓ 红包的份额和封存码一致"),
        (f"封存码 {seal}\n{line}", "", "✓ the shares are those that were sealed"),
        (f"封存码 {seal}\n{line}", "0" * 32, "✗ 封存码不一致"),
        (line.replace("3,1", "1,3"), seal, "✗ the seal differs"),
        (line, "", "Paste the seal of the card too, to compare."),
    ):
        await page.fill("#record", card_now)
        await page.fill("#card", sealed_then)
        await page.click("#go")
        await expect(said).to_contain_text(says)
        await expect(said).to_contain_text("3 份,共 6 分")
    await page.fill("#card", card)

    altered = record | {"ranking": swapped(record["ranking"])}
    for changed, names in (
        (json.dumps(altered), ("✗ 完整排名不一致", "✗ ranking differs")),
        (pieces[0], ("✗ 内容不完整,请把每一条都粘进来", "✗ the record cannot be read")),
    ):
        await page.fill("#record", changed)
        await page.click("#go")
        for name in names:
            await expect(said).to_contain_text(name)
    await page.fill("#record", json.dumps(record))
    await page.fill("#card", card.replace(record["commitment"], "0" * 64))
    await page.click("#go")
    await expect(said).to_contain_text("✗ 群里卡片上的封存值不一致")
    await expect(said).to_contain_text("✗ commitment on the card differs")
    assert not await page.evaluate(WIDE)
