"""Rights are asked at every press and command: a demotion counts at once where Telegram tells of it, and
within a minute where it does not."""

from __future__ import annotations

import pytest

from groupbot.testing import Talk


async def lin_with_buttons(chat: Talk) -> int:
    """Lin may change the group's settings, and holds every private button that does."""
    lin = chat.person("Lin", starts=True)
    chat.world.promote(chat.id, lin, chat.owner, {"can_change_info"})
    await chat.settle()
    await chat.says(lin, "/connect", private=True)
    await chat.says(lin, "/setup")
    await chat.says(lin, "/settings")
    await chat.presses(lin, "rules", chat=lin)
    await chat.says(lin, "/rules set 1. Mine.", anonymous=True)
    return lin


def state(chat: Talk) -> list[list[tuple[object, ...]]]:
    return [
        chat.rows("SELECT key, value FROM setting WHERE key <> 'language' ORDER BY key"),
        chat.rows("SELECT tier FROM chat_profile"),
        chat.rows("SELECT person_id FROM connection WHERE live"),
    ]


async def tries_all(chat: Talk, lin: int, *, proof: bool = True) -> None:
    if proof:
        await chat.presses(lin, "是我发的")
    for label in ("rule_links", "Test group", "Store"):
        await chat.presses(lin, label, chat=lin)
    await chat.says(lin, "/rules links off")
    await chat.says(lin, "/settings rules_burst 12", private=True)


@pytest.mark.parametrize("unheard", [False, True])
async def test_no_button_and_no_command_outlives_a_demotion(chat: Talk, unheard: bool) -> None:
    lin = await lin_with_buttons(chat)
    before = state(chat)
    if unheard:
        gone = chat.room.members[lin]
        gone.status, gone.rights = "member", set()  # no update tells of it
        await chat.wait(seconds=61)
    else:
        chat.world.promote(chat.id, lin, chat.owner, set())
        await chat.settle()
    await tries_all(chat, lin, proof=not unheard)  # which lives for a minute
    assert state(chat) == before


async def test_what_asks_for_administrators_by_itself_outlives_no_demotion_either(chat: Talk) -> None:
    lin, zhou = chat.person("Lin", starts=True), chat.person("Zhou", starts=True)
    chat.world.promote(chat.id, lin, chat.owner, {"can_change_info", "can_pin_messages"})
    await chat.settle()
    here = await chat.says(zhou, "is it sold out again?")
    await chat.says(lin, "/tag stock hawthorn", reply_to=here)
    await chat.says(lin, "/coupon Hawthorn 7d use30d")
    await chat.says(lin, "/expert Storage; evenings", reply_to=here)
    await chat.says(lin, "/ama Storage", reply_to=here)
    await chat.wait(seconds=70)
    await chat.says(zhou, "/ask How long does it keep?")
    await chat.says(lin, "/codes 1 make 5", private=True)
    assert "5 codes added" in chat.last(lin)  # asked anew, and an administrator still
    gone = chat.room.members[lin]
    gone.status, gone.rights = "member", set()  # no update tells of it
    await chat.wait(seconds=61)
    before = chat.bot_texts()
    await chat.says(lin, "/codes 1 make 5", private=True)
    assert "codes added" not in chat.last(lin)
    await chat.wait(seconds=61)
    await chat.says(lin, "/relay 1 It is.", private=True)
    assert chat.last(lin).startswith("There is no such tag")
    assert chat.bot_texts() == before
    await chat.says(lin, "/answer 1 A year.")
    assert "A year" not in str(chat.bot_texts())
    assert chat.rows("SELECT COUNT(*) FROM coupon") == [(5,)]


async def test_the_same_buttons_and_commands_work_before(chat: Talk) -> None:
    lin = await lin_with_buttons(chat)
    before = state(chat)
    await tries_all(chat, lin)
    settings, tiers, connected = state(chat)
    assert ("rules_burst", "12") in settings
    assert "1. Mine." in str(settings)
    assert (tiers, connected) == ([("store",)], [(lin,)])
    assert before[1:] == [[(None,)], []]


async def test_who_may_not_change_the_groups_info_sets_it_up_in_no_way(chat: Talk) -> None:
    lin = chat.person("Lin", starts=True)
    chat.world.promote(chat.id, lin, chat.owner, {"can_delete_messages"})
    await chat.settle()
    [(here,)] = chat.rows("SELECT id FROM chat WHERE type = 'supergroup'")
    for text, private in ((f"/start setup_{here}", True), ("/setup", False), ("/start t_store", False)):
        await chat.says(lin, text, private=private)
        told = chat.last(lin)
        assert told.startswith("You are an admin, but") and told.endswith("change the group's info."), text
    assert chat.rows("SELECT tier FROM chat_profile") == [(None,)]
