"""What staff tagged stands together by their words, and only who decides brings an answer back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.market import service
from groupbot.features.market.domain import Tag, kind_of, week_of
from groupbot.features.market.store import tag
from groupbot.features.members import service as members
from groupbot.features.members.store import profile
from tests.features.members.group import group, starts

AT = datetime(2026, 11, 16, 3, tzinfo=UTC)  # Monday, eleven o'clock in Shanghai


def test_a_tag_is_read_in_both_languages_and_nothing_else_is_one() -> None:
    assert kind_of("stock  hawthorn 250 g") == ("stock", "hawthorn 250 g")
    assert kind_of("缺货 山楂陈皮") == ("stock", "山楂陈皮")
    assert kind_of("Q") == ("question", "")
    assert kind_of("great weather") is None


def test_the_same_words_stand_together_and_what_was_tagged_most_comes_first() -> None:
    def tag(number: int, kind: str, words: str, answered: bool = False) -> Tag:
        return Tag(number, kind, words, "西湖店", AT, "", answered)

    lines, left = week_of([
        tag(1, "stock", ""), tag(2, "question", "keeps how long"), tag(3, "question", "price"),
        tag(4, "question", "Keeps how long", True), tag(5, "stock", ""),
    ])  # fmt: skip
    assert [(x.kind, x.words, x.n, x.open, [t.number for t in x.tags]) for x in lines] == [
        ("question", "Keeps how long", 2, 1, [4, 2]),
        ("question", "price", 1, 1, [3]),
        ("stock", "", 1, 1, [5]),
        ("stock", "", 1, 1, [1]),
    ]
    assert left == 0
    assert week_of([tag(n, "rival", f"w{n}") for n in range(8)])[1] == 3


def test_on_monday_each_who_decides_is_told_what_is_of_theirs_once(writer: Writer) -> None:
    def fn(work: Work) -> list[Send]:
        work.now = AT - timedelta(days=2)
        one, two = group(work), group(work, -1002, "City Gate")
        starts(work, 700)
        for chat, owner in ((one, 700), (two, 701)):
            members.set_profile(work, chat, tier="store")
            work.sql.run(sa.update(profile).where(profile.c.chat_id == chat).values(owner_id=owner))
        work.cached("members.profiles").clear()
        for chat, words in ((one, "keeps"), (one, "Keeps"), (two, "price")):
            work.chat = chat
            service.put(work, len(words) + chat, None, "question", words, 21)
        work.chat, work.now = 0, AT - timedelta(hours=3)
        service.tell(work)
        before = len(work.effects)
        work.now = AT
        service.tell(work)
        service.tell(work)
        found = [e for e in work.effects if type(e) is Send]
        assert before == 0
        return found

    (told,) = writer.write(fn)  # 701 never started the bot
    assert (told.user, told.template, told.data["n"]["question"]) == (700, "market/digest", 1)


def test_a_monday_that_was_missed_is_made_up_for_once_in_the_same_week(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[int, int]]:
        work.chat = chat = group(work)
        starts(work, 700)
        members.set_profile(work, chat, owner=700)
        found = []
        for day, hour in ((-5, 3), (2, -3), (2, 3), (3, 3), (6, 3), (8, 3), (9, 3), (14, 3)):
            work.now = AT.replace(hour=0) + timedelta(days=day, hours=hour)
            if day in (-5, 3):
                work.chat = chat
                service.put(work, 17 + day, None, "question", "keeps", 21)
            service.tell(work)
            found += [(day, e.data["lines"][0]["n"]) for e in work.effects if type(e) is Send]
            work.effects.clear()
        return found

    assert writer.write(fn) == [(2, 1), (8, 1)]


def test_an_operators_chat_set_in_mid_week_is_not_told_the_week_again(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[int, int | None]]:
        work.chat = chat = group(work)
        starts(work, 700)
        members.set_profile(work, chat, owner=700)
        work.chat, work.now = chat, AT + timedelta(days=1)
        service.put(work, 17, None, "question", "keeps", 21)
        found = []
        for day in (0, 2):
            work.now = AT.replace(hour=3) + timedelta(days=7 - AT.weekday() + day)
            service.tell(work)
            found += [(day, e.user) for e in work.effects if type(e) is Send]
            work.effects.clear()
            work.me = structs.replace(work.me, ops_chat=-1009)
            group(work, -1009)
        return found

    assert writer.write(fn) == [(0, 700)]


def test_only_who_answers_for_the_group_may_answer_and_it_goes_below_the_message(writer: Writer) -> None:
    def fn(work: Work) -> tuple[Send, int]:
        work.chat = chat = group(work, -1001234)
        starts(work, 700)
        work.sql.run(sa.update(profile).where(profile.c.chat_id == chat).values(owner_id=700))
        work.chat = chat
        number = service.put(work, 17, 5, "stock", "tea", 21)
        assert service.put(work, 17, 5, "complaint", "tea", 21) == number
        for person in (0, 705):
            with pytest.raises(Refusal, match="market/no_tag"):
                service.answer(work, number, "soon", person)
        with pytest.raises(Refusal, match="market/too_long"):
            service.answer(work, number, "x" * 1001, 700)
        service.answer(work, number, "soon", 700)
        assert service.here(work, chat)[1] == ()  # nothing is left to answer
        service.drop(work, 17)
        with pytest.raises(Refusal, match="market/no_tag"):
            service.drop(work, 17)
        return [e for e in work.effects if type(e) is Send][-1], chat

    said, chat = writer.write(fn)
    assert (said.chat, said.topic, said.reply_to, said.template) == (chat, 5, 17, "market/answer")


def test_what_staff_tagged_is_forgotten_after_90_days(writer: Writer) -> None:
    """As tickets are: docs/law.md."""

    def fn(work: Work) -> list[list[int]]:
        work.now = AT
        work.chat = group(work)
        service.put(work, 5, None, "complaint", "broken", 21)
        left = []
        for days in (90, 91):
            work.now = AT + timedelta(days=days)
            service.sweep(work)
            left.append([r.message_id for r in work.sql.all(sa.select(tag))])
        return left

    assert writer.write(fn) == [[5], []]
