"""The chat page as people use it."""

import asyncio
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from playwright.async_api import Page, Route, expect

from groupbot import testing
from tests.browser.conftest import Open
from tests.surfaces.sandbox.conftest import Net, png

WIDE = "document.documentElement.scrollWidth > window.innerWidth"
KEYS = {"inline_keyboard": [[{"text": "Grab", "callback_data": "grab:1"}]]}


def url(net: Net, who: str) -> str:
    return f"{net.sandbox.url}/?me={quote(who)}"


async def test_a_member_types_and_the_real_bot_answers(tmp_path: Path, open_page: Open) -> None:
    async with testing.conversation(tmp_path, title="Tea") as chat:
        chat.person("Mei")
        page = await open_page(f"{chat.sandbox.url}/?me=Mei")
        await expect(page.locator("#title")).to_have_text("Tea")
        await expect(page.locator("#me b")).to_have_text("Mei")
        await page.fill("#text", "/ping")
        await page.press("#text", "Enter")
        await expect(page.locator(".mine .said")).to_have_text("/ping")
        await expect(page.locator(".by-bot .said")).to_contain_text("在的")
        await chat.settle()  # what the page shows is not booked yet
        await chat.wait(seconds=61)
        await expect(page.locator(".by-bot.gone")).to_have_count(1)
        await (
            page.context.close()
        )  # before its server goes: a refused connection would be an error on the page


async def test_a_press_reaches_the_bot_and_its_toast_comes_back(net: Net, open_page: Open) -> None:
    await net.sent("Packet", reply_markup=KEYS)
    page = await open_page(url(net, "Mei"))
    for text, alert in (("You got 12", False), ("Sure?", True)):
        net.forget()
        await page.click("text=Grab")
        (update,) = await net.good("getUpdates", timeout=50)
        query = update["callback_query"]
        assert (query["data"], query["from"]["first_name"]) == ("grab:1", "Mei")
        await net.good("answerCallbackQuery", callback_query_id=query["id"], text=text, show_alert=alert)
        await expect(page.locator("#alert p" if alert else "#toasts p").last).to_have_text(text)


async def test_a_removed_message_is_struck_through_live_with_its_reason(net: Net, open_page: Open) -> None:
    page = await open_page(url(net, "Mei"))
    await page.fill("#text", "buy followers at spam.shop")
    await page.click("#send")
    message = page.locator(".message", has_text="buy followers")
    await expect(message).to_have_count(1)
    mid = max(net.room.messages)
    await net.good("deleteMessage", chat_id=net.id, message_id=mid)
    note = {"chat": net.id, "message_id": mid, "text": "rule contact v1", "kind": "removed"}
    await net.http.post(f"{net.sandbox.url}/sandbox/note", json=note)
    await expect(message.locator(".why")).to_contain_text("rule contact v1")
    line = "el => getComputedStyle(el).textDecorationLine"
    assert await message.locator(".said").evaluate(line) == "line-through"
    await expect(page.locator("#acts .removed .reason")).to_have_text("rule contact v1")
    await page.click("#lang")
    await expect(message.locator(".why")).to_contain_text("规则「站外联系方式」第 1 版")


async def test_a_photo_is_sent_and_shown(net: Net, open_page: Open) -> None:
    page = await open_page(url(net, "Mei"))
    await page.fill("#text", "look")
    await page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": png(40, 30)})
    picture = page.locator(".mine .photo")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("async el => { await el.decode(); return el.naturalWidth; }") == 40
    await expect(page.locator(".mine .said")).to_have_text("look")


async def test_one_can_be_anybody_join_leave_and_write_as_the_group(net: Net, open_page: Open) -> None:
    net.world.add_user("Bob Stone")
    page = await open_page(url(net, "Olga"))
    await page.click("#anonymous")
    await page.fill("#text", "Happy new year")
    await page.click("#send")
    await expect(page.locator(".message .name")).to_contain_text("Tea")
    await page.click("#me")
    await expect(page.locator("#found button").first).to_contain_text("owner")
    await page.fill("#search", "bob")
    await expect(page.locator("#found button")).to_have_count(1)
    await page.click("#found button")
    await expect(page.locator("#instead")).to_contain_text("Bob Stone is not in this group")
    await page.click("#instead button")
    await expect(page.locator("#text")).to_be_visible()
    await page.click("text=Leave the group")
    await expect(page.locator("#instead")).to_be_visible()


