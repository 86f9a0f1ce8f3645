"""Rehearsals in slices: each turn short, all of it counted."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import msgspec

from groupbot.core.effects import Send
from groupbot.core.events import Chat, Message, Person
from groupbot.engine.plugins import load
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import store as members_store
from groupbot.features.moving import store
from groupbot.features.moving.service import rehearsing
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


def told(writer: Writer, chat: int, rule: str) -> tuple[dict[str, Any], list[float]]:
    """The report of a rehearsal, and what each turn took (s)."""
    found: list[Any] = []
    spent: list[float] = []

    def turn(work: Work, first: bool) -> bool:
        start = time.perf_counter()
        if first:
            rehearsing.rehearse(work, chat, rule, "7d", BOSS)
        more = True if first else rehearsing.go_on(work)
        spent.append(time.perf_counter() - start)
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
    report, spent = told(writer, chat, "links")
    assert (report["messages"], report["hits"], report["people"]) == (1500, 500, 40)
    assert len(spent) > 15
    assert sorted(spent)[-2] < 0.05  # one turn may meet a busy machine


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
