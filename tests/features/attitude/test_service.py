"""One question a month on both databases: asked within the budget, counted without names, closed, told."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from groupbot.core.effects import ClosePoll, Effect, Options, Send
from groupbot.core.events import Chat, PollTotals
from groupbot.engine import polls
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.attitude import service
from groupbot.features.attitude.domain import ABOUT, ATTITUDE, DAY
from groupbot.features.attitude.store import attitude_month
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, ZONE
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import POSTS, STOPPED
from groupbot.features.rules.domain.policy import THEME
from tests.features.promos.test_publish import at, chats
from tests.features.promos.test_publish import said as effects

TENTH = datetime(2027, 2, 10, 2)  # 10:00 in Shanghai
KNOW, AGREE, SUBSCRIBE = "know", "agree", "subscribe"


@pytest.fixture
def room(writer: Writer) -> Writer:
    writer.content = Content([folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    chats(writer, 2)
    put(writer, ATTITUDE, True)
    at(writer, TENTH)
    return writer


def put(writer: Writer, setting: Any, value: Any, chat: int = 1) -> None:
    writer.write(lambda w: members.put(w, setting, value, chat=chat))


def later(writer: Writer, **span: float) -> None:
    writer.clock.shift(timedelta(**span))


def beats(writer: Writer) -> None:
    """A heartbeat of a bot that was just started."""
    writer.write(lambda w: w.empty_caches())
    writer.write(service.close_due)
    writer.write(service.ask_due)


def asked(writer: Writer) -> list[tuple[int | None, str | None]]:
    return [(e.chat, e.ref) for e in effects(writer) if isinstance(e, Send) and e.poll is not None]


def closed(writer: Writer) -> list[str]:
    every: list[Effect] = list(effects(writer))
    return [e.ref for e in every if isinstance(e, ClosePoll)]


def lands(writer: Writer, month: int, chat: int = 1) -> None:
    """The receipt of the question is booked."""
    ref = f"attitude:{month}:{chat}"
    writer.write(lambda w: polls.keep(w, f"p{month}", ref, ("0", "1", "2", "3")))


def totals(writer: Writer, month: int, *votes: int, over: bool = False, chat: int = 1) -> None:
    def fn(work: Work) -> None:
        work.chat = chat
        service.tallied(
            work,
            PollTotals(at=work.now, chat=Chat(0, ""), poll=f"p{month}", votes=votes, closed=over),
        )

    writer.write(fn)


def rows(writer: Writer) -> list[tuple[Any, ...]]:
    sql = "SELECT month, state, n, know, agree, subscribe, members FROM v_attitude ORDER BY chat_id, month"
    return writer.write(lambda w: [tuple(r) for r in w.sql.plain(sql)])


def test_it_is_asked_once_a_month_anonymously_where_it_is_switched_on(room: Writer) -> None:
    later(room, seconds=-1)
    beats(room)
    assert asked(room) == []
    later(room, seconds=1)
    for _ in range(3):
        beats(room)
    assert asked(room) == [(1, "attitude:202702:1")]
    said = effects(room)[-1]
    assert said.text == (
        "每月一问:说到「Store 1」,你现在是哪一种?\n\n"
        "匿名,只有总数,谁选了哪项连我也看不到。7 天后截止,截止前可以改选。"
    )
    assert said.poll == Options(("还不太了解", "了解", "了解也认同", "认同,而且在买、在用或常参与"))
    assert (said.poll.named, said.poll.many, said.protect, said.post, said.silent) == (
        False, False, True, True, True)  # fmt: skip
    lands(room, 202702)
    for _ in range(30):
        later(room, days=1)
        beats(room)
    assert asked(room) == [(1, "attitude:202702:1"), (1, "attitude:202703:1")]
    assert closed(room) == ["attitude:202702:1"]


def test_it_asks_in_english_about_what_an_admin_said_or_the_theme(room: Writer) -> None:
    put(room, LANGUAGE, "en")
    put(room, THEME, "hotpot at home")
    assert room.write(lambda w: service.about(w, 1)) == "hotpot at home"
    put(room, ABOUT, "Hawthorn <tea> & co")
    beats(room)
    said = effects(room)[-1]
    assert said.text.startswith("One question a month: where are you with “Hawthorn <tea> & co”?")
    assert said.poll is not None
    assert said.poll.options[0] == "I don’t know much about it yet"


def test_the_longest_subject_leaves_the_question_whole(room: Writer) -> None:
    put(room, LANGUAGE, "en")
    for about in ("山" * 80, "<" * 80, "👨\u200d👩\u200d👧\u200d👦" * 11, "🍵" * 80):
        put(room, ABOUT, about)
        beats(room)
        assert effects(room)[-1].text.endswith("change your mind.")
        later(room, days=28)
    put(room, ABOUT, "")
    put(room, THEME, "茶" * 120)
    assert len(room.write(lambda w: service.about(w, 1))) == 100


def test_it_waits_for_the_budget_the_quiet_hours_and_the_stop_switch(room: Writer) -> None:
    put(room, STOPPED, True, chat=0)
    beats(room)
    put(room, STOPPED, False, chat=0)
    room.write(lambda w: promos.posted(w, 1, "other", "somebody"))
    beats(room)  # within three hours of another post
    put(room, POSTS, 1)
    later(room, hours=4)
    beats(room)  # the day's posts are used up
    assert asked(room) == []
    later(room, hours=10)
    beats(room)  # past midnight, in quiet hours
    assert asked(room) == []
    later(room, hours=10)
    beats(room)
    assert asked(room) == [(1, "attitude:202702:1")]
    assert room.write(lambda w: promos.may_post(w, 1, "other")[0]) == "posts"  # it counts in the budget


def test_without_a_confirmed_time_zone_nothing_is_asked(writer: Writer) -> None:
    chats(writer, zone="")
    put(writer, ATTITUDE, True)
    at(writer, TENTH)
    beats(writer)
    assert asked(writer) == []


def test_a_month_ends_and_begins_on_the_chats_own_clock(room: Writer) -> None:
    put(room, DAY, 28)
    at(room, datetime(2027, 2, 28, 1, 59))
    beats(room)
    assert asked(room) == []
    at(room, datetime(2027, 2, 28, 14, 29))  # 22:29 of its last day
    put(room, DAY, 1)
    beats(room)
    assert asked(room) == [(1, "attitude:202702:1")]
    lands(room, 202702)
    at(room, datetime(2027, 2, 28, 16, 1))  # 1 March there, 28 February in UTC
    beats(room)
    at(room, datetime(2027, 3, 1, 2))
    beats(room)  # February's is still open
    assert len(asked(room)) == 1
    at(room, datetime(2027, 3, 7, 14, 29))
    beats(room)
    assert (closed(room), len(asked(room))) == (["attitude:202702:1"], 2)
    assert [r[:2] for r in rows(room)] == [(202702, "closed"), (202703, "open")]


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        ("Europe/Berlin", 28, datetime(2027, 3, 28, 8)),  # summer time began that night
        ("Europe/Berlin", 27, datetime(2027, 3, 27, 9)),
        ("America/New_York", 14, datetime(2027, 3, 14, 14)),
        ("America/New_York", 7, datetime(2027, 11, 7, 15)),  # it ended that night
        ("Australia/Lord_Howe", 4, datetime(2027, 4, 3, 23, 30)),  # by half an hour
    ],
)
def test_the_morning_is_that_of_the_wall_clock_when_clocks_change(
    room: Writer, zone: str, day: int, due: datetime
) -> None:
    put(room, ZONE, zone)
    put(room, DAY, day)
    at(room, due - timedelta(seconds=1))
    beats(room)
    assert asked(room) == []
    later(room, seconds=1)
    beats(room)
    beats(room)
    assert len(asked(room)) == 1


def test_totals_are_kept_as_they_come_and_stay_once_telegram_says_no_more_come(room: Writer) -> None:
    beats(room)
    totals(room, 202702, 1, 0, 0, 0)  # before the receipt: whose poll it is is not known
    assert rows(room) == [(202702, "open", 0, 0, 0, 0, None)]
    lands(room, 202702)
    totals(room, 202702, 1, 2, 0, 0)
    totals(room, 202702, 1, 1, 0, 0)  # somebody took an answer back
    assert rows(room) == [(202702, "open", 2, 1, 0, 0, None)]
    later(room, days=7)
    beats(room)
    assert closed(room) == ["attitude:202702:1"]
    totals(room, 202702, 4, 3, 2, 1, over=True)
    totals(room, 202702, 1, 1, 0, 0)  # came by another way, too late
    assert rows(room) == [(202702, "closed", 10, 6, 3, 1, None)]
    totals(room, 202702, 9, 9)  # a template with other answers
    totals(room, 202701, 9, 9, 9, 9)  # no poll of ours
    assert [r[2] for r in rows(room)] == [10]


def test_closed_by_somebody_else_it_is_over_and_not_asked_again(room: Writer) -> None:
    beats(room)
    lands(room, 202702)
    totals(room, 202702, 4, 3, 2, 1, over=True)
    assert [r[:3] for r in rows(room)] == [(202702, "closed", 10)]
    for _ in range(10):
        later(room, days=1)
        beats(room)
    assert (len(asked(room)), closed(room)) == (1, [])


def test_switched_off_it_closes_and_on_again_it_waits_for_the_next_month(room: Writer) -> None:
    beats(room)
    lands(room, 202702)
    totals(room, 202702, 4, 3, 2, 1)
    put(room, ATTITUDE, False)
    beats(room)
    assert closed(room) == ["attitude:202702:1"]
    assert [r[:3] for r in rows(room)] == [(202702, "closed", 10)]
    put(room, ATTITUDE, True)
    for _ in range(18):
        later(room, days=1)
        beats(room)
    assert len(asked(room)) == 1
    at(room, datetime(2027, 3, 10, 2))
    beats(room)
    assert len(asked(room)) == 2


def test_what_never_left_is_no_result_and_is_told(room: Writer) -> None:
    beats(room)
    later(room, hours=5)
    beats(room)
    assert [r[1] for r in rows(room)] == ["open"]
    later(room, hours=2)
    beats(room)
    assert [r[1] for r in rows(room)] == ["unsaid"]
    found = room.write(lambda w: service.state(w, 1))
    assert (found["unsaid"], found["open_until"], found["last"]) == (True, None, None)
    beats(room)
    assert len(asked(room)) == 1


def test_after_a_restore_the_month_is_not_asked_again(room: Writer) -> None:
    put(room, ATTITUDE, True, chat=2)
    put(room, DAY, 20, chat=2)
    put(room, STOPPED, True, chat=0)
    room.write(service.let_pass)  # it may have been asked since the backup was taken
    put(room, STOPPED, False, chat=0)
    beats(room)
    assert asked(room) == []
    at(room, datetime(2027, 2, 20, 2))
    beats(room)
    assert asked(room) == [(2, "attitude:202702:2")]
    room.write(service.let_pass)
    at(room, datetime(2027, 3, 10, 2))
    beats(room)
    assert asked(room) == [(2, "attitude:202702:2"), (1, "attitude:202703:1")]


def test_an_admin_closes_the_open_one_once(room: Writer) -> None:
    def close(work: Work) -> None:
        work.chat = 1
        service.close(work)

    with pytest.raises(Refusal):
        room.write(close)
    beats(room)
    lands(room, 202702)
    room.write(close)
    with pytest.raises(Refusal):
        room.write(close)
    assert closed(room) == ["attitude:202702:1"]


def test_a_template_with_other_answers_asks_nobody_and_stops_no_other_group(
    room: Writer, tmp_path: Any
) -> None:
    (tmp_path / "attitude").mkdir()
    own = "---\npoll: {options: [yes it is, no it is not]}\nsample: {about: tea}\n---\nWell, {{ about }}?\n"
    (tmp_path / "attitude" / "question.en.html.j2").write_text(own, "utf-8")
    room.content = Content([tmp_path, folder("content_templates")])
    room.render = room.content.renderer(members.voice, b"k")
    put(room, LANGUAGE, "en")
    put(room, ATTITUDE, True, chat=2)
    beats(room)
    assert asked(room) == [(2, "attitude:202702:2")]


def answers(room: Writer, month: int, *votes: int) -> None:
    at(room, datetime(2027, month % 100, 10, 2))
    beats(room)
    lands(room, month)
    totals(room, month, *votes)
    later(room, days=7)
    beats(room)


def test_the_funnel_is_told_with_intervals_beside_the_month_before(room: Writer) -> None:
    answers(room, 202702, 40, 5, 3, 2)
    answers(room, 202703, 4, 12, 6, 2)
    last = room.write(lambda w: service.told(w, 1))
    assert last is not None
    assert (last["month"], last["n"], last["weak"], last["before"], last["before_weak"]) == (
        "2027-03", 24, True, "2027-02", False)  # fmt: skip
    assert [tuple(s.values()) for s in last["steps"]] == [
        (KNOW, 20, 83, 64, 93, 63, True),
        (AGREE, 8, 33, 18, 53, 23, False),
        (SUBSCRIBE, 2, 8, 2, 26, 4, False),
    ]  # fmt: skip
    assert [one["month"] for one in room.write(lambda w: service.record(w, 1))] == ["2027-03", "2027-02"]


def test_the_printed_sql_gives_it_again(room: Writer) -> None:
    answers(room, 202702, 40, 5, 3, 2)
    answers(room, 202703, 4, 12, 6, 2)
    answers(room, 202704, 1, 1, 1, 1)  # too few
    found = room.write(lambda w: w.sql.plain(service.question(1)))
    told = [one for one in room.write(lambda w: service.record(w, 1)) if one["steps"]]
    assert [int(r[0]) for r in found] == [202703, 202702]
    for row, one in zip(found, told, strict=True):
        assert row[1] == one["n"]
        for i, step in enumerate(one["steps"]):
            k, share, low, high = (float(x) for x in row[3 + 4 * i : 7 + 4 * i])
            assert (k, round(100 * share), round(100 * low), round(100 * high)) == (
                step["n"], step["share"], step["low"], step["high"])  # fmt: skip


def test_no_column_can_name_a_person() -> None:
    assert [c.name for c in attitude_month.columns] == [
        "chat_id", "month", "about", "state", "asked_at", "closes_at", "closed_at", "final",
        "unaware", "knows", "agrees", "subscribes", "members",
    ]  # fmt: skip
