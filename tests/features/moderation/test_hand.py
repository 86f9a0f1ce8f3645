"""Cases that a person made, on either database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.rules import service as rules

GROUP = Chat(-1001, "supergroup", "West Lake")
LI, ZHOU = 11, 12


def write(writer: Writer, fn: Any) -> Any:
    def run(work: Work) -> Any:
        work.chat = resolve(work, GROUP).id
        return fn(work)

    return writer.write(run)


def test_cases_are_numbered_and_warnings_count_until_they_are_used_up_or_taken_back(writer: Writer) -> None:
    def warn(work: Work) -> Any:
        return rules.by_hand(work, work.chat, "warn", LI, ZHOU, reason="loud")

    def counted(work: Work) -> list[int]:
        return [r.number for r in rules.warns(work, work.chat, LI, work.now - timedelta(days=1))]

    made = [write(writer, warn) for _ in range(4)]
    assert [(c.number, c.by, c.reason, c.why) for c in made[:1]] == [(1, ZHOU, "loud", "by 12: loud, case 1")]
    assert write(writer, counted) == [4, 3, 2, 1]
    write(writer, lambda w: rules.counts_no_more(w, made[3].id, ZHOU))
    write(writer, lambda w: rules.used_up(w, made[0].id, ZHOU))
    assert write(writer, counted) == [3, 2]
    assert write(writer, lambda w: rules.count(w, w.chat, LI)) == 3


def test_undo_of_a_break_for_good_frees_once_none_else_is_in_force(writer: Writer) -> None:
    def mute(work: Work) -> Any:
        return rules.by_hand(work, work.chat, "mute", LI, ZHOU)

    first, second = write(writer, mute), write(writer, mute)

    def undo(id_: int) -> list[str]:
        def run(work: Work) -> list[str]:
            rules.undo(work, id_, ZHOU)
            return [type(e).__name__ for e in work.effects]

        return write(writer, run)  # type: ignore[no-any-return]

    assert undo(first.id) == []
    assert undo(second.id) == ["Restrict"]


def test_what_is_lifted_by_hand_is_no_longer_in_force_and_promotions_are_remembered(writer: Writer) -> None:
    ban = write(writer, lambda w: rules.by_hand(w, w.chat, "ban", LI, ZHOU))
    write(writer, lambda w: rules.lifted(w, w.chat, "ban", LI, ZHOU))
    assert write(writer, lambda w: rules.count(w, w.chat, LI)) == 0
    assert ban.number == 1
    assert write(writer, lambda w: rules.promoted_here(w, w.chat, LI)) is False
    write(writer, lambda w: rules.by_hand(w, w.chat, "promote", LI, ZHOU))
    assert write(writer, lambda w: rules.promoted_here(w, w.chat, LI)) is True
    write(writer, lambda w: rules.by_hand(w, w.chat, "demote", LI, ZHOU))
    assert write(writer, lambda w: rules.promoted_here(w, w.chat, LI)) is False
