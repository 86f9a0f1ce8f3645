"""One album, one punishment; an edit is judged again and not sentenced again. For every rule that can hit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from groupbot.core.effects import Ban, Delete, Restrict
from groupbot.core.events import Person, Standing
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.rules import service
from groupbot.features.rules.domain import blocklist, locks
from groupbot.features.rules.domain.checks import BY_ID
from groupbot.features.rules.domain.policy import PHRASES
from tests.conftest import START
from tests.features.rules.test_service import WORDS, ZHAO, Room, kinds

OFFER = "宝妈兼职日结,一部手机就能做,月入过万,名额有限,私信我进群"
HITS: dict[str, dict[str, Any]] = {  # what every part of the album is
    "contact": {"text": WORDS},
    "invites": {"text": "t.me/+AbCdEfGh", "urls": ("t.me/+AbCdEfGh",)},
    "links": {"text": "see https://elsewhere.example/x", "urls": ("https://elsewhere.example/x",)},
    "phrases": {"text": "plain words of this group"},
    "blocklist": {"text": "roulette"},
    "locks": {"text": ""},
    "forwards": {"text": "hello", "forwarded": "user:5"},
    "spam": {"text": OFFER},
}
STRANGER = 99


def room_for(writer: Writer, rule: str, tier: str, mode: str) -> Room:
    room = Room(writer, tier, mode)

    def switch(work: Any) -> None:
        for one in BY_ID.values():
            members.put(work, one.setting, one.id == rule, chat=room.chat)
        members.put(work, PHRASES, ["plain words"], chat=room.chat)
        members.put(work, blocklist.ENTRIES, ['"roulette" {tmute 2h}'], chat=room.chat)
        if rule == "locks":
            members.put(work, locks.BY_ID["photo"].setting, "tmute 2h", chat=room.chat)

    writer.write(switch)
    return room


def album(room: Room, who: int, rule: str, n: int = 10) -> list[Any]:
    """All parts come one after the other; what was said."""
    said: list[Any] = []
    for _ in range(n):
        said += room.says(who, HITS[rule]["text"], album="77", kind="photo", **_more(rule))[1]
    return said


def _more(rule: str) -> dict[str, Any]:
    return {k: v for k, v in HITS[rule].items() if k != "text"}


def gone(effects: list[Any]) -> list[int]:
    return sorted({m for e in effects if isinstance(e, Delete) for m in e.messages})


@pytest.fixture
def lite_writer(lite_url: str) -> Iterator[Writer]:
    """What is judged here is the same on either database: one is enough."""
    made = Writer(lite_url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
    yield made
    made.close()


@pytest.mark.parametrize("mode", ["on", "shadow"])
@pytest.mark.parametrize("tier", ["dealer", "store", "consumer"])
@pytest.mark.parametrize("rule", HITS)
def test_album_of_ten_is_one_case_whichever_rule_it_hits(
    lite_writer: Writer, rule: str, tier: str, mode: str
) -> None:
    room = room_for(lite_writer, rule, tier, mode)
    said = album(room, ZHAO, rule)
    assert [c.rule for c in room.cases()] == [rule]
    assert sum(isinstance(e, Restrict | Ban) for e in said) <= 1
    whole = mode == "on" and tier != "dealer"
    assert gone(said) == (list(range(1, 11)) if whole else [])


@pytest.mark.parametrize("tier", ["dealer", "store", "consumer"])
@pytest.mark.parametrize("rule", HITS)
def test_album_of_somebody_not_known_yet_is_one_case_when_telegram_has_told(
    lite_writer: Writer, rule: str, tier: str
) -> None:
    room = room_for(lite_writer, rule, tier, "on")
    before = album(room, STRANGER, rule)
    assert kinds(before) == ["Ask"]

    def told(work: Any) -> list[Any]:
        event = Standing(at=work.now, chat=room.here, person=Person(STRANGER, "A"), status="member")
        work.event, work.chat, work.zone = event, room.chat, "UTC"
        service.standing_known(work, event)
        return list(work.effects)

    said = lite_writer.write(told)
    assert [c.rule for c in room.cases()] == [rule]
    assert sum(isinstance(e, Restrict | Ban) for e in said) <= 1
    assert gone(said) == ([] if tier == "dealer" else list(range(1, 11)))


@pytest.mark.parametrize("tier", ["dealer", "store", "consumer"])
@pytest.mark.parametrize("rule", [r for r in HITS if HITS[r]["text"] and r != "forwards"])
def test_caption_edited_into_a_hit_is_one_case_however_often_it_is_edited(
    lite_writer: Writer, rule: str, tier: str
) -> None:
    room = room_for(lite_writer, rule, tier, "on")
    for text in ("", "good morning", ""):
        assert room.says(ZHAO, text, album="77", kind="photo")[0] is False
    said: list[Any] = []
    for tail in ("", "!", "!!"):
        text = HITS[rule]["text"] + tail
        more = _more(rule)
        said += room.says(ZHAO, text, message_id=2, edited=True, album="77", kind="photo", **more)[1]
    assert [c.rule for c in room.cases()] == [rule]
    assert sum(isinstance(e, Restrict | Ban) for e in said) <= 1
    assert gone(said) == ([] if tier == "dealer" else [1, 2, 3])
