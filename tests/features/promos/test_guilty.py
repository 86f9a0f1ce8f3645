"""One bad slot costs itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from groupbot.engine.router import Router
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.promos import service
from groupbot.features.promos.service import publish as module
from tests.engine.desk import Desk
from tests.features.promos.test_publish import at, chats, plan, publish, slots, take_in


def test_error_of_any_sort_in_one_text_skips_that_slot_alone(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats(writer, 3)
    take_in(writer, plan())
    at(writer, datetime(2027, 1, 31, 2, 0))
    say = module.say

    def broken(work: Work, plan_id: int, p: Any, due: Any, here: Any, *more: Any) -> str:
        if here.profile.chat == 2:
            raise KeyError("bug")
        return say(work, plan_id, p, due, here, *more)

    monkeypatch.setattr(module, "say", broken)
    publish(writer)
    assert [(s[0], s[2], s[3]) for s in slots(writer)][:3] == [
        (1, "said", None),
        (2, "skipped", "template"),
        (3, "said", None),
    ]


async def test_what_the_database_refuses_is_skipped_and_the_rest_is_said(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats(writer, 3)
    take_in(writer, plan())
    at(writer, datetime(2027, 1, 31, 2, 0))
    book = module._book

    def refused(work: Work, plan_id: int, p: Any, due: Any, here: Any, state: str, **more: Any) -> None:
        if here.profile.chat == 2 and state == "said":
            due = None
        book(work, plan_id, p, due, here, state, **more)

    monkeypatch.setattr(module, "_book", refused)

    def tick(work: Work, most: int = 200, guilty: bool = False) -> bool:
        return service.publish_due(work, most, guilty=guilty)

    render = writer.render
    desk = Desk(writer, Router("t"))
    writer.render = render
    await desk.dispatch.tick("tick:publish", tick)
    assert [(s[0], s[2], s[3]) for s in slots(writer)][:3] == [
        (1, "said", None),
        (2, "skipped", "template"),
        (3, "said", None),
    ]
