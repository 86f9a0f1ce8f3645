"""Newcomers show that they are people: each mode, and everything that can come between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.features.approvals import service as approvals
from groupbot.features.members import service as members
from groupbot.features.rules.store import verdict
from groupbot.testing import Talk
from tests.dialogs.test_flood import set_up


async def begins(chat: Talk, *commands: str) -> None:
    """The captcha is switched on, and what was answered to that has gone."""
    for command in ("/captcha on", *commands):
        await chat.says(chat.owner, command)
    await chat.wait(minutes=2)
    assert chat.bot_texts() == []


async def comes(chat: Talk, name: str = "Mei", **more: Any) -> int:
    person = chat.person(name, joins=False, **more)
    await chat.joins(person)
    return person


async def follows(chat: Talk, person: int) -> None:
    """The newcomer presses the button in the group and goes where it leads."""
    assert await chat.presses(person, "我是真人") == ""
    url = next(q["url"] for q in reversed(chat.world.queries.values()) if q.get("url"))
    await chat.says(person, f"/start {url.partition('=')[2]}", private=True)


def answer(chat: Talk, person: int) -> str:
    """The right answer to what is asked now."""
    return str(chat.rows(f"SELECT answer FROM newcomer WHERE person_id = {person}")[0][0])


def state(chat: Talk, person: int) -> str:
    return str(chat.rows(f"SELECT state FROM newcomer WHERE person_id = {person}")[0][0])


async def test_off_nobody_is_muted(chat: Talk) -> None:
    mei = await comes(chat)
    assert chat.status(mei) == "member"
    assert chat.rows("SELECT count(*) FROM newcomer") == [(0,)]


async def test_button_mutes_until_pressed_and_the_line_goes(chat: Talk) -> None:
    await begins(chat, "/welcome on")
    mei = await comes(chat)
    assert chat.status(mei) == "restricted"
    assert chat.bot_texts() == ["Mei,欢迎。点一下下面的按钮就能发言。"]
    other = chat.person("Other")
    assert await chat.presses(other, "我是真人") == "这个按钮是给刚进群的人用的。"
    assert chat.status(mei) == "restricted"
    assert await chat.presses(mei, "我是真人") == "好了,可以发言了。"
    assert chat.status(mei) == "member"
    assert chat.bot_texts() == ["欢迎Mei来到「Test group」。群规 /rules"]
    assert state(chat, mei) == "passed"


async def test_two_presses_at_once_pass_once(chat: Talk) -> None:
    await begins(chat)
    mei = await comes(chat)
    mid, message = max(chat.room.messages.items())
    data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    first, second = (chat.world.press(mei, chat.id, mid, data) for _ in range(2))
    await chat.settle()
    assert [chat.world.queries[q]["text"] for q in (first, second)] == ["好了,可以发言了。"] * 2
    assert chat.rows("SELECT count(*) FROM outbox WHERE kind = 'restrict'") == [(2,)]
    assert chat.status(mei) == "member"


@pytest.mark.parametrize("mode", ["text", "math", "image"])
async def test_written_answers_in_private(chat: Talk, mode: str) -> None:
    await begins(chat, f"/captchamode {mode}")
    mei = await comes(chat)
    await follows(chat, mei)
    assert "would like to know that you are a person" in chat.last(mei)
    right = answer(chat, mei)
    await chat.says(mei, "no", private=True)
    assert chat.last(mei).startswith("Not quite. You have 2 left.")
    if mode == "image":  # two sums, or two rows of four digits, may be the same
        assert answer(chat, mei) != right
    assert len([t for t in chat.bot_texts(mei) if "are a person" in t]) == 1
    await chat.says(mei, f" {answer(chat, mei).upper()} ", private=True)
    assert chat.status(mei) == "member"
    assert chat.bot_texts() == []
    assert (state(chat, mei), answer(chat, mei)) == ("passed", "")
    assert not any("are a person" in t for t in chat.bot_texts(mei))


async def test_quiz_needs_questions_and_answers_count_for_one_round(chat: Talk) -> None:
    await chat.says(chat.owner, "/captchamode quiz")
    assert "There are no questions yet" in chat.last(chat.owner)
    await chat.says(chat.owner, "/captchaquiz What do we sell? | Hawthorn | Cars | Shoes")
    assert "1. What do we sell? ✓ Hawthorn · Cars · Shoes" in chat.last()
    await begins(chat, "/captchamode quiz")
    mei = await comes(chat)
    await follows(chat, mei)
    room = chat.world.chats[mei]
    mid, message = max((i, m) for i, m in room.messages.items() if "reply_markup" in m)
    old = {row[0]["text"]: row[0]["callback_data"] for row in message["reply_markup"]["inline_keyboard"]}
    assert set(old) == {"Hawthorn", "Cars", "Shoes"}
    wrong, right = (chat.world.press(mei, mei, mid, old[label]) for label in ("Cars", "Hawthorn"))
    await chat.settle()
    assert chat.world.queries[wrong]["text"] == "Not quite. Here is another one."
    assert chat.world.queries[right]["text"] == "This question is over. Please see the newest one."
    assert chat.status(mei) == "restricted"
    assert await chat.presses(mei, "Hawthorn", chat=mei) == "Done. You can write now."
    assert chat.status(mei) == "member"


async def test_rules_are_accepted(chat: Talk) -> None:
    await begins(chat, "/captchamode rules", "/rules set Be kind.")
    mei = await comes(chat)
    await follows(chat, mei)
    assert chat.last(mei) == "The rules of Test group\nBe kind.\n\nIf you agree, press the button."
    assert await chat.presses(mei, "I accept", chat=mei) == "Done. You can write now."
    assert chat.status(mei) == "member"


async def test_rules_after_the_question(chat: Talk) -> None:
    await begins(chat, "/captchamode math", "/captcharules on")
    mei = await comes(chat)
    await follows(chat, mei)
    await chat.says(mei, answer(chat, mei), private=True)
    assert chat.status(mei) == "restricted"
    assert await chat.presses(mei, "I accept", chat=mei) == "Done. You can write now."
    assert chat.status(mei) == "member"


async def test_third_wrong_answer_is_a_kick_that_ends_by_itself(chat: Talk) -> None:
    await begins(chat, "/captchamode math", "/captchakick on")
    mei = await comes(chat)
    await follows(chat, mei)
    for _ in range(3):
        assert chat.status(mei) == "restricted"
        await chat.says(mei, "no", private=True)
    assert chat.status(mei) == "kicked"
    assert chat.last(mei).startswith("It did not work out this time. You can come back")
    assert chat.bot_texts() == []
    assert chat.rows("SELECT count(*) FROM outbox WHERE kind = 'ban' AND payload LIKE '%\"free\":true%'") == [
        (0,)
    ]
    await chat.wait(minutes=2)
    await chat.joins(mei)
    assert chat.status(mei) == "restricted"
    assert state(chat, mei) == "waiting"


async def test_without_kick_a_person_decides(chat: Talk) -> None:
    await begins(chat, "/captchamode math")
    mei = await comes(chat)
    await follows(chat, mei)
    for _ in range(3):
        await chat.says(mei, "no", private=True)
    assert chat.status(mei) == "restricted"
    assert chat.last(mei).endswith("Olga can let you write.")
    assert chat.rows("SELECT rule, action, actor, number FROM verdict") == [("captcha", "hold", mei, 1)]
    await chat.says(mei, "/why", private=True)
    assert "so you cannot write yet" in chat.last(mei)
    lin = await comes(chat, "Lin")
    await follows(chat, lin)
    for _ in range(3):
        await chat.says(lin, "no", private=True)
    await chat.says(chat.owner, "/undo 2")
    assert (chat.status(lin), state(chat, lin)) == ("member", "freed")
    chat.world.set_member(chat.room, mei, chat.owner, status="member", until=0)
    await chat.settle()
    assert state(chat, mei) == "freed"


async def test_time_runs_out_over_a_restart(chat: Talk) -> None:
    await begins(chat, "/captchakick on", "/captchakicktime 10m")
    mei = await comes(chat)
    assert chat.last() == "Mei,欢迎。点一下下面的按钮就能发言,请在10分钟内完成。"
    await chat.wait(minutes=5)
    await chat.restarts()
    assert chat.status(mei) == "restricted"
    await chat.wait(minutes=5, seconds=10)
    assert chat.status(mei) == "kicked"
    assert chat.bot_texts() == []


async def test_what_a_member_said_before_stays_when_they_come_back_and_do_not_answer(chat: Talk) -> None:
    mei = chat.person("Mei")
    said = await chat.says(mei, "see you at the weekend")
    await begins(chat, "/captchakick on")
    chat.world.leave(mei, chat.room.id)
    await chat.joins(mei)
    assert chat.status(mei) == "restricted"
    await chat.wait(minutes=5, seconds=10)
    assert (chat.status(mei), chat.stands(said)) == ("kicked", True)


async def test_after_an_outage_everybody_has_a_minute_more(chat: Talk) -> None:
    await begins(chat, "/captchakick on")
    mei, lin = await comes(chat, "Mei"), await comes(chat, "Lin")
    await chat.wait(hours=1)
    await chat.presses(mei, "我是真人")
    await chat.wait(minutes=1, seconds=1)
    assert (chat.status(mei), chat.status(lin)) == ("member", "kicked")


async def test_a_question_is_answered_after_a_restart(chat: Talk) -> None:
    await begins(chat, "/captchamode text")
    mei = await comes(chat)
    await follows(chat, mei)
    await chat.restarts()
    await chat.says(mei, answer(chat, mei), private=True)
    assert chat.status(mei) == "member"
    assert chat.bot_texts() == []


async def test_mute_time_ends_by_itself(chat: Talk) -> None:
    await begins(chat, "/captchamutetime 1d")
    mei = await comes(chat)
    await chat.restarts()
    await chat.wait(hours=23)
    assert chat.status(mei) == "restricted"
    await chat.wait(hours=1, minutes=1)
    assert chat.status(mei) == "member"
    assert state(chat, mei) == "freed"
    assert chat.bot_texts() == []


async def test_an_administrator_frees_meanwhile(chat: Talk) -> None:
    await begins(chat, "/captchakick on")
    mei = await comes(chat)
    chat.world.set_member(chat.room, mei, chat.owner, status="member", until=0)
    await chat.settle()
    assert chat.bot_texts() == []
    await chat.wait(minutes=6)
    assert chat.status(mei) == "member"


@pytest.mark.parametrize("command", ["/unmute", "/approve"])
async def test_whom_staff_free_or_approve_by_a_command_is_not_waited_for(chat: Talk, command: str) -> None:
    await begins(chat, "/captchakick on", "/welcome on")
    mei = await comes(chat)
    await chat.says(chat.owner, f"{command} {mei}")
    assert (chat.status(mei), state(chat, mei)) == ("member", "freed")
    assert chat.bot_texts()[-1] == "欢迎Mei来到「Test group」。群规 /rules"
    assert not [t for t in chat.bot_texts() if t.startswith("Mei,欢迎")]
    said = await chat.says(mei, "hello")
    for _ in range(12):
        await chat.wait(seconds=30)
    assert (chat.status(mei), chat.stands(said)) == ("member", True)


async def test_a_mute_by_staff_outlives_an_approval(chat: Talk) -> None:
    await begins(chat, "/captchakick on")
    mei = await comes(chat)
    await chat.says(chat.owner, f"/mute {mei} 1h")
    await chat.says(chat.owner, f"/approve {mei}")
    assert (chat.status(mei), state(chat, mei)) == ("restricted", "freed")
    for _ in range(12):
        await chat.wait(seconds=30)
    assert chat.status(mei) == "restricted"
    await chat.wait(hours=1)
    assert chat.status(mei) == "member"


async def test_who_failed_and_is_approved_or_freed_may_write(chat: Talk) -> None:
    await begins(chat, "/captchamode math")
    mei, lin = await comes(chat), await comes(chat, "Lin")
    for person in (mei, lin):
        await follows(chat, person)
        for _ in range(3):
            await chat.says(person, "no", private=True)
    await chat.says(chat.owner, f"/approve {mei}")
    await chat.says(chat.owner, f"/unmute {lin}")
    assert [(chat.status(p), state(chat, p)) for p in (mei, lin)] == [("member", "freed")] * 2


async def test_whom_an_administrator_mutes_meanwhile_is_not_freed_nor_kicked(chat: Talk) -> None:
    await begins(chat, "/captchakick on")
    mei, lin = await comes(chat, "Mei"), await comes(chat, "Lin")
    until = int(chat.world.clock.now()) + 86400
    for person in (mei, lin):
        chat.world.set_member(chat.room, person, chat.owner, until=until)
    await chat.settle()
    await chat.presses(mei, "我是真人")
    assert (state(chat, mei), chat.status(mei)) == ("passed", "restricted")
    await chat.wait(minutes=5)
    assert (state(chat, lin), chat.status(lin)) == ("failed", "restricted")


async def test_who_was_muted_before_and_comes_again_stays_muted(chat: Talk) -> None:
    await begins(chat)
    mei = chat.person("Mei")
    until = int(chat.world.clock.now()) + 86400
    chat.world.set_member(chat.room, mei, chat.owner, status="restricted", permissions=set(), until=until)
    chat.world.leave(mei, chat.id)
    await chat.settle()
    await chat.joins(mei)
    assert await chat.presses(mei, "我是真人") == "好了,可以发言了。"
    assert chat.status(mei) == "restricted"


async def test_whom_a_rule_mutes_stays_muted_for_as_long(chat: Talk) -> None:
    await begins(chat)
    mei = await comes(chat)

    def mute(work: Any) -> None:
        here = members.profiles(work)[0].chat
        work.sql.run(
            sa.insert(verdict).values(
                chat_id=here, number=1, rule="x", version=1, matched="", carrier="", actor=mei, person=True,
                strong=True, message_id=1, at=work.now, action="mute", shadow=False,
                until=work.now + timedelta(hours=2),
            )
        )  # fmt: skip

    await chat.app.writer.submit(mute)
    await chat.presses(mei, "我是真人")
    assert (state(chat, mei), chat.status(mei)) == ("passed", "restricted")
    await chat.wait(hours=2, minutes=1)
    assert chat.status(mei) == "member"


async def test_leaving_ends_it_and_coming_again_begins_anew(chat: Talk) -> None:
    await begins(chat, "/goodbye on", "/captchakick on")
    mei = await comes(chat)
    chat.world.leave(mei, chat.id)
    await chat.settle()
    assert (state(chat, mei), chat.bot_texts()) == ("left", [])
    await chat.wait(minutes=6)
    assert chat.status(mei) != "kicked"
    await chat.joins(mei)
    assert await chat.presses(mei, "我是真人") == "好了,可以发言了。"
    assert chat.status(mei) == "member"


async def test_a_ban_meanwhile_stands(chat: Talk) -> None:
    await begins(chat, "/captchakick on")
    mei = await comes(chat)
    chat.world.set_member(chat.room, mei, chat.owner, status="kicked", is_member=False, until=0)
    await chat.settle()
    assert chat.bot_texts() == []
    await chat.wait(minutes=6)
    assert (state(chat, mei), chat.status(mei)) == ("void", "kicked")
    assert chat.rows("SELECT count(*) FROM outbox WHERE kind = 'ban'") == [(0,)]


async def test_a_raid_is_one_line(chat: Talk) -> None:
    await begins(chat)
    people = [chat.person(f"P{i}", joins=False) for i in range(12)]
    for person in people:
        chat.world.join(person, chat.id)
    await chat.settle()
    assert chat.bot_texts() == ["P11、P10、P9、P8、P7等12位,欢迎。点一下下面的按钮就能发言。"]
    for person in people:
        await chat.presses(person, "我是真人")
    assert chat.bot_texts() == []
    assert {chat.status(p) for p in people} == {"member"}


async def test_staff_bots_and_whom_staff_bring_are_not_asked(chat: Talk) -> None:
    await begins(chat)
    mei = chat.person("Mei", joins=False)
    await chat.joins(mei, by=chat.owner)
    assert chat.status(mei) == "member"
    spammer, friend = chat.person("Spammer"), chat.person("Friend", joins=False)
    await chat.joins(friend, by=spammer)
    assert chat.status(friend) == "restricted"


async def test_approved_people_are_not_asked(chat: Talk) -> None:
    await begins(chat)
    mei, lin = chat.person("Mei", joins=False), chat.person("Lin", joins=False)

    def approve(work: Any) -> None:
        here = members.profiles(work)[0].chat
        for person in (mei, lin):
            approvals.approve(work, here, person, chat.owner, "known from the shop")

    await chat.app.writer.submit(approve)
    await chat.joins(mei)
    await chat.asks(lin, link=chat.invite(approval=True))
    assert (chat.status(mei), chat.status(lin)) == ("member", "member")
    assert chat.rows("SELECT count(*) FROM newcomer") == [(0,)]


async def test_switching_off_frees_who_waits(chat: Talk) -> None:
    await begins(chat)
    mei = await comes(chat)
    await chat.says(chat.owner, "/captcha off")
    assert chat.status(mei) == "member"
    assert [t for t in chat.bot_texts() if t.startswith("Mei")] == []


async def test_who_asked_for_quiet_is_asked_too(chat: Talk) -> None:
    await begins(chat, "/captchamode math", "/captchakick on")
    mei = chat.person("Mei", joins=False, starts=True)
    await chat.says(mei, "/quiet on", private=True)
    await chat.joins(mei)
    await follows(chat, mei)
    assert "would like to know" in chat.last(mei)
    await chat.says(mei, answer(chat, mei), private=True)
    assert (chat.status(mei), state(chat, mei)) == ("member", "passed")


async def test_nothing_said_while_waiting_is_kept(chat: Talk) -> None:
    await begins(chat, "/captchamode image")
    mei = await comes(chat)
    await follows(chat, mei)
    await chat.says(mei, "a secret I would like to tell", private=True)
    assert "a secret I would" not in chat.dump()


async def test_the_link_without_a_question_says_so(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(mei, "/start captcha_1", private=True)
    assert chat.last(mei) == "Nothing is asked of you. You can go back to the group."


# --- requests to join
async def test_a_request_is_asked_in_private_and_let_in(chat: Talk) -> None:
    await begins(chat, "/captchamode math", "/welcome on")
    mei = chat.person("Mei", joins=False)
    await chat.asks(mei, link=chat.invite(approval=True))
    assert "Test group would like to know" in chat.last(mei)
    assert chat.bot_texts()[-1:] != ["x"] and not any("Mei" in t for t in chat.bot_texts())
    await chat.says(mei, answer(chat, mei), private=True)
    assert (chat.asking(), chat.status(mei)) == ([], "member")
    assert chat.last(mei) == "Welcome. Test group is open to you."
    assert chat.last() == "欢迎Mei来到「Test group」。群规 /rules"


@pytest.mark.parametrize("mode", ["button", "rules"])
async def test_a_request_is_let_in_by_a_press(chat: Talk, mode: str) -> None:
    await begins(chat, f"/captchamode {mode}")
    mei = chat.person("Mei", joins=False)
    await chat.asks(mei, link=chat.invite(approval=True))
    await chat.presses(mei, "I a", chat=mei)
    assert (chat.asking(), chat.status(mei)) == ([], "member")
    assert chat.last(mei) == "Welcome. Test group is open to you."  # said before they were let in
    assert chat.bot_texts() == []


async def test_a_request_is_declined_in_time_or_after_three_tries(chat: Talk) -> None:
    await begins(chat, "/captchamode text")
    mei, lin = chat.person("Mei", joins=False), chat.person("Lin", joins=False)
    link = chat.invite(approval=True)
    await chat.asks(mei, link=link)
    await chat.asks(lin, link=link)
    for _ in range(3):
        await chat.says(lin, "no", private=True)
    assert chat.asking() == [mei]
    assert chat.last(lin).startswith("It did not work out this time.")
    await chat.wait(minutes=4, seconds=46)
    assert chat.asking() == []
    assert chat.last(mei).startswith("Time is up for now.")
    cases = chat.rows("SELECT rule, version, action, actor, matched, number FROM verdict ORDER BY id")
    assert cases == [
        ("captcha", 1, "decline", lin, "captcha failed", 1),
        ("captcha", 1, "decline", mei, "captcha: time is up", 2),
    ]
    lines = chat.rows(
        "SELECT category, kind, member, text, number FROM log_record WHERE kind = 'decline' ORDER BY number"
    )
    assert lines == [("automated", "decline", c[3], c[4], c[5]) for c in cases]
    await chat.says(chat.owner, "/undo 1")  # taken back: the next request is let in without a question
    await chat.asks(lin, link=link)
    assert (chat.asking(), chat.status(lin)) == ([], "member")
    await chat.asks(mei, link=link)
    await chat.says(mei, answer(chat, mei), private=True)
    assert chat.status(mei) == "member"
    # the bot let them in, it did not bring them
    let = chat.rows(
        "SELECT j.person_id, j.grade, m.added_by FROM v_join j JOIN v_member m ON m.chat_id = j.chat_id"
        " AND m.person_id = j.person_id WHERE j.grade <> 'none' ORDER BY j.person_id"
    )
    assert let == [(person, "request", None) for person in sorted((mei, lin))]


async def test_a_request_without_captcha_is_left_to_people(chat: Talk) -> None:
    mei = chat.person("Mei", joins=False)
    await chat.asks(mei, link=chat.invite(approval=True))
    await chat.wait(minutes=10)
    assert (chat.asking(), chat.texts(mei)) == ([mei], [])


async def test_whom_an_admin_lets_in_meanwhile_is_not_declined(chat: Talk) -> None:
    await begins(chat, "/captchamode math", "/welcome on")
    mei = chat.person("Mei", joins=False)
    await chat.asks(mei, link=chat.invite(approval=True))
    chat.world.decide(chat.room, mei, chat.owner, accept=True)
    await chat.settle()
    await chat.wait(minutes=5)
    assert chat.rows("SELECT rule, action FROM verdict") == []
    assert (chat.status(mei), state(chat, mei)) == ("member", "freed")
    # the question stays in private: a bot that was never started reaches nobody there after the decision


@pytest.mark.parametrize("command", ["/ban", "/kick"])
async def test_whom_an_admin_bans_while_they_ask_to_come_in_is_asked_no_more(
    chat: Talk, command: str
) -> None:
    await begins(chat, "/captchamode math")
    mei = chat.person("Mei", joins=False, starts=True)
    await chat.asks(mei, link=chat.invite(approval=True))
    right = answer(chat, mei)
    assert [t for t in chat.bot_texts(mei) if "would like to know" in t] != []
    await chat.says(chat.owner, f"{command} {mei}")
    assert [t for t in chat.bot_texts(mei) if "would like to know" in t] == []
    await chat.says(mei, right, private=True)
    await chat.wait(minutes=5)
    assert state(chat, mei) == "void"
    assert chat.status(mei) != "member"
    assert not [t for t in chat.bot_texts(mei) if "is open to you" in t or "did not answer" in t]


async def test_who_is_approved_while_asking_to_come_in_is_let_in(chat: Talk) -> None:
    await begins(chat, "/captchamode math")
    mei = chat.person("Mei", joins=False)
    await chat.asks(mei, link=chat.invite(approval=True))
    await chat.says(chat.owner, f"/approve {mei}")
    assert (chat.asking(), chat.status(mei)) == ([], "member")
    assert chat.last(mei) == "Welcome. Test group is open to you."


@pytest.mark.parametrize(("before", "away"), [(60, 600), (1, 301)])
async def test_who_answered_during_an_outage_is_asked_anew_and_has_time_to_answer(
    chat: Talk, before: int, away: int
) -> None:
    await begins(chat, "/captchamode math")
    mei = chat.person("Mei", joins=False)
    await chat.asks(mei, link=chat.invite(approval=True))
    said = answer(chat, mei)
    await chat.wait(seconds=before)
    await chat.stops()
    chat.world.say(mei, chat.world.private(mei).id, said)
    chat.world.clock.move(away)
    chat.app.clock.shift(timedelta(seconds=away))
    await chat.restarts()
    await chat.wait(seconds=30)
    assert "would like to know" in chat.last(mei)
    await chat.says(mei, answer(chat, mei), private=True)
    assert (chat.asking(), chat.status(mei)) == ([], "member")


async def test_an_applicant_who_cannot_be_asked_is_left_to_people(chat: Talk) -> None:
    await begins(chat, "/captchamode math")
    mei = chat.person("Mei", joins=False)
    chat.world.block(mei)
    await chat.settle()
    await chat.asks(mei, link=chat.invite(approval=True))
    await chat.wait(minutes=5)
    assert chat.asking() == [mei]
    assert chat.rows("SELECT rule, action FROM verdict") == []


async def test_a_query_is_answered_and_the_request_decided_later(chat: Talk) -> None:
    await begins(chat, "/captchamode math")
    for bot in chat.world.bots.values():
        bot.join_queries = True
    mei = chat.person("Mei", joins=False)
    await chat.asks(mei, link=chat.invite(approval=True))
    assert chat.asking() == [mei]
    await chat.says(mei, answer(chat, mei), private=True)
    assert (chat.asking(), chat.status(mei)) == ([], "member")


# --- settings
async def test_every_setting_shows_and_changes(chat: Talk) -> None:
    for command in (
        "captcha", "captchamode", "captchakick", "captchakicktime", "captchamutetime", "captcharules",
    ):  # fmt: skip
        await chat.says(chat.owner, f"/{command}")
        assert chat.last().startswith("新人验证:关着,方式:按钮(button)。")
    for command in (
        "!captcha yes", "/captchamode math", "/captchakick on", "/captchakicktime 1h 30m",
        "/captchamutetime 2d", "/captcharules true", "/setcaptchatext Let me in",
    ):  # fmt: skip
        await chat.says(chat.owner, command)
    assert chat.last().startswith(
        "新人验证:开着,方式:算术(math)。\n1小时30分钟内没完成的请出,可以再来。2天后自动可以发言。"
        "还要同意群规。按钮:Let me in。"
    )
    await chat.wait(minutes=2)
    await comes(chat, "Mei")
    newest = max(chat.room.messages.values(), key=lambda m: m["message_id"])
    assert newest["reply_markup"]["inline_keyboard"][0][0]["text"] == "Let me in"
    await chat.says(chat.owner, "/resetcaptchatext")
    assert "Let me in" not in chat.last()
    await chat.says(chat.owner, "/captchaquiz a? | b | c")
    await chat.says(chat.owner, "/captchaquiz drop 1")
    assert chat.last().startswith("还没有题目。")


async def test_wrong_settings_are_refused(chat: Talk) -> None:
    for wrong in (
        "captcha perhaps", "captchamode dance", "captchakicktime 3s", "captchakicktime 0",
        "captchamutetime 9000d", "captchaquiz a?", "captchaquiz drop 4", "setcaptchatext", "captcharules 2",
    ):  # fmt: skip
        said = len(chat.texts(chat.owner))
        await chat.says(chat.owner, f"/{wrong}")
        assert len(chat.texts(chat.owner)) == said + 1, wrong
    assert chat.bot_texts() == []


async def test_members_may_set_nothing(chat: Talk) -> None:
    mei = chat.person("Nobody", starts=True)
    for command in (
        "captcha on", "captchamode text", "captchakick off", "captchakicktime 5m", "captchamutetime 0",
        "captcharules off", "setcaptchatext x", "resetcaptchatext", "captchaquiz a | b | c",
    ):  # fmt: skip
        await chat.says(mei, f"/{command}")
        assert chat.last(mei) == "Only admins can do this.", command
    assert chat.rows("SELECT count(*) FROM setting WHERE key LIKE 'captcha%'") == [(0,)]


async def test_in_a_store_group_nobody_is_muted_and_a_person_decides_about_who_does_not_answer(
    chat: Talk,
) -> None:
    await set_up(chat, "store")
    await chat.says(chat.owner, "/captcha on")
    assert "经销商群和门店群里我不禁言也不请人出去:照样会问,没答的也能发言。" in chat.last()
    await begins(chat, "/captchakick on")
    mei, bo, cai = await comes(chat), await comes(chat, "Bo"), await comes(chat, "Cai")
    assert [chat.status(p) for p in (mei, bo, cai)] == ["member"] * 3
    assert chat.bot_texts() == ["Cai、Bo、Mei,欢迎。点一下下面的按钮,让大家知道你是真人,请在5分钟内完成。"]
    await chat.presses(cai, "我是真人")
    assert chat.stands(await chat.says(mei, "hello"))
    await chat.wait(minutes=5)
    await chat.wait(minutes=2)
    assert [chat.status(p) for p in (mei, bo, cai)] == ["member"] * 3
    assert chat.bot_texts() == []
    assert chat.last(chat.owner).startswith(
        "Test group: Mei, Bo came in and did not pass the captcha. I muted and removed nobody; you decide."
    )
    await chat.presses(chat.owner, "Bo", chat=chat.owner)
    assert chat.last(chat.owner) == "Bo is out and may come back. Case 1"
    assert [chat.status(p) for p in (mei, bo)] == ["member", "left"]
    assert "not here any more" in await chat.presses(chat.owner, "Bo", chat=chat.owner)
    await chat.joins(bo)
    assert chat.status(bo) == "member"


async def test_who_came_while_the_bot_was_away_is_not_asked_but_told_to_who_decides(chat: Talk) -> None:
    await begins(chat, "/captcha on")
    mei, bo = (chat.person(name, joins=False) for name in ("Mei", "Bo"))
    await chat.stops()
    for one in (mei, bo):
        chat.world.join(one, chat.id)
    chat.world.leave(bo, chat.id)
    chat.world.clock.move(600)
    chat.app.clock.shift(timedelta(minutes=10))
    await chat.restarts()
    assert chat.status(mei) == "member"
    assert chat.last(chat.owner).startswith(
        "Test group: Mei came in while I was away, unasked. They can write already"
    )


async def test_an_old_button_sends_nobody_away_who_passed_since(chat: Talk) -> None:
    await set_up(chat, "store")
    await begins(chat, "/captchakick on")
    bo = await comes(chat, "Bo")
    await chat.wait(minutes=5)
    await chat.wait(minutes=2)
    assert "did not pass the captcha" in chat.last(chat.owner)
    chat.world.leave(bo, chat.id)
    await chat.settle()
    await chat.joins(bo)
    await chat.presses(bo, "我是真人")
    assert state(chat, bo) == "passed"
    await chat.presses(chat.owner, "Bo", chat=chat.owner)
    assert chat.last(chat.owner) == "This button has expired."
    assert chat.status(bo) == "member"
    assert chat.rows("SELECT rule, action FROM verdict") == []


async def test_two_presses_at_once_send_away_once(chat: Talk) -> None:
    await set_up(chat, "store")
    await begins(chat, "/captchakick on")
    await comes(chat, "Bo")
    await chat.wait(minutes=5)
    await chat.wait(minutes=2)
    room = chat.world.private(chat.owner)
    mid, message = [(i, m) for i, m in room.messages.items() if m.get("reply_markup")][-1]
    data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _ in range(2):
        chat.world.press(chat.owner, room.id, mid, data)
    await chat.settle()
    assert chat.rows("SELECT action, number FROM verdict") == [("kick", 1)]
