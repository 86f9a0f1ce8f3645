"""The check of the traffic is at work, and would find mistakes."""

from pathlib import Path
from typing import Any

import pytest

from groupbot import testing
from tests import traffic


@pytest.fixture
def audit() -> Any:
    if traffic.checker() is None:
        pytest.skip(traffic.ABSENT)
    return traffic.auditor()


async def test_a_conversation_is_recorded_whole_and_right(audit: Any, tmp_path: Path) -> None:
    entries: list[dict[str, object]] = []
    testing.recorders.append(entries.append)
    try:
        async with testing.conversation(tmp_path) as chat:
            await chat.says(chat.person("Mei"), "/ping")
    finally:
        testing.recorders.remove(entries.append)
    for entry in entries:
        audit.feed(entry)
    assert traffic.errors(audit) == []
    assert audit.methods["sendMessage"] == 3  # a welcome, all is well, and the answer
    assert audit.updates["my_chat_member"] == 1
    assert testing.TOKEN.partition(":")[2] not in repr(entries)


def test_a_mistake_of_either_side_is_found(audit: Any) -> None:
    audit.feed({"dir": "request", "method": "sendMessage", "params": {"text": "no chat"}})
    audit.feed({"dir": "update", "body": {"update_id": 1, "message": {"text": "no id"}}})
    assert [len(traffic.errors(audit, side)) for side in ("bot", "server")] == [1, 1]
