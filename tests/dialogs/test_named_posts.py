"""Every post that names somebody and stays in a group: what it is, and that the name goes with the person."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groupbot.core.effects import Edit, Effect, Send
from groupbot.engine.work import Work
from groupbot.testing import Talk
from tests.dialogs.test_forgotten import CANARY, FORMER, forgets, naming, shop
from tests.dialogs.test_redpacket import midday

# Stay in a group and name members: drawn anew for who is forgotten.
PLAYED = {  # below, in one long day
    "care/day0", "contest/card", "contest/nominated", "contest/result", "experts/answer", "experts/card",
    "experts/recap", "gathering/card", "gathering/recap", "lottery/ended", "lottery/winners", "quiz/result",
    "redpacket/card", "redpacket/drained", "redpacket/expired",
}  # fmt: skip
ELSEWHERE = {
    "experts/missed": "test_experts.py",
    "lottery/claimed_here": "test_lottery.py",
    "lottery/gift_done": "test_lottery_gifts.py",
    "lottery/gift_late": "test_lottery_gifts.py",
    "lottery/gift_owed": "test_lottery_gifts.py",
    "lottery/gift_unknown": "test_lottery_gifts.py",
    "lottery/redrawn": "test_lottery.py",
    "lottery/void": "test_lottery_gifts.py",
    "market/answer": "test_market.py",
}
CARE = "care/"  # said by the steps of recipes, all by one function: care/day0 stands for them
# For who works there: an operations chat, a log chat, the people in charge in private.
STAFF = {
    "campaigns/board", "campaigns/card", "campaigns/cue", "campaigns/cue_done", "campaigns/review",
    "federation/line", "log/record", "lottery/claimed_by", "lottery/unclaimed", "notices/round_told",
    "promos/push_done", "promos/review", "promos/reviewed", "reports/card",
}  # fmt: skip
# Gone within minutes, or once it is answered.
PASSING = {
    "contest/voted", "entry/captcha", "entry/failed", "entry/goodbye", "entry/welcome", "promos/card",
    "redpacket/said", "rules/muted", "rules/muted_public", "rules/pause", "rules/pause_public",
    "rules/undone", "rules/upheld",
}  # fmt: skip
PEOPLE = re.compile(r"\b(Mei|Ann?|Zhou|Fang|Wang|Li|Lin|Olga|Bo|Wu)\b|阿芳|阿梅|小周|老周|小梅|王总")
ROOT = Path(__file__).parents[2]
SHORT = 300  # seconds


def samples() -> Iterator[tuple[str, str]]:
    """Each template's name, and the front matter of both languages."""
    home = ROOT / "content_templates"
    for path in sorted(home.rglob("*.en.html.j2")):
        name = str(path.relative_to(home)).removesuffix(".en.html.j2")
        texts = [(home / f"{name}.{lang}.html.j2").read_text("utf-8") for lang in ("en", "zh")]
        yield name, " ".join(t.split("---")[1] if t.count("---") > 1 else "" for t in texts)


