"""One group a step: a tick goes on where it stopped."""

from __future__ import annotations

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import service
from groupbot.features.members.domain import Profile
from tests.features.members.group import group


def test_a_walk_asks_each_group_once_and_begins_anew_behind_the_last(writer: Writer) -> None:
    chats = writer.write(lambda w: [group(w, -1001 - n, f"G{n}") for n in range(5)])
    asked: list[int] = []

    def odd(p: Profile) -> bool:
        asked.append(p.chat)
        return chats.index(p.chat) % 2 == 1

    def step(work: Work) -> int | None:
        found = service.next_group(work, "t", odd)
        return None if found is None else found.chat

    assert [writer.write(step) for _ in range(5)] == [chats[1], chats[3], None, chats[1], chats[3]]
    assert asked == [*chats, *chats[:4]]


def test_a_step_that_failed_walks_on_from_where_it_stood(writer: Writer) -> None:
    chats = writer.write(lambda w: [group(w, -1001 - n, f"G{n}") for n in range(2)])

    def broken(work: Work) -> None:
        service.next_group(work, "t", lambda p: True)
        raise KeyError

    def fails(work: Work) -> None:
        try:
            work.step(broken)
        except KeyError:
            pass

    writer.write(fails)
    found = writer.write(lambda w: service.next_group(w, "t", lambda p: True))
    assert found is not None and found.chat == chats[0]
