"""A federation as its owner and a group live with it."""

from __future__ import annotations

import re

from groupbot.testing import Talk
from tests.dialogs.acting import acts, member, tier


async def test_federation_is_made_joined_and_its_list_acts_and_is_taken_back(chat: Talk) -> None:
    await tier(chat, "consumer")
    mei = member(chat, "Mei", starts=True)
    li = member(chat, "Li", username="li_ads")
    await chat.says(chat.owner, "/newfed East Gate", private=True)
    code = re.search(r"joinfed (\w{8})", chat.last(chat.owner))
    assert code is not None
    await chat.says(chat.owner, f"/joinfed {code[1]}")
    assert chat.last() == "本群跟随「East Gate」的名单了。"
    await chat.says(li, "早")
    # members keep no list; who is promoted does, with a reason where it is asked for
    await chat.says(mei, "/fban @li_ads")
    assert chat.last(mei) == "Only those who keep the federation's list can do this."
    mid = await chat.says(mei, "我来帮忙")
    await chat.says(chat.owner, "/fedpromote", reply_to=mid)
    assert chat.last() == "Mei 现在也管理「East Gate」的名单。"
    await chat.says(chat.owner, "/fedreason on", private=True)
    await chat.says(mei, "/fban @li_ads")
    assert chat.last(mei) == "This federation asks for a reason: /fban @NAME REASON"
    await chat.says(mei, f"/fban {chat.owner} joke")
    assert chat.last(mei) == "Olga keeps this list and is not put on it."
    await chat.says(mei, "/fban @li_ads adverts")
    await chat.wait(seconds=1)
    assert chat.status(li) == "kicked"
    assert acts(chat) == [(1, "ban", li, mei, "East Gate: adverts", 0)]
    assert chat.last(chat.owner) == f"East Gate · on the list: Li ({li}) · adverts · by Mei"
    await chat.says(chat.owner, "/fbanlist csv", private=True)
    said = list(chat.world.chats[chat.owner].messages.values())[-1]
    assert said["caption"] == "The list of East Gate: 1 person."
    assert said["document"]["file_name"] == f"{code[1]}.csv"
    await chat.says(chat.owner, "/importfbans 900,known\nx", private=True)
    assert chat.last(chat.owner) == "1 person is on the list of East Gate now. 1 line could not be read."
    await chat.says(chat.owner, f"/fedinfo {code[1]}", private=True)
    assert chat.last(chat.owner).splitlines() == [
        f"East Gate · {code[1]}",
        "Owner: Olga · admins 1 · groups 1 · on the list 2",
        "Every ban has a reason.",
    ]
    await chat.says(mei, "/unfban @li_ads")
    await chat.wait(seconds=1)
    assert chat.status(li) == "left"
    await chat.joins(li)
    assert chat.stands(await chat.says(li, "回来了"))
    await chat.says(chat.owner, "/leavefed")
    await chat.says(chat.owner, "/delfed", private=True)
    await chat.presses(chat.owner, "Dissolve", chat=chat.owner)
    assert chat.last(chat.owner) == "East Gate is dissolved."
    await chat.says(chat.owner, "/myfeds", private=True)
    assert chat.last(chat.owner) == "None yet. /newfed NAME makes one."


async def test_store_group_is_asked_and_others_commands_answer(chat: Talk) -> None:
    await tier(chat, "store")
    li = member(chat, "Li")
    await chat.says(chat.owner, "/newfed East", private=True)
    code = chat.rows("SELECT code FROM federation")[0][0]
    await chat.says(chat.owner, f"/joinfed {code}")
    assert "由你决定" in chat.last()
    await chat.says(chat.owner, f"/fban {li} adverts", private=True)
    await chat.says(li, "早")
    assert chat.status(li) == "member"
    assert "I did nothing; you decide." in chat.last(chat.owner)
    await chat.presses(chat.owner, "Remove", chat=chat.owner)
    assert chat.status(li) == "kicked"
    for said, answer in (
        ("/quietfed on", "开"),
        ("/setfedlog", "报在这里"),
        ("/unsetfedlog", "不再报"),
        ("/chatfed", "East"),
        ("/fedadmins", "Olga"),
        ("/fednotif off", "关"),
        ("/renamefed West", "West"),
    ):
        await chat.says(chat.owner, said)
        assert answer in chat.last(), said
    await chat.says(chat.owner, "/newfed North", private=True)
    north = chat.rows("SELECT code FROM federation WHERE name = 'North'")[0][0]
    await chat.says(chat.owner, f"/subfed {north}")
    assert "North" in chat.last()
    await chat.says(chat.owner, f"/unsubfed {north}")
    assert "North" not in chat.last()
    await chat.says(chat.owner, f"/feddemote {li}")
    assert chat.last(chat.owner) == "They do not keep this list."


async def test_a_list_is_read_from_a_file(chat: Talk) -> None:
    await chat.says(chat.owner, "/newfed East", private=True)
    await chat.says(chat.owner, f"/joinfed {chat.rows('SELECT code FROM federation')[0][0]}")
    file = chat.world.of_file("document", b"user_id,reason\n901,spam\n902,spam\n", file_name="bans.csv")
    mid = chat.world.say(chat.owner, chat.id, "", **file)["message_id"]
    await chat.says(chat.owner, "/importfbans", reply_to=mid)
    assert chat.last(chat.owner) == "2 people are on the list of East now."
    assert chat.rows("SELECT person_id, reason FROM federation_ban") == [(901, "spam"), (902, "spam")]


async def test_a_list_that_turns_many_away_says_so_once_in_a_while(chat: Talk) -> None:
    await chat.says(chat.owner, "/rules on")
    await chat.says(chat.owner, "/newfed East Gate", private=True)
    found = re.search(r"joinfed (\w{8})", chat.last(chat.owner))
    assert found
    await chat.says(chat.owner, f"/joinfed {found[1]}")
    people = [chat.person(f"P{i}") for i in range(4)]
    for p in people:
        chat.world.leave(p, chat.id)
    await chat.settle()
    lines = "\n".join(f"{p},spam" for p in people)
    await chat.says(chat.owner, f"/importfbans {lines}", private=True)
    for p in people:
        await chat.joins(p)
    await chat.settle()
    assert [chat.status(p) for p in people] == ["kicked"] * 4
    said = "SELECT count(*) FROM outbox WHERE kind = 'send' AND cause = 'guard:federation.met'"
    assert chat.rows(said) == [(1,)]
