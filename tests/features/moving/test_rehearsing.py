"""Rehearsals in slices: each turn short, all of it counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from groupbot.core.effects import Send
from groupbot.core.events import Chat, Message, Person
from groupbot.engine.plugins import load
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement.store import EVENTS
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from groupbot.features.moving import store
from groupbot.features.moving.service import rehearsing
from groupbot.features.rules.domain.policy import FLOOD_WINDOW, FLOODS
from tests.conftest import START
from tests.features.guarding.test_service import Room

SPACE = Chat(-1001, "supergroup", "West Lake")
BOSS = 9
ADVERT = "Заработок от 500$ в день, пиши в лс @manager_rabota, удаленно, без опыта! 加微信 vx88688 返利"


def room(writer: Writer) -> int:
    writer.me = msgspec.structs.replace(writer.me, settings=load().settings)
    return Room(writer).chat


def kept(writer: Writer, chat: int, said: list[tuple[int, str]]) -> None:
    """Messages of (person, text), a second apart, the last one an hour ago."""
    first = START - timedelta(hours=1, seconds=len(said))

    def keep(work: Work) -> None:
        for n, (person, text) in enumerate(said):
            at = first + timedelta(seconds=n)
            m = Message(at=at, chat=SPACE, sender=Person(person), text=text, message_id=n + 1)
            m = msgspec.structs.replace(m, carriers=(("text", text),)) if text else m
            work.add(store.KEPT, chat, n + 1, at, None, person, msgspec.json.encode(m).decode())

    writer.write(keep)


def told(
    writer: Writer, chat: int, rule: str, clock: Callable[[], float] = time.perf_counter
) -> tuple[dict[str, Any], list[float]]:
    """The report of a rehearsal, and what each turn took (s) by a clock."""
    found: list[Any] = []
    spent: list[float] = []

    def turn(work: Work, first: bool) -> bool:
        start = clock()
        if first:
            rehearsing.rehearse(work, chat, f"{rule} 7d", BOSS)
        more = True if first else rehearsing.go_on(work)
        spent.append(clock() - start)
        found.extend(e for e in work.effects if isinstance(e, Send))
        return more

    writer.write(turn, True)
    while writer.write(turn, False):
        pass
    (report,) = found
    return dict(report.data), spent


def test_every_kept_message_is_judged_in_short_turns(writer: Writer) -> None:
    chat = room(writer)
    kept(
        writer,
        chat,
        [
            (n % 40 + 1, f"看看 https://site{n}.example " * 3 if n % 3 == 0 else "早" * 300)
            for n in range(1500)
        ],
    )
    report, spent = told(writer, chat, "links", time.thread_time)
    assert (report["messages"], report["hits"], report["people"]) == (1500, 500, 40)
    assert len(spent) > 15
    assert sorted(spent)[len(spent) // 2] < 0.05  # some may meet a collection or a busy machine


def test_adverts_are_told_in_first_messages_only(writer: Writer) -> None:
    chat = room(writer)
    kept(writer, chat, [(1, ADVERT), *[(2, f"早上好,{n}号见") for n in range(6)], (2, ADVERT)])
    report, _ = told(writer, chat, "spam")
    assert (report["hits"], report["people"]) == (1, 1)
    assert report["examples"][0]["matched"]


def test_newcomers_are_those_who_joined_of_late(writer: Writer) -> None:
    chat = room(writer)
    kept(writer, chat, [(1, "https://a.example"), (2, "https://b.example"), (3, "https://c.example")])

    def joined(work: Work) -> None:
        for who, ago in ((1, timedelta(hours=2)), (2, timedelta(days=60))):
            work.add(members_store.MEMBERS, chat, who, work.now - ago, "own", None, None, None)

    writer.write(joined)
    report, _ = told(writer, chat, "newcomer")
    assert (report["hits"], [e["matched"] for e in report["examples"]]) == (1, ["https://a.example"])


def limited(writer: Writer, chat: int, **limits: Any) -> None:
    """The group's own flood settings, and no other kind."""

    def write(work: Work) -> None:
        for kind, setting in FLOODS.items():
            members.put(work, setting, limits.get(kind, 0), chat=chat)
        members.put(work, FLOOD_WINDOW, limits.get("window", 15), chat=chat)

    writer.write(write)


