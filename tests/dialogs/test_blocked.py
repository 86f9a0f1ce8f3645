"""People who blocked the bot."""

from __future__ import annotations

from pathlib import Path

from groupbot.testing import conversation


async def test_who_blocks_the_bot_gets_nothing_private_until_they_free_it(tmp_path: Path) -> None:
    """What a member is told of what they may not is said in private where the bot may write to them."""
    async with conversation(tmp_path) as chat:
        mei = chat.person("Mei", starts=True)
        await chat.says(mei, "/ping", private=True)
        started = f"SELECT started_at IS NOT NULL FROM person WHERE id = {mei}"
        told = (
            "SELECT count(*) FROM outbox o LEFT JOIN chat c ON c.id = o.chat_id"
            f" WHERE o.kind = 'send' AND {mei} IN (o.user_id, c.telegram_id)"
        )

        async def refused() -> tuple[int, int]:
            """How much more was said to her, and in the group."""
            private, public = chat.rows(told)[0][0], len(chat.bot_texts())
            await chat.says(mei, "/buy pin")
            return chat.rows(told)[0][0] - private, len(chat.bot_texts()) - public

        assert (chat.rows(started), await refused()) == ([(1,)], (1, 0))
        chat.world.block(mei)
        await chat.settle()
        assert (chat.rows(started), await refused()) == ([(0,)], (0, 1))
        chat.world.block(mei, free=True)
        await chat.settle()
        assert (chat.rows(started), await refused()) == ([(1,)], (1, 0))


async def test_notice_that_cannot_reach_its_person_is_said_without_a_name_in_the_group(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as chat:
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        await chat.says(chat.owner, "/rules on")
        mei = chat.person("Mei", starts=True)
        await chat.settle()
        for bot in chat.world.bots.values():
            bot.blocked.add(mei)  # the notice of it got lost
        before = len(chat.bot_texts())
        await chat.says(mei, "加薇信 jdd886 领返利")
        await chat.settle()
        assert len(chat.bot_texts()) == before + 1
        assert "Mei" not in chat.last()
        assert chat.rows(f"SELECT started_at IS NOT NULL FROM person WHERE id = {mei}") == [(0,)]
