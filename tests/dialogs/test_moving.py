"""Settings in and out as files: ours, and Rose's."""

from __future__ import annotations

import json
from typing import Any

from groupbot.testing import Talk
from tests.features.moving.rose import EXPORT


def document(chat: Talk, of: int) -> str:
    """The text of the newest file the bot sent to a private chat."""
    room = chat.world.chats[of]
    found = [m["document"]["file_id"] for m in room.messages.values() if "document" in m]
    return chat.world.files[found[-1]][1].decode()


async def sends_file(chat: Talk, text: str | bytes, *, name: str = "x.yaml", private: bool = False) -> int:
    """The owner sends a file; its message."""
    data = text if isinstance(text, bytes) else text.encode()
    where = chat.owner if private else chat.id
    message = chat.world.say(chat.owner, where, "", **chat.world.of_file("document", data, file_name=name))
    await chat.settle()
    return int(message["message_id"])


async def own(chat: Talk) -> dict[str, Any]:
    """What the group set itself."""
    rows = chat.rows("SELECT key, value FROM setting WHERE scope = 'chat'")
    return {str(k): json.loads(str(v)) for k, v in rows}


async def test_settings_go_out_and_come_in_as_a_file(chat: Talk) -> None:
    await chat.says(chat.owner, "/settings rules_burst 12")
    await chat.says(chat.owner, "/settings rules_phrases 刷单, 代开 发票")
    await chat.says(chat.owner, "/settings rules_mode on")
    await chat.says(chat.owner, "/export")
    text = document(chat, chat.owner)
    assert "\n  rules_burst: 12\n" in text
    assert "\n  # rules_repeats: 4\n" in text
    before = await own(chat)
    await chat.says(chat.owner, "/settings rules_burst 20")
    await chat.says(chat.owner, "/settings rule_links on")
    file = await sends_file(chat, text)
    await chat.says(chat.owner, "/import", reply_to=file)
    assert chat.last(chat.owner).splitlines() == [
        "Test group: from the file. 2 values would change:",
        "",
        "· rule_links: on → inherited",
        "· rules_burst: 20 → 12",
        "Nothing is changed before you press Apply (10 minutes).",
    ]
    assert (await own(chat))["rules_burst"] == 20
    assert await chat.presses(chat.owner, "Apply", chat=chat.owner) == "Done: 2."
    assert chat.last(chat.owner).splitlines() == [
        "“Test group”: 2 values changed.",
        "Nothing comes of it before I know what kind of group this is: /setup, then /rules on.",
    ]
    assert await own(chat) == before


async def test_file_with_mistakes_changes_nothing_and_names_them(chat: Talk) -> None:
    file = await sends_file(chat, "settings:\n  rules_burst: many\n  rule_link: on\n")
    await chat.says(chat.owner, "/import", reply_to=file)
    assert chat.last(chat.owner).splitlines() == [
        "The file for “Test group” was not taken, nothing was changed.",
        "",
        "· line 2: rules_burst: expected a whole number from 0 to 1000, for example rules_burst: 10",
        "· line 3: rule_link: expected the key of a setting, for example rule_links: …",
    ]
    file = await sends_file(chat, b"\xff\xfe\x00", name="x.bin")
    await chat.says(chat.owner, "/import", reply_to=file)
    assert "It is no text." in chat.last(chat.owner)


async def test_settings_in_the_message_itself_are_taken_too(chat: Talk) -> None:
    await chat.says(chat.owner, "/import\nsettings:\n  rules_burst: 7")
    await chat.presses(chat.owner, "Apply", chat=chat.owner)
    assert (await own(chat))["rules_burst"] == 7


async def test_import_is_for_the_owner_and_the_button_for_who_asked(chat: Talk) -> None:
    lin = chat.person("Lin", starts=True)
    await chat.promotes(lin, "can_delete_messages")
    await chat.says(lin, "/import\nsettings:\n  rules_burst: 7")
    assert "owner" in chat.last(lin)
    assert chat.rows("SELECT count(*) FROM proposal") == [(0,)]


async def test_proposal_is_void_when_settings_changed_or_time_passed(chat: Talk) -> None:
    await chat.says(chat.owner, "/import\nsettings:\n  rules_burst: 7")
    await chat.says(chat.owner, "/settings rules_burst 9")
    assert "changed meanwhile" in await chat.presses(chat.owner, "Apply", chat=chat.owner)
    await chat.says(chat.owner, "/import\nsettings:\n  rules_burst: 8")
    await chat.wait(minutes=11)
    await chat.presses(chat.owner, "Apply", chat=chat.owner)
    assert chat.last(chat.owner).startswith("This waited too long")  # the rights were asked first
    assert (await own(chat))["rules_burst"] == 9


