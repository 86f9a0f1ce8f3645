"""Approval by hand and by clean messages, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.approvals import service
from tests.features.members.group import group


def test_approved_is_known_and_taken_back(writer: Writer) -> None:
    chat = writer.write(group)

    def run(work: Work) -> list[object]:
        said: list[object] = [service.approved(work, chat, 7)]
        service.approve(work, chat, 7, 1, "florist")
        row = service.why(work, chat, 7)
        said += [service.approved(work, chat, 7), service.approved(work, chat, 8), row and row["reason"]]
        service.unapprove(work, chat, 7, 1)
        return [*said, service.approved(work, chat, 7)]

    assert writer.write(run) == [False, True, False, "florist", False]
    with pytest.raises(Refusal):
        writer.write(lambda w: service.unapprove(w, chat, 7, 1))


def test_one_chat_does_not_trust_for_another(writer: Writer) -> None:
    chat, other = writer.write(group), writer.write(lambda w: group(w, -1002, "East Gate"))
    writer.write(lambda w: service.approve(w, chat, 7, 1))
    assert writer.write(lambda w: service.approved(w, other, 7)) is False


def test_clean_messages_approve_and_a_finding_begins_anew(writer: Writer) -> None:
    chat = writer.write(group)

    def clean(work: Work) -> bool:
        service.spoke_clean(work, chat, 7, 3)
        return service.approved(work, chat, 7)

    assert [writer.write(clean) for _ in range(2)] == [False, False]
    writer.write(lambda w: service.found_fault(w, chat, 7))
    assert [writer.write(clean) for _ in range(3)] == [False, False, True]
    assert writer.write(lambda w: service.everybody(w, chat)[0]["by"]) == ""


@pytest.mark.parametrize("taken_back", ["one", "all"])
def test_who_is_unapproved_counts_anew(writer: Writer, taken_back: str) -> None:
    chat = writer.write(group)

    def clean(work: Work) -> bool:
        service.spoke_clean(work, chat, 7, 3)
        return service.approved(work, chat, 7)

    assert [writer.write(clean) for _ in range(3)] == [False, False, True]
    if taken_back == "one":
        writer.write(lambda w: service.unapprove(w, chat, 7, 1))
    else:
        assert writer.write(lambda w: service.unapprove_all(w, chat, 1)) == 1
    assert [writer.write(clean) for _ in range(3)] == [False, False, True]


def test_count_survives_a_restart(writer: Writer) -> None:
    chat = writer.write(group)
    writer.write(lambda w: service.spoke_clean(w, chat, 7, 2))
    again = Writer(writer.url, clock=writer.clock, rng=writer.rng, bot_id=700000001)
    again.write(lambda w: service.spoke_clean(w, chat, 7, 2))
    assert again.write(lambda w: service.approved(w, chat, 7)) is True
    again.close()


def test_who_came_today_is_not_approved_by_counting(writer: Writer) -> None:
    chat = writer.write(group)

    def joins(work: Work) -> None:
        work.put("members.joined", (chat, 7), work.now - timedelta(hours=1))

    def clean(work: Work) -> bool:
        joins(work)
        service.spoke_clean(work, chat, 7, 1)
        return service.approved(work, chat, 7)

    assert writer.write(clean) is False
