"""Packets that members send of their own points, as the group meets them."""

from __future__ import annotations

import pytest

from groupbot.testing import Talk
from tests.dialogs.test_redpacket import midday

OFF = "/settings redpacket.members off"


async def allowed(chat: Talk) -> tuple[int, int]:
    """Members may send packets, and Mei has 60 points; Mei and Li."""
    mei, li = chat.person("Mei", starts=True), chat.person("Li")
    for who in (mei, li):
        await chat.says(who, "good morning")
    await midday(chat)
    await chat.says(chat.owner, "/settings redpacket.members on")
    await chat.says(chat.owner, "/redpacket 60 1")
    await chat.presses(mei, "抢")
    return mei, li


@pytest.mark.parametrize(
    ("meanwhile", "becomes", "told"),
    [
        ("", "live", ""),
        (OFF, "dropped", "In this group packets are sent by the admins."),
        ("/ban {mei} spam", "dropped", "Your packet did not go out: you are not in the group any more."),
    ],
)
async def test_a_members_planned_packet_goes_out_if_they_may_still_send_one(
    chat: Talk, meanwhile: str, becomes: str, told: str
) -> None:
    mei, _ = await allowed(chat)
    await chat.says(mei, "/mypacket 50 2 equal at=14:00 Cheers")
    assert chat.rows("SELECT state FROM packet WHERE payer = 'member'") == [("planned",)]
    if meanwhile:
        await chat.says(chat.owner, meanwhile.format(mei=mei))
    await chat.wait(hours=2, minutes=1)
    assert chat.rows("SELECT state FROM packet WHERE payer = 'member'") == [(becomes,)]
    assert chat.last(mei).startswith(told)
    assert chat.rows(f"SELECT balance FROM account WHERE owner_id = {mei}") == [(60 if meanwhile else 10,)]


async def test_a_draft_of_a_member_is_not_sent_where_it_was_forbidden_meanwhile(chat: Talk) -> None:
    mei, _ = await allowed(chat)
    await chat.says(mei, "/mypacket 20 5")
    await chat.says(chat.owner, OFF)
    assert await chat.presses(mei, "就要拼手气") == "这个群里,红包由管理员发。"
    assert chat.rows("SELECT state FROM packet WHERE payer = 'member'") == [("draft",)]


async def test_two_packets_with_the_same_words_are_taken_one_after_the_other(chat: Talk) -> None:
    mei, li = await allowed(chat)
    await chat.says(mei, "/mypacket 20 2 equal phrase=tea")
    await chat.says(chat.owner, "/settings redpacket.daily 5")
    await chat.says(chat.owner, "/redpacket 40 2 equal phrase=tea")
    for got in (10, 20, 10):
        await chat.says(li, "tea")
        assert chat.last().startswith(f"抢到 {got} 分")
    assert chat.rows(f"SELECT amount FROM packet_claim WHERE person_id = {li} ORDER BY 1") == [(10,), (20,)]


async def test_a_packet_of_a_member_is_not_for_those_whom_administrators_described(chat: Talk) -> None:
    """Else its refusals tell how many are described so."""
    mei, _ = await allowed(chat)
    await chat.says(mei, "/mypacket 20 2 equal segment=loyal")
    assert chat.last(mei).startswith("Usage: /mypacket 50 5 [WISH]")
    assert chat.rows("SELECT state FROM packet WHERE payer = 'member'") == []