async def test_proposal_may_be_left(chat: Talk) -> None:
    await chat.says(chat.owner, "/import\nsettings:\n  rules_burst: 7")
    await chat.presses(chat.owner, "Leave it", chat=chat.owner)
    assert chat.last(chat.owner) == "“Test group” stays as it is."
    assert "rules_burst" not in await own(chat)


async def test_imports_are_few_an_hour(chat: Talk) -> None:
    for n in range(6):
        await chat.says(chat.owner, f"/import\nsettings:\n  rules_burst: {n + 3}")
    assert chat.last(chat.owner) == "That is more than 5 an hour. Please wait a little."


async def test_reset_gives_everything_back_after_a_yes(chat: Talk) -> None:
    await chat.says(chat.owner, "/settings rules_burst 12")
    await chat.says(chat.owner, "/settings redpacket.most 100")
    await chat.says(chat.owner, "/reset flood")
    assert "· rules_burst: 12 → inherited" in chat.last(chat.owner)
    assert "redpacket" not in chat.last(chat.owner)
    await chat.presses(chat.owner, "Apply", chat=chat.owner)
    assert "rules_burst" not in await own(chat)
    assert (await own(chat))["redpacket.most"] == 100
    await chat.says(chat.owner, "/reset nothing")
    assert chat.last(chat.owner).startswith("There is no module “nothing”. There are: ")


async def test_export_in_private_names_the_connected_group(chat: Talk) -> None:
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, "/export rules", private=True)
    assert chat.last(chat.owner).startswith("▸ Test group\nSettings of “Test group”.")
    assert "whole: false" in document(chat, chat.owner)
    file = await sends_file(chat, "settings:\n  rules_burst: 5\n", private=True)
    await chat.says(chat.owner, "/import", private=True, reply_to=file)
    await chat.presses(chat.owner, "Apply", chat=chat.owner)
    assert (await own(chat))["rules_burst"] == 5


# --- Rose
async def test_rose_comes_in_with_a_report_and_goes_out_as_it_came(chat: Talk) -> None:
    file = await sends_file(chat, json.dumps(EXPORT), name="rose.json")
    await chat.says(chat.owner, "/import", reply_to=file)
    told = chat.last(chat.owner)
    assert "· rules_text: inherited → Be kind. [Rules](buttonurl://#rules)" in told
    assert "· note #price: – → 12 {noprivate}" in told
    assert '· filter exact:"good day": – → Good day %%% Hello' in told
    assert "· approval 1000001: – → supplier" in told
    for line in (
        "· lock_reasons: inherited → url: please not here; zalgo: no noise",
        "· welcome_text: inherited → Hi {mention} [Shop](buttonurl://example.com)",
        '· blocklist: inherited → "free money" a known one; "cheap*pills"; prefix:"casino"; '
        '"say \\"hi\\" now"; "双倍返现"',
        "· Without their file, which opens for its own bot only (send it here, /save it): #Price, wave",
        "· Stand for many people, so nobody is approved by them: 1087968824",
        "· Words of locks that are too long: photo",
        "· A federation that only Rose knows (00000000-0000-0000-0000-00000000ABCD): "
        "take its list with /fbanlist there and /fedimport here",
    ):
        assert line in told.splitlines()
    await chat.presses(chat.owner, "Apply", chat=chat.owner)
    assert (await own(chat))["rules_text"] == "Be kind. [Rules](buttonurl://#rules)"
    assert (await own(chat))["lock_reasons"] == {"url": "please not here", "zalgo": "no noise"}
    assert chat.rows("SELECT name FROM chat_note ORDER BY name") == [("menu",), ("price",)]
    assert chat.rows("SELECT person_id, reason FROM approval") == [(1000001, "supplier")]
    lin = chat.person("Lin", starts=True)
    await chat.says(lin, "what are your hours")
    assert chat.last() == "Open 9–18, Lin"
    await chat.says(chat.owner, "/export rose")
    assert json.loads(document(chat, chat.owner)) == EXPORT
    await chat.says(chat.owner, "/rules set Be kinder.")
    await chat.says(chat.owner, "/export rose")
    changed = json.loads(document(chat, chat.owner))
    assert changed["data"]["rules"]["content"] == "Be kinder."
    changed["data"]["rules"]["content"] = EXPORT["data"]["rules"]["content"]
    assert changed == EXPORT
    await chat.says(chat.owner, "/save price 13 now")
    await chat.says(chat.owner, "/clear menu")
    await chat.says(chat.owner, "/export rose")
    first = EXPORT["data"]["notes"]["notes"][0]
    made = json.loads(document(chat, chat.owner))["data"]
    assert made["notes"]["notes"] == [{**first, "text": "13 now"}]
    assert made["filters"] == EXPORT["data"]["filters"]