async def test_a_newcomer_is_somebody_of_the_group_that_opens(net: Net, open_page: Open) -> None:
    other = net.world.add_chat("Cake", net.owner)
    net.world.join(net.world.add_user("Bob Stone"), other.id)
    net.world.clock.move(60)
    net.world.say(net.owner, other.id, "later than all else")
    page = await open_page(f"{net.sandbox.url}/")
    await expect(page.locator("#title")).to_have_text("Cake")
    await expect(page.locator("#me b")).to_have_text("Bob Stone")
    await expect(page.locator("#text")).to_be_visible()


async def test_a_private_talk_is_started_and_links_start_it_too(net: Net, open_page: Open) -> None:
    page = await open_page(url(net, "Mei"))
    await page.click("text=Talk to the bot")
    await expect(page.locator(".mine .said")).to_have_text("/start")
    await expect(page.locator("#title")).to_have_text("groupbot")
    start = {"inline_keyboard": [[{"text": "More", "url": "https://t.me/groupbot_demo_bot?start=case_7"}]]}
    await net.good("sendMessage", chat_id=net.mei, text="hi", reply_markup=start)
    await page.click("text=More")
    await expect(page.locator(".mine .said").last).to_have_text("/start case_7")


async def test_entities_edits_pins_replies_and_reactions_are_shown(net: Net, open_page: Open) -> None:
    page = await open_page(url(net, "Mei"))
    html = (
        f'🧧 <b>bold <i>both</i></b> <code>x</code> <a href="https://a.cn/">link</a> '
        f'<a href="tg://user?id={net.mei}">Mei</a> <tg-spoiler>secret</tg-spoiler> &lt;img src=x&gt;'
    )
    mid = await net.sent(html, parse_mode="HTML")
    said = page.locator(".by-bot .said")
    await expect(said).to_have_text("🧧 bold both x link Mei secret <img src=x>")
    for tag, text in (("b", "bold both"), ("b i", "both"), ("code", "x"), ("a", "link"), (".mention", "Mei")):
        await expect(said.locator(tag)).to_have_text(text)
    await said.locator(".spoiler").click()
    await expect(said.locator(".spoiler.seen")).to_have_text("secret")
    await net.good("pinChatMessage", chat_id=net.id, message_id=mid)
    await expect(page.locator("#pin")).to_contain_text("bold both")
    await net.good("editMessageText", chat_id=net.id, message_id=mid, text="changed")
    await expect(page.locator(".by-bot .when")).to_contain_text("edited")
    message = page.locator(".by-bot")
    await message.hover()
    await message.locator(".more").click()
    await message.get_by_text("Like").click()
    await expect(message.locator(".reactions")).to_contain_text("👍 1")
    await message.hover()
    await message.locator(".more").click()
    await message.get_by_text("Reply").click()
    await page.fill("#text", "yes")
    await page.press("#text", "Enter")
    await expect(page.locator(".mine .quote span")).to_have_text("changed")


async def test_a_phone_shows_everything_without_scrolling_sideways(net: Net, open_page: Open) -> None:
    await net.sent("w" * 300, reply_markup=KEYS)
    page = await open_page(url(net, "Mei"), width=390, height=780, locale="zh-CN")
    await expect(page.locator("#subtitle")).to_have_text("3 位成员 · 超级群")
    await expect(page.locator(".by-bot")).to_be_visible()
    assert await page.evaluate(WIDE) is False
    assert await page.locator("#feed").evaluate("el => el.scrollWidth > el.clientWidth") is False
    await page.click("#who")
    await expect(page.locator("#me")).to_be_in_viewport()
    assert await page.evaluate(WIDE) is False
    await page.click("#right [data-panel=none]")
    await page.click("main [data-panel=left]")
    await expect(page.locator(".chat")).to_be_in_viewport()
    await page.click("#lang")
    await expect(page.locator("#lang")).to_have_text("中文")
    await page.click(".chat")
    await expect(page.locator("#subtitle")).to_have_text("3 members · supergroup")


async def test_the_clock_moves_where_it_may(net: Net, open_page: Open) -> None:
    page = await open_page(url(net, "Mei"))
    before = net.world.clock.now()
    for seconds in (3600, 86400):
        async with page.expect_response(lambda answer: answer.request.method == "POST") as moved:
            await page.click(f"#clock [data-seconds='{seconds}']")
        assert (await moved.value).ok
    await expect(page.locator("#toasts p")).to_have_count(0)
    assert net.world.clock.now() - before >= 90000


