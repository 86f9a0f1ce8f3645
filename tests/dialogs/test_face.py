"""Face: in dealer and store groups nobody is muted or removed but by a person, whatever is switched on.

The causes are read from the code: each place that lets the bot act by itself has a scene here, and each
place that mutes or removes is such a place, gives something back, or carries out a person's word.
"""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from groupbot.features.rules import service as rules
from groupbot.testing import Talk
from tests.dialogs.acting import member
from tests.dialogs.test_flood import set_up
from tests.dialogs.test_raid import crowd

ROOT = Path(__file__).parents[2]
HARD = {"Restrict", "Ban", "Bans"}
BY_HAND = {  # carries out what a person decided
    "groupbot.features.federation.service.lists.meet",  # with `by`
    "groupbot.features.guarding.service.raids.remove",  # with `by`
    "groupbot.features.moderation.service.sanctions.perform",
    "groupbot.features.reports.service.deciding._act",
    "groupbot.features.rules.service.cases.show_out",
    "groupbot.features.rules.service.editing.set_duration",
    "groupbot.features.rules.service.returning.mute_again",  # a person's mute goes on
    "groupbot.features.entry.service.captcha.lift",  # likewise: of another's mute what is left of it
    "handlers.entry_captcha.out",
}


async def contact(chat: Talk) -> None:
    li = member(chat, "Li")
    for n in range(3):
        await chat.says(li, f"加薇信 jdd886{n} 领返利")


async def wish(chat: Talk) -> None:
    await chat.says(chat.owner, "/addblocklist casino {tmute 2h}")
    await chat.says(chat.owner, "/addblocklist roulette {ban}")
    await chat.says(member(chat, "Li"), "casino")
    await chat.says(member(chat, "Bo"), "roulette")


async def bot_brought(chat: Talk) -> None:
    await chat.says(chat.owner, "/lock bot")
    made = chat.world.add_user("Spambot", username="spam_bot")
    chat.world.users[made]["is_bot"] = True
    chat.world.join(made, chat.id, by=member(chat, "Li"))
    await chat.settle()


async def muted_before(chat: Talk) -> None:
    li = member(chat, "Li")
    here = chat.rows("SELECT chat_id FROM chat_profile")[0][0]

    def mute(work: object) -> None:
        work.chat = here  # type: ignore[attr-defined]
        rules.by_rule(work, here, ("contact", 1), "mute", li)  # type: ignore[arg-type]

    await chat.app.writer.submit(mute)
    chat.world.leave(li, chat.id)
    await chat.settle()
    await chat.joins(li)


async def captcha(chat: Talk) -> None:
    await chat.says(chat.owner, "/captcha on")
    await chat.joins(chat.person("New", joins=False))
    await chat.says(chat.owner, "/captcha off")


async def captcha_kick(chat: Talk) -> None:
    await chat.says(chat.owner, "/captcha on")
    await chat.says(chat.owner, "/captchakick on")
    await chat.joins(chat.person("New", joins=False))
    await chat.wait(minutes=5, seconds=30)
    await chat.wait(minutes=2)
    await chat.says(chat.owner, "/captcha off")


async def listed(chat: Talk) -> None:
    li = member(chat, "Li")
    await chat.says(chat.owner, "/newfed East", private=True)
    await chat.says(chat.owner, f"/joinfed {chat.rows('SELECT code FROM federation')[0][0]}")
    await chat.says(chat.owner, f"/fban {li} adverts", private=True)
    await chat.says(li, "hello")
    await chat.says(chat.owner, "/leavefed")


async def channel(chat: Talk) -> None:
    await chat.says(chat.owner, "/channels off")
    mei = member(chat, "Mei")
    await chat.says(mei, "buy here", channel=chat.world.add_chat("Stray", mei, type="channel").id)


async def raid(chat: Talk) -> None:
    await chat.says(chat.owner, "/antiraid 1h")
    people = await crowd(chat, 3)
    if chat.status(people[0]) == "member":
        await chat.says(people[0], "hello")
    await chat.says(chat.owner, "/antiraid off")


async def warned(chat: Talk) -> None:
    li = member(chat, "Li")
    await chat.says(chat.owner, "/warnlimit 2")
    for _ in range(2):
        await chat.says(chat.owner, f"/warn {li}")


CAUSES: dict[str, Callable[[Talk], Awaitable[None]]] = {
    "groupbot.features.rules.service.judging._sentence": contact,
    "groupbot.features.rules.service.wished.carry_out": wish,
    "groupbot.features.rules.service.locking.bots_added": bot_brought,
    "groupbot.features.rules.service.returning.mute_again": muted_before,
    "groupbot.features.entry.service.captcha._begin": captcha,
    "groupbot.features.entry.service.captcha._kick": captcha_kick,
    "groupbot.features.federation.service.lists.meet": listed,
    "groupbot.features.guarding.service.channels.put_away": channel,
    "groupbot.features.guarding.service.raids.remove": raid,
}
FOLLOWS = {"warnings by hand reach their limit": warned}


def _modules() -> list[tuple[str, ast.Module]]:
    files = [*(ROOT / "groupbot/features").rglob("*.py"), *(ROOT / "handlers").glob("*.py")]
    words = (*(f"{name}(" for name in HARD), "by_itself(")
    return [
        (".".join(f.relative_to(ROOT).with_suffix("").parts), ast.parse(text))
        for f in sorted(files)
        if any(w in (text := f.read_text()) for w in words)
    ]


def _effects(tree: ast.Module) -> set[str]:
    """Which of the hard effects this module takes from the effects (and not from its own buttons)."""
    return {
        a.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module in ("groupbot.core.effects", "groupbot")
        for a in node.names
    } & HARD


def _calls(where: ast.AST) -> list[ast.Call]:
    return [n for n in ast.walk(where) if isinstance(n, ast.Call)]


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_every_place_that_mutes_or_removes_is_known_and_what_the_bot_does_by_itself_has_a_scene() -> None:
    itself: set[str] = set()
    hard: set[str] = set()
    for module, tree in _modules():
        for fn in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
            where = f"{module}.{fn.name}"
            if where == "groupbot.features.members.service.face.by_itself":
                continue
            calls = _calls(fn)
            if any(_name(c) == "by_itself" for c in calls):
                itself.add(where)
            if any(
                _name(c) in _effects(tree) and not any(k.arg == "free" for k in c.keywords) for c in calls
            ):
                hard.add(where)
    assert itself == set(CAUSES)
    assert hard - itself == BY_HAND - itself


@pytest.mark.parametrize("tier", ["dealer", "store", "consumer"])
async def test_where_a_person_decides_no_cause_mutes_or_removes_anybody(chat: Talk, tier: str) -> None:
    await set_up(chat, tier)

    def sanctions() -> int:
        kinds = "SELECT count(*) FROM outbox WHERE kind IN ('restrict', 'ban', 'bans')"
        return int(chat.rows(f"{kinds} AND state <> 'shadow'")[0][0])

    acted = {}
    for cause, scene in {**CAUSES, **FOLLOWS}.items():
        before = sanctions()
        await scene(chat)
        acted[cause] = sanctions() > before
    assert acted == dict.fromkeys([*CAUSES, *FOLLOWS], tier == "consumer")
