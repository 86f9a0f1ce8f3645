"""Settings that inherit, standings that age, and the tree of the matrix."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec import structs

from groupbot.core.effects import Send
from groupbot.core.events import BotStanding, Chat, Person, Standing
from groupbot.engine.addresses import resolve, upgrade
from groupbot.engine.clock import FixedClock
from groupbot.engine.dispatch import Habits
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service, store
from groupbot.features.members.domain import (
    ALLOW_CONNECT,
    ANON_ADMIN,
    DISABLED_DROP,
    LANGUAGE,
    WORDS,
    ZONE,
    Setting,
    tree,
)
from groupbot.features.members.service import connecting
from tests.features.members.group import group, stands, starts

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


def test_knowledge_of_a_group_and_its_people(writer: Writer) -> None:
    """What dispatch asks about a chat and who writes there."""
    chat, lone = writer.write(group), 77
    knows = service.Knowledge(operators=(9,), on_shift=lambda work, chat, person: person == 8)
    writer.write(stands, chat, 5, "administrator")
    writer.write(stands, chat, 6, "member")
    writer.write(stands, chat, 4, "creator")

    def may(who: str, right: str = "") -> list[bool | None]:
        return [writer.write(knows.authority, chat, p, who, right) for p in (4, 5, 6, 7, 8, 9)]

    assert may("operator") == [False, False, False, False, False, True]
    assert may("owner") == [True, False, False, None, None, True]
    assert may("admin") == [True, True, False, None, None, True]
    assert may("helper") == [True, True, False, None, True, True]
    assert may("admin", "delete restrict") == [True, False, False, None, None, True]
    assert [writer.write(knows.staff, chat, p) for p in (4, 5, 6, 7, 9)] == [True, True, False, False, True]

    assert writer.write(knows.connected, 5) is None
    writer.write(connecting.connect, 5, chat)
    found = writer.write(knows.connected, 5)
    assert found is not None
    assert (found[0], found[1].id, found[1].title) == (chat, -1001, "West Lake")
    writer.write(lambda w: service.put(w, ALLOW_CONNECT, False, chat=chat))
    assert writer.write(knows.connected, 5) is None

    assert (writer.write(knows.words_on, chat), writer.write(knows.trusts_anonymous, chat)) == (True, False)
    for setting, value in ((WORDS, False), (ANON_ADMIN, True)):
        writer.write(lambda w, s=setting, v=value: service.put(w, s, v, chat=chat))
    assert (writer.write(knows.words_on, chat), writer.write(knows.trusts_anonymous, chat)) == (False, True)

    assert writer.write(knows.habits, chat) is None
    writer.write(lambda w: service.put(w, DISABLED_DROP, True, chat=chat))
    assert writer.write(knows.habits, chat) == Habits(drop_disabled=True)
    assert not writer.write(knows.reachable, lone)
    writer.write(starts, lone)
    assert writer.write(knows.reachable, lone)
    assert writer.write(knows.bot_lacks, chat, "delete pin") == ("delete", "pin")
    for setting, value in ((LANGUAGE, "en"), (ZONE, "Europe/London")):
        writer.write(lambda w, s=setting, v=value: service.put(w, s, v, chat=chat))
    assert writer.write(knows.voice, chat, None) == ("en", "Europe/London")
    assert writer.write(knows.voice, chat, lone) == ("en", "UTC")


def test_an_answer_that_was_asked_for_before_a_demotion_does_not_take_it_back(writer: Writer) -> None:
    chat = writer.write(group, -1001, "West Lake")
    here, lin = Chat(-1001, "supergroup", "West Lake"), Person(5, "Lin")

    def told(work: Work, at: datetime, status: str, update: int = 0) -> None:
        work.chat = chat
        rights = frozenset({"info"} if status == "administrator" else ())
        event = Standing(at=at, chat=here, person=lin, status=status, rights=rights, update_id=update)
        work.event = event
        service.note_people(event, work)

    def may() -> bool | None:
        return writer.write(service.Knowledge().authority, chat, 5, "admin")

    asked = writer.clock.now()
    writer.write(told, asked, "administrator")
    assert may() is True
    writer.clock.shift(timedelta(seconds=1))
    writer.write(told, writer.clock.now(), "member", 17)  # the update, while an answer is under way
    writer.write(told, asked, "administrator")
    assert may() is False
    writer.clock.shift(timedelta(seconds=1))
    writer.write(told, writer.clock.now(), "administrator")  # asked since
    assert may() is True


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


def test_word_of_the_bots_standing_that_comes_late_changes_nothing(writer: Writer) -> None:
    """Thrown out and let in again; then the older word arrives, as after a reordering on the way."""
    chat, here = writer.write(group), Chat(-1001, "supergroup", "West Lake")
    start = writer.clock.now()

    def told(work: Work, status: str, second: int) -> str:
        work.chat = chat
        at = start + timedelta(seconds=second)
        work.event = BotStanding(at=at, chat=here, status=status, rights=frozenset({"delete"}))
        service.note_people(work.event, work)
        row, now = work.sql.first(store.PROFILE, chat=chat), service.profile(work, chat)
        assert row is not None and now is not None
        return f"{now.state} as {row.status}"

    seen = [
        writer.write(told, *word)
        for word in (("administrator", 1), ("member", 3), ("kicked", 2), ("administrator", 1), ("kicked", 3))
    ]
    assert seen == ["active as administrator", *["active as member"] * 3, "kicked as member"]


def test_word_of_the_bots_standing_that_comes_late_says_nothing(writer: Writer) -> None:
    """All rights; then the older word arrives, that it is a member without any."""
    chat, here, start = writer.write(group), Chat(-1001, "supergroup", "West Lake"), writer.clock.now()
    rights = frozenset({"delete", "invite"})
    writer.me = structs.replace(writer.me, needs=rights)
    writer.write(starts, 5)
    writer.write(stands, chat, 5, "administrator")

    def told(work: Work, second: int, **word: Any) -> list[str]:
        work.chat, at = chat, start + timedelta(seconds=second)
        work.event = BotStanding(at=at, chat=here, sender=Person(5, "Olga"), **word)
        service.note_people(work.event, work)
        service.setup.arrived(work, work.event)
        return [e.template or "" for e in work.effects if isinstance(e, Send)]

    now: dict[str, Any] = {"status": "administrator", "was": "member", "rights": rights}
    earlier: dict[str, Any] = {"status": "member", "was": "left", "rights": frozenset()}
    assert writer.write(partial(told, second=3, **now)) == ["members/added"]
    assert writer.write(partial(told, second=1, **earlier)) == []
    assert writer.write(partial(told, second=4, **earlier)) == ["members/setup_line", "members/added"]


def test_word_of_the_bots_standing_from_before_the_upgrade_changes_nothing_after_it(writer: Writer) -> None:
    """Thrown out, and let in again under the new id, within a second; the older word had to wait."""
    old, new = Chat(-7, "group", "West Lake"), Chat(-1_000_000_000_007, "supergroup", "West Lake")
    start = writer.clock.now()

    def told(work: Work, chat: Chat, status: str, second: int = 0) -> None:
        work.chat = resolve(work, chat).id
        at = start + timedelta(seconds=second)
        work.event = BotStanding(at=at, chat=chat, status=status)
        service.note_people(work.event, work)

    def seen() -> tuple[str, str]:
        place = writer.write(lambda w: resolve(w, new))
        row = writer.write(lambda w: w.sql.first(store.PROFILE, chat=place.id))
        return place.state, row.status

    writer.write(told, old, "administrator")
    writer.write(told, new, "member", 5)
    writer.write(lambda w: upgrade(w, old.id, new.id))
    writer.write(told, old, "kicked", 9)
    writer.write(told, new, "left", 4)  # older than what is known under this id
    assert seen() == ("active", "member")
    writer.write(told, new, "kicked", 9)
    assert seen()[0] == "kicked"
