"""What is promised to be forgotten is forgotten."""

from __future__ import annotations

from pathlib import Path

from groupbot.testing import conversation


async def test_words_are_gone_after_a_month_and_who_left_after_half_a_year(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        await chat.says(chat.owner, "/rules on")
        wendeline = chat.person("Wendeline", starts=True)
        await chat.says(wendeline, "good morning")
        await chat.says(wendeline, "加薇信 jdd886 领返利")
        assert "jdd886" in "".join(r[0] for r in chat.rows("SELECT why FROM outbox"))
        mei = chat.person("Mei", starts=True)
        said = await chat.says(wendeline, "quokka for sale")
        await chat.says(mei, "/report a kanarienvogel seller", reply_to=said)
        assert "quokka" in chat.dump()
        await chat.says(wendeline, "/quiet")
        chat.world.leave(wendeline, chat.id)
        await chat.settle()
        await chat.wait(days=31)
        kept = "".join(f"{r}" for r in chat.rows("SELECT why, payload, error FROM outbox"))
        assert "jdd886" not in kept
        assert [w for w in ("jdd886", "quokka", "kanarienvogel") if w in chat.dump()] == []
        assert "Wendeline" in chat.dump()
        assert chat.rows("SELECT kind FROM consent") == [("quiet",)]
        await chat.wait(days=150)
        assert "Wendeline" not in chat.dump()
        assert chat.rows("SELECT kind FROM consent") == [("quiet",)]  # it holds when they come back
        assert chat.rows("SELECT count(*) FROM event") == [(0,)]
        assert chat.rows("SELECT sum(messages) > 0 FROM chat_hour") == [(1,)]


async def test_the_name_of_a_private_answer_goes_after_thirty_days(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        mei = chat.person("Mei", starts=True)
        await chat.says(mei, "/help")
        await chat.says(mei, "/help", private=True)
        count = "SELECT count(*) FROM posted WHERE chat_id {} AND ref LIKE 'out:%'"
        private, group = (
            count.format(f"IN (SELECT id FROM chat WHERE type {type}) {more}")
            for type, more in (("= 'private'", "OR chat_id < 0"), ("<> 'private'", ""))
        )
        await chat.wait(days=29)
        assert chat.rows(private) > [(0,)]
        before = chat.rows(group)
        await chat.wait(days=2)
        assert (chat.rows(private), chat.rows(group)) == ([(0,)], before)


async def test_in_shadow_nothing_is_kept_of_what_would_have_been_said(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        await chat.says(chat.person("Mei", starts=True), "加薇信 jdd886 领返利")
        rows = chat.rows("SELECT DISTINCT payload, length(hash) FROM outbox WHERE state = 'shadow'")
        assert rows == [("", 64)]


async def test_what_an_anonymous_admin_said_without_a_proof_goes_within_the_hour(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as chat:
        mei = chat.person("Mei", starts=True)
        said = await chat.says(mei, "I live in quokka street 7")
        await chat.says(chat.owner, "/mute", reply_to=said, anonymous=True)
        assert [b"quokka" in bytes(r[0]) for r in chat.rows("SELECT raw FROM proof")] == [True]
        await chat.wait(hours=1)
        assert chat.rows("SELECT raw FROM proof") == []