LONG = "今天下午三点群里抽奖,大家都来看一看吧,来晚就没有了"
SAME = [(1, "早"), (2, "晚上好"), (1, "早"), (1, "早"), (2, "吃了吗")]


@pytest.mark.parametrize(
    ("limits", "said", "found"),
    [
        ({"burst": 3, "window": 2}, [(1, "a"), (1, "b"), (1, "c"), (1, "d")], [("burst", 1, 4)]),
        ({"burst": 3, "window": 1}, [(1, "a"), (1, "b"), (1, "c"), (1, "d")], []),
        ({"row": 3}, [(1, "a"), (2, "b"), (1, "c"), (1, "d"), (1, "e")], [("row", 1, 3)]),
        ({"repeat": 3}, SAME, [("repeat", 1, 3)]),
        ({"mentions": 3}, [(1, "@anna_b @bert_c"), (1, "@carl_d hi")], [("mentions", 1, 2)]),
        ({"links": 2}, [(1, "https://a.example"), (1, "https://b.example")], [("links", 1, 2)]),
        ({"lines": 4}, [(1, "a\nb\nc"), (1, "d\ne\nf")], [("lines", 1, 2)]),
        ({"crowd": 3}, [(1, LONG), (2, LONG), (3, LONG)], [("crowd", 3, 3)]),
        ({}, [(1, "x")] * 30, []),
    ],
)
def test_every_kind_of_flood_is_tried_by_the_group_s_own_limits(
    writer: Writer, limits: dict[str, int], said: list[tuple[int, str]], found: list[tuple[str, int, int]]
) -> None:
    chat = room(writer)
    limited(writer, chat, **limits)
    kept(writer, chat, said)
    report, _ = told(writer, chat, "flood")
    assert [(e["kind"], e["n"]) for e in report["examples"]] == [(kind, n) for kind, _, n in found]
    assert (report["hits"], report["how"], report["untold"]) == (len(found), "texts", [])


def test_floods_that_go_over_slices_are_one(writer: Writer) -> None:
    chat = room(writer)
    limited(writer, chat, burst=5, repeat=4)
    kept(writer, chat, [(1, f"n{n}") for n in range(450)])
    report, spent = told(writer, chat, "flood")
    assert (report["messages"], report["hits"], report["examples"][0]["n"]) == (450, 1, 450)
    assert len(spent) >= 5


def test_floods_are_counted_from_who_wrote_when_in_short_turns(writer: Writer) -> None:
    chat = room(writer)
    limited(writer, chat, burst=4, window=30, row=9, crowd=3)

    def spoke(work: Work) -> None:
        for n in range(3200):  # one floods at the beginning, one across the turns' border
            who = 1 if n < 5 else 2 if 1497 <= n < 1503 else 100 + n % 50
            at = START - timedelta(hours=3) + timedelta(seconds=n)
            hour, counts = at.replace(minute=0, second=0), (1, 0, 0, 0, 0, 0)
            row = (chat, at, who, "message", 2, n + 1, None, False, None, None, hour, at.date(), counts)
            work.add(EVENTS, *row)

    writer.write(spoke)
    report, spent = told(writer, chat, "flood")
    assert (report["messages"], report["hits"], report["how"]) == (3200, 2, "counts")
    assert sorted(e["n"] for e in report["examples"]) == [5, 6]
    assert report["untold"] == ["crowd"]
    assert len(spent) == 4


def test_lock_and_entry_are_tried_before_they_are_set(writer: Writer) -> None:
    chat = room(writer)
    kept(writer, chat, [(1, "me@example.com"), (2, "cheap watches"), (3, "hello")])
    for text, hits in (
        ("lock email", 1),
        ("lock email,cyrillic", 1),
        ('"cheap*"', 1),
        ("block exact:hello", 1),
    ):
        report, _ = told(writer, chat, text)
        assert (report["hits"], report["is_on"]) == (hits, False), text
