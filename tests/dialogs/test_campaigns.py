"""A campaign under an operator's hand, and the entrances members find."""

from datetime import timedelta
from pathlib import Path

from groupbot.engine.work import Work
from groupbot.features.links import service as links
from groupbot.features.links.domain import ENTRANCES
from groupbot.features.members import service as members
from groupbot.testing import Talk, conversation
from tests.dialogs.test_redpacket import midday

CAMPAIGN = """
- name: Lanterns
  reason: new tea
  audience: 门店
  start: 2027-02-14
  end: 2027-02-20
  contact: "@zhou"
  stop: {leaves: 2%, complaints: 5}
  phases: [{name: taste}]
  test: {name: opening, base: 3%, days: 7}
"""


async def test_entrances_are_shown_pinned_and_links_counted(chat: Talk) -> None:
    await midday(chat)
    mei = chat.person("Mei", language="zh", starts=True)
    await chat.says(mei, "入口")
    assert chat.last(mei) == "本群还没有登记入口,请问管理员。"
    await chat.says(chat.owner, "/settings entrances 商城 https://shop.example")
    await chat.says(mei, "/buy")
    assert chat.last() == "固定入口,随时可用:"
    (row,) = list(chat.room.messages.values())[-1]["reply_markup"]["inline_keyboard"]
    assert row[0]["url"].startswith("https://t.me/groupbot_demo_bot?start=l_")
    await chat.says(mei, f"/start {row[0]['url'].partition('start=')[2]}", private=True)
    await chat.says(chat.owner, "/settings entrances_benefits 今天包邮, 送一杯茶")
    await chat.says(chat.owner, "/buy pin")
    first = chat.last()
    assert first in ("固定入口,随时可用:\n今日福利:今天包邮", "固定入口,随时可用:\n今日福利:送一杯茶")
    await chat.wait(days=1)
    assert chat.last() != first and chat.last().startswith("固定入口,随时可用:\n今日福利:")
    await chat.says(chat.owner, "/buy reach")
    assert chat.last(chat.owner).startswith("Entrances (180 days)\n· 商城: 1 person")
    await chat.says(mei, "/buy pin")
    assert chat.last(mei) == "这个操作只有管理员能用。"

    def link(work: Work) -> str:
        own = members.profiles(work)[0].chat
        assert members.get(work, own, ENTRANCES) == ["商城 https://shop.example"]
        return links.tracked(work, "Lanterns/taste/p", "https://shop.example", own)

    payload = (await chat.app.writer.submit(link)).partition("?start=")[2]
    await chat.says(mei, f"/start {payload}", private=True)
    assert chat.last(mei) == "点下面的按钮继续。"
    await chat.says(mei, "/start l_forged", private=True)
    assert chat.rows("SELECT times FROM link_visit") == [(1,), (1,)]


def _store(work: Work, boss: int) -> None:
    """The group becomes a store's."""
    members.set_profile(work, members.profiles(work)[0].chat, tier="store", owner=boss)


async def test_an_operator_sees_what_is_missing_and_launches_with_a_reason(tmp_path: Path) -> None:
    place = tmp_path / "content_templates" / "plans" / "campaigns"
    place.mkdir(parents=True)
    (place / "a.yaml").write_text(CAMPAIGN, "utf-8")
    async with conversation(tmp_path, operators=(7000000001,)) as chat:
        boss = chat.owner

        await chat.app.writer.submit(_store, boss)
        mei = chat.person("Mei", starts=True)
        await chat.says(mei, "/campaign", private=True)
        assert "Lanterns" not in chat.last(mei)
        await chat.says(boss, "/campaign", private=True)
        assert "Lanterns · not launched" in chat.last(boss)
        await chat.says(boss, "/campaign launch Lanterns", private=True)
        assert chat.last(boss).startswith("“Lanterns” cannot begin yet:\n· phase “taste” has no posts yet")
        await chat.says(boss, "/campaign launch Lanterns because we try it", private=True)
        assert chat.last(boss).startswith("Lanterns · running\nReason: new tea\n")
        assert "too few groups to show anything" in chat.last(boss)
        assert await chat.presses(boss, "Stop", chat=boss) == "Stopped"
        await chat.says(boss, "/campaign stop Lanterns", private=True)
        assert chat.last(boss).startswith("There is no such campaign")
        await chat.says(boss, "/campaign lesson Lanterns: fewer posts on Monday", private=True)
        assert chat.last(boss) == "Kept with “Lanterns”; shown before the next launch."
        await chat.says(boss, "/campaign Lanterns", private=True)
        assert "Learnt before\n· fewer posts on Monday (Lanterns)" in chat.last(boss)
        await chat.says(boss, "/campaign insight Lanterns: regulars ask for less", private=True)
        assert chat.last(boss) == "Kept with “Lanterns”, taste; told as the next phase opens."
        assert await chat.presses(boss, "Take it back", chat=boss) == "Taken back"
        assert chat.last(boss) == "Taken back from “Lanterns”, taste: regulars ask for less"
        await chat.says(boss, "/campaign unlearn Lanterns: more", private=True)
        assert chat.last(boss) == (
            "That is no lesson or note of “Lanterns”, or begins several. Write the first words of one:\n"
            "· fewer posts on Monday"
        )
        await chat.says(boss, "/campaign unlearn Lanterns: fewer posts", private=True)
        assert chat.last(boss) == "Taken back from “Lanterns”: fewer posts on Monday"
        await chat.says(boss, "/campaign Lanterns", private=True)
        assert "Learnt before" not in chat.last(boss)
        await chat.says(boss, "/campaign lesson Lanterns", private=True)
        assert "lesson NAME: TEXT" in chat.last(boss)


