"""The captcha and greetings on either database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Admit, Ban, Edit, Effect, Restrict, Send
from groupbot.core.events import Chat, Joined, JoinRequest, Left, Message, Person, Standing
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.entry import service, store
from groupbot.features.entry.domain import CAPTCHA, KICK, MODE, WELCOME, Pick, Sanction
from groupbot.features.entry.service import notices
from groupbot.features.members import service as members
from tests.features.members.group import group, starts

GROUP = Chat(-1001, "supergroup", "West Lake")


def nothing(work: Work, chat: int, person: int) -> Sanction | None:
    return None


def rules(work: Work, chat: int) -> str:
    return "Be kind."


def opened(work: Work, **settings: Any) -> int:
    """A group with the captcha on."""
    work.chat = group(work)
    members.put(work, CAPTCHA, True)
    for setting in (KICK, MODE, WELCOME):
        if setting.key in settings:
            members.put(work, setting, settings[setting.key])
    return work.chat


def comes(work: Work, person: int, *, restricted: bool = False, other: Any = nothing, by: int = 0) -> None:
    who = Person(person, f"P{person}")
    event = Joined(at=work.now, chat=GROUP, sender=Person(by, "By") if by else who, people=(who,),
                   restricted=restricted)  # fmt: skip
    work.event = event
    service.joined(work, event, who, other, approved=False)


def writes(work: Work, person: int, text: str) -> Message:
    """Words in private."""
    made = Message(at=work.now, chat=Chat(person, "private"), sender=Person(person), message_id=5, text=text)
    work.event = made
    return made


def said(work: Work, kind: type[Effect]) -> list[Any]:
    return [e for e in work.effects if isinstance(e, kind)]


def row(work: Work, person: int) -> Any:
    return work.sql.first(store.OF, chat=work.chat, who=person)


async def test_a_newcomer_is_muted_and_freed_once(writer: Writer) -> None:
    def run(work: Work) -> None:
        opened(work)
        comes(work, 7)
        assert [(e.member, e.until, e.free) for e in said(work, Restrict)] == [(7, None, False)]
        assert service.here(work, work.chat, 7, nothing) == ""
        assert service.here(work, work.chat, 7, nothing) == ""
        assert [(e.member, e.free) for e in said(work, Restrict)] == [(7, False), (7, True)]
        with pytest.raises(Refusal, match="entry/not_yours"):
            service.here(work, work.chat, 8, nothing)

    await writer.submit(run)


async def test_whom_a_case_mutes_keeps_what_is_left_of_it(writer: Writer) -> None:
    def run(work: Work) -> None:
        opened(work)
        until = work.now + timedelta(hours=2)
        comes(work, 7)
        service.here(work, work.chat, 7, lambda *_: Sanction("mute", until))
        assert [(e.free, e.until) for e in said(work, Restrict)] == [(False, None), (False, until)]
        comes(work, 8)
        service.here(work, work.chat, 8, lambda *_: Sanction("ban"))
        comes(work, 9, other=lambda *_: Sanction("mute"))
        service.here(work, work.chat, 9, nothing)
        assert [e.member for e in said(work, Restrict)] == [7, 7, 8]

    await writer.submit(run)


async def test_a_mute_of_before_is_not_the_captchas(writer: Writer) -> None:
    def run(work: Work) -> None:
        opened(work, captchakick=True)
        comes(work, 7, restricted=True)
        assert said(work, Restrict) == []
        service.here(work, work.chat, 7, nothing)
        assert said(work, Restrict) == []
        comes(work, 8)
        service.left(work, Left(at=work.now, chat=GROUP, sender=Person(8), person=Person(8)))
        comes(work, 8, restricted=True)  # by the captcha itself, when they left
        service.here(work, work.chat, 8, nothing)
        assert [(e.member, e.free) for e in said(work, Restrict)] == [(8, False), (8, False), (8, True)]

    await writer.submit(run)


async def test_an_administrators_hand_is_never_undone(writer: Writer) -> None:
    def run(work: Work) -> None:
        opened(work, captchakick=True)

        def becomes(person: int, status: str, by: int) -> None:
            service.standing(
                work,
                Standing(at=work.now, chat=GROUP, sender=Person(by), person=Person(person), status=status),
            )

        comes(work, 7)
        becomes(7, "restricted", work.bot_id)
        assert not row(work, 7).held
        becomes(7, "restricted", 1)
        comes(work, 8)
        becomes(8, "member", 1)
        assert (row(work, 7).held, row(work, 8).state) == (True, "freed")
        work.now += timedelta(minutes=5, seconds=10)
        service.due(work, nothing)
        assert (row(work, 7).state, said(work, Ban)) == ("failed", [])
        comes(work, 7, restricted=True)
        service.here(work, work.chat, 7, nothing)
        assert [e.member for e in said(work, Restrict)] == [7, 8]

    await writer.submit(run)


async def test_a_kick_ends_by_itself_and_only_when_nothing_else_stands(writer: Writer) -> None:
    def run(work: Work) -> None:
        opened(work, captchakick=True)
        comes(work, 7)
        comes(work, 8)
        work.now += timedelta(minutes=5, seconds=1)
        service.due(work, lambda _, __, person: Sanction("ban") if person == 8 else None)
        (kick,) = said(work, Ban)
        assert (kick.member, kick.kick, kick.free, kick.until) == (
            7, True, False, work.now + timedelta(minutes=1),
        )  # fmt: skip
        assert (row(work, 7).state, row(work, 8).state) == ("kicked", "failed")

    await writer.submit(run)


async def test_a_request_is_asked_once_and_its_query_answered(writer: Writer) -> None:
    def run(work: Work) -> None:
        opened(work, captchamode="math")
        who = Person(7, "Mei")
        asked = JoinRequest(at=work.now, chat=GROUP, sender=who, private=7, query="q")
        for _ in range(2):
            service.requested(work, asked, rules, nothing, approved=False)
        assert [(e.accept, e.query) for e in said(work, Admit)] == [(None, "q"), (None, "q")]
        assert len(said(work, Send)) == 1
        service.requested(work, asked, rules, lambda *_: Sanction("ban"), approved=False)
        late = JoinRequest(at=work.now - timedelta(minutes=6), chat=GROUP, sender=Person(8), private=8)
        service.requested(work, late, rules, nothing, approved=False)
        service.requested(work, asked, rules, nothing, approved=True)
        assert said(work, Admit)[-1].accept is True
        assert row(work, 8) is None

    await writer.submit(run)


async def test_foreign_and_old_answers_are_refused(writer: Writer) -> None:
    def run(work: Work) -> None:
        opened(work, captchamode="button")
        who = Person(7, "Mei")
        asked = JoinRequest(at=work.now, chat=GROUP, sender=who, private=7)
        service.requested(work, asked, rules, nothing, approved=False)
        found = row(work, 7)
        right = Pick(found.id, found.round, 0)
        with pytest.raises(Refusal, match="entry/not_yours"):
            service.picked(work, right, 8, rules, nothing)
        with pytest.raises(Refusal, match="entry/old_question"):
            service.picked(work, Pick(found.id, found.round - 1, 0), 7, rules, nothing)
        assert service.picked(work, right, 7, rules, nothing) == "passed"
        with pytest.raises(Refusal, match="entry/old_question"):
            service.picked(work, right, 7, rules, nothing)
        assert [e.accept for e in said(work, Admit)] == [True]

    await writer.submit(run)


async def test_after_thirty_days_nothing_is_left(writer: Writer) -> None:
    def run(work: Work) -> None:
        opened(work)
        comes(work, 7)
        comes(work, 8)
        service.here(work, work.chat, 7, nothing)
        work.now += timedelta(days=30, seconds=1)
        service.sweep(work)
        assert [r.person_id for r in work.sql.all(sa.select(store.newcomer))] == [8]

    await writer.submit(run)


async def test_a_raid_costs_one_line_and_one_greeting(writer: Writer) -> None:
    def run(work: Work) -> tuple[int, int]:
        opened(work, welcome=True)
        for person in range(100, 400):
            comes(work, person)
        for _, fn in work.finals():
            fn(work)
        line = len(said(work, Send))
        for person in range(100, 400):
            service.here(work, work.chat, person, nothing)
        for _, fn in work.finals():
            fn(work)
        return line, len(said(work, Send)) + len(said(work, Edit))

    assert await writer.submit(run) == (1, 2)


async def test_late_joins_are_neither_asked_nor_greeted(writer: Writer) -> None:
    def run(work: Work) -> None:
        opened(work, welcome=True)
        at: datetime = work.now - timedelta(minutes=6)
        who = Person(7, "Mei")
        work.event = Joined(at=at, chat=GROUP, sender=who, people=(who,))
        service.joined(work, work.event, who, nothing, approved=False)  # type: ignore[arg-type]
        for _, fn in work.finals():
            fn(work)
        assert (row(work, 7), work.effects) == (None, [])  # nobody here can be told of it

    await writer.submit(run)


async def test_nobody_left_to_greet_is_not_looked_for_again(writer: Writer) -> None:
    def run(work: Work) -> None:
        chat = opened(work, welcome=True)
        notices.keep(work, notices.Notice(chat, "welcome", 1, True, work.now, (7,)), work.now)
        service.erase(work, 7, 0)
        service.greet_due(work)
        assert said(work, Send) == []
        assert work.sql.all(store.NOTICES_DUE, now=work.now, most=5) == []

    await writer.submit(run)


async def test_with_two_groups_waiting_an_answer_is_held_against_the_question_it_answers(
    writer: Writer,
) -> None:
    def run(work: Work) -> None:
        chats = [group(work, -1001, "A"), group(work, -1002, "B")]
        starts(work, 7)
        for chat in chats:
            members.put(work, CAPTCHA, True, chat=chat)
            members.put(work, MODE, "text", chat=chat)
            work.chat = chat
            comes(work, 7)
        for chat in reversed(chats):  # whoever came in last is not always asked last
            service.started(work, 7, chat, rules)
        for work.chat in chats:
            assert service.typed(work, writes(work, 7, row(work, 7).answer), rules, nothing)
            assert (row(work, 7).state, row(work, 7).tries) == ("passed", 0)

    await writer.submit(run)
