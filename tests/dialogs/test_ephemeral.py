"""Notices that one member sees alone; and where they cannot be, nobody else reads them either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groupbot import testing
from groupbot.testing import Talk, conversation
from tests.dialogs.test_rules import WORDS, set_up


@pytest.fixture
def unchecked() -> Iterator[None]:
    """The checker of the Bot API knows 10.1, which has no ephemeral messages."""
    kept = testing.recorders[:]
    testing.recorders.clear()
    yield
    testing.recorders[:] = kept


async def notices(chat: Talk, *, starts: bool) -> tuple[list[str], list[str], list[str]]:
    """What the sender of a removed message is shown alone, privately, and what everybody is."""
    await set_up(chat, "consumer")
    before = chat.bot_texts()
    mei = chat.person("Mei", starts=starts)
    mid = await chat.says(mei, WORDS)
    assert not chat.stands(mid)
    private = [t for t in chat.bot_texts(mei) if "put away" in t]
    return chat.whispers(mei), private, [t for t in chat.bot_texts() if t not in before]


@pytest.mark.parametrize("starts", [True, False])
async def test_a_notice_is_shown_to_its_member_alone(tmp_path: Path, unchecked: None, starts: bool) -> None:
    async with conversation(tmp_path, ephemeral=True, group_language="en") as chat:
        chat.world.ephemeral = "10.3"
        alone, private, public = await notices(chat, starts=starts)
        assert [t.startswith("Your message of") for t in alone] == [True]
        assert (private, public) == ([], [])


async def test_what_an_admin_does_by_hand_is_told_to_the_member_alone_too(
    tmp_path: Path, unchecked: None
) -> None:
    async with conversation(tmp_path, ephemeral=True, group_language="en") as chat:
        chat.world.ephemeral = "10.3"
        mei = chat.person("Mei", starts=True)
        await chat.says(mei, "hello")
        before = chat.bot_texts(mei)
        await chat.says(chat.owner, f"/warn {mei} loud")
        assert chat.whispers(mei)[0].startswith(
            "Test group · case 1\nAn admin reminded you (1 of 3); you can go on writing. Reason: loud."
        )
        assert chat.bot_texts(mei) == before
        assert chat.bot_texts()[-1:] == ["Mei, a reminder: number 1 of 3. Reason: loud. Case 1"]


async def test_a_server_without_them_says_it_privately(tmp_path: Path, unchecked: None) -> None:
    async with conversation(tmp_path, ephemeral=True, group_language="en") as chat:
        alone, private, public = await notices(chat, starts=True)
        assert (alone, len(private), public) == ([], 1, [])


async def test_who_never_started_the_bot_gets_the_line_without_a_name(
    tmp_path: Path, unchecked: None
) -> None:
    async with conversation(tmp_path, ephemeral=True, group_language="en") as chat:
        alone, private, public = await notices(chat, starts=False)
        assert (alone, private) == ([], [])
        assert [t.startswith("A message has contact details") for t in public] == [True]
        await chat.wait(seconds=61)
        assert [t for t in chat.bot_texts() if "contact details" in t] == []


async def test_a_private_text_that_became_public_is_gone_at_once(tmp_path: Path, unchecked: None) -> None:
    """A server of tomorrow that has the method but reads another shape."""
    async with conversation(tmp_path, ephemeral=True, group_language="en") as chat:
        chat.world.ephemeral = "11.0"
        alone, private, public = await notices(chat, starts=True)
        assert (alone, len(private), public) == ([], 1, [])


async def test_without_the_setting_nothing_is_asked_of_the_server(tmp_path: Path) -> None:
    async with conversation(tmp_path, group_language="en") as chat:
        chat.world.ephemeral = "10.3"
        alone, private, public = await notices(chat, starts=True)
        assert (alone, len(private), public) == ([], 1, [])


@pytest.mark.parametrize("able", [True, False])
async def test_who_never_started_the_bot_sees_their_points_alone_or_for_a_minute(
    tmp_path: Path, unchecked: None, able: bool
) -> None:
    async with conversation(tmp_path, ephemeral=True, group_language="en") as chat:
        chat.world.ephemeral = "10.3" if able else ""
        mei = chat.person("Mei")
        await chat.says(mei, "/points")
        await chat.says(mei, "/me")
        said = ["You have 0 points.", "Mei: 0 points"]
        alone = [t.split("\n")[0] for t in chat.whispers(mei)]
        public = [t.split("\n")[0] for t in chat.bot_texts()]
        assert (alone, public) == ((said, []) if able else ([], said))


@pytest.mark.parametrize(("able", "starts"), [(True, False), (True, True), (False, False), (False, True)])
async def test_how_a_command_is_used_is_told_to_who_said_it_alone(
    tmp_path: Path, unchecked: None, able: bool, starts: bool
) -> None:
    async with conversation(tmp_path, ephemeral=True, group_language="en") as chat:
        chat.world.ephemeral = "10.3" if able else ""
        mei = chat.person("Mei", starts=starts)
        await chat.promotes(mei, "can_restrict_members")
        await chat.says(mei, "/undo x")
        usage = "Usage: /undo CASE\nFor example: /undo 12"
        places = chat.whispers(mei), chat.bot_texts(mei), chat.bot_texts()
        assert [usage in said for said in places] == [able, starts and not able, not (starts or able)]


async def test_what_is_asked_in_private_is_answered_there_and_not_in_the_group(
    tmp_path: Path, unchecked: None
) -> None:
    async with conversation(tmp_path, ephemeral=True, group_language="en") as chat:
        chat.world.ephemeral = "10.3"
        await chat.says(chat.owner, "/connect")
        before = chat.bot_texts()
        for text, begins in (("/undo x", "▸ Test group\nUsage"), ("/checkin report", "▸ Test group\n")):
            await chat.says(chat.owner, text, private=True)
            assert chat.last(chat.owner).startswith(begins)
            assert chat.whispers(chat.owner) == []
        assert chat.bot_texts() == before