async def test_notes_filters_and_approvals_go_with_our_own_file(chat: Talk) -> None:
    lin, mei = chat.person("Lin", starts=True), chat.person("Mei")
    await chat.says(mei, "hello there")
    await chat.says(chat.owner, "/save price 12 [Shop](buttonurl://example.com)")
    await chat.says(chat.owner, '/filter "opening hours" Open, {first}')
    await chat.says(chat.owner, f"/approve {mei} our florist")
    await chat.says(chat.owner, "/export notes filters approvals")
    text = document(chat, chat.owner)
    assert "whole: false" in text and "federation" not in text.partition("settings:")[2]
    assert f"approvals:\n  {mei}: our florist\n" in text
    for command in ("/clear price", "/stop opening hours", f"/unapprove {mei}", "/save other Keep me"):
        await chat.says(chat.owner, command)
    file = await sends_file(chat, text)
    await chat.says(chat.owner, "/import", reply_to=file)
    told = chat.last(chat.owner)
    assert [x for x in told.splitlines() if x.startswith("·")] == [
        "· note #price: – → 12 [Shop](buttonurl://example.com)",
        '· filter "opening hours": – → Open, {first}',
        f"· approval {mei} Mei: – → our florist",
    ]
    assert chat.rows("SELECT count(*) FROM chat_filter") == [(0,)]
    await chat.presses(chat.owner, "Apply", chat=chat.owner)
    assert chat.rows("SELECT name FROM chat_note ORDER BY name") == [("other",), ("price",)]
    assert chat.rows("SELECT person_id, reason FROM approval") == [(mei, "our florist")]
    await chat.says(lin, "opening hours?")
    assert chat.last() == "Open, Lin"
    # a whole file takes away what it does not name, of the books it names; one module of it only that
    whole = "groupbot: 1\nwhole: true\nsettings: {}\nnotes:\n  price: 14\napprovals: {}\n"
    file = await sends_file(chat, whole)
    await chat.says(chat.owner, "/import notes", reply_to=file)
    assert "approval" not in chat.last(chat.owner)
    assert "· note #other: Keep me → gone" in chat.last(chat.owner)
    await chat.says(chat.owner, "/save late After the question")
    assert "changed meanwhile" in await chat.presses(chat.owner, "Apply", chat=chat.owner)
    file = await sends_file(chat, whole.replace("14", "'{{ prise }}'"))
    await chat.says(chat.owner, "/import", reply_to=file)
    assert "· line 5: #price: 'prise' is undefined" in chat.last(chat.owner)
    await chat.says(lin, "/import\nnotes:\n  price: 1")
    assert "owner" in chat.last(lin)


# --- topics
async def test_topic_may_have_rules_of_its_own(chat: Talk) -> None:
    await chat.says(chat.owner, "/settings here rules_burst 5")
    assert chat.last(chat.owner) == "Send this in the topic that shall have a value of its own."
    topic = await chat.topic("Deals")
    await chat.says(chat.owner, "/start t_consumer")
    await chat.says(chat.owner, "/rules on")
    await chat.says(chat.owner, "/settings rules_phrases 秒杀")
    await chat.says(chat.owner, "/settings here rule_phrases off", topic=topic)
    lin = chat.person("Lin")
    inside = await chat.says(lin, "今晚秒杀", topic=topic)
    outside = await chat.says(lin, "今晚秒杀")
    assert (chat.stands(inside), chat.stands(outside)) == (True, False)
    await chat.says(chat.owner, "/settings why rule_phrases", topic=topic)
    assert chat.in_topic(topic)[-1].splitlines()[2:] == [f"1. 本话题 {topic}:off", "2. 出厂值:on"]