async def test_a_campaign_whose_file_lost_the_phase_that_runs_is_at_its_last(tmp_path: Path) -> None:
    place = tmp_path / "content_templates" / "plans" / "campaigns"
    place.mkdir(parents=True)
    phases = "phases: [{name: taste}, {name: offer}]"
    (place / "a.yaml").write_text(CAMPAIGN.replace("phases: [{name: taste}]", phases), "utf-8")
    async with conversation(tmp_path, operators=(7000000001,)) as chat:
        boss = chat.owner
        await chat.app.writer.submit(_store, boss)
        await chat.says(boss, "/campaign launch Lanterns because we try it", private=True)
        await chat.says(boss, "/campaign skip Lanterns because of the rain", private=True)
        await chat.says(boss, "/campaign skip Lanterns because we can", private=True)
        assert chat.last(boss) == "Every phase of “Lanterns” is open; the last is “offer”."
        (place / "a.yaml").write_text(CAMPAIGN, "utf-8")
        await chat.wait(minutes=2)
        await chat.says(boss, "/campaign skip Lanterns because we can", private=True)
        assert chat.last(boss) == "Every phase of “Lanterns” is open; the last is “taste”."
        assert chat.rows("SELECT count(*) FROM quarantine") == [(0,)]


async def test_a_line_of_the_run_of_show_was_done_by_who_pressed_first(tmp_path: Path) -> None:
    place = tmp_path / "content_templates" / "plans" / "campaigns"
    place.mkdir(parents=True)
    boss, lin = 7000000001, 7000000002
    async with conversation(tmp_path, operators=(boss, lin)) as chat:
        assert (chat.owner, chat.person("Lin", starts=True)) == (boss, lin)
        await chat.app.writer.submit(_store, boss)
        soon = chat.app.clock.now() + timedelta(hours=8, minutes=30)  # as the operators' clock shows it
        run = f"  run: [{{at: {soon:%Y-%m-%d %H:%M}, role: stock, who: Zhou, do: count}}]\n"
        (place / "a.yaml").write_text(CAMPAIGN + run, "utf-8")
        await chat.says(boss, "/campaign launch Lanterns because we try it", private=True)
        await chat.wait(minutes=31)
        for person in (lin, boss):
            assert chat.last(person).startswith("“Lanterns” stock · Zhou: count")
            await chat.presses(person, "Done", chat=person)
            assert chat.last(person) == "✅ Lin did it"
        assert chat.rows("SELECT by_id FROM campaign_word WHERE what = 'done_cue'") == [(lin,)]


async def test_an_admin_sees_what_the_group_lacks_and_members_the_privacy_notice(chat: Talk) -> None:
    mei = chat.person("Mei", language="zh", starts=True)
    await chat.says(mei, "/ready")
    assert chat.last(mei) == "这个操作只有管理员能用。"
    await chat.says(chat.owner, "/settings privacy_notice 订单保存两年 <privacy@tea.example>")
    await chat.says(chat.owner, "/settings ready_first on")
    await chat.says(chat.owner, "/ready open")
    refused = chat.last(chat.owner)
    assert refused.split("\n")[1:] == [
        "· a second admin",
        "· rules: /setrules",
        "· a confirmed time zone: /settings zone",
        "· its main purpose, and how often people buy: /purpose",
        "· who sees to orders and complaints: /settings fulfilment_contact @name",
        "· a plan for four weeks: 4 of them have no post",
        "Promotions wait here. In spite of this: /ready open because REASON; it is kept.",
    ]
    await chat.says(chat.owner, "/ready")
    assert chat.last(chat.owner) == refused
    await chat.says(chat.owner, "/ready open because the fair is tomorrow")
    assert chat.last(chat.owner).endswith("\nIt is open to promotions. /ready close ends that.")
    await chat.says(chat.owner, "/purpose sell rarely")
    assert chat.last(chat.owner).startswith("Usage: /purpose [sell|brand] [often|seldom]")
    await chat.says(chat.owner, "/purpose 卖货 少买")
    told = chat.last(chat.owner).split("\n")[1:]
    assert told[:3] == [
        "Mainly for: selling (activities)",
        "People buy what it is about seldom.",
        "⚠️ Goods bought seldom suit the brand better: /purpose brand",
    ]
    assert told[4] == "Posts to begin with: groupbot packs use landing"
    await chat.says(chat.owner, "/ready")
    assert "main purpose" not in chat.last(chat.owner)
    await chat.says(mei, "隐私")
    assert chat.last().endswith("\n本群的说明\n订单保存两年 <privacy@tea.example>")
