"""A link is made once, however often it is asked for."""

from __future__ import annotations

import pytest

from groupbot.core.effects import Ask, Revoke, Send
from groupbot.core.events import Invited
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.invites import service
from groupbot.features.invites.service import links
from tests.features.invites.test_rewards import HERE, LI, STAFF, chat_of


def test_who_asks_twice_before_the_link_is_there_is_told_once_and_gets_one(writer: Writer) -> None:
    chat = chat_of(writer)

    def twice(work: Work) -> None:
        work.chat = chat
        for message in (7, 8):
            service.mine(work, LI.id, message)
        asked = [e.ref for e in work.effects if isinstance(e, Ask)]
        assert len(asked) == 2  # an answer may be lost: nobody knows that the first will come
        for ref, url in zip(asked, ("https://t.me/+one", "https://t.me/+two"), strict=True):
            service.arrived(work, Invited(at=work.now, chat=HERE, ref=ref, url=url))
        said = [(e.reply_to, e.data["url"]) for e in work.effects if isinstance(e, Send)]
        assert said == [(8, "https://t.me/+one")]
        assert [e.link for e in work.effects if isinstance(e, Revoke)] == ["https://t.me/+two"]

    writer.write(twice)


def test_a_full_list_of_counters_takes_no_more_and_prints_those_on_it(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = chat_of(writer)
    monkeypatch.setattr(links, "MOST", 2)

    def printing(work: Work, counter: str) -> list[str]:
        work.chat = chat
        service.printed(work, counter, "", STAFF.id, 7)
        return [str(e.link) for e in work.effects if isinstance(e, Ask)]

    for counter in ("Till", "Door", "Till"):
        assert writer.write(printing, counter) == [counter]
    with pytest.raises(Refusal, match="invites/too_many"):
        writer.write(printing, "Window")

    def withdrawn(work: Work) -> None:
        work.chat = chat
        service.off(work, "Till")

    writer.write(withdrawn)
    assert writer.write(printing, "Window") == ["Window"]
    with pytest.raises(Refusal, match="invites/too_many"):  # its name is there, but it counts no more
        writer.write(printing, "Till")


def test_a_counter_typed_with_many_blanks_is_kept_as_it_is_called(writer: Writer) -> None:
    chat = chat_of(writer)

    def printing(work: Work) -> list[tuple[str, str, str]]:
        work.chat = chat
        service.printed(work, "Till" + " " * 40 + "1", " early" + " " * 40 + "birds", STAFF.id, 7)
        return [(r.name, r.counter, r.shift) for r in service.counters(work, chat)]

    assert writer.write(printing) == [("Till 1·early birds", "Till 1", "early birds")]


def test_who_asks_twice_where_no_link_can_be_made_is_told_once_and_may_ask_again(writer: Writer) -> None:
    chat = chat_of(writer)

    def asked(work: Work, message: int) -> str:
        service.mine(work, LI.id, message)
        return [e.ref for e in work.effects if isinstance(e, Ask)][-1]

    def twice(work: Work) -> None:
        work.chat = chat
        first, second = asked(work, 7), asked(work, 8)
        for ref in (first, second):
            service.arrived(work, Invited(at=work.now, chat=HERE, ref=ref, trouble="Not enough rights"))
        assert [e.reply_to for e in work.effects if isinstance(e, Send)] == [8]
        third, fourth = asked(work, 9), asked(work, 10)
        service.arrived(work, Invited(at=work.now, chat=HERE, ref=third, url="https://t.me/+one"))
        service.arrived(work, Invited(at=work.now, chat=HERE, ref=fourth, trouble="Not enough rights"))
        assert [e.reply_to for e in work.effects if isinstance(e, Send)] == [8, 10]

    writer.write(twice)
