"""Antiraid as people meet it."""

from __future__ import annotations

import pytest

from groupbot.core.events import ANONYMOUS_ADMIN
from groupbot.surfaces.sandbox.world import RIGHTS, Forbidden
from groupbot.testing import Talk
from tests.dialogs.test_flood import set_up


async def crowd(chat: Talk, count: int, *, name: str = "R") -> list[int]:
    """So many strangers join at once."""
    people = [chat.person(f"{name}{i}", joins=False) for i in range(count)]
    for one in people:
        chat.world.join(one, chat.id)
    await chat.settle()
    await chat.wait(seconds=2)
    return people


def standings(chat: Talk, people: list[int]) -> set[str]:
    return {chat.status(p) for p in people}


async def test_antiraid_shows_its_state_and_how_to_change_it(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/antiraid")
    assert chat.last().startswith("防突袭没有开。\n每次开 6h · 请出去:ban 1h · 不自动打开")
    await chat.says(chat.owner, "/raidtime 3h")
    await chat.says(chat.owner, "/raidactiontime 12h")
    await chat.says(chat.owner, "/autoantiraid 15")
    assert "每次开 3h · 请出去:ban 12h · 一分钟进 15 人就自动打开" in chat.last()
    await chat.says(chat.owner, "/autoantiraid off")
    assert chat.last().count("不自动打开") == 1
    for wrong in (
        "/antiraid soon",
        "/raidtime 5s",
        "/raidactiontime never",
        "/autoantiraid 2",
        "/raidundo x",
    ):
        before = len(chat.bot_texts(chat.owner))
        await chat.says(chat.owner, wrong)
        assert len(chat.bot_texts(chat.owner)) == before + 1


async def test_while_antiraid_is_on_newcomers_go_and_come_back_in_one_act(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/antiraid 3h")
    assert any(t.startswith("这会儿来的人太多") for t in chat.bot_texts())
    people = await crowd(chat, 5)
    assert standings(chat, people) == {"kicked"}
    assert not any("new_chat_members" in m for m in chat.room.messages.values() if m["from"]["id"] in people)
    await chat.says(chat.owner, "/raidundo")
    assert chat.last() == "突袭第 1 次:5 人正在放回,都可以再进群。"
    await chat.wait(seconds=2)
    assert standings(chat, people) == {"left"}
    await chat.joins(people[0])
    await chat.wait(seconds=2)
    assert chat.status(people[0]) == "member"
    await chat.says(chat.owner, "/raidundo")
    assert chat.last(chat.owner) == "Raid 1 was taken back already."


async def test_who_was_banned_meanwhile_is_not_let_back_with_the_others(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/antiraid 3h")
    one, two = await crowd(chat, 2)
    await chat.says(chat.owner, f"/ban {one} adverts")
    await chat.says(chat.owner, "/raidundo")
    assert chat.last() == "突袭第 1 次:1 人正在放回,都可以再进群。"
    await chat.wait(seconds=2)
    assert (chat.status(one), chat.status(two)) == ("kicked", "left")


async def test_who_is_let_in_by_hand_during_a_raid_stays(chat: Talk) -> None:
    await set_up(chat)
    one = chat.person("Asks", joins=False)
    await chat.asks(one)
    await chat.says(chat.owner, "/antiraid 1h")
    chat.world.decide(chat.room, one, chat.owner, accept=True)
    await chat.settle()
    await chat.wait(seconds=3)
    assert chat.status(one) == "member"


async def test_in_a_store_group_a_person_shows_a_raid_out_in_one_act(chat: Talk) -> None:
    await set_up(chat, "store")
    await chat.says(chat.owner, "/antiraid 3h")
    assert "经销商群和门店群里我不自动请人出去" in chat.last()
    people = await crowd(chat, 3)
    assert standings(chat, people) == {"member"}
    said = await chat.says(people[0], "buy here")
    await chat.wait(seconds=2)
    assert not chat.stands(said)
    assert "In dealer and store groups I show nobody out" in chat.last(chat.owner)
    people += await crowd(chat, 2, name="S")
    assert "5 wait for your word." in chat.last(chat.owner)
    toast = await chat.presses(chat.owner, "Show all out", chat=chat.owner)
    assert toast == "5 are being shown out. If it hits the wrong people, /raidundo 1 lets all back in."
    await chat.wait(seconds=2)
    assert standings(chat, people) == {"kicked"}
    assert "All is decided" in chat.last(chat.owner)
    await chat.says(chat.owner, "/raidundo 1")
    await chat.wait(seconds=2)
    assert standings(chat, people) == {"left"}


async def test_antiraid_ends_by_its_time_and_by_word(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/antiraid 1h")
    await chat.wait(hours=1, seconds=1)
    assert standings(chat, await crowd(chat, 2)) == {"member"}
    await chat.says(chat.owner, "/antiraid on")
    await chat.says(chat.owner, "/antiraid off")
    assert standings(chat, await crowd(chat, 2)) == {"member"}
    await chat.says(chat.owner, "/antiraid off")
    assert chat.last(chat.owner) == "Antiraid is not on, and there is nothing to take back."


async def test_raidactiontime_kick_lets_people_back_after_a_minute(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/raidactiontime kick")
    await chat.says(chat.owner, "/antiraid 10m")
    (one,) = await crowd(chat, 1)
    with pytest.raises(Forbidden):
        chat.world.join(one, chat.id)
    await chat.wait(minutes=11)
    await chat.joins(one)
    assert chat.status(one) == "member"


async def test_a_wave_switches_antiraid_on_and_calm_switches_it_off(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/autoantiraid 10")
    early = chat.person("Early", joins=False)
    await chat.joins(early)
    await chat.wait(seconds=30)
    people = await crowd(chat, 25)
    assert standings(chat, people) == {"kicked"}
    assert chat.status(early) == "member"  # came before the wave, on their own
    assert sum(t.startswith("这会儿来的人太多") for t in chat.bot_texts()) == 1
    assert [t for t in chat.bot_texts(chat.owner) if "Many came in at once" in t] != []
    await chat.wait(minutes=11)
    assert "It is over. 25 shown out (ban 1h)." in chat.last(chat.owner)
    assert standings(chat, await crowd(chat, 3, name="Late")) == {"member"}
    await chat.presses(chat.owner, "Let all back in", chat=chat.owner)
    await chat.wait(seconds=2)
    assert standings(chat, people) == {"left"}
    assert any(t.endswith("The 25 shown out may come in again.") for t in chat.bot_texts(chat.owner))


async def test_in_a_store_group_people_are_asked_before_anybody_goes(chat: Talk) -> None:
    await set_up(chat, "store")
    await chat.says(chat.owner, "/autoantiraid 5")
    people = await crowd(chat, 8)
    assert standings(chat, people) == {"member"}
    asked = [t for t in chat.bot_texts(chat.owner) if "so that you can show them all out" in t]
    assert len(asked) == 1
    await chat.presses(chat.owner, "Switch antiraid on", chat=chat.owner)
    late = await crowd(chat, 3, name="S")
    assert standings(chat, late) == {"member"}
    await chat.presses(chat.owner, "Show all out", chat=chat.owner)
    await chat.wait(seconds=2)
    assert (standings(chat, late), standings(chat, people)) == ({"kicked"}, {"member"})


async def test_antiraid_switched_on_twice_ends_no_sooner(chat: Talk) -> None:
    await set_up(chat, "store")
    await chat.says(chat.owner, "/autoantiraid 3")
    await crowd(chat, 4)
    zhou = chat.person("Zhou")
    chat.world.promote(chat.id, zhou, chat.owner, set(RIGHTS))
    await chat.settle()
    await chat.says(zhou, "/antiraid 3d")
    ends = chat.rows("SELECT until FROM raid")
    await chat.presses(chat.owner, "Switch antiraid on", chat=chat.owner)
    assert chat.rows("SELECT until FROM raid") == ends
    await chat.says(chat.owner, "/antiraid on")
    assert chat.rows("SELECT until FROM raid") == ends
    await chat.says(chat.owner, "/antiraid 1h")  # who names a span means it
    assert chat.rows("SELECT until FROM raid") < ends


async def test_requests_to_join_are_declined_meanwhile(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/antiraid 1h")
    one = chat.person("Asks", joins=False)
    chat.world.ask_to_join(one, chat.id)
    await chat.settle()
    assert chat.room.requests == {}
    assert chat.status(one) == "left"


async def test_who_is_added_by_staff_or_was_here_for_long_is_no_raider(chat: Talk) -> None:
    await set_up(chat)
    regular, guest = chat.person("Regular", joins=False), chat.person("Guest", joins=False)
    await chat.joins(regular)
    await chat.wait(days=2)
    chat.world.leave(regular, chat.id)
    await chat.settle()
    await chat.says(chat.owner, "/antiraid 1h")
    await chat.joins(regular)
    await chat.joins(guest, by=chat.owner)
    await chat.wait(seconds=2)
    assert standings(chat, [regular, guest]) == {"member"}


async def test_losing_the_right_opens_a_breaker_and_tells_once(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/antiraid 1h")
    bot = next(iter(chat.world.bots.values())).user
    chat.world.promote(chat.id, bot, chat.owner, set(RIGHTS) - {"can_restrict_members"})
    await chat.settle()
    people = await crowd(chat, 3)
    await crowd(chat, 2, name="More")
    assert standings(chat, people) == {"member"}
    told = [t for t in chat.bot_texts(chat.owner) if "no longer have the right to ban users" in t]
    assert len(told) == 1
    await chat.says(chat.owner, "/lockdown 1h")
    assert "right to ban users here yet" in chat.last(chat.owner)
    chat.world.promote(chat.id, bot, chat.owner, set(RIGHTS))
    await chat.settle()
    await chat.wait(seconds=2)
    assert standings(chat, people) == {"kicked"}


async def test_an_open_raid_survives_a_restart(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/antiraid 1h")
    await chat.restarts()
    people = await crowd(chat, 2)
    assert standings(chat, people) == {"kicked"}


async def test_members_may_not_use_antiraid(chat: Talk) -> None:
    await set_up(chat)
    mei = chat.person("Mei")
    await chat.says(mei, "/antiraid 1h")
    assert standings(chat, await crowd(chat, 2)) == {"member"}


async def test_raid_is_a_case_with_lines_in_the_log_and_goes_with_its_case(chat: Talk) -> None:
    await set_up(chat, "consumer")
    await chat.says(chat.owner, "/autoantiraid 5")
    people = await crowd(chat, 8)
    assert standings(chat, people) == {"kicked"}
    ((number,),) = chat.rows("SELECT number FROM verdict WHERE rule = 'antiraid' AND action = 'raid'")
    why = f"rule antiraid v1, antiraid 1, case {number}"
    assert chat.rows(f"SELECT count(*) FROM outbox WHERE why = '{why}'")[0][0] >= 1
    await chat.says(chat.owner, f"/undo {number}")
    await chat.wait(seconds=2)
    assert standings(chat, people) == {"left"}
    lines = chat.rows("SELECT kind, number, text FROM log_record WHERE kind LIKE 'raid%' ORDER BY id")
    assert lines == [("raid", number, ""), ("raid_undone", number, "8")]
    # by hand, and taken back by the command: its case is taken back too
    await chat.says(chat.owner, "/antiraid 1h")
    await chat.says(chat.owner, "/antiraid off")
    await chat.says(chat.owner, "/raidundo")
    rows = chat.rows("SELECT carrier, by_id, undone_by FROM verdict WHERE action = 'raid' ORDER BY id")
    assert rows[-1] == ("antiraid 2", chat.owner, chat.owner)
    kinds = [r[0] for r in chat.rows("SELECT kind FROM log_record WHERE kind LIKE 'raid%' ORDER BY id")]
    assert kinds == ["raid", "raid_undone", "raid", "raid_off", "raid_undone"]


async def test_who_stays_anonymous_is_on_record_as_everywhere_else(chat: Talk) -> None:
    await set_up(chat, "consumer")
    await chat.says(chat.owner, "/anonadmin on")
    await chat.says(chat.owner, "/antiraid 1h", anonymous=True)
    assert chat.rows("SELECT by_id FROM raid") == [(ANONYMOUS_ADMIN,)]
    await chat.says(chat.owner, "/raidundo", anonymous=True)
    assert chat.rows("SELECT undone_by FROM raid") == [(ANONYMOUS_ADMIN,)]
    cases = chat.rows("SELECT by_id, undone_by FROM verdict WHERE action = 'raid'")
    assert cases == [(ANONYMOUS_ADMIN, ANONYMOUS_ADMIN)]
    lines = chat.rows("SELECT kind, actor FROM log_record WHERE kind LIKE 'raid%' ORDER BY id")
    assert lines == [("raid", ANONYMOUS_ADMIN), ("raid_undone", ANONYMOUS_ADMIN)]
