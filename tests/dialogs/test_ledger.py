"""Asking for one's points."""

from groupbot.engine.work import Work
from groupbot.features.ledger import service
from groupbot.features.ledger.domain import issuer, member
from groupbot.testing import Talk


async def give(chat: Talk, person: int, amount: int) -> None:
    def fn(work: Work) -> None:
        ours = work.sql._raw.execute("SELECT id FROM chat WHERE type = 'supergroup'").fetchone()[0]
        service.transfer(
            work, f"gift:{person}:{amount}", "gift", (issuer(ours), -amount), (member(ours, person), amount)
        )

    await chat.app.writer.submit(fn)


async def test_points_are_told_in_one_short_line_to_someone_who_never_started_the_bot(chat: Talk) -> None:
    mei = chat.person("Mei")
    await give(chat, mei, 86)
    await chat.says(mei, "积分")
    assert chat.last() == "你有 86 分。"
    await chat.wait(seconds=61)
    assert chat.bot_texts() == []


async def test_points_are_told_in_private_where_the_bot_may_write(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await give(chat, mei, 86)
    await chat.says(mei, "/points")
    assert chat.bot_texts() == []
    assert chat.last(mei).startswith("Test group: 86 points\n")
    await chat.says(mei, "/points", private=True)
    assert chat.last(mei) == "Test group: 86 points"


async def test_a_message_that_is_taken_away_gives_its_points_back(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(chat.owner, "/activations earning.on on")
    said = await chat.says(mei, "Who is at the shop tomorrow?")
    assert chat.rows("SELECT balance FROM account WHERE kind = 'member'") == [(2,)]
    await chat.says(chat.owner, "/del", reply_to=said)
    assert chat.rows("SELECT balance FROM account WHERE kind = 'member'") == [(0,)]
