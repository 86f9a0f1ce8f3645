"""Other bots of an old group are no members: what they send has buttons, which people cannot make."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from groupbot.cli.import_ import taken_in
from groupbot.features.engagement.domain.authors import Authors
from groupbot.settings import Settings
from tests.cli import test_import
from tests.features.engagement import exports

settings = test_import.settings
ROSE, LI, MEI = 609517172, 501, 502
PRESS = {
    "inline_bot_buttons": [[{"type": "url", "text": "rules"}], [{"type": "callback", "text": "I am here"}]]
}
LINK = {"inline_bot_buttons": [[{"type": "url", "text": "shop"}, {"type": "copy_text", "text": "code"}]]}


def test_another_bot_is_known_by_its_buttons_for_the_whole_file(settings: Settings, tmp_path: Path) -> None:
    name = {"from": "Rose"}
    call = {"type": "mention_name", "text": "Rose", "user_id": ROSE}
    react = [
        {"type": "emoji", "count": 1, "emoji": "👍", "recent": [
            {"from": "Rose", "from_id": f"user{ROSE}", "date": "2026-09-21T22:30:00"}]}
    ]  # fmt: skip
    every = [
        exports.message(1, LI, 1, reactions=react),
        exports.service(2, LI, 2, "invite_members", members=["Rose", "P502"]),
        exports.message(3, ROSE, 3, **name),  # plain, before its first button
        exports.message(4, LI, 4, reply_to_message_id=3, text=["hi ", call]),
        exports.message(5, ROSE, 5, **name, **PRESS),
        exports.message(6, MEI, 6, **PRESS, forwarded_from="Rose"),  # passed on
        exports.message(7, MEI, 7, **PRESS, via_bot="@gif"),
        exports.service(8, LI, 8, "remove_members", members=["Rose"]),
    ]
    result = asyncio.run(taken_in(settings, exports.write(tmp_path / "result.json", every)))
    found = test_import.dump(settings)
    assert {r[3] for r in found["event"]} == {LI, MEI}
    assert [r[0] for r in found["person"]] == [r[2] for r in found["membership"]] == [LI, MEI]
    assert (result.counts["of bots"], result.counts["joins"], result.counts["leaves"]) == (2, 1, 0)


@pytest.mark.parametrize(
    ("links", "plain", "bot"), [(1, 0, True), (3, 3, True), (3, 4, False), (1, 30, False)]
)
def test_buttons_that_only_lead_somewhere_may_have_been_copied(links: int, plain: int, bot: bool) -> None:
    """A post passed on without its author's name keeps them: who sends them as often as not is a bot."""
    authors = Authors()
    for i in range(links + plain):
        authors.see(exports.message(i, LI, i, **(LINK if i < links else {})))
    assert (LI in authors.bots()) is bot


@pytest.mark.parametrize(
    "odd", [[], 7, [[]], [[7]], [["x"]], [[{"text": "no type"}]], [[{"type": {}}]], {"a": 1}]
)  # fmt: skip
def test_buttons_that_are_none_make_no_bot(odd: Any) -> None:
    authors = Authors()
    authors.see(exports.message(1, LI, 1, inline_bot_buttons=odd))
    authors.see(exports.message(2, LI, 2, **PRESS) | {"from_id": "channel7"})
    assert authors.bots() == frozenset()
