"""The pictures of README and docs, made anew from the real thing: `python -m tests.docs.pictures [NAME …]`.

Needs a Chromium. What a person would do is done: the demo's tour, a first post in `groupbot play`, a
broadcast put before operators. Nothing is drawn by hand.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.async_api import Page, async_playwright

from groupbot.cli import main
from groupbot.cli._bot import BotProcess
from groupbot.cli._cast import cast
from groupbot.cli._narrate import narrate
from groupbot.cli._tour import Tour
from groupbot.cli.demo import TOKEN, prepare
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, ZONE
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import Member, World
from groupbot.testing import Talk, conversation
from tests.browser.conftest import FLAGS, chromium
from tests.cli.test_play import Played
from tests.dialogs.test_promos import OPERATOR, Planned

OUT = Path(__file__).parents[2] / "docs" / "images"
OPS = -1007777
SHOPS = "西湖店 断桥店 灵隐店 城站店 滨江店 武林店 拱墅店 余杭店"
POST = """- name: 周末上新
  audience: 门店
  kind: notice
  template: promos/greeting
  data: {{text: "周六十点新到山楂陈皮,先到先尝。"}}
  start: {day} 10:00
  owner: 文姐
"""
Look = Callable[..., Awaitable[None]]


@asynccontextmanager
async def looking() -> AsyncIterator[Look]:
    """`await look(file, url, who=…, chat=…)`: the page as this person sees it, on disk."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)

        async def look(
            file: str, url: str, *, who: str, chat: str, see: str = "", size: tuple[int, int] = (1280, 800)
        ) -> None:
            context = await browser.new_context(
                viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai"
            )
            page: Page = await context.new_page()
            await page.goto(f"{url}/?me={quote(who)}")
            if size[0] < 700:
                await page.click("[data-panel=left]")
            await page.click(f".chat >> text={chat}")
            if see:
                await page.locator(".message", has_text=see).last.evaluate(
                    "el => el.scrollIntoView({block: 'center'})"
                )
            await page.wait_for_timeout(400)
            await page.screenshot(path=OUT / file)
            await context.close()

        yield look
        await browser.close()


async def of_the_demo(look: Look, folder: Path) -> None:
    """page.png, phone.png and week.png: after the tour of `groupbot demo`."""
    world = World()
    world.add_bot(TOKEN)
    people = cast(world)
    database = f"sqlite:///{folder / 'groupbot.db'}"
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        sandbox = Sandbox(world)
        await stack.enter_async_context(sandbox.running(0))
        await asyncio.to_thread(prepare, database)
        bot = BotProcess(folder, sandbox.url, TOKEN, operator=people.owner)
        stack.push_async_callback(bot.stop)
        bot.start()
        telling = asyncio.create_task(narrate(database, sandbox.url, stop))
        await Tour(world, people, bot, TOKEN, print).run()
        stop.set()
        await telling
        await look("page.png", sandbox.url, who="小周", chat="山楂粉丝群", see="想要的加 v信")
        await look("phone.png", sandbox.url, who="阿芳", chat="西湖店会员群", size=(390, 780))
    (OUT / "week.png").write_bytes((folder / "week.png").read_bytes())


async def of_the_first_post(look: Look, folder: Path) -> None:
    """preview.png, month.png and post.png: a new workspace, its first post, a pack, and `groupbot play`."""
    say(folder, "init", str(folder))
    say(folder, "new", "post", "hello")
    plan = folder / "content_templates" / "plans" / "hello.yaml"
    plan.write_text(plan.read_text("utf-8").replace("state: draft", "state: live "), "utf-8")
    say(folder, "templates", "preview", "posts/hello", "--png", str(OUT / "preview.png"))
    played = await asyncio.to_thread(Played, folder, "--port", "0")
    try:
        await asyncio.sleep(4)  # a plan counts after three seconds
        played.type("next")
        await asyncio.to_thread(played.hears, "【西湖店会员群】大家好,今天上新,店里见。", "西湖店会员群")
        await asyncio.sleep(1)
        await look("post.png", played.url, who="阿芳", chat="西湖店会员群", see="今天上新")
    finally:
        await asyncio.to_thread(played.end)
        played.close()
    say(folder, "packs", "use", "store", "--audience", "门店", "--start", "2027-03-01")
    month = ("plan", "show", "--month", "2027-03", "--drafts", "--png", str(OUT / "month.png"))
    say(folder, *month)


def say(folder: Path, *args: str) -> None:
    """One command of groupbot, in the workspace."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        main(list(args))
    except SystemExit as e:
        assert not e.code, args
    finally:
        os.chdir(before)


async def of_a_broadcast(look: Look, folder: Path) -> None:
    """approval.png and progress.png: eight stores, two operators, one post."""
    (folder / "content_templates" / "plans").mkdir(parents=True)
    own = {"operators": (OPERATOR, OPERATOR + 1), "ops_chat": OPS}
    async with conversation(folder, title=SHOPS.split()[0], **own) as talk:
        made = await shops(talk, folder)
        made.write(POST.format(day=f"{made.now:%Y-%m-%d}"))
        await made.until(9, 40)
        await made.until(9, 41)
        await look("approval.png", talk.sandbox.url, who="文姐", chat="运营群", see="周末上新")
        for who in (OPERATOR, OPERATOR + 1):
            await talk.presses(who, "批准", chat=OPS)
        await made.until(9, 59, 59)
        await made.until(10)
        for _ in range(4):
            await talk.wait(seconds=4)
        await look("progress.png", talk.sandbox.url, who="文姐", chat="运营群", see="已发")


async def shops(talk: Talk, folder: Path) -> Planned:
    """The store groups, set up, and a chat of operators."""
    made = Planned(talk, folder)
    world, token = talk.world, next(iter(talk.world.bots))
    for number, name in enumerate(("文姐", "小林")):
        world.users[OPERATOR + number] = dict(
            world.users[talk.owner], id=OPERATOR + number, first_name=name, language_code="zh"
        )
    ops = world.add_chat("运营群", talk.owner, type="supergroup")
    world.chats[OPS] = world.chats.pop(ops.id)
    ops.id = OPS
    ops.members |= {OPERATOR: Member(), OPERATOR + 1: Member()}
    for title in SHOPS.split()[1:]:
        world.add_bot_to(token, world.add_chat(title, talk.owner, type="supergroup").id, talk.owner, set())
    world.add_bot_to(token, OPS, talk.owner, set())
    await talk.settle()
    await made.until(9, 30)

    def place(work: Work) -> None:
        for p in members.profiles(work):
            if p.title in SHOPS:
                members.set_profile(work, p.chat, tier="store", region="华东", owner=talk.owner)
                members.put(work, ZONE, "Asia/Shanghai", chat=p.chat)
            members.put(work, LANGUAGE, "zh", chat=p.chat)

    await talk.app.writer.submit(place)
    return made


PICTURES: dict[str, Callable[[Look, Path], Any]] = {
    "demo": of_the_demo,
    "post": of_the_first_post,
    "broadcast": of_a_broadcast,
}


async def make(names: list[str]) -> None:
    OUT.mkdir(exist_ok=True)
    async with looking() as look:
        for name in names or PICTURES:
            with tempfile.TemporaryDirectory() as folder:
                await PICTURES[name](look, Path(folder))


if __name__ == "__main__":
    asyncio.run(make(sys.argv[1:]))