def said() -> Iterator[tuple[str, bool]]:
    """Templates that the code names where it says something, and whether that is sure to pass or to be read
    by one person alone."""
    for home in ("groupbot/features", "groupbot/engine", "handlers"):
        for path in sorted((ROOT / home).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                name = getattr(getattr(node, "func", None), "id", "")
                if isinstance(node, ast.Call) and name in ("Send", "Edit", "reply", "Answer", "Refusal"):
                    how = {k.arg: ast.unparse(k.value) for k in node.keywords if k.arg}
                    short = how.get("lifetime", "60" if name == "reply" else "")
                    passes = short.isdecimal() and int(short) <= SHORT
                    alone = name in ("Answer", "Refusal") or ("user" in how and "chat" not in how)
                    for each in ast.walk(node):
                        if isinstance(each, ast.Constant) and isinstance(each.value, str):
                            yield each.value, passes or alone


def test_every_template_that_names_somebody_is_known_to_pass_to_be_private_or_to_be_drawn_anew() -> None:
    sure: dict[str, bool] = {}
    for name, passes in said():
        sure[name] = sure.get(name, True) and passes
    naming_ = {name for name, text in samples() if PEOPLE.search(text)}
    assert len(naming_) > 120
    known = PLAYED | ELSEWHERE.keys() | STAFF | PASSING
    assert sorted(n for n in naming_ - known if not sure.get(n) and not n.startswith(CARE)) == []
    assert sorted(known - naming_) == []


async def test_after_a_long_day_nothing_in_the_group_names_who_is_forgotten(
    chat: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting: set[str] = set()
    say = Work.say

    def heard(work: Work, effect: Effect, **how: Any) -> Effect:
        made = say(work, effect, **how)
        stays = isinstance(made, Edit) or (isinstance(made, Send) and (made.lifetime or SHORT + 1) > SHORT)
        if stays and made.user is None and isinstance(made, Send | Edit) and CANARY in made.text:
            lasting.add(getattr(effect, "template", "") or "")
        return made

    monkeypatch.setattr(Work, "say", heard)
    await midday(chat)
    await shop(chat)
    olga, li, an = chat.owner, chat.person("Li"), chat.person("An")
    await chat.says(olga, "/recipes on newcomer")
    mei = chat.person(CANARY, joins=False)
    await chat.joins(mei)
    await chat.says(li, "hi")
    here = await chat.says(mei, "hi")
    await chat.wait(minutes=11)
    await chat.wait(days=3)  # who is new takes no packets
    for setting in ("redpacket.daily 50", "redpacket.members on"):
        await chat.says(olga, f"/activations {setting}")
    while not naming(chat, f"手气最佳 {CANARY}"):  # by chance, within some packets
        await chat.says(olga, "/redpacket 60 3")
        for who in (mei, li, an):
            await chat.presses(who, "抢")
    await chat.says(olga, "/redpacket 20 1 equal for thanks", reply_to=here)
    await chat.presses(mei, "抢")
    await chat.says(mei, "/mypacket 4 2 equal")
    await chat.presses(li, "抢")
    await chat.says(olga, "/lottery Tea x1 30s")
    await chat.presses(mei, "参加")
    await chat.wait(seconds=35)
    await chat.presses(mei, "领奖")
    await chat.says(olga, "/quiz shanzha 1 1m")
    poll = next(m for m in reversed(list(chat.room.messages.values())) if "poll" in m)
    await chat.votes(mei, poll["message_id"], poll["poll"].get("correct_option_ids", [0])[0])
    await chat.wait(seconds=70)
    await chat.says(olga, "/contest 3h 50+20 Best shop")
    await chat.sends(mei, "photo", "/enter my shop")
    await chat.wait(seconds=7)
    await chat.presses(li, f"1 {CANARY}")
    await chat.says(mei, "/enter", reply_to=await chat.sends(li, "photo"))
    await chat.says(olga, "/event 0 1h Tea")
    await chat.presses(mei, "我参加")
    await chat.sends(mei, "photo", "/wall")
    await chat.says(olga, "/groupbuy 2 4h Tea | 2=59")
    await chat.presses(mei, "我参加")
    await chat.says(olga, "/expert 储存", reply_to=here)
    await chat.says(olga, "/ama 山楂怎么存", reply_to=here)
    await chat.says(li, "/ask 能放多久?")
    await chat.says(mei, "/answer 1 阴凉处一年。")
    await chat.wait(hours=1, minutes=5)
    await chat.says(olga, "/recap 1")
    await chat.wait(hours=4)
    await chat.wait(hours=24)
    assert sorted(lasting) == sorted(PLAYED)
    before = naming(chat)
    assert len(before) >= 12
    await forgets(chat, mei)
    await chat.wait(hours=2)
    assert naming(chat) == []
    assert len(naming(chat, FORMER)) == len(before)
    assert str(mei) not in chat.dump()