async def test_nothing_is_fetched_from_elsewhere(net: Net, open_page: Open) -> None:
    page = await open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    await page.goto(net.sandbox.url)
    await expect(page.locator("#title")).to_have_text("Tea")
    assert [u for u in asked if not u.startswith((net.sandbox.url, "data:"))] == []


@pytest.mark.parametrize("name", ["page.js", "feed.js"])
async def test_page_files_are_served(net: Net, name: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{net.sandbox.url}/page/{name}") as answer:
        assert answer.content_type == "text/javascript"


async def test_a_lost_connection_is_told_and_the_state_read_again(net: Net, open_page: Open) -> None:
    page: Page = await open_page(url(net, "Mei"))
    await expect(page.locator("#title")).to_have_text("Tea")
    await page.context.set_offline(True)
    net.sandbox.page.close()
    await expect(page.locator("#lost")).to_be_visible()
    net.world.say(net.owner, net.id, "meanwhile")
    await page.context.set_offline(False)
    await expect(page.locator(".message .said")).to_have_text("meanwhile")
    await expect(page.locator("#lost")).to_be_hidden()


async def test_two_members_answer_a_quiz_by_pressing_its_options(net: Net, open_page: Open) -> None:
    quiz = {"question": "Which fruit?", "type": "quiz", "correct_option_ids": [1], "is_anonymous": False}
    sent = await net.good(
        "sendPoll",
        chat_id=net.id,
        options=[{"text": "Plum"}, {"text": "Hawthorn"}],
        explanation="Red.",
        **quiz,
    )
    for who, pressed in (("Mei", "Hawthorn"), ("Olga", "Plum")):
        page = await open_page(url(net, who))
        await page.click(f".poll >> text={pressed}")
        await expect(page.locator(".poll .key").nth(1)).to_contain_text("✓ Hawthorn · ")
        await expect(page.locator(".poll")).to_contain_text("Red.")
        assert await page.locator(".poll .key").first.is_disabled()
    assert [o["voter_count"] for o in net.room.messages[sent["message_id"]]["poll"]["options"]] == [1, 1]


async def test_an_upgraded_group_stands_once_in_the_list(net: Net, open_page: Open) -> None:
    net.world.add_chat("Small", net.owner, type="group")
    page = await open_page(url(net, "Olga") + "&chat=Small")
    await expect(page.locator("#subtitle")).to_have_text("1 member · basic group")
    await page.click("text=Upgrade to supergroup")
    await expect(page.locator("#subtitle")).to_have_text("1 member · supergroup")
    assert await page.locator(".chat", has_text="Small").count() == 1


async def test_an_older_pinned_message_shows_when_the_newest_is_removed(net: Net, open_page: Open) -> None:
    older, newer = await net.sent("older"), await net.sent("newer")
    for mid in (older, newer):
        await net.good("pinChatMessage", chat_id=net.id, message_id=mid)
    page = await open_page(url(net, "Mei"))
    await expect(page.locator("#pin")).to_contain_text("newer")
    await net.good("deleteMessage", chat_id=net.id, message_id=newer)
    await expect(page.locator("#pin")).to_contain_text("older")
    await expect(page.locator("#pin")).to_be_visible()


async def test_an_act_while_the_page_loads_is_listed_once(net: Net, open_page: Open) -> None:
    mid = net.world.say(net.mei, net.id, "buy now")["message_id"]
    page = await open_page("about:blank")

    async def meanwhile(route: Route) -> None:
        await net.good("deleteMessage", chat_id=net.id, message_id=mid)
        await asyncio.sleep(0.5)  # the page hears of it before it has the state
        await route.continue_()

    await page.route("**/sandbox/state", meanwhile, times=1)
    await page.goto(url(net, "Mei"))
    await expect(page.locator("#title")).to_have_text("Tea")
    assert await page.locator("#acts .removed").count() == 1


async def test_two_sanctions_close_together_have_each_their_reason(net: Net, open_page: Open) -> None:
    li = net.world.add_user("Li")
    net.world.join(li, net.id)
    page = await open_page(url(net, "Mei"))
    for user in (net.mei, li):
        await net.good("restrictChatMember", chat_id=net.id, user_id=user, permissions={})
    for text in ("rule contact v1", "rule links v1"):
        note = {"chat": net.id, "text": text, "kind": "restrict"}
        await net.http.post(f"{net.sandbox.url}/sandbox/note", json=note)
    for name, text in (("Mei", "rule contact v1"), ("Li", "rule links v1")):
        await expect(page.locator("#acts .muted", has_text=name).locator(".reason")).to_have_text(text)
