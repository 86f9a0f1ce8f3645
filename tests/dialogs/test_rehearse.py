"""A rule is tried on the past before it is on."""

from groupbot.testing import Talk


async def test_rule_on_words_cannot_be_told_where_texts_are_not_kept(chat: Talk) -> None:
    lin = chat.person("Lin")
    await chat.says(lin, "看看 https://nowhere.example")
    await chat.says(chat.owner, "/rehearse links 7d")
    told = chat.last(chat.owner)
    assert "I cannot tell: texts are not kept here" in told
    assert "members wrote 1 message." in told
    assert "nowhere.example" not in chat.dump()


async def test_rule_is_tried_on_kept_texts(chat: Talk) -> None:
    lin, mei = chat.person("Lin"), chat.person("Mei")
    await chat.says(chat.owner, "/settings keep_text on")
    for text in ("早", "看看 https://example.com", "https://example.org 便宜"):
        await chat.says(lin, text)
    await chat.says(mei, "https://example.net")
    await chat.says(chat.owner, "https://staff.example")
    await chat.says(chat.owner, "/rehearse links")
    told = chat.last(chat.owner)
    assert "Would have hit 3 of 4 messages, by 2 people." in told
    assert "“https://example.net”" in told and "staff.example" not in told
    await chat.says(chat.owner, "/privacy")
    assert "本群已开。" in chat.last()


async def test_kept_texts_are_gone_after_seven_days_or_with_the_switch(chat: Talk) -> None:
    lin = chat.person("Lin")
    await chat.says(chat.owner, "/settings keep_text on")
    await chat.says(lin, "第一天")
    await chat.wait(days=6)
    assert chat.rows("SELECT count(*) FROM kept_text") == [(1,)]
    await chat.says(lin, "第七天")
    await chat.wait(days=1, hours=1)
    assert chat.rows("SELECT count(*) FROM kept_text") == [(1,)]
    await chat.says(chat.owner, "/settings keep_text off")
    await chat.wait(hours=1)
    assert chat.rows("SELECT count(*) FROM kept_text") == [(0,)]
    await chat.says(lin, "不存了")
    assert chat.rows("SELECT count(*) FROM kept_text") == [(0,)]


async def test_flood_is_told_from_counts_alone(chat: Talk) -> None:
    chat.holds()
    lin = chat.person("Lin")
    for n in range(12):
        await chat.says(lin, f"刷{n}")
    await chat.says(chat.owner, "/rehearse flood 1d")
    told = chat.last(chat.owner)
    assert "Would have hit 1 of 12 messages, by 1 person." in told
    assert "Lin: 12 messages" in told
    assert "Lin: 12 messages · in quick succession" in told
    assert "Not to be told without texts: identical messages." in told


async def test_what_is_not_set_yet_is_tried_first(chat: Talk) -> None:
    lin, mei = chat.person("Lin"), chat.person("Mei")
    await chat.says(chat.owner, "/settings keep_text on")
    for who, text in ((lin, "so cheaply made"), (mei, "cheap watches"), (mei, "me@example.com"), (lin, "hi")):
        await chat.says(who, text)
    await chat.says(chat.owner, '/rehearse "cheap*" 7d')
    told = chat.last(chat.owner)
    assert 'rule "cheap*", the last' in told and "Would have hit 2 of 4 messages, by 2 people." in told
    await chat.says(chat.owner, "/rehearse lock email,gif 7d")
    told = chat.last(chat.owner)
    assert "rule lock email gif, the last" in told and "Would have hit 1 of 4 messages, by 1 person." in told
    await chat.says(chat.owner, "/lock email")
    await chat.says(chat.owner, "/rehearse lock email")
    assert "rule lock email (it is on already)" in chat.last(chat.owner)
    await chat.says(chat.owner, "/rehearse lock reaction")
    assert chat.last(chat.owner).startswith("The lock reaction cannot be tried")
    await chat.says(chat.owner, "/rehearse lock nonsense")
    assert "nonsense" in chat.last(chat.owner)
    assert chat.rows("SELECT count(*) FROM setting WHERE key = 'blocklist'") == [(0,)]


async def test_locks_that_lengths_tell_are_tried_without_texts(chat: Talk) -> None:
    lin = chat.person("Lin")
    await chat.says(lin, "word " * 300)
    await chat.says(lin, "short")
    await chat.says(chat.owner, "/rehearse lock long url")
    told = chat.last(chat.owner)
    assert "Would have hit 1 of 2 messages, by 1 person." in told
    assert "Lin: 1499 characters" in told or "Lin: 1500 characters" in told
    assert "Not to be told without texts: url." in told


async def test_unknown_rule_and_long_spans_are_refused(chat: Talk) -> None:
    await chat.says(chat.owner, "/rehearse nonsense")
    assert chat.last(chat.owner).startswith("There is no rule “nonsense”. There are: phrases, contact")
    await chat.says(chat.owner, "/rehearse links 30d")
    assert chat.last(chat.owner).startswith("Usage:")


async def test_what_is_kept_more_is_announced_with_a_way_out(chat: Talk) -> None:
    """Once, to all, in the group; of who takes the way out nothing is kept, and what was is gone."""
    lin = chat.person("Lin")
    before = len(chat.texts())
    await chat.says(chat.owner, "/settings keep_text on")
    await chat.says(chat.owner, "/settings keep_text on")
    told = [t for t in chat.texts()[before:] if t.startswith("本群新变化")]
    assert told == ["本群新变化:聊天文字存 7 天,只用来试规则。不想被存:/optout。详情:/privacy"]
    await chat.says(lin, "早")
    assert chat.rows("SELECT count(*) FROM kept_text") == [(1,)]
    await chat.says(lin, "/optout")
    await chat.says(lin, "晚")
    assert chat.rows("SELECT count(*) FROM kept_text") == [(0,)]


async def test_what_an_anonymous_admin_has_kept_more_is_announced_too(chat: Talk) -> None:
    await chat.says(chat.owner, "/anonadmin on")
    await chat.says(chat.owner, "/settings keep_text on", anonymous=True)
    assert chat.last() == "本群新变化:聊天文字存 7 天,只用来试规则。不想被存:/optout。详情:/privacy"
