"""Every activation, played by several members at once with the buttons of the demo's chat page, in a group
that speaks Chinese and in one that speaks English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groupbot.testing import conversation
from tests.dialogs.page import Visitors

BROKEN = re.compile(r"\b(True|False|None|nan|undefined)\b|\{\{|\{%")
LABELS = {
    "zh": {
        "grab": "抢",
        "result": "看结果",
        "equal": "改成每份一样",
        "enter": "参加",
        "claim": "领奖",
        "too": "我也签到",
        "in": "我参加",
        "out": "不去了",
        "remind": "提醒我",
        "sure": "确定兑换",
        "take": "领券",
        "publish": "发到群里",
    },
    "en": {
        "grab": "Grab",
        "result": "See who got what",
        "equal": "Equal shares",
        "enter": "Join",
        "claim": "Claim",
        "too": "Me too",
        "in": "I am in",
        "out": "Not coming",
        "remind": "Remind me",
        "sure": "Buy it",
        "take": "Get it",
        "publish": "Publish",
    },
}


def amounts(toasts: list[str]) -> list[int]:
    """The first number of each toast; 0 where there is none."""
    found = [re.search(r"\d+", t) for t in toasts]
    return [int(m[0]) if m else 0 for m in found]


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_activation_is_played_by_several_members_on_the_page(tmp_path: Path, lang: str) -> None:
    w = LABELS[lang]
    async with (
        conversation(tmp_path, group_language=lang, language=lang) as chat,
        Visitors(chat) as page,
    ):
        people = [chat.person(n, language=lang, starts=True) for n in ("Mei", "Li", "An", "Bo")]
        mei, li, an, bo = people
        owner = chat.owner
        now = chat.app.clock.now()
        noon = now.replace(hour=4 if lang == "zh" else 12, minute=0, second=0, microsecond=0)
        await chat.wait(seconds=(noon - now).total_seconds() % 86400)  # packets go out by day
        for setting in ("redpacket.daily 50", "redpacket.members on"):
            await page.says(owner, f"/activations {setting}")
        for person in people:
            await page.says(person, "hello all of you")

        # packets: equal, for one, for a role, by passphrase, planned, of one's own; a thin one is asked about
        await page.says(owner, "/redpacket 30 3 equal")
        toasts = await page.press(w["grab"], mei, li, an, bo, mei)
        assert sorted(amounts(toasts[:4])) in ([3, 10, 10, 10], [8, 10, 10, 10])  # late: "3 shares are gone"
        assert toasts[4] == toasts[0]
        await page.press(w["result"], mei, bo)
        helped = await page.says(li, "I helped a newcomer")
        await page.says(owner, "/redpacket 20 1 equal for thanks", reply_to=helped)
        toasts = await page.press(w["grab"], mei, li)
        assert amounts(toasts)[1] == 20
        assert amounts(toasts)[0] != 20
        await page.says(owner, "/redpacket 20 2 equal who=new")
        assert amounts(await page.press(w["grab"], mei)) != [10]
        await page.says(owner, "/redpacket 20 2 equal who=old")
        assert amounts(await page.press(w["grab"], mei, an)) == [10, 10]
        await page.says(owner, "/redpacket 10 5")
        await page.press(w["equal"], owner)
        assert amounts(await page.press(w["grab"], *people)) == [2, 2, 2, 2]
        await page.says(owner, "/redpacket 20 2 equal phrase=恭喜发财 campaign=Spring_2027")
        for person in (an, bo):
            await page.says(person, "恭喜发财")
        await page.says(mei, "/mypacket 10 2 equal")
        assert amounts(await page.press(w["grab"], li, bo)) == [5, 5]
        await page.says(owner, "/redpacket 20 2 equal at=13:00")
        await chat.wait(hours=1)
        assert amounts(await page.press(w["grab"], mei, bo)) == [10, 10]
        await page.says(owner, "/redpacket plan")

        # check-in, boards
        await page.says(mei, "/checkin")
        assert amounts(await page.press(w["too"], li, bo)) == [2, 2]
        for command in ("/points", "/me", "/top", "/packets", "/draws"):
            await page.says(bo, command)

        # a draw of several prizes
        await page.says(owner, "/lottery Tea x1 + 50points x2 24h")
        numbers = await page.press(w["enter"], *people, mei)
        assert len({re.search(r"[0-9a-f]{8}", t)[0] for t in numbers}) == 4  # type: ignore[index]
        await chat.wait(hours=25)
        assert len(set(await page.press(w["claim"], *people))) >= 3
        await page.says(mei, "/verify")

        # a quiz, a contest
        await page.says(owner, "/quiz shanzha 1 1m")
        for n, person in enumerate(people):
            await page.votes(person, n % 3)
        await chat.wait(seconds=70)
        await page.says(owner, "/contest 3h 50+20 Best shop")
        await page.shows(mei, "/enter my shop")
        await page.shows(li, "/enter")
        await chat.wait(seconds=7)
        voted = await page.press("1 Mei", li, an, bo, mei)
        assert voted[0] == voted[1] == voted[2] != voted[3]
        await chat.wait(hours=4)

        # an event, a group buy, a pre-order
        await page.says(owner, "/event 2 5h Tasting")
        assert amounts(await page.press(w["in"], mei, li, an)) == [1, 2, 1]  # An is the first who waits
        await page.press(w["remind"], mei)
        await page.press(w["out"], li)
        code = chat.rows("SELECT code FROM gathering WHERE kind = 'event'")[0][0]
        for person in (mei, an):
            await page.says(person, f"/here {code}")
            await page.shows(person, "/wall")
        await page.says(owner, "/groupbuy 2 4h Tea | 2=59 | 3=55")
        assert amounts(await page.press(w["in"], mei, li, bo)) == [1, 2, 3]
        await page.says(owner, "/preorder 3 4h Spring tea")
        assert amounts(await page.press(w["in"], mei, li)) == [1, 2]
        await chat.wait(hours=6)
        for command in ("/recap 1", "/roster 2", "/paid 2 1-2", "/gatherings"):
            await page.says(owner, command)

        # the shop, coupons
        await page.says(owner, "/shop add 5 2 Cup")
        await page.says(mei, "/shop")
        await page.press("Cup", mei)
        assert re.search(r"\b[A-Z0-9]{6}\b", (await page.press(w["sure"], mei))[0])
        await page.says(owner, "/coupon Tea 7d")
        await page.says(owner, "/codes 1 make 3", private=True)
        await page.press(w["publish"], owner, private=True)
        taken = await page.press(w["take"], *people)
        assert len(set(taken)) == 2  # three codes for four

        said = [t for room in chat.world.chats for t in chat.bot_texts(room)]
        labels = [
            b["text"]
            for room in chat.world.chats.values()
            for m in room.messages.values()
            for row in m.get("reply_markup", {}).get("inline_keyboard", [])
            for b in row
        ]
        toasts = [str(q.get("text", "")) for q in chat.world.queries.values()]
        records = [t for t in said if t.startswith("{")]  # the draw's, in JSON
        assert [t for t in [*said, *labels, *toasts] if BROKEN.search(t) and t not in records] == []
        if lang == "en":
            assert [t for t in [*said, *toasts] if re.search(r"[\u4e00-\u9fff]", t) and "果" not in t] == []
        assert chat.rows("SELECT kind, error FROM outbox WHERE state IN ('dead', 'unknown')") == []
        assert chat.rows("SELECT count(*) FROM quarantine") == [(0,)]
        assert chat.rows("SELECT sum(balance) FROM account") == [(0,)]
