"""What was said before holds back what comes after: days ago, or a moment ago in the same transaction."""

from datetime import timedelta

import pytest

from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.promos.domain import GAP
from tests.features.promos.test_approval import DUE
from tests.features.promos.test_publish import at, chats, plan, publish, slots, take_in


@pytest.mark.parametrize("hours", [72, GAP.most])
def test_the_widest_gap_that_can_be_set_is_kept(writer: Writer, hours: int) -> None:
    chats(writer)
    writer.write(lambda w: members.put(w, GAP, hours, chat=1))
    take_in(writer, plan())
    for day in range(8):
        at(writer, DUE + timedelta(days=day))
        publish(writer)
    said_on = [day for day, slot in enumerate(slots(writer)) if slot[2] == "said"]
    assert said_on == list(range(0, 8, hours // 24))
