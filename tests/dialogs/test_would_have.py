"""What rules that only watch would have done, before the operators' chat: one silent message a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing import TOKEN, Talk, conversation
from tests.dialogs.test_closing import until
from tests.dialogs.test_rules import WORDS, set_up

OPS = -1007777
ENDS = {
    "zh": "设置好的群满一周,管理员会收到明细,由他们开启;随时可在群里发 /rules on。",
    "en": "A week after its set-up each group's administrators get the list and switch it on; "
    "/rules on in the group does so at any time.",
}


async def opened(talk: Talk) -> None:
    room = talk.world.add_chat("Ops", talk.owner, id=OPS)
    talk.world.add_bot_to(TOKEN, room.id, talk.owner, set(RIGHTS))
    await talk.settle()
    await talk.wait(minutes=2)


def told(talk: Talk) -> list[list[str]]:
    marks = ("👀",)
    return [t.split("\n") for t in talk.bot_texts(OPS) if t.startswith(marks)]


@pytest.mark.parametrize(
    ("lang", "first", "then"),
    [
        (
            "zh",
            ["👀 只观察、没有动手的群,今天本会处理 1 条:", "Test group 收起 1(站外联系方式 1)"],
            ["👀 只观察、没有动手的群,今天本会处理 3 条:", "Test group 收起 3(站外联系方式 3)"],
        ),
        (
            "en",
            [
                "👀 Groups that are only watched: today the rules would have acted on 1 message:",
                "Test group 1 put away (contact details 1)",
            ],
            [
                "👀 Groups that are only watched: today the rules would have acted on 3 messages:",
                "Test group 3 put away (contact details 3)",
            ],
        ),
    ],
)
async def test_operators_read_what_would_have_been_done_once_a_day(
    tmp_path: Path, lang: str, first: list[str], then: list[str]
) -> None:
    async with conversation(tmp_path, ops_chat=OPS, group_language=lang) as talk:
        await opened(talk)
        await set_up(talk, "consumer", mode="shadow")
        await until(talk, 9)  # far from midnight, where a new message begins
        await talk.says(talk.owner, WORDS)  # staff are exempt
        await talk.wait(minutes=2)
        assert told(talk) == []
        zhao = talk.person("小赵")
        mid = await talk.says(zhao, WORDS)
        await talk.wait(minutes=2)
        assert talk.stands(mid)
        assert told(talk) == [[*first, ENDS[lang]]]
        assert WORDS not in "".join(talk.bot_texts(OPS))
        for _ in range(2):
            await talk.says(zhao, WORDS)
        await talk.wait(minutes=2)
        assert told(talk) == [[*then, ENDS[lang]]]  # brought up to date, not said again
        await talk.wait(days=1)
        assert told(talk) == [[*then, ENDS[lang]]]  # nothing new, nothing said
        await talk.says(zhao, WORDS)
        await talk.wait(minutes=2)
        assert told(talk) == [[*then, ENDS[lang]], [*first, ENDS[lang]]]


async def test_rules_that_act_say_nothing_there(tmp_path: Path) -> None:
    async with conversation(tmp_path, ops_chat=OPS) as talk:
        await opened(talk)
        await set_up(talk, "consumer")
        mid = await talk.says(talk.person("小赵"), WORDS)
        await talk.wait(minutes=2)
        assert (talk.stands(mid), told(talk)) == (False, [])
