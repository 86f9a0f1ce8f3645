"""Settings that inherit, standings that age, and the tree of the matrix."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groupbot.engine.clock import FixedClock
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service
from groupbot.features.members.domain import Setting, tree
from tests.features.members.group import group, stands

LIMIT = Setting("limit", 1, "A limit", by_tier={"store": 2})


def test_setting_inherits_from_tier_and_default(writer: Writer) -> None:
    chat = writer.write(group)
    seen = [writer.write(service.get, chat, LIMIT)]
    writer.write(lambda w: service.set_profile(w, chat, tier="store"))
    seen.append(writer.write(service.get, chat, LIMIT))
    for value, where in ((3, {}), (4, {"tier": "store"}), (5, {"chat": chat})):
        writer.write(lambda w, v=value, k=where: service.put(w, LIMIT, v, **k))
        seen.append(writer.write(service.get, chat, LIMIT))
    assert seen == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("seconds", "known"), [(0, True), (60, True), (61, None)])
def test_standing_counts_for_sixty_seconds(writer: Writer, seconds: int, known: bool | None) -> None:
    chat = writer.write(group)
    writer.write(stands, chat, 5, "administrator")
    assert isinstance(writer.clock, FixedClock)
    writer.clock.shift(timedelta(seconds=seconds))
    assert writer.write(service.Knowledge().authority, chat, 5, "admin") is known


def test_matrix_is_a_tree_and_a_parent_stands_one_tier_up(writer: Writer) -> None:
    top = writer.write(group, -1, "A")
    low = writer.write(group, -2, "B")
    writer.write(lambda w: service.set_profile(w, top, tier="dealer"))
    writer.write(lambda w: service.set_profile(w, low, tier="store", parent=top))
    lines = writer.write(lambda w: tree(service.profiles(w)))
    assert [(depth, p.title) for depth, p in lines] == [(0, "A"), (1, "B")]
    for changes in ({"parent": low}, {"tier": "shop"}):
        with pytest.raises(Refusal):
            writer.write(lambda w, c=changes: service.set_profile(w, top, **c))
