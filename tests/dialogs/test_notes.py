"""Notes and filters, as a group uses them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from groupbot.testing import Talk, conversation
from tests.dialogs.acting import buttons, member, moderator


@pytest_asyncio.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Talk]:
    async with conversation(tmp_path, group_language="en") as talk:
        yield talk


async def test_note_is_saved_said_shown_and_cleared(chat: Talk) -> None:
    mei = member(chat, "Mei", starts=True)
    await chat.says(chat.owner, "/save Opening *Open* 9 to 18, {first}! [Shop](buttonurl://example.com)")
    assert chat.last() == "Kept as #opening. Change it: /save opening TEXT"
    asked = await chat.says(mei, "#opening please")
    said = max(chat.room.messages.values(), key=lambda m: m["message_id"])
    assert said["text"] == "Open 9 to 18, Mei!"
    assert said["reply_to_message"]["message_id"] == asked
    assert [e["type"] for e in said["entities"]] == ["bold"]
    assert buttons(chat) == ["Shop"]
    await chat.says(mei, "/get opening noformat")
    assert "*Open* 9 to 18, {first}!\n[Shop](buttonurl://example.com)" in chat.last()
    await chat.says(mei, "/saved")
    assert chat.last() == "Notes here; #name says one:\n· #opening"
    # a text that does not render is refused with its line, and the old one stays
    await chat.says(chat.owner, "/save opening Hi\n{{ frist }}")
    assert chat.last(chat.owner) == (
        "Not kept; the one before stays. Line 2: 'frist' is undefined: did you mean first?"
    )
    await chat.says(mei, "/get opening")
    assert chat.last() == "Open 9 to 18, Mei!"
    # members change nothing
    await chat.says(mei, "/clear opening")
    assert chat.last(mei) == "Only admins can do this."
    await chat.says(chat.owner, "/clear opening")
    assert chat.last() == "Taken away: #opening"
    before = chat.bot_texts()
    await chat.says(mei, "#opening")
    assert chat.bot_texts() == before


async def test_who_was_here_before_the_bot_and_never_spoke_opens_notes_and_rules(chat: Talk) -> None:
    """The bot does not know them yet: Telegram is asked."""
    quiet, gone = member(chat, "Quiet", starts=True), member(chat, "Gone", starts=True)
    stranger = chat.person("Max", joins=False, starts=True)
    await chat.says(chat.owner, "/save price 59 [Hours](buttonurl://#hours)")
    await chat.says(chat.owner, "/save hours 9 to 18")
    await chat.says(chat.owner, "/setrules Be kind, {first}")
    await chat.says(quiet, "/start note_1", private=True)
    assert chat.last(quiet) == "59"
    await chat.presses(quiet, "Hours", chat=quiet)
    assert chat.last(quiet) == "9 to 18"
    await chat.says(quiet, "/start rules_2", private=True)
    assert "Be kind, Quiet" in chat.last(quiet)
    # who is not in the group is told so, each time
    chat.room.members[gone].status = "left"
    for who in (stranger, gone):
        for _ in range(2):
            await chat.says(who, "/start note_1", private=True)
            assert chat.last(who) == "All of them: /notes"
            await chat.says(who, "/start rules_2", private=True)
            assert chat.last(who).startswith("These rules are shown to members of the group")
    await chat.says(stranger, "/start rules_99", private=True)
    assert chat.last(stranger).startswith("These rules are shown to members of the group")
    assert chat.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_private_note_stays_private_when_who_asks_is_anonymous(chat: Talk) -> None:
    await chat.says(chat.owner, "/save keys The safe opens with 42 {private} {admin}")
    for words in ("#keys", "/get keys"):
        await chat.says(chat.owner, words, anonymous=True)
        assert chat.last() == "#keys opens in private."
    assert not any("42" in text for text in chat.bot_texts())


async def test_media_notes_flags_and_menus_in_private(chat: Talk) -> None:
    mei, lin = member(chat, "Mei", starts=True), member(chat, "Lin")
    for kind in ("photo", "voice", "sticker", "video_note"):
        mid = await chat.sends(lin, kind, "look" if kind in ("photo", "voice") else "")
        await chat.says(chat.owner, f"/save {kind}", reply_to=mid)
        await chat.says(lin, f"#{kind}")
        assert kind in max(chat.room.messages.values(), key=lambda m: m["message_id"])
    await chat.says(chat.owner, "/save menu Menu {private}{protect} [Hours](buttonurl://#hours)")
    await chat.says(chat.owner, "/save hours 9 to 18 {private}")
    await chat.says(chat.owner, "/save staff Keys {admin}")
    await chat.says(mei, "#menu")
    assert chat.last(mei) == "Menu"
    private = list(chat.world.chats[mei].messages.values())[-1]
    assert private["has_protected_content"] is True
    await chat.presses(mei, "Hours", chat=mei)
    assert chat.last(mei) == "9 to 18"
    await chat.says(lin, "#menu")
    assert chat.last() == "#menu opens in private."
    await chat.says(mei, "/get staff")
    assert chat.last(mei) == "This note is for the admins."
    # nobody outside the group reads its notes
    number = chat.rows("SELECT id FROM chat_note WHERE name = 'hours'")[0][0]
    stranger = chat.person("Max", joins=False, starts=True)
    await chat.says(stranger, f"/start note_{number}", private=True)
    assert chat.last(stranger) == "All of them: /notes"
    await chat.says(chat.owner, "/privatenotes on")
    await chat.says(mei, "#photo")
    assert "photo" in list(chat.world.chats[mei].messages.values())[-1]


async def test_all_notes_go_only_when_the_owner_confirms(chat: Talk) -> None:
    zhou = await moderator(chat)
    await chat.says(chat.owner, "/save a one")
    await chat.says(chat.owner, "/filter b two")
    await chat.says(chat.owner, "/clearall")
    await chat.presses(zhou, "Clear all")
    assert chat.rows("SELECT count(*) FROM chat_note") == [(1,)]
    await chat.presses(chat.owner, "Clear all")
    assert chat.last() == "All 1 notes are gone."
    await chat.says(chat.owner, "/stopfilters")
    await chat.presses(chat.owner, "Clear all")
    assert chat.rows("SELECT count(*) FROM chat_filter") == [(0,)]


async def test_the_question_asked_in_private_is_answered_there(chat: Talk) -> None:
    await chat.says(chat.owner, "/save a one")
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, "/clearall", private=True)
    await chat.presses(chat.owner, "Clear all", chat=chat.owner)
    assert chat.last(chat.owner) == "All 1 notes are gone."


async def test_filter_answers_once_in_a_while_and_never_late(chat: Talk) -> None:
    chat.holds()
    mei = member(chat, "Mei", starts=True)
    await chat.says(chat.owner, '/filter (price, "how much") Ask {mention}')
    assert chat.last() == 'Answered from now on: price "how much"'
    heard = chat.bot_texts()
    await chat.says(mei, "priceless")
    assert chat.bot_texts() == heard
    await chat.says(mei, "what PRICE is it")
    assert chat.last() == "Ask Mei"
    said = len(chat.bot_texts())
    await chat.says(mei, "the price?")
    assert len(chat.bot_texts()) == said
    await chat.wait(seconds=31)
    said = len(chat.bot_texts())
    await chat.says(mei, "the price?")
    assert len(chat.bot_texts()) == said + 1
    await chat.says(chat.owner, "/filters")
    assert chat.last() == 'Words that are answered here:\n· "how much"\n· price'
    await chat.says(chat.owner, "/filterevery off")
    await chat.says(chat.owner, "/stop how much")
    assert chat.last() == 'Answered no more: "how much"'
    await chat.says(chat.owner, "/filter key In the drawer {admin}")
    said = len(chat.bot_texts())
    await chat.says(mei, "the key?")
    assert len(chat.bot_texts()) == said
    await chat.says(chat.owner, "the key?")
    assert chat.last() == "In the drawer"
    await chat.says(chat.owner, '/filter "half')
    assert chat.last(chat.owner) == "A quote or bracket has no end."


async def test_edited_message_is_not_answered_again_by_a_filter(chat: Talk) -> None:
    mei = member(chat, "Mei")
    await chat.says(chat.owner, "/filter price see the list")
    await chat.says(chat.owner, "/filterevery off")
    one, two = await chat.says(mei, "price?"), await chat.says(mei, "again, the price")
    said = chat.bot_texts()
    assert said[-2:] == ["see the list", "see the list"]
    for mid in (one, two):
        await chat.edits(mei, mid, "the price, please")
    assert chat.bot_texts() == said
    three = await chat.says(mei, "hello")
    await chat.edits(mei, three, "the price")
    assert len(chat.bot_texts()) == len(said) + 1


async def test_full_book_of_filters_takes_new_answers_for_words_it_has(
    chat: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groupbot.features.notes.service.books.FILTERS", 2)
    await chat.says(chat.owner, "/filter (price, hours) see the list")
    await chat.says(chat.owner, "/filter (price, price, hours) ask Mei")
    assert chat.last() == "Answered from now on: price price hours"
    await chat.says(chat.owner, "/filter (price, key) in the drawer")
    assert chat.last(chat.owner).startswith("There is room for 2")
    await chat.says(member(chat, "Lin"), "the price")
    assert chat.last() == "ask Mei"


async def test_rules_in_words_with_marks_in_private_and_reset(chat: Talk) -> None:
    mei, lin = member(chat, "Mei", starts=True), member(chat, "Lin")
    await chat.says(chat.owner, "/setrules 1. Be *kind*, {first}. [More](buttonurl://example.com)")
    assert chat.last() == "The rules are written down; /rules shows them."
    await chat.says(mei, "/rules")
    assert chat.last().splitlines()[:2] == ["Group rules", "1. Be kind, Mei."]
    assert buttons(chat) == ["More"]
    await chat.says(chat.owner, "/setrules {% if %}")
    assert chat.last(chat.owner).startswith("Not kept; the one before stays.")
    await chat.says(chat.owner, "/privaterules on")
    await chat.says(chat.owner, "/setrulesbutton House rules")
    assert chat.last().startswith("The rules are shown in private; the button says House rules.")
    await chat.says(mei, "/rules")
    assert chat.last(mei).splitlines()[1] == "1. Be kind, Mei."
    await chat.says(lin, "/rules")
    assert chat.last() == "The rules open in private."
    await chat.says(lin, f"/start rules_{_own_id(chat)}", private=True)
    assert chat.last(lin).splitlines()[1] == "1. Be kind, Lin."
    await chat.says(chat.owner, "/resetrulesbutton")
    await chat.says(chat.owner, "/resetrules")
    assert chat.last() == "The group has no rules in words now."


def _own_id(chat: Talk) -> int:
    return int(chat.rows("SELECT chat_id FROM chat_address ORDER BY telegram_id LIMIT 1")[0][0])
